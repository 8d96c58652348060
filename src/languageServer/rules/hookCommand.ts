import type { StringASTNode } from 'vscode-json-languageservice';
import { findNever } from '../../policy/commands/never/neverList';
import { readLine } from '../../policy/commands/readLine';
import { commandName, type SimpleCommand } from '../../policy/commands/script';
import { isInterpreter } from '../../policy/commands/never/remoteCode';
import { isShell } from '../../policy/commands/wrappers';
import type { PolicyFile } from '../fileKinds';
import { quote, type Finding, type Fix } from '../finding';
import { MAX_TEXT, rangeOf } from '../syntaxTree';
import { DIALECT } from './ruleInput';
import { trustAllFlag } from './trustAllFlags';

const NOWHERE = { cwd: '/workspace', roots: ['/workspace'], home: '/home/user', dialect: DIALECT };

const HOME_PATH =
  /(?:^|[\s"'=])((?:\/home|\/Users|[A-Za-z]:[\\/]{1,4}Users)[\\/]{1,4}[^\s"']{1,200})/;

/** What a hook is there for, as far as its command is concerned. */
export interface HookRole {
  /** True where its trigger can stop a call. */
  readonly blocks: boolean;
  readonly place: PolicyFile['place'];
}

/** What is wrong with a command that a hook runs. */
export function* hookCommand(node: StringASTNode, { blocks, place }: HookRole): Iterable<Finding> {
  const at = rangeOf(node);
  const text = node.value.slice(0, MAX_TEXT);
  const flag = trustAllFlag(text);
  if (flag !== undefined) {
    yield {
      code: 'trust-all-flag',
      message: `${quote(flag)} starts an agent that asks for nothing.`,
      ...at,
    };
  }
  const read = readLine(text, DIALECT);
  const commands = read.ok ? read.script.commands : [];
  const [never] = read.ok ? findNever(read.script, NOWHERE) : [];
  if (never) {
    const message = `This runs unasked whenever the hook fires: ${never.reason}.`;
    yield { code: 'shell-pattern-in-hook', message, ...at };
  }
  if (/permissionDecision|hookSpecificOutput|["']decision["']/.test(text)) {
    const message =
      'Kiro does not deny because of JSON on standard output: write the reason to standard error and exit with 2.';
    yield { code: 'hook-answer-ignored', message, ...at };
  } else if (blocks && /\bexit\s+1\b/.test(text) && !/\bexit\s+2\b/.test(text)) {
    const message = 'Only exit code 2 blocks for certain; the documents disagree about 1.';
    yield { code: 'hook-answer-ignored', message, ...at, fixes: () => exitTwo(node) };
  }
  if (!blocks && /\bexit\s+2\b/.test(text)) {
    const message = 'Nothing can be blocked at this trigger any more.';
    yield { code: 'hook-cannot-block', message, ...at };
  }
  const own = HOME_PATH.exec(text)?.[1];
  if (place === 'workspace' && own !== undefined) {
    const message = `${quote(own)} lies in one person's home folder, and this file is shared.`;
    yield { code: 'hook-home-path', message, ...at };
  }
  const program = blocks
    ? commands.map(workspaceProgram).find(found => found !== undefined)
    : undefined;
  if (program !== undefined) {
    const message = `${quote(program)} lies in the workspace, where the agent that it guards against can change it.`;
    yield { code: 'hook-workspace-program', message, ...at };
  }
}

function exitTwo(node: StringASTNode): readonly Fix[] {
  const text = JSON.stringify(node.value.replace(/\bexit\s+1\b/g, 'exit 2'));
  return [{ title: 'Exit with 2', changes: [{ ...rangeOf(node), text }] }];
}

/** The program or script that a command takes from the workspace. */
function workspaceProgram({ words }: SimpleCommand): string | undefined {
  const [first, ...rest] = words.map(({ value }) => value);
  if (first === undefined) return undefined;
  if (isInWorkspace(first)) return first;
  const name = commandName(first, DIALECT);
  if (!isShell(name) && !isInterpreter(name)) return undefined;
  const script = rest.find(word => !word.startsWith('-'));
  return script !== undefined &&
    (isInWorkspace(script) || /\.\w+$/.test(script)) &&
    !/^[/~]/.test(script)
    ? script
    : undefined;
}

function isInWorkspace(path: string): boolean {
  // A variable such as WORKSPACE_ROOT reads as something that only the shell knows.
  return /^(?:\.{1,2}\/|\.kiro\/|\uffff\/|[\w.-]+\/)/.test(path);
}

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stateFolders } from '../files/stateHome';
import type { Policy } from '../policy/policy';
import { makeVisible } from '../policy/visibleText';
import {
  applyEnforcement,
  driftOf,
  planEnforcement,
  undoEnforcement,
  type FileChange,
  type FileDrift,
  type FilePlan,
} from '../settings/kiro/enforcement';
import type { EnforcementPolicies, KiroPlaces } from '../settings/kiro/findTargets';
import { USAGE_EXIT } from './exitCodes';

/** What `checkrein kiro` works with. */
export interface KiroVerbParts {
  readonly home: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly stateHome: (home: string) => string;
  /** What stands for `.kiro` in a home folder, where it is moved. */
  readonly movedKiroHome: (home: string) => string | undefined;
  /** The policy of a folder, or without a folder the one that counts everywhere. */
  readonly loadPolicy: (workspace: string | undefined, home: string) => Policy;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const USAGE = `Usage: checkrein kiro plan|apply|drift --workspace DIR [--agent FILE]... [--home DIR] [--json]
       checkrein kiro undo [--home DIR] [--json]

Hands the policy to Kiro's own permissions.yaml and agent files, for Kiro to hold too.
  plan   show what would be written, and what Kiro cannot be told
  apply  write it, with a backup of every file
  drift  say whether it is still there
  undo   take exactly it out again, everywhere
Agent files of your home are taken by themselves; name those of the workspace with --agent.
Exit code: 0 all is well, 1 a file has a problem or has drifted, 64 wrong usage.`;

interface Request {
  readonly action: 'plan' | 'apply' | 'drift' | 'undo';
  readonly workspace: string;
  readonly home: string;
  readonly agentFiles: readonly string[];
  readonly json: boolean;
}

/** `checkrein kiro`: Kiro's own enforcement, made from the policy; the exit code. */
export function runKiroVerb(args: readonly string[], parts: KiroVerbParts): number {
  const request = readRequest(args, parts);
  if (!request) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  const { action, home, json } = request;
  const stateHome = parts.stateHome(home);
  const { backups } = stateFolders(stateHome);
  const { platform } = parts;
  const movedKiroHome = parts.movedKiroHome(home);
  const places: KiroPlaces = { home, movedKiroHome, stateHome, backups, platform };
  const report = <T>(rows: readonly T[], say: (row: T) => readonly string[]): void => {
    if (json) parts.print(JSON.stringify(rows, undefined, 2));
    else for (const line of rows.flatMap(say)) parts.print(line);
  };
  switch (action) {
    case 'undo':
      return changed(undoEnforcement(places), report);
    case 'apply':
      return changed(
        applyEnforcement(planEnforcement(policiesOf(request, parts), places), places),
        report,
      );
    case 'plan': {
      const plans = planEnforcement(policiesOf(request, parts), places);
      report(plans, sayPlan);
      return plans.some(({ problem }) => problem !== undefined) ? 1 : 0;
    }
    case 'drift': {
      const drifts = driftOf(policiesOf(request, parts), places);
      report(drifts, sayDrift);
      return drifts.every(({ state }) => state === 'inPlace') ? 0 : 1;
    }
  }
}

function readRequest(args: readonly string[], { cwd, home }: KiroVerbParts): Request | undefined {
  const [word, ...rest] = args;
  const action = (['plan', 'apply', 'drift', 'undo'] as const).find(name => name === word);
  const values = action && readOptions(rest);
  if (!action || !values || (values.workspace === undefined && action !== 'undo')) return undefined;
  return {
    action,
    workspace: resolve(cwd, values.workspace ?? '.'),
    home: values.home === undefined ? home : resolve(cwd, values.home),
    agentFiles: (values.agent ?? []).map(file => resolve(cwd, file)),
    json: values.json ?? false,
  };
}

const OPTIONS = {
  workspace: { type: 'string' },
  home: { type: 'string' },
  agent: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

function readOptions(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] | undefined {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch {
    return undefined;
  }
}

function policiesOf(
  { workspace, home, agentFiles }: Request,
  { loadPolicy }: KiroVerbParts,
): EnforcementPolicies {
  return {
    user: loadPolicy(undefined, home),
    workspaces: [{ root: workspace, policy: loadPolicy(workspace, home) }],
    agentFiles,
  };
}

function changed(
  changes: readonly FileChange[],
  report: (rows: readonly FileChange[], say: (row: FileChange) => readonly string[]) => void,
): number {
  report(changes, ({ path, change, problem, backup }) => [
    `${change}\t${path}`,
    ...(problem === undefined ? [] : [`  ${shown(problem)}`]),
    ...(backup === undefined ? [] : [`  former content: ${backup}`]),
  ]);
  return changes.some(({ change }) => change === 'failed') ? 1 : 0;
}

function sayDrift({ path, state, problem }: FileDrift): readonly string[] {
  return [`${state}\t${path}`, ...(problem === undefined ? [] : [`  ${shown(problem)}`])];
}

function sayPlan({ path, before, after, notes, problem }: FilePlan): readonly string[] {
  return [
    `--- ${path}`,
    ...(problem === undefined ? difference(before ?? '', after ?? '') : [`! ${shown(problem)}`]),
    ...notes.map(note => `# ${shown(note)}`),
  ];
}

/** What changes between two texts, as the one stretch of lines that differs. */
function difference(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  const rest = Math.min(old.length, fresh.length) - start;
  while (end < rest && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const lines = (sign: string, all: readonly string[]): readonly string[] =>
    all.slice(start, all.length - end).map(line => `${sign}${shownLine(line)}`);
  return [`@@ line ${start + 1} @@`, ...lines('-', old), ...lines('+', fresh)];
}

/** The indent is part of a file's look; only what follows it could push something out of sight. */
function shownLine(line: string): string {
  const indent = /^ {0,12}/.exec(line)?.[0] ?? '';
  return `${indent}${shown(line.slice(indent.length))}`;
}

/** Texts of files and patterns may hold what a terminal would obey. */
function shown(text: string): string {
  return makeVisible(text, false);
}

import type { ShellDialect } from '../toolCall';
import { findNever } from './never/neverList';
import { isInterpreter } from './never/remoteCode';
import { parsePattern } from './patternMatch';
import { readLine } from './readLine';
import { commandName, isPlain, type SimpleCommand, type Word } from './script';
import { changesShell } from './shellState';
import { isShell, isWrapper } from './wrappers';

/** Why a pattern may not be saved. `wide` patterns are only useless; `never` ones have no effect. */
export interface PatternRefusal {
  readonly kind: 'never' | 'wide';
  readonly reason: string;
}

/** Commands whose argument is a program of its own, beside shells, interpreters and wrappers. */
const RUNS_ANYTHING =
  /^(?:npx|bunx|pnpx|uvx|pipx|ssh|awk|gawk|find|docker|podman|kubectl|nsenter|osascript|eval|source|\.|iex|invoke-expression|start-process|make|expect|script|tmux|screen|at|batch|crontab)$/;

/** Nowhere: patterns are judged without a workspace, so only what is always wrong is refused. */
const NOWHERE = { cwd: '/workspace', roots: ['/workspace'], home: '/home/user' } as const;

/**
 * Why a pattern must not be trusted for good: it is of the never list, or it would trust whatever a
 * shell, an interpreter or a wrapper is told to run. Undefined when it may be saved.
 */
export function refusePattern(pattern: string, dialect: ShellDialect): PatternRefusal | undefined {
  const text = pattern.trim();
  if (text === '') return { kind: 'wide', reason: 'An empty pattern covers nothing.' };
  const never = neverReason(text, dialect);
  if (never !== undefined) return { kind: 'never', reason: `No list can trust this: ${never}.` };
  const { words, end, universal } = parsePattern(text, dialect);
  if (universal || !words || end === 'exact') return undefined;
  const [first = '', ...more] = words;
  const name = commandName(first, dialect).toLowerCase();
  const wide = (what: string): PatternRefusal => ({
    kind: 'wide',
    reason: `${JSON.stringify(text)} would trust everything that ${name} can be told to run: ${what}.`,
  });
  if (isShell(name)) return wide('it is a shell');
  if (isWrapper(name) && more.every(word => word.startsWith('-') || /^[\d.]+[smhd]?$/.test(word))) {
    return wide('it runs another command');
  }
  if (isInterpreter(name) && more.every(word => word.startsWith('-') && word !== '-m')) {
    return wide('it is an interpreter');
  }
  if (changesShell(name, dialect)) return wide('it changes the shell for what follows');
  return undefined;
}

/** Commands that are of the never list by what their flags say, whatever they are pointed at. */
const NEVER_PATTERN =
  /^(?:rm\s+(?:-\S+\s+)*(?:-[a-zA-Z]*[rR][a-zA-Z]*f|-[a-zA-Z]*f[a-zA-Z]*[rR]|--recursive|-r\s+-f|-f\s+-r)\S*|rd\s+\/s.*|rmdir\s+\/s.*|del\s+.*\/s.*|remove-item\s+.*-r\w*.*|(?:curl|wget|iwr|irm)\b.*\|.*)\s*\*?$/i;

function neverReason(pattern: string, dialect: ShellDialect): string | undefined {
  const open = /(?:^|\s)\*$/.test(pattern);
  const head = open ? pattern.slice(0, -1).trim() : pattern;
  if (head === '') return undefined;
  if (open && NEVER_PATTERN.test(pattern)) return 'it would remove whole folders unasked';
  const read = readLine(head, dialect);
  if (!read.ok) return undefined;
  return findNever(read.script, { ...NOWHERE, dialect })[0]?.reason;
}

/** How many leading words say what a command does. */
const DEPTH: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'git cargo go dotnet gh pip pip3 poetry uv bundle rails mix terraform helm npm pnpm yarn bun brew apt apk'
      .split(' ')
      .map(name => [name, 2]),
  ),
  ...Object.fromEntries('aws gcloud az'.split(' ').map(name => [name, 3])),
};

/**
 * The patterns to propose for one command, narrowest first: the command as it is, then its leading
 * words with a star where the rest is a matter of taste (`git commit -m x` -> `git commit *`).
 * Empty for what no pattern may cover; no star for programs that run whatever they are told.
 */
export function proposePatterns(text: string, dialect: ShellDialect): readonly string[] {
  const read = readLine(text, dialect);
  if (!read.ok || read.script.issues.length > 0 || read.script.commands.length !== 1) return [];
  const [command] = read.script.commands;
  if (!command || command.words.length === 0) return [];
  if (findNever(read.script, { ...NOWHERE, dialect }).length > 0) return [];
  const [first] = command.words;
  if (!first || !command.words.every(isPlainEnough) || runsAnything(command)) return [];
  const exact = command.words.map(word => quoteWord(word, dialect)).join(' ');
  const star = starPattern(command, dialect);
  return star === undefined || refusePattern(star, dialect) ? [exact] : [exact, star];
}

/** Words with unknown parts cannot be written into a pattern; a glob can, as the text it is. */
function isPlainEnough(word: Word): boolean {
  return isPlain(word) || (word.glob && word.dynamic === 'no' && word.forms.length === 1);
}

function runsAnything(command: SimpleCommand): boolean {
  const { name } = command;
  return (
    command.assignments.length > 0 ||
    command.redirects.some(({ kind }) => kind === 'write') ||
    isShell(name) ||
    isWrapper(name) ||
    isInterpreter(name) ||
    changesShell(name, command.dialect) ||
    RUNS_ANYTHING.test(name)
  );
}

function starPattern({ words, name }: SimpleCommand, shell: ShellDialect): string | undefined {
  const second = words[1];
  const depth = DEPTH[name] ?? 1;
  // A script's name says what runs; a star after `npm run` would trust every script.
  if (
    /^(?:npm|pnpm|yarn|bun)$/.test(name) &&
    /^(?:run|run-script|exec|x|dlx|create|init)$/.test(second?.value ?? '')
  ) {
    return undefined;
  }
  const head = words.slice(0, depth);
  if (words.length <= depth || head.slice(1).some(word => /^[-/]/.test(word.value)))
    return undefined;
  return `${head.map(word => quoteWord(word, shell)).join(' ')} *`;
}

/** A word as a pattern spells it: quoted where it must be, its stars made plain characters. */
function quoteWord({ value }: Word, dialect: ShellDialect): string {
  if (/^[\w./:@%+=,-]+$/.test(value)) return value;
  if (dialect !== 'cmd' && !value.includes("'")) return `'${value}'`;
  if (!value.includes('"')) return `"${value}"`;
  return dialect === 'bash'
    ? value.replace(/[^\w./:@%+=,-]/g, match => `\\${match}`)
    : `"${value}"`;
}

const SHELL_TOOLS =
  /^(?:run_shell_command|execute_bash|execute_pwsh|execute_cmd|shell|bash|ShellTool)$/i;

/**
 * The pattern in an entry such as `run_shell_command(git push)` of `excludeTools` or `coreTools`,
 * whose text is the beginning of a command, by whole words. Undefined for entries that name a tool.
 */
export function patternOfToolEntry(entry: string): string | undefined {
  const match = /^([A-Za-z_]+)\(([^]*)\)$/.exec(entry.trim());
  const text = match?.[2]?.trim() ?? '';
  if (!match || !SHELL_TOOLS.test(match[1] ?? '') || text === '') return undefined;
  if (text.endsWith(':*')) return `${text.slice(0, -2)} *`;
  return /(?:^|\s)\*$/.test(text) ? text : `${text} *`;
}

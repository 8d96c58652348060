import type { Rule } from '../decision';
import type { ShellDialect } from '../toolCall';
import { readWords } from './words';

/**
 * Finds the trusted pattern that covers a simple command. Three forms (product.md, "Trusted
 * commands"): exact `npm install`, wildcard `npm *`, universal `*`. They are compared word by word
 * after quote removal, never as strings: `git log *` does not cover `git logout`, and `npm *` also
 * covers a bare `npm`.
 */
export function findTrusted(
  words: readonly string[],
  trusted: readonly Rule[],
  dialect: ShellDialect,
): Rule | undefined {
  return trusted.find(rule => covers(rule.pattern, words, dialect));
}

function covers(pattern: string, words: readonly string[], dialect: ShellDialect): boolean {
  if (pattern.trim() === '*') return true;
  const read = readWords(pattern, dialect);
  if (!read.ok || read.words.length === 0) return false;
  const last = read.words.at(-1);
  const open = last?.value === '*' && !last.quoted;
  const fixed = (open ? read.words.slice(0, -1) : read.words).map(word => word.value);
  if (open ? words.length < fixed.length : words.length !== fixed.length) return false;
  return fixed.every((word, index) => word === words[index]);
}

/** Names whose argument is a program: trusting them with a star would trust everything. */
const RUNS_ANYTHING = new Set([
  ...['sh', 'bash', 'zsh', 'dash', 'fish', 'ksh', 'cmd', 'powershell', 'pwsh'],
  ...['node', 'deno', 'bun', 'python', 'python3', 'perl', 'ruby', 'php', 'osascript', 'awk'],
  ...['env', 'xargs', 'exec', 'command', 'time', 'timeout', 'nohup', 'nice', 'watch', 'ssh'],
  ...['npx', 'bunx', 'uvx', 'find', 'parallel', 'busybox', 'sed', 'source', 'docker', 'kubectl'],
]);

/** Commands whose first argument says what they do, so that a useful pattern keeps it. */
const SUBCOMMAND_DEPTH: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['git', 'cargo', 'go', 'dotnet', 'gh', 'aws', 'pip'].map(c => [c, 2])),
  ...Object.fromEntries(['npm', 'pnpm', 'yarn'].map(c => [c, 2])),
};

/**
 * The patterns to propose for a command a person wants to trust for good, narrowest first: the
 * line itself, then the command with its subcommand and a star. Empty for a line that no pattern
 * may cover; no star for programs that run whatever their arguments say.
 */
export function proposePatterns(line: string, dialect: ShellDialect): string[] {
  const read = readWords(line, dialect);
  if (!read.ok) return [];
  const exact = line.trim();
  const [first, second] = read.words;
  // A star in the line is a glob there, but would be a wildcard in the pattern.
  if (first === undefined || read.words.some(word => word.value.includes('*'))) return [];
  const name = first.value.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (RUNS_ANYTHING.has(name.replace(/\.exe$/, '').replace(/[\d.]+$/, ''))) return [exact];
  const depth = SUBCOMMAND_DEPTH[name] ?? 1;
  const isScript =
    /^(npm|pnpm|yarn)$/.test(name) && /^(run|run-script|exec|x|dlx)$/.test(second?.value ?? '');
  if (isScript || read.words.length <= depth || second?.value.startsWith('-')) return [exact];
  const head = line.slice(0, read.words[depth - 1]?.end).trim();
  return [exact, `${head} *`];
}

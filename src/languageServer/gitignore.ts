import { Minimatch } from 'minimatch';

/** A line of an ignore file that says something. */
export interface IgnoreLine {
  readonly text: string;
  /** Offsets in the file, without the line break. */
  readonly start: number;
  readonly end: number;
}

const MAX_LINES = 5_000;

/** True when lines behind the limit were left out. */
export function hasTooManyLines(text: string): boolean {
  let at = -1;
  for (let line = 0; line < MAX_LINES; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return false;
  }
  return at < text.length - 1;
}

/** The lines of an ignore file that are patterns. */
export function ignoreLines(text: string): readonly IgnoreLine[] {
  const lines: IgnoreLine[] = [];
  let start = 0;
  for (const line of text.split('\n').slice(0, MAX_LINES)) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare.trim() !== '' && !bare.startsWith('#')) {
      lines.push({ text: bare, start, end: start + bare.length });
    }
    start += line.length + 1;
  }
  return lines;
}

/**
 * The line that makes git ignore a file; undefined when it is not ignored. `path` is relative to the
 * folder of the ignore file, with forward slashes. Later lines win, and a file in an ignored folder
 * cannot be taken back, as git has it.
 */
export function ignoredBy(text: string, path: string): IgnoreLine | undefined {
  const lines = ignoreLines(text).map(line => ({ line, ...compiled(line.text) }));
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const at = parts.slice(0, depth).join('/');
    const isFolder = depth < parts.length;
    const last = lines.findLast(
      ({ glob, foldersOnly }) => (isFolder || !foldersOnly) && glob?.match(at) === true,
    );
    if (last && !last.negated) return last.line;
  }
  return undefined;
}

interface CompiledLine {
  readonly glob: Minimatch | undefined;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

const MAX_REMEMBERED = 10_000;
const remembered = new Map<string, CompiledLine>();

function compiled(line: string): CompiledLine {
  const known = remembered.get(line);
  if (known) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const fresh = compile(line);
  remembered.set(line, fresh);
  return fresh;
}

function compile(line: string): CompiledLine {
  const negated = line.startsWith('!');
  const body = withoutTrailingBlanks(line.slice(negated ? 1 : 0));
  const foldersOnly = body.endsWith('/');
  const bare = foldersOnly ? body.slice(0, -1) : body;
  // A slash anywhere but at the end ties the pattern to the folder of the file.
  const anchored = bare.includes('/');
  const pattern = anchored ? bare.replace(/^\//, '') : `**/${bare}`;
  const options = { dot: true, nobrace: true, noext: true, nocomment: true, nonegate: true };
  const glob = isCheap(pattern)
    ? new Minimatch(pattern, { ...options, platform: 'linux' })
    : undefined;
  return { glob, negated, foldersOnly };
}

/** Git leaves blanks at the end of a line out, unless a backslash stands before them. */
function withoutTrailingBlanks(text: string): string {
  const bare = text.trimEnd();
  return bare.endsWith('\\') && bare.length < text.length ? `${bare} ` : bare;
}

const MAX_LENGTH = 1_000;
const MAX_STARS_IN_NAME = 3;
const MAX_GLOBSTARS = 4;

/**
 * Matching many stars against a name that a repository chose could take for ever. Such a line
 * counts as one that ignores nothing, which for a file with a secret is the safe reading.
 */
function isCheap(pattern: string): boolean {
  if (pattern.length > MAX_LENGTH) return false;
  const names = pattern.split('/');
  return (
    names.filter(name => name === '**').length <= MAX_GLOBSTARS &&
    names.every(name => (name.match(/\*+/g)?.length ?? 0) <= MAX_STARS_IN_NAME)
  );
}

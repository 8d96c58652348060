import { Minimatch } from 'minimatch';

/** A line of an ignore file that says something. */
export interface IgnoreLine {
  readonly text: string;
  /** Offsets in the file, without the line break. */
  readonly start: number;
  readonly end: number;
}

const MAX_LINES = 5_000;

/** The lines of an ignore file that are patterns. */
export function ignoreLines(text: string): readonly IgnoreLine[] {
  const lines: IgnoreLine[] = [];
  let start = 0;
  for (const line of text.split('\n').slice(0, MAX_LINES)) {
    const bare = line.replace(/\r$/, '');
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
  const lines = ignoreLines(text).map(line => ({ line, ...compile(line.text) }));
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const at = parts.slice(0, depth).join('/');
    const isFolder = depth < parts.length;
    const last = lines.findLast(
      ({ glob, foldersOnly }) => (isFolder || !foldersOnly) && glob.match(at),
    );
    if (last && !last.negated) return last.line;
  }
  return undefined;
}

function compile(line: string): {
  readonly glob: Minimatch;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
} {
  const negated = line.startsWith('!');
  const body = line.slice(negated ? 1 : 0).replace(/(?<!\\)\s+$/, '');
  const foldersOnly = body.endsWith('/');
  const bare = foldersOnly ? body.slice(0, -1) : body;
  // A slash anywhere but at the end ties the pattern to the folder of the file.
  const anchored = bare.includes('/');
  const pattern = anchored ? bare.replace(/^\//, '') : `**/${bare}`;
  const glob = new Minimatch(pattern.slice(0, 1_000), {
    ...{
      dot: true,
      nobrace: true,
      noext: true,
      nocomment: true,
      nonegate: true,
      platform: 'linux',
    },
  });
  return { glob, negated, foldersOnly };
}

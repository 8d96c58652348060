import { globCouldMatch } from '../../policy/commands/globMatch';

/** A line of an ignore file that says something. */
interface IgnoreLine {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** The pattern's parts between slashes; `**` stands for any number of folders. */
  readonly parts: readonly string[];
}

const MAX_LINES = 2_000;
const MAX_LENGTH = 300;

/**
 * True when these lines make git ignore a path of the same folder. A path that ends with `/` is a
 * folder. The last line that matches decides; what lies in an ignored folder is ignored. The text
 * may be a repository's: it never becomes a regular expression.
 */
export function ignores(text: string, path: string): boolean {
  const lines = text.split('\n').slice(0, MAX_LINES).flatMap(readLine);
  const parts = path.replace(/\/$/, '').split('/');
  return parts.some((_, index) => {
    const isFolder = index < parts.length - 1 || path.endsWith('/');
    return isIgnored(lines, parts.slice(0, index + 1), isFolder);
  });
}

function isIgnored(
  lines: readonly IgnoreLine[],
  path: readonly string[],
  isFolder: boolean,
): boolean {
  const last = lines.findLast(
    ({ foldersOnly, parts }) => (isFolder || !foldersOnly) && matches(parts, path),
  );
  return last !== undefined && !last.negated;
}

function readLine(raw: string): readonly IgnoreLine[] {
  const line = raw.trimEnd();
  if (line === '' || line.startsWith('#') || line.length > MAX_LENGTH) return [];
  const negated = line.startsWith('!');
  const body = negated ? line.slice(1) : line;
  const foldersOnly = body.endsWith('/');
  const bare = foldersOnly ? body.slice(0, -1) : body;
  const parts = bare.includes('/') ? bare.replace(/^\//, '').split('/') : ['**', bare];
  return [{ negated, foldersOnly, parts }];
}

/** Goes back to the latest `**` only, as the match of single names does to the latest star. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  let at = 0;
  let inPath = 0;
  let star = -1;
  let resume = 0;
  while (inPath < path.length) {
    const part = pattern[at];
    if (part === '**') {
      star = at;
      resume = inPath;
      at += 1;
    } else if (part !== undefined && globCouldMatch(part, path[inPath] ?? '')) {
      at += 1;
      inPath += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      inPath = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '**') at += 1;
  return at === pattern.length;
}

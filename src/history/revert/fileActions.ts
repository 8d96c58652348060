import { createHash } from 'node:crypto';
import type { FileState } from '../fileState';
import type { RelativePath } from '../names';

/** One path that a restore changes: from what stands there to what shall. */
export interface FileAction {
  readonly path: RelativePath;
  readonly from: FileState;
  readonly to: FileState;
}

/** The name of the file in which a restore prepares what it puts in place. */
export function temporaryName(revert: string, index: number): string {
  return `.checkrein-${revert}-${index}.tmp`;
}

/** The name of a file whose name is being spelled another way: it is the only copy. */
export function betweenName(restore: string, from: RelativePath): string {
  const print = createHash('sha256').update(from).digest('hex').slice(0, 16);
  return `.checkrein-${restore}-${print}.tmp`;
}

/** What decides how a file is replaced. */
export interface TargetFacts {
  /** How many names the file has. */
  readonly links: number;
  /** True when a file made anew would belong to someone else. */
  readonly foreignOwner: boolean;
  /** True when the file has access lists or extended attributes that a new file would lack. */
  readonly extraAttributes: boolean;
}

/**
 * True when a file must be written where it stands: replacing it by a new one would cut its other
 * names off, change its owner or drop its attributes. Otherwise it is replaced in one step.
 */
export function mustWriteInPlace({ links, foreignOwner, extraAttributes }: TargetFacts): boolean {
  return links > 1 || foreignOwner || extraAttributes;
}

const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;
const FORBIDDEN = /[<>:"|?*\u0000-\u001f]|[. ]$/;

/** True when a system can hold a path of this name. Windows has names that stand for devices. */
export function isNameHere(path: RelativePath, platform: NodeJS.Platform): boolean {
  if (path.includes('\0')) return false;
  if (platform !== 'win32') return true;
  return path.split('/').every(part => !RESERVED.test(part) && !FORBIDDEN.test(part));
}

/**
 * True when content is what an interrupted write in place left: it begins like the new content, goes
 * on like the old one, and is as long as one of the two (or as far as the write came).
 */
export function isHalfWritten(content: Buffer, from: Buffer, to: Buffer): boolean {
  let written = 0;
  while (written < content.length && written < to.length && content[written] === to[written]) {
    written += 1;
  }
  const rest = content.subarray(written);
  return (
    content.length === Math.max(written, from.length) &&
    rest.equals(from.subarray(written, content.length))
  );
}

/**
 * Finds paths to be removed that only spell another known path differently (`Foo.ts` and `foo.ts`
 * where case does not count, or two forms of one accent): removing them would remove the only copy,
 * so they are renamed to the other instead. `identityOf` tells which file a path leads to.
 */
export function respellings(
  removals: readonly RelativePath[],
  staying: Iterable<RelativePath>,
  identityOf: (path: RelativePath) => string | undefined,
): Map<RelativePath, RelativePath> {
  const folded = new Map(removals.map(path => [fold(path), path]));
  const found = new Map<RelativePath, RelativePath>();
  for (const path of staying) {
    const removal = folded.get(fold(path));
    if (removal === undefined || removal === path) continue;
    const identity = identityOf(removal);
    if (identity !== undefined && identity === identityOf(path)) found.set(removal, path);
  }
  return found;
}

function fold(path: RelativePath): string {
  return path.normalize('NFC').toLowerCase();
}

import { diffLines, type LineChange, type Lines, linesOf } from './lines';

/** Why two changes cannot be put together by lines. */
type MergeRefusal = 'overlap' | 'binary';

/** What became of a merge. */
export type Merged = { readonly bytes: Buffer } | { readonly refused: MergeRefusal };

/**
 * Takes a change back from a content that went on changing: `after` is what the change left, `before`
 * what was there, `now` what stands there. The result is `now` without the change. As in git,
 * changes that touch each other without an unchanged line between them count as overlapping: the
 * later one may depend on the earlier.
 */
export function takeBack(now: Buffer, after: Buffer, before: Buffer): Merged {
  const [nowLines, afterLines, beforeLines] = [now, after, before].map(linesOf);
  if (!nowLines || !afterLines || !beforeLines) return { refused: 'binary' };
  return mergeLines(afterLines, nowLines, beforeLines);
}

/** Applies to `base` both what leads to `ours` and what leads to `theirs`. */
function mergeLines(base: Lines, ours: Lines, theirs: Lines): Merged {
  const left = diffLines(base, ours);
  const right = diffLines(base, theirs);
  const result: Buffer[] = [];
  let done = 0;
  const take = (change: LineChange, from: Lines): void => {
    push(result, base, done, change.from);
    push(result, from, change.to, change.toEnd);
    done = change.fromEnd;
  };
  let [l, r] = [0, 0];
  for (;;) {
    const [mine, yours] = [left[l], right[r]];
    if (mine && yours && touches(mine, yours)) {
      if (!sameChange(mine, yours, ours, theirs)) return { refused: 'overlap' };
      take(mine, ours);
      l += 1;
      r += 1;
    } else if (mine && (!yours || mine.fromEnd < yours.from)) {
      take(mine, ours);
      l += 1;
    } else if (yours) {
      take(yours, theirs);
      r += 1;
    } else break;
  }
  push(result, base, done, base.length);
  return { bytes: Buffer.concat(result) };
}

function push(result: Buffer[], lines: Lines, from: number, end: number): void {
  for (let index = from; index < end; index += 1) {
    const line = lines[index];
    if (line) result.push(line);
  }
}

function touches(a: LineChange, b: LineChange): boolean {
  return a.from <= b.fromEnd && b.from <= a.fromEnd;
}

function sameChange(a: LineChange, b: LineChange, ours: Lines, theirs: Lines): boolean {
  if (a.from !== b.from || a.fromEnd !== b.fromEnd || a.toEnd - a.to !== b.toEnd - b.to)
    return false;
  for (let index = 0; index < a.toEnd - a.to; index += 1) {
    const [line, other] = [ours[a.to + index], theirs[b.to + index]];
    if (!line || !other?.equals(line)) return false;
  }
  return true;
}

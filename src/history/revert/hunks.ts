import { diffLines, type LineChange, type Lines, linesOf } from './lines';

/** One place where a change touched a text: these lines before, those after. */
export interface Hunk {
  /** Counted from 1 in the order of the text. */
  readonly number: number;
  /** Where it stands; lines counted from 0, the end left out. `from` is before, `to` after. */
  readonly place: LineChange;
  readonly removed: Lines;
  readonly added: Lines;
}

/**
 * How a hunk stands in today's text: as it was, further up or down, mixed with later changes, or
 * taken back already.
 */
export type HunkStanding = 'intact' | 'moved' | 'overlapped' | 'gone';

/** The hunks of a change, or `undefined` for what has no lines. */
export function hunksOf(before: Buffer, after: Buffer): Hunk[] | undefined {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (!old || !now) return undefined;
  return diffLines(old, now).map((place, index) => ({
    number: index + 1,
    place,
    removed: old.slice(place.from, place.fromEnd),
    added: now.slice(place.to, place.toEnd),
  }));
}

/** What a change left, with some of its hunks taken back. */
export function withoutHunks(
  after: Buffer,
  hunks: readonly Hunk[],
  numbers: ReadonlySet<number>,
): Buffer {
  const lines = linesOf(after) ?? [];
  const parts: Lines[] = [];
  let done = 0;
  for (const { number, place, removed } of hunks) {
    if (!numbers.has(number)) continue;
    parts.push(lines.slice(done, place.to), removed);
    done = place.toEnd;
  }
  return Buffer.concat([...parts, lines.slice(done)].flat());
}

/** Finds a hunk again in a text that went on changing. */
export function standingOf(hunk: Hunk, after: Lines, now: Lines): HunkStanding {
  let shift = 0;
  for (const change of diffLines(after, now)) {
    if (change.from <= hunk.place.toEnd && hunk.place.to <= change.fromEnd) {
      return isTakenBack(hunk, change, now) ? 'gone' : 'overlapped';
    }
    if (change.fromEnd < hunk.place.to)
      shift += change.toEnd - change.to - (change.fromEnd - change.from);
  }
  return shift === 0 ? 'intact' : 'moved';
}

/** Where a hunk that is intact or moved stands in the text of now; lines counted from 0. */
export function placeOf(
  { place }: Hunk,
  after: Lines,
  now: Lines,
): { readonly from: number; readonly end: number } {
  let [from, end] = [place.to, place.toEnd];
  for (const change of diffLines(after, now)) {
    const grown = change.toEnd - change.to - (change.fromEnd - change.from);
    if (change.fromEnd <= place.to) from += grown;
    if (change.from <= place.toEnd) end += grown;
  }
  return { from, end: Math.max(from, end) };
}

function isTakenBack({ place, removed }: Hunk, change: LineChange, now: Lines): boolean {
  if (change.from !== place.to || change.fromEnd !== place.toEnd) return false;
  const there = now.slice(change.to, change.toEnd);
  return (
    there.length === removed.length && Buffer.concat(there).equals(Buffer.concat([...removed]))
  );
}

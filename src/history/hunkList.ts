import type { HunkLine, HunkView } from '../protocol/changesView';
import type { RelativePath } from './names';
import type { OpenRoot } from './openRoot';
import { type Hunk, hunksOf, placeOf, standingOf } from './revert/hunks';
import { type Lines, linesOf } from './revert/lines';
import { contentOf, runsOf } from './revert/runs';
import { select, type Selection } from './revert/selection';

/** Unchanged lines shown around a change, and lines shown of one hunk at most. */
const CONTEXT = 3;
const MOST_LINES = 400;

/** A hunk for a view, and where it stands in the file as it is now. */
export interface ListedHunk extends HunkView {
  /** Lines counted from 0, the end left out; `undefined` where the file has no lines now. */
  readonly now: { readonly from: number; readonly end: number } | undefined;
}

/**
 * The hunks of one file's changes that stand, numbered through all of its runs as undoing counts
 * them. Nothing for what has no lines.
 */
export function listHunks(
  { history, restore, store }: OpenRoot,
  selection: Selection,
  path: RelativePath,
): ListedHunk[] {
  const { timeline } = history.records;
  const selected = select(timeline, { ...selection, paths: [path] });
  const changes = (selected?.changes ?? []).filter(change => change.path === path).reverse();
  const bytesOf = (hash: string): Buffer | undefined => {
    try {
      return store.get(hash);
    } catch {
      return undefined;
    }
  };
  const now = restore.contentNow(path);
  const listed: ListedHunk[] = [];
  for (const { before, after } of runsOf(changes)) {
    const [old, left] = [before, after].map(state => contentOf(state, bytesOf));
    const hunks = (old && left && hunksOf(old, left)) ?? [];
    const oldLines = (old && linesOf(old)) ?? [];
    const leftLines = (left && linesOf(left)) ?? [];
    const counted = listed.length;
    const nowLines = now && linesOf(now);
    listed.push(...hunks.map(hunk => view(hunk, counted, { oldLines, leftLines, nowLines })));
  }
  return listed;
}

function view(
  hunk: Hunk,
  counted: number,
  texts: { oldLines: Lines; leftLines: Lines; nowLines: Lines | undefined },
): ListedHunk {
  const { oldLines, leftLines, nowLines } = texts;
  const { place, removed, added } = hunk;
  const lead = Math.min(CONTEXT, place.from);
  const marked = (mark: HunkLine['mark'], lines: Lines): HunkLine[] =>
    lines.map(line => ({ mark, text: line.toString('utf8').replace(/\r?\n$/, '') }));
  const lines = [
    ...marked(' ', oldLines.slice(place.from - lead, place.from)),
    ...marked('-', removed),
    ...marked('+', added),
    ...marked(' ', leftLines.slice(place.toEnd, place.toEnd + CONTEXT)),
  ];
  return {
    number: counted + hunk.number,
    standing: nowLines ? standingOf(hunk, leftLines, nowLines) : 'overlapped',
    oldStart: place.from - lead + 1,
    newStart: place.to - lead + 1,
    lines: lines.slice(0, MOST_LINES),
    hidden: Math.max(0, lines.length - MOST_LINES),
    now: nowLines && placeOf(hunk, leftLines, nowLines),
  };
}

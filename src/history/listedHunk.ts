import type { HunkLine, HunkView } from '../protocol/changesView';
import type { Lines } from './revert/lines';
import type { StandingHunk } from './revert/planRestore';

/** Lines shown of one hunk at most. */
const MOST_LINES = 400;

/** A hunk for a view, and where it stands in the file as it is now. */
export interface ListedHunk extends HunkView, Pick<StandingHunk, 'now'> {}

/** Brings a hunk to the form that views show. */
export function listed(hunk: StandingHunk): ListedHunk {
  const { number, standing, place, lead, removed, added, trail, now } = hunk;
  const lines = [
    ...marked(' ', lead),
    ...marked('-', removed),
    ...marked('+', added),
    ...marked(' ', trail),
  ];
  return {
    ...{ number, standing, now },
    oldStart: place.from - lead.length + 1,
    newStart: place.to - lead.length + 1,
    lines: lines.slice(0, MOST_LINES),
    hidden: Math.max(0, lines.length - MOST_LINES),
  };
}

function marked(mark: HunkLine['mark'], lines: Lines): HunkLine[] {
  return lines.map(line => ({ mark, text: line.toString('utf8').replace(/\r?\n$/, '') }));
}

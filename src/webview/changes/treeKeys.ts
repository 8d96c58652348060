import type { NodeId } from '../../protocol/changesPanel';
import { filesOf } from './filterTree';
import { type Row, stateOf } from './treeRows';

/** What a key does in the tree. */
export type KeyAction =
  | { readonly type: 'focus'; readonly index: number }
  | { readonly type: 'fold'; readonly key: string; readonly open: boolean }
  | { readonly type: 'openDiff' | 'undo' }
  | { readonly type: 'filter' };

/** The meaning of a key for the row that has the focus; `undefined` when it has none. */
export function keyAction(
  key: string,
  rows: readonly Row[],
  index: number,
  page: number,
): KeyAction | undefined {
  const row = rows[index];
  if (!row) return undefined;
  const to = (wanted: number, step: 1 | -1): KeyAction => ({
    type: 'focus',
    index: nearestRow(rows, wanted, step),
  });
  switch (key) {
    case 'ArrowDown':
      return to(index + 1, 1);
    case 'ArrowUp':
      return to(index - 1, -1);
    case 'PageDown':
      return to(index + page, -1);
    case 'PageUp':
      return to(index - page, 1);
    case 'Home':
      return to(0, 1);
    case 'End':
      return to(rows.length - 1, -1);
    case 'ArrowRight':
      if (row.expanded === undefined) return undefined;
      return row.expanded ? to(index + 1, 1) : { type: 'fold', key: row.key, open: true };
    case 'ArrowLeft':
      if (row.expanded) return { type: 'fold', key: row.key, open: false };
      return to(parentIndex(rows, index), -1);
    case ' ':
      return foldOrNothing(row);
    case 'Enter':
      // A hunk and its lines stand for their file; only the changes of no prompt have no diff.
      return row.kind === 'prompt' && !hasDiff(row) ? foldOrNothing(row) : { type: 'openDiff' };
    case 'Delete':
      return isUndoable(row) ? { type: 'undo' } : undefined;
    case '/':
      return { type: 'filter' };
    default:
      return undefined;
  }
}

function foldOrNothing({ key, expanded }: Row): KeyAction | undefined {
  return expanded === undefined ? undefined : { type: 'fold', key, open: !expanded };
}

/** True for rows whose own diff can be opened. */
export function hasDiff(row: Row): boolean {
  return (
    (row.kind === 'prompt' && row.prompt.undoable) || row.kind === 'call' || row.kind === 'file'
  );
}

/** The row at an index or the nearest one in a direction that can have the focus. */
function nearestRow(rows: readonly Row[], wanted: number, step: 1 | -1): number {
  let index = Math.min(Math.max(wanted, 0), rows.length - 1);
  while (rows[index]?.kind === 'filler' && rows[index + step]) index += step;
  // Pictures may end the list: their own row is above.
  while (rows[index]?.kind === 'filler') index -= 1;
  return index;
}

/** The row that a row lies below; its own index when it lies below none. */
function parentIndex(rows: readonly Row[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let above = index - 1; above >= 0; above -= 1) {
    if ((rows[above]?.level ?? level) < level) return above;
  }
  return index;
}

/** True for rows that stand for changes of an agent which can still be taken back. */
export function isUndoable(row: Row): boolean {
  switch (row.kind) {
    case 'prompt':
      return row.prompt.undoable && stateOf(filesOf(row.prompt)) !== 'undone';
    case 'call':
      return row.undoable && stateOf(row.call.files) !== 'undone';
    case 'hunk':
      return row.undoable;
    case 'file':
      return row.undoable && row.file.state !== 'undone';
    default:
      return false;
  }
}

/** The node whose diff a row stands for: a line shows a part of its file. */
export function nodeOf(rows: readonly Row[], index: number): NodeId | undefined {
  const row = rows[index];
  if (!row) return undefined;
  if (row.kind === 'prompt' || row.kind === 'call' || row.kind === 'file') return row.key;
  const above = parentIndex(rows, index);
  return above === index ? undefined : nodeOf(rows, above);
}

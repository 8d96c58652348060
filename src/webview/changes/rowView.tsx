import type { JSX } from 'preact';
import type { PanelRequest, PanelStrings } from '../../protocol/changesPanel';
import { filesOf } from './filterTree';
import { Icon, type IconName } from './icons';
import { RowBody } from './rowBody';
import { hasDiff, isUndoable } from './treeKeys';
import { type Row, stateOf } from './treeRows';

interface RowViewProps {
  readonly row: Row;
  readonly strings: PanelStrings;
  /** CSS pixels from the top of the list. */
  readonly top: number;
  /** True for the one row that tabbing stops at. */
  readonly focused: boolean;
  readonly send: (request: PanelRequest) => void;
  readonly onAct: (type: 'openDiff' | 'undo') => void;
  readonly onClick: () => void;
  readonly onFocus: () => void;
}

/** One row of the tree: what it folds, what it shows, what can be done with it. */
export function RowView(props: RowViewProps): JSX.Element | null {
  const { row, strings, top, focused, onAct, onClick, onFocus } = props;
  if (row.kind === 'filler') return null;
  // What a row says is what it shows, without the names of its buttons.
  const bodyId = `row-${row.key}`;
  return (
    <div
      class={`row ${row.kind} ${row.kind === 'line' ? LINE_CLASSES[row.line.mark] : ''}`}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={row.setSize}
      aria-posinset={row.position}
      aria-expanded={row.expanded}
      aria-selected={focused}
      aria-labelledby={bodyId}
      tabIndex={focused ? 0 : -1}
      style={{ top: `${top}px`, '--level': row.level }}
      onClick={onClick}
      onDblClick={() => onAct('openDiff')}
      onFocus={onFocus}
    >
      <span class="fold">
        {row.expanded !== undefined && <Icon name={row.expanded ? 'unfolded' : 'folded'} />}
      </span>
      <span class="body" id={bodyId}>
        <RowBody row={row} strings={strings} />
      </span>
      <Actions {...props} />
    </div>
  );
}

const LINE_CLASSES = { '+': 'added', '-': 'removed', ' ': 'same' } as const;

function Actions({ row, strings, focused, send, onAct }: RowViewProps): JSX.Element | null {
  if (row.kind === 'line' || row.kind === 'note' || row.kind === 'images') return null;
  const button = (icon: IconName, text: string, run: () => void): JSX.Element => (
    <button
      type="button"
      class="action"
      title={text}
      aria-label={text}
      tabIndex={focused ? 0 : -1}
      onClick={run}
    >
      <Icon name={icon} />
    </button>
  );
  const keep = keepable(row);
  const stop = (event: Event): void => event.stopPropagation();
  return (
    <span class="actions" onClick={stop} onDblClick={stop}>
      {hasDiff(row) && button('diff', strings.openDiff, () => onAct('openDiff'))}
      {isUndoable(row) &&
        button('undo', row.kind === 'hunk' ? strings.undoHunk : strings.undo, () => onAct('undo'))}
      {keep === 'standing' &&
        button('keep', strings.keep, () => send({ type: 'keep', node: row.key, keep: true }))}
      {keep === 'kept' &&
        button('keepNot', strings.keepNot, () =>
          send({ type: 'keep', node: row.key, keep: false }),
        )}
    </span>
  );
}

/** Whether what a row stands for can be marked as kept, or is so marked. */
function keepable(row: Row): 'standing' | 'kept' | undefined {
  const state =
    row.kind === 'prompt' && row.prompt.undoable
      ? stateOf(filesOf(row.prompt))
      : row.kind === 'call' && row.undoable
        ? stateOf(row.call.files)
        : row.kind === 'file' && row.undoable
          ? row.file.state
          : undefined;
  return state === 'undone' ? undefined : state;
}

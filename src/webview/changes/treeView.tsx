import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NodeId, PanelRequest, PanelStrings } from '../../protocol/changesPanel';
import { RowView } from './rowView';
import { ROW_HEIGHT, rowWindow, scrollToShow } from './rowWindow';
import { keyAction, nodeOf } from './treeKeys';
import type { Row } from './treeRows';

interface TreeViewProps {
  readonly rows: readonly Row[];
  readonly strings: PanelStrings;
  /** The key of the row that has the focus, or had it last. */
  readonly focus: string | undefined;
  readonly send: (request: PanelRequest) => void;
  readonly fold: (key: string, open: boolean) => void;
  /** An unfolded file came into sight. */
  readonly askFor: (file: NodeId) => void;
  readonly onFocus: (key: string) => void;
  readonly onFilter: () => void;
}

/** The list as a tree of which only the rows in sight are drawn. One row takes part in tabbing. */
export function TreeView(props: TreeViewProps): JSX.Element {
  const { rows, strings, send, fold, askFor, onFocus, onFilter } = props;
  const list = useRef<HTMLDivElement>(null);
  const { scrollTop, height } = useScroll(list);
  const { index, focusRow } = useRowFocus(list, props);
  const { first, end } = rowWindow(rows.length, scrollTop, height);
  useEffect(() => {
    for (const row of rows.slice(first, end)) {
      if (row.kind === 'file' && row.expanded) askFor(row.file.id);
    }
  }, [rows, first, end, askFor]);
  const act = (at: number, type: 'openDiff' | 'undo'): void => {
    const row = rows[at];
    const node = nodeOf(rows, at);
    if (type === 'undo' && row?.kind === 'hunk') {
      send({ type: 'undoHunk', file: row.file, hunk: row.hunk.number });
    } else if (node !== undefined) send({ type, node });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    // Buttons in a row keep their own keys; arrows lead back to the rows.
    const inButton = target instanceof HTMLElement && target.closest('button') !== null;
    if (ctrlKey || metaKey || altKey || (inButton && (key === 'Enter' || key === ' '))) return;
    const action = keyAction(key, rows, index, Math.max(Math.floor(height / ROW_HEIGHT) - 1, 1));
    if (!action) return;
    event.preventDefault();
    if (action.type === 'focus') focusRow(action.index);
    else if (action.type === 'fold') fold(action.key, action.open);
    else if (action.type === 'filter') onFilter();
    else act(index, action.type);
  };
  const drawn = rows.slice(first, end).map((row, at) => ({ row, at: first + at }));
  const focused = rows[index];
  // The row with the focus stays even out of sight: without it the keyboard would be lost.
  if (focused && (index < first || index >= end)) drawn.push({ row: focused, at: index });
  return (
    <div ref={list} class="tree" role="tree" aria-label={strings.title} onKeyDown={onKeyDown}>
      <div class="rows" role="presentation" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
        {drawn.map(({ row, at }) => (
          <RowView
            key={row.key}
            {...{ row, strings, send }}
            top={at * ROW_HEIGHT}
            focused={at === index}
            onAct={type => act(at, type)}
            onClick={() => {
              focusRow(at);
              if (row.expanded !== undefined) fold(row.key, !row.expanded);
            }}
            onFocus={() => onFocus(row.key)}
          />
        ))}
      </div>
    </div>
  );
}

type ListRef = Readonly<{ current: HTMLDivElement | null }>;

/** Where the list is scrolled to and how much of it is in sight, in CSS pixels. */
function useScroll(list: ListRef): { readonly scrollTop: number; readonly height: number } {
  const [scroll, setScroll] = useState({ scrollTop: 0, height: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const look = (): void =>
      setScroll({ scrollTop: element.scrollTop, height: element.clientHeight });
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [list]);
  return scroll;
}

interface RowFocus {
  readonly index: number;
  readonly focusRow: (index: number) => void;
}

/** Which row has the focus; where that row is gone, the one that took its place. */
function useRowFocus(list: ListRef, { rows, focus, onFocus }: TreeViewProps): RowFocus {
  const indexes = useMemo(() => new Map(rows.map(({ key }, at) => [key, at])), [rows]);
  const last = useRef(0);
  const wanted = useRef<string | undefined>(undefined);
  const inside = useRef(false);
  const known = focus === undefined ? undefined : indexes.get(focus);
  const index = known ?? Math.min(last.current, Math.max(rows.length - 1, 0));
  useLayoutEffect(() => {
    last.current = index;
    const lost = inside.current && document.activeElement === document.body;
    const key = lost ? rows[index]?.key : wanted.current;
    if (key === undefined || key !== rows[index]?.key) return;
    wanted.current = undefined;
    list.current?.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus({ preventScroll: true });
  });
  useLayoutEffect(() => {
    const element = list.current;
    const look = ({ type, relatedTarget }: FocusEvent): void => {
      // A focus that goes nowhere went because its row did, or because the window lost it.
      if (type === 'focusin') inside.current = true;
      else if (relatedTarget !== null) inside.current = false;
    };
    element?.addEventListener('focusin', look);
    element?.addEventListener('focusout', look);
    return () => {
      element?.removeEventListener('focusin', look);
      element?.removeEventListener('focusout', look);
    };
  }, [list]);
  const focusRow = (at: number): void => {
    const key = rows[at]?.key;
    const element = list.current;
    if (key === undefined || !element) return;
    element.scrollTop = scrollToShow(at, element.scrollTop, element.clientHeight);
    wanted.current = key;
    onFocus(key);
  };
  return { index, focusRow };
}

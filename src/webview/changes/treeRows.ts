import type {
  FileDetails,
  NodeId,
  PanelCall,
  PanelFile,
  PanelHunk,
  PanelPrompt,
  PanelTree,
} from '../../protocol/changesPanel';
import type { HunkLine } from '../../protocol/changesView';

/** Where a row stands in the tree, as assistive technology is told. */
interface Place {
  /** Unlike any other row's, and the same when the tree is made anew. */
  readonly key: string;
  /** From 1. */
  readonly level: number;
  readonly setSize: number;
  /** From 1. */
  readonly position: number;
  /** Absent for what cannot be unfolded. */
  readonly expanded?: boolean;
}

/** One line of the list. */
export type Row = Place &
  (
    | { readonly kind: 'prompt'; readonly prompt: PanelPrompt }
    | { readonly kind: 'call'; readonly call: PanelCall; readonly undoable: boolean }
    | { readonly kind: 'file'; readonly file: PanelFile; readonly undoable: boolean }
    | {
        readonly kind: 'hunk';
        readonly file: NodeId;
        readonly hunk: PanelHunk;
        readonly undoable: boolean;
      }
    | { readonly kind: 'line'; readonly line: HunkLine }
    | { readonly kind: 'note'; readonly note: Note }
    | { readonly kind: 'images'; readonly images: Extract<FileDetails, { type: 'images' }> }
    /** The room that the row of pictures above it takes. */
    | { readonly kind: 'filler' }
  );

/** What stands in the place of lines. */
export type Note =
  | { readonly type: 'loading' }
  | { readonly type: 'hiddenLines' | 'hiddenHunks'; readonly count: number }
  | { readonly type: 'text'; readonly text: string };

/** What of the tree is unfolded; what is not named is as it is at first. */
export type Expansion = ReadonlyMap<string, boolean>;

/** How many rows' heights pictures take. */
export const IMAGE_ROWS = 8;

/** Turns the tree into the lines of a list, top to bottom. */
export function treeRows(
  { prompts }: PanelTree,
  expansion: Expansion,
  details: ReadonlyMap<NodeId, FileDetails>,
): Row[] {
  const rows: Row[] = [];
  const isOpen = (key: string, atFirst: boolean): boolean => expansion.get(key) ?? atFirst;
  const addFiles = (
    files: readonly PanelFile[],
    level: number,
    undoable: boolean,
    before = 0,
  ): void => {
    files.forEach((file, index) => {
      const expanded = isOpen(file.id, false);
      const position = before + index + 1;
      const place = { key: file.id, level, setSize: before + files.length, position, expanded };
      rows.push({ kind: 'file', file, undoable, ...place });
      if (expanded) rows.push(...detailRows(file, details.get(file.id), level + 1, undoable));
    });
  };
  const detailRows = (
    file: PanelFile,
    shown: FileDetails | undefined,
    level: number,
    undoable: boolean,
  ): Row[] => {
    const single = { key: `${file.id}!`, level, setSize: 1, position: 1 };
    if (!shown) return [{ kind: 'note', note: { type: 'loading' }, ...single }];
    if (shown.type === 'note') return [{ kind: 'note', note: shownNote(shown.text), ...single }];
    if (shown.type === 'images') return imageRows(shown, single);
    const canUndo = undoable && file.state !== 'undone';
    return hunkRows(file.id, shown, level, canUndo, isOpen);
  };
  prompts.forEach((prompt, index) => {
    const { id, calls, files, undoable } = prompt;
    const expanded = isOpen(id, true);
    const place = { key: id, level: 1, setSize: prompts.length, position: index + 1, expanded };
    rows.push({ kind: 'prompt', prompt, ...place });
    if (!expanded) return;
    const setSize = calls.length + files.length;
    calls.forEach((call, at) => {
      const open = isOpen(call.id, true);
      const below = { key: call.id, level: 2, setSize, position: at + 1, expanded: open };
      rows.push({ kind: 'call', call, undoable, ...below });
      if (open) addFiles(call.files, 3, undoable);
    });
    addFiles(files, 2, undoable, calls.length);
  });
  return rows;
}

function shownNote(text: string): Note {
  return { type: 'text', text };
}

function imageRows(images: Extract<FileDetails, { type: 'images' }>, place: Place): Row[] {
  const fillers = Array.from({ length: IMAGE_ROWS - 1 }, (_, index) => ({
    kind: 'filler' as const,
    ...place,
    key: `${place.key}${index}`,
  }));
  return [{ kind: 'images', images, ...place }, ...fillers];
}

function hunkRows(
  file: NodeId,
  { hunks, hidden }: Extract<FileDetails, { type: 'hunks' }>,
  level: number,
  undoable: boolean,
  isOpen: (key: string, atFirst: boolean) => boolean,
): Row[] {
  const setSize = hunks.length + (hidden > 0 ? 1 : 0);
  const rows = hunks.flatMap((hunk, index): Row[] => {
    const key = `${file}#${hunk.number}`;
    const expanded = isOpen(key, true);
    const place = { key, level, setSize, position: index + 1, expanded };
    const canUndo = undoable && hunk.standing !== 'gone';
    const head: Row = { kind: 'hunk', file, hunk, undoable: canUndo, ...place };
    return expanded ? [head, ...lineRows(key, hunk, level + 1)] : [head];
  });
  if (hidden > 0) {
    const note: Note = { type: 'hiddenHunks', count: hidden };
    rows.push({ kind: 'note', note, key: `${file}!`, level, setSize, position: setSize });
  }
  return rows;
}

function lineRows(key: string, { lines, hidden }: PanelHunk, level: number): Row[] {
  const setSize = lines.length + (hidden > 0 ? 1 : 0);
  const rows = lines.map((line, index): Row => {
    const place = { key: `${key}:${index}`, level, setSize, position: index + 1 };
    return { kind: 'line', line, ...place };
  });
  if (hidden > 0) {
    const note: Note = { type: 'hiddenLines', count: hidden };
    rows.push({ kind: 'note', note, key: `${key}!`, level, setSize, position: setSize });
  }
  return rows;
}

/** The changes below a node taken together: what stands weighs most. */
export function stateOf(files: readonly PanelFile[]): PanelFile['state'] {
  if (files.some(({ state }) => state === 'standing')) return 'standing';
  return files.some(({ state }) => state === 'kept') ? 'kept' : 'undone';
}

/** Every node that holds others, unfolded or folded; files stay as they are at first. */
export function foldAll({ prompts }: PanelTree, open: boolean): Map<string, boolean> {
  return new Map(
    prompts.flatMap(({ id, calls }) => [
      [id, open] as const,
      ...calls.map(call => [call.id, open] as const),
    ]),
  );
}

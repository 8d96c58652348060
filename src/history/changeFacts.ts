import { countLines, type FileChange } from './changes';
import type { FileState } from './fileState';
import type { FileView } from '../protocol/changesView';
import type { HistoryStore } from './store/historyStore';

/** What a view shows of a change besides its names. */
export type ChangeFacts = Pick<FileView, 'kind' | 'lines'>;

const IMAGE = /\.(?:png|jpe?g|gif|webp|bmp|ico|avif)$/i;

/** Reads both contents to say what kind of file it is and how many lines changed. */
export function factsOf(change: FileChange, store: Pick<HistoryStore, 'get'>): ChangeFacts {
  const { path, before, after } = change;
  const kind = kindOf(after.kind === 'absent' ? before : after, before);
  if (kind !== 'text') return { kind };
  if (IMAGE.test(path)) return { kind: 'image' };
  const lines = countLines(change, store);
  return lines ? { kind, lines } : { kind: 'binary' };
}

function kindOf(state: FileState, before: FileState): FileView['kind'] {
  if (before.kind === 'unkept') return 'notKept';
  switch (state.kind) {
    case 'file':
    case 'absent':
      return 'text';
    case 'link':
    case 'folder':
      return state.kind;
    case 'special':
    case 'unkept':
      return 'notKept';
  }
}

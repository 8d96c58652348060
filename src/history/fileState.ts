import type { Hash } from './store/historyStore';

/** Why the bytes of a file that exists are not held: it can be seen to change, not be put back. */
export type UnkeptReason =
  /** Larger than the limit for one file. */
  | 'too-large'
  | 'unreadable'
  /** It changed each time it was read. */
  | 'unstable'
  /** The disk or the budget of the history is full. */
  | 'no-room'
  /** The bytes are only named by the repository, which does not have them (partial clone). */
  | 'not-in-repository'
  /** It lay in a folder nobody looked into: what was there before is not known. */
  | 'not-looked-at';

/**
 * What stands at a path at one moment. `mode` holds the permission bits (0o777); with `gitMode` the
 * state comes from a commit, which knows the executable bit alone.
 */
export type FileState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'file';
      readonly hash: Hash;
      readonly size: number;
      readonly mode: number;
      readonly gitMode?: true;
    }
  /** A symbolic link, never followed. `target` is written as by `nameOf`. */
  | { readonly kind: 'link'; readonly target: string }
  /** A folder with nothing in it. */
  | { readonly kind: 'folder' }
  /** A socket, FIFO or device: never opened, never restored. */
  | { readonly kind: 'special' }
  /** `print` is equal only while the file is unchanged. */
  | { readonly kind: 'unkept'; readonly reason: UnkeptReason; readonly print: string };

export type FileFound = Extract<FileState, { kind: 'file' }>;

export const ABSENT: FileState = { kind: 'absent' };

const EXECUTABLE = 0o111;

/** True when two states of a path cannot be told apart. */
export function sameState(a: FileState, b: FileState): boolean {
  if (a.kind === 'file' && b.kind === 'file') return a.hash === b.hash && sameMode(a, b);
  if (a.kind === 'link' && b.kind === 'link') return a.target === b.target;
  if (a.kind === 'unkept' && b.kind === 'unkept') {
    return a.print === b.print && a.reason === b.reason;
  }
  return a.kind === b.kind;
}

export function sameMode(a: FileFound, b: FileFound): boolean {
  if (a.gitMode || b.gitMode) return isExecutable(a) === isExecutable(b);
  return a.mode === b.mode;
}

export function isExecutable({ mode }: FileFound): boolean {
  return (mode & EXECUTABLE) !== 0;
}

/** The content a state needs from the store. */
export function refsOf(...states: readonly FileState[]): Hash[] {
  return states.flatMap(state => (state.kind === 'file' ? [state.hash] : []));
}

/** Reads a state back from a stored event, where anything may stand. */
export function parseState(value: unknown): FileState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const state = value as Record<string, unknown>;
  switch (state['kind']) {
    case 'absent':
    case 'folder':
    case 'special':
      return { kind: state['kind'] };
    case 'file': {
      const { hash, size, mode } = state;
      if (typeof hash !== 'string' || typeof size !== 'number' || typeof mode !== 'number') return;
      const file = { kind: 'file', hash, size, mode: mode & 0o7777 } as const;
      return state['gitMode'] === true ? { ...file, gitMode: true } : file;
    }
    case 'link':
      return typeof state['target'] === 'string'
        ? { kind: 'link', target: state['target'] }
        : undefined;
    case 'unkept':
      return typeof state['reason'] === 'string' && typeof state['print'] === 'string'
        ? { kind: 'unkept', reason: state['reason'] as UnkeptReason, print: state['print'] }
        : undefined;
    default:
      return undefined;
  }
}

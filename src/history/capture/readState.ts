import { createHash } from 'node:crypto';
import { type Stats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { readSync, readlinkSync } from 'node:fs';
import { ABSENT, type FileState } from '../fileState';
import { absolute, fsPath, type Name, nameOf, parentOf, type RelativePath } from '../names';
import { type Hash, type HistoryStore, StoreFull } from '../store/historyStore';

/** Files above this are seen to change but not kept, in bytes. */
export const FILE_LIMIT = 32 * 1024 * 1024;

/** What tells one version of a file from another without reading it. */
export type StatKey = string;

/** What is known of a file from an earlier look. */
export interface Remembered {
  readonly key: StatKey;
  readonly state: FileState;
}

/** A state, and the key by which it can be known again; none while the file may still be written. */
export interface StateRead {
  readonly state: FileState;
  readonly key: StatKey | undefined;
}

/** What makes a read cheaper. */
export interface ReadHints {
  readonly remembered?: Remembered | undefined;
  /** An earlier version of the file, for a shorter record. */
  readonly near?: Hash | undefined;
  /** Which folders are real ones, found out by the other reads of one row. */
  readonly folders?: Map<RelativePath, boolean>;
}

/** The calls that reading makes; tests put in files that change while being read. */
export interface ReadCalls {
  lstat(path: string | Buffer): Stats | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemReads: ReadCalls = {
  lstat: path => lstatSync(path, { throwIfNoEntry: false }),
  now: Date.now,
};

/** A file that was written this shortly before it was read may be written again unseen. */
const RACY = 20;
/** The same where times have whole (or even) seconds, as on FAT and some network file systems. */
const RACY_COARSE = 2000;

const ATTEMPTS = 3;

// Both are absent on Windows.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/**
 * Reads what stands at paths below one root and keeps the bytes of files in the store. Never follows
 * a link at the end of a path, never waits for a FIFO.
 */
export class StateReader {
  constructor(
    private readonly root: Name,
    private readonly store: Pick<HistoryStore, 'put' | 'has'>,
    private readonly calls: ReadCalls = systemReads,
    private readonly limit: number = FILE_LIMIT,
  ) {}

  read(path: RelativePath, { remembered, near, folders = new Map() }: ReadHints = {}): StateRead {
    if (!this.#isRealFolder(parentOf(path), folders)) return { state: ABSENT, key: undefined };
    return this.readAt(fsPath(absolute(this.root, path)), { remembered, near });
  }

  /** Reads what stands at a place whose folder is known to be the right one. */
  readAt(
    place: string | Buffer,
    { remembered, near }: Pick<ReadHints, 'remembered' | 'near'> = {},
  ): StateRead {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = this.#lstat(place);
      if (before === 'unreadable') return unkept('unreadable', '');
      if (before === undefined) return { state: ABSENT, key: undefined };
      const key = keyOf(before);
      if (remembered?.key === key && this.#holds(remembered.state)) return remembered;
      const state = this.#readOnce(place, before, near);
      if (state === 'changed') continue;
      return { state, key: isRacy(before, this.calls.now()) ? undefined : key };
    }
    return unkept('unstable', String(this.calls.now()));
  }

  /** False for a file of which the store was robbed. */
  #holds(state: FileState): boolean {
    return state.kind !== 'file' || this.store.has(state.hash);
  }

  /** False when any folder on the way is a link: what lies behind it is not in this place. */
  #isRealFolder(folder: RelativePath, folders: Map<RelativePath, boolean>): boolean {
    if (folder === '') return true;
    let real = folders.get(folder);
    if (real === undefined) {
      const stat = this.#lstat(fsPath(absolute(this.root, folder)));
      // An unreadable parent says nothing; the path itself will.
      real =
        this.#isRealFolder(parentOf(folder), folders) &&
        (stat === 'unreadable' || stat?.isDirectory() === true);
      folders.set(folder, real);
    }
    return real;
  }

  #lstat(place: string | Buffer): Stats | 'unreadable' | undefined {
    try {
      return this.calls.lstat(place);
    } catch (error) {
      // A parent that is no folder (any more), or a path no file can have: nothing stands there.
      return GONE.has(codeOf(error)) ? undefined : 'unreadable';
    }
  }

  #readOnce(place: string | Buffer, before: Stats, near?: Hash): FileState | 'changed' {
    if (before.isSymbolicLink()) return readLink(place);
    if (before.isDirectory()) return { kind: 'folder' };
    if (!before.isFile()) return { kind: 'special' };
    if (before.size > this.limit) {
      return { kind: 'unkept', reason: 'too-large', print: keyOf(before) };
    }
    const bytes = readWhole(place, before);
    if (!Buffer.isBuffer(bytes)) {
      return bytes === 'changed'
        ? bytes
        : { kind: 'unkept', reason: 'unreadable', print: keyOf(before) };
    }
    const mode = before.mode & 0o7777;
    try {
      return { kind: 'file', hash: this.store.put(bytes, near), size: bytes.length, mode };
    } catch (error) {
      if (!(error instanceof StoreFull)) throw error;
      const print = createHash('sha256').update(bytes).digest('hex');
      return { kind: 'unkept', reason: 'no-room', print };
    }
  }
}

const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL']);

function unkept(reason: 'unreadable' | 'unstable', print: string): StateRead {
  return { state: { kind: 'unkept', reason, print }, key: undefined };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function readLink(place: string | Buffer): FileState | 'changed' {
  try {
    return { kind: 'link', target: nameOf(readlinkSync(place, { encoding: 'buffer' })) };
  } catch {
    return 'changed';
  }
}

/** The bytes of a regular file, `changed` when it is not the one `before` tells of throughout. */
function readWhole(place: string | Buffer, before: Stats): Buffer | 'changed' | 'unreadable' {
  let descriptor: number;
  try {
    descriptor = openSync(place, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    return ['EACCES', 'EPERM', 'EBUSY', 'EIO'].includes(codeOf(error)) ? 'unreadable' : 'changed';
  }
  try {
    const opened = fstatSync(descriptor);
    if (keyOf(opened) !== keyOf(before)) return 'changed';
    // One more byte than there should be shows a file that grew.
    const bytes = Buffer.allocUnsafe(opened.size + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length !== opened.size || keyOf(fstatSync(descriptor)) !== keyOf(before)) return 'changed';
    return bytes.subarray(0, length);
  } catch (error) {
    return codeOf(error) === 'EAGAIN' ? 'changed' : 'unreadable';
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Size and both times and the file's number must all agree: programs set modification times back
 * (`cp -p`, `tar`), clocks do too, and numbers are used again.
 */
export function keyOf(stat: Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino' | 'mode'>): StatKey {
  return `${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}:${stat.ino}:${stat.mode}`;
}

/** True when a write right after the look could leave all times as they are. */
export function isRacy(
  { mtimeMs, ctimeMs }: Pick<Stats, 'mtimeMs' | 'ctimeMs'>,
  now: number,
): boolean {
  const changed = Math.max(mtimeMs, ctimeMs);
  return now - changed < (changed % 1000 === 0 ? RACY_COARSE : RACY);
}

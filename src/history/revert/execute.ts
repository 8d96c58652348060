import {
  type Stats,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fdatasyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { StateReader } from '../capture/readState';
import { type FileFound, type FileState, isExecutable, sameState } from '../fileState';
import { absolute, bytesOf, foldersAbove, fsPath, type Name, parentOf } from '../names';
import { isGitInside, type RelativePath } from '../names';
import { type FileAction, isNameHere, mustWriteInPlace } from './fileActions';
import { type TargetFacts, temporaryName } from './fileActions';
import { withExtraAttributes } from './extraAttributes';
import type { Outcome, SkippedReason } from './plan';

/** The calls that other programs make fail for a moment; tests put in their own. */
export interface ReplaceCalls {
  rename(from: string | Buffer, to: string | Buffer): void;
  unlink(path: string | Buffer): void;
  /** Gives how many bytes were written, which may be fewer. */
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  /** Bytes that may still be written on the disk of a folder. */
  freeBytes(folder: string): number;
}

export const systemReplaces: ReplaceCalls = {
  rename: renameSync,
  unlink: unlinkSync,
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  freeBytes: folder => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

/** What executing needs. */
export interface ExecuteSetting {
  readonly root: Name;
  readonly reader: StateReader;
  readonly bytesOf: (hash: string) => Buffer;
  readonly platform: NodeJS.Platform;
  readonly calls?: ReplaceCalls;
}

const IN_PLACE_AFTER = new Set(['EACCES', 'EPERM', 'EBUSY', 'EXDEV', 'EROFS']);

/** How often a file that is in use is tried again, and how long is waited first, in milliseconds. */
const ATTEMPTS = 5;
const FIRST_WAIT = 20;

const { O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** Carries out actions on files, one at a time, each only if the path still is as it was planned. */
export class Executor {
  readonly #calls: ReplaceCalls;
  /** Places of files with attributes that a new file would lack. */
  #attributes: ReadonlySet<string> = new Set();

  constructor(private readonly setting: ExecuteSetting) {
    this.#calls = setting.calls ?? systemReplaces;
  }

  /** True when everything that is to be written fits on the disk. */
  fits(actions: readonly FileAction[]): boolean {
    const needed = actions.reduce((sum, { to }) => sum + (to.kind === 'file' ? to.size : 0), 0);
    try {
      return this.#calls.freeBytes(this.setting.root) > needed;
    } catch {
      // The root itself may have to be made again.
      return true;
    }
  }

  /** Finds out what apply needs to know of all files together. */
  async prepare(actions: readonly FileAction[]): Promise<void> {
    const replaced = actions.filter(({ from, to }) => from.kind === 'file' && to.kind === 'file');
    const places = replaced.map(({ path }) => absolute(this.setting.root, path));
    this.#attributes = await withExtraAttributes(places);
  }

  /** Changes the spelling of a name where a file system takes both for one. */
  respell(from: RelativePath, to: RelativePath, restore: string): void {
    const between = this.#place(join(parentOf(from), temporaryName(restore, 0)));
    this.#calls.rename(this.#place(from), between);
    this.#calls.rename(between, this.#place(to));
  }

  /** @returns `undefined` when done, else why not. */
  async apply(action: FileAction, revert: string, index: number): Promise<Outcome | undefined> {
    const { path } = action;
    if (isGitInside(path) || !isNameHere(path, this.setting.platform)) {
      return skipped('not-a-name-here');
    }
    if (!this.#parentsAreFolders(path)) return skipped('link-in-path');
    if (!sameState(this.setting.reader.read(path).state, action.from)) {
      return { result: 'kept', reason: 'changed-meanwhile' };
    }
    const temporary = this.#place(join(parentOf(path), temporaryName(revert, index)));
    try {
      await this.#retrying(() => this.#put(action, temporary));
      return undefined;
    } catch (error) {
      removeQuietly(temporary);
      return skipped(reasonOf(error));
    }
  }

  /** Removes folders that are empty now, deepest first. */
  removeEmpty(folders: readonly RelativePath[]): void {
    for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
      if (!this.#parentsAreFolders(`${folder}/x`)) continue;
      try {
        rmdirSync(this.#place(folder));
      } catch {
        // Something stands in it: it stays.
      }
    }
  }

  removeTemporary(path: RelativePath, revert: string, index: number): void {
    removeQuietly(this.#place(join(parentOf(path), temporaryName(revert, index))));
  }

  #put({ path, from, to }: FileAction, temporary: string | Buffer): void {
    const place = this.#place(path);
    switch (to.kind) {
      case 'absent':
        if (from.kind === 'folder') rmdirSync(place);
        else if (from.kind !== 'absent') this.#calls.unlink(place);
        return;
      case 'folder':
        mkdirSync(place, { recursive: true });
        return;
      case 'file':
        this.#makeParents(path);
        this.#putFile(place, from, to, temporary);
        return;
      case 'link':
        this.#makeParents(path);
        removeQuietly(temporary);
        symlinkSync(bytesOf(to.target), temporary);
        if (from.kind === 'folder') rmdirSync(place);
        this.#calls.rename(temporary, place);
        return;
      case 'special':
      case 'unkept':
        throw new Error('such a state is never a target');
    }
  }

  #putFile(
    place: string | Buffer,
    from: FileState,
    to: FileFound,
    temporary: string | Buffer,
  ): void {
    const bytes = this.setting.bytesOf(to.hash);
    const { mode } = to;
    if (from.kind === 'file' && from.hash === to.hash) {
      chmodSync(place, mode);
      return;
    }
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (stat?.isFile() && mustWriteInPlace(this.#factsOf(place, stat))) {
      this.#writeInPlace(place, bytes, mode);
      return;
    }
    try {
      removeQuietly(temporary);
      this.#writeNew(temporary, bytes, to);
      if (from.kind === 'folder') rmdirSync(place);
      this.#calls.rename(temporary, place);
    } catch (error) {
      // A folder that takes no new files, or a file that is mounted on its own.
      if (!stat?.isFile() || !IN_PLACE_AFTER.has(codeOf(error))) throw error;
      removeQuietly(temporary);
      this.#writeInPlace(place, bytes, mode);
    }
  }

  /** A file of which a commit knows the executable bit alone gets the rest as any new file does. */
  #writeNew(place: string | Buffer, bytes: Buffer, to: FileFound): void {
    const usual = isExecutable(to) ? 0o777 : 0o666;
    const descriptor = openSync(place, 'wx', to.gitMode ? usual : 0o600);
    try {
      this.#writeAll(descriptor, bytes);
      if (!to.gitMode) fchmodSync(descriptor, to.mode);
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #writeInPlace(place: string | Buffer, bytes: Buffer, mode: number): void {
    const before = lstatSync(place).mode & 0o7777;
    if ((before & 0o200) === 0) chmodSync(place, before | 0o200);
    const descriptor = openSync(place, constants.O_RDWR | O_NOFOLLOW);
    try {
      this.#writeAll(descriptor, bytes);
      ftruncateSync(descriptor, bytes.length);
      fchmodSync(descriptor, mode);
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #writeAll(descriptor: number, bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) {
      done += this.#calls.write(descriptor, bytes.subarray(done), done);
    }
  }

  #factsOf(place: string | Buffer, { uid, nlink }: Stats): TargetFacts {
    return {
      links: nlink,
      foreignOwner: process.getuid !== undefined && uid !== process.getuid(),
      extraAttributes: this.#attributes.has(place.toString()),
    };
  }

  #makeParents(path: RelativePath): void {
    const parent = parentOf(path);
    if (parent !== '') mkdirSync(this.#place(parent), { recursive: true });
    else mkdirSync(this.setting.root, { recursive: true });
  }

  /** False when a folder on the way to a path is a link: it may lead anywhere. */
  #parentsAreFolders(path: RelativePath): boolean {
    return foldersAbove(path).every(folder => {
      try {
        const stat = lstatSync(this.#place(folder), { throwIfNoEntry: false });
        return stat === undefined || stat.isDirectory();
      } catch {
        return true;
      }
    });
  }

  #place(path: RelativePath): string | Buffer {
    return fsPath(absolute(this.setting.root, path));
  }

  async #retrying(action: () => void): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        action();
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !mayPass(error, this.setting.platform)) throw error;
        await setTimeout(FIRST_WAIT * 2 ** (attempt - 1));
      }
    }
  }
}

function join(folder: RelativePath, name: string): RelativePath {
  return folder === '' ? name : `${folder}/${name}`;
}

function skipped(reason: SkippedReason): Outcome {
  return { result: 'skipped', reason };
}

/** True for what a virus scanner or a running program causes on Windows, and what may be over soon. */
function mayPass(error: unknown, platform: NodeJS.Platform): boolean {
  const code = codeOf(error);
  return code === 'EBUSY' || (platform === 'win32' && (code === 'EPERM' || code === 'EACCES'));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function reasonOf(error: unknown): SkippedReason {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no-permission';
    case 'EBUSY':
    case 'ETXTBSY':
      return 'in-use';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'disk-full';
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'EILSEQ':
      return 'not-a-name-here';
    default:
      return (error as Error).name === 'LostContent' ? 'lost' : 'failed';
  }
}

function removeQuietly(place: string | Buffer): void {
  try {
    unlinkSync(place);
  } catch {
    // There is none.
  }
}

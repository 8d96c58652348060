import {
  type Stats,
  closeSync,
  fchmodSync,
  fdatasyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { StateReader, StatKey } from '../capture/readState';
import { ABSENT, type FileFound, type FileState, sameState } from '../fileState';
import { absolute, bytesOf, isGitInside, type Name, parentOf, type RelativePath } from '../names';
import {
  betweenName,
  type FileAction,
  isNameHere,
  mustWriteInPlace,
  temporaryName,
} from './fileActions';
import { inFolder, NotAFolder } from './heldFolder';
import { keyAt, openToWrite, removeQuietly, setMode } from './onePlace';
import { withExtraAttributes } from './extraAttributes';
import { syncAndClose, writeAll, writeNew, writeSynced, type Written } from './newFiles';
import type { Outcome, SkippedReason } from './plan';
import { type ReplaceCalls, systemReplaces } from './replaceCalls';

/** What executing needs. */
export interface ExecuteSetting {
  readonly root: Name;
  readonly reader: StateReader;
  readonly bytesOf: (hash: string) => Buffer;
  /** True while an editor shows text of a file that is not saved: nothing is written below it. */
  readonly isUnsaved: (path: RelativePath) => boolean;
  readonly platform: NodeJS.Platform;
  readonly calls?: ReplaceCalls;
}

const IN_PLACE_AFTER = new Set(['EACCES', 'EPERM', 'EBUSY', 'EXDEV', 'EROFS']);

/** So many files are open at once. */
const TOGETHER = 64;

/** How often a file that is in use is tried again, and how long is waited first, in milliseconds. */
const ATTEMPTS = 5;
const FIRST_WAIT = 20;

/** What making a second name says where a file system has none. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/** One path at the moment of its change. */
interface Target {
  readonly place: string | Buffer;
  /** Where the new file is, or is to be written. */
  readonly temporary: string | Buffer;
  /** The mode of the new file when it is written and synced. */
  readonly prepared: number | undefined;
  /** As it was right before it was read; `undefined` when nothing stood there. */
  readonly seen: StatKey | undefined;
}

/** Carries out actions on files, one at a time, each only if the path still is as it was planned. */
export class Executor {
  readonly #calls: ReplaceCalls;
  /** Paths whose new files are written; gives their modes once they are synced. */
  readonly #prepared = new Map<RelativePath, Promise<number | undefined>>();
  /** What was put in place as a new file: nobody else had it yet. */
  readonly #placed = new Map<RelativePath, FileFound>();
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

  /**
   * Writes the new files beside their places, then syncs them on other threads; `apply` waits for
   * its own alone. What cannot be prepared is written when its turn comes.
   */
  async prepare(actions: readonly FileAction[], restore: string): Promise<void> {
    const replaced = actions.filter(({ from, to }) => from.kind === 'file' && to.kind === 'file');
    const places = replaced.map(({ path }) => absolute(this.setting.root, path));
    this.#attributes = await withExtraAttributes(places);
    this.#prepared.clear();
    this.#placed.clear();
    const all = [...actions.entries()];
    let syncs: Promise<number | undefined>[] = [];
    for (let at = 0; at < all.length; at += TOGETHER) {
      await Promise.all(syncs);
      const written = all.slice(at, at + TOGETHER).flatMap(([index, action]) => {
        const file = this.#prepareOne(action, temporaryName(restore, index));
        return file ? { path: action.path, file } : [];
      });
      // Not sooner: a sync holds up whoever makes a file meanwhile.
      syncs = written.map(({ path, file }) => {
        const synced = syncAndClose(file);
        this.#prepared.set(path, synced);
        return synced;
      });
    }
  }

  /** The file that `apply` put at a path as a new one; `undefined` when it went another way. */
  placed(path: RelativePath): FileFound | undefined {
    return this.#placed.get(path);
  }

  /** The open file, not synced yet; `undefined` when the action is none that can be prepared. */
  #prepareOne({ path, from, to }: FileAction, temporary: string): Written | undefined {
    if (to.kind !== 'file' || (from.kind === 'file' && from.hash === to.hash)) return undefined;
    if (isGitInside(path)) return undefined;
    try {
      return inFolder(this.setting.root, parentOf(path), true, at => {
        const stat = lstatSync(at(lastOf(path)), { throwIfNoEntry: false });
        if (stat?.isFile() && this.#staysInPlace(path, stat)) return undefined;
        return writeNew(at(temporary), this.setting.bytesOf(to.hash), to, this.#calls);
      });
    } catch {
      return undefined;
    }
  }

  /**
   * Changes the spelling of a name where a file system takes both for one.
   * @returns `undefined` when done, else why not.
   */
  respell(from: RelativePath, to: RelativePath, restore: string): Outcome | undefined {
    try {
      // Folders above that are spelled in two ways are the same folder too.
      inFolder(this.setting.root, parentOf(from), false, at => {
        const between = at(betweenName(restore, from));
        this.#calls.rename(at(lastOf(from)), between);
        try {
          this.#calls.rename(between, at(lastOf(to)));
        } catch (error) {
          this.#calls.rename(between, at(lastOf(from)));
          throw error;
        }
      });
      return undefined;
    } catch (error) {
      return skipped(reasonOf(error));
    }
  }

  /** Puts away what a crash left of an action; a file between two spellings takes its name again. */
  clearUp(path: RelativePath, restore: string, index: number): void {
    this.removeTemporary(path, restore, index);
    try {
      inFolder(this.setting.root, parentOf(path), false, at => {
        const place = at(lastOf(path));
        if (keyAt(place) === undefined) renameSync(at(betweenName(restore, path)), place);
      });
    } catch {
      // There is none.
    }
  }

  /** @returns `undefined` when done, else why not. */
  async apply(action: FileAction, revert: string, index: number): Promise<Outcome | undefined> {
    const { path } = action;
    const temporary = temporaryName(revert, index);
    let outcome: Outcome | undefined;
    try {
      outcome = await this.#retrying(async () =>
        this.#applyNow(action, temporary, await this.#prepared.get(path)),
      );
    } catch (error) {
      outcome = error instanceof ChangedMeanwhile ? CHANGED : skipped(reasonOf(error));
    }
    if (outcome) this.removeTemporary(path, revert, index);
    return outcome;
  }

  #applyNow(
    action: FileAction,
    temporary: string,
    prepared: number | undefined,
  ): Outcome | undefined {
    const { path, from, to } = action;
    const { root, platform, reader, isUnsaved } = this.setting;
    if (isGitInside(path) || !isNameHere(path, platform)) return skipped('not-a-name-here');
    if (isUnsaved(path)) return CHANGED;
    const wasAbsent = sameState(ABSENT, from);
    const isDone = inFolder(root, parentOf(path), wasAbsent && to.kind !== 'absent', at => {
      const place = at(lastOf(path));
      const seen = keyAt(place);
      if (!sameState(reader.readAt(place).state, from)) return false;
      this.#put(action, { place, temporary: at(temporary), prepared, seen });
      return true;
    });
    // Where the folder is missing, nothing stands.
    return (isDone ?? wasAbsent) ? undefined : CHANGED;
  }

  /** Removes folders that are empty now, deepest first. */
  removeEmpty(folders: readonly RelativePath[]): void {
    for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
      try {
        inFolder(this.setting.root, parentOf(folder), false, at => rmdirSync(at(lastOf(folder))));
      } catch {
        // Something stands in it, or a link in its place: it stays.
      }
    }
  }

  removeTemporary(path: RelativePath, revert: string, index: number): void {
    try {
      inFolder(this.setting.root, parentOf(path), false, at =>
        removeQuietly(at(temporaryName(revert, index))),
      );
    } catch {
      // The folder was swapped for something else.
    }
  }

  #put({ path, from, to }: FileAction, target: Target): void {
    const { place, temporary, seen } = target;
    switch (to.kind) {
      case 'absent':
        if (from.kind === 'folder') rmdirSync(place);
        else if (from.kind !== 'absent') {
          unchanged(place, seen);
          this.#calls.unlink(place);
        }
        return;
      case 'folder':
        if (from.kind !== 'absent') {
          unchanged(place, seen);
          this.#calls.unlink(place);
        }
        mkdirSync(place);
        return;
      case 'file':
        this.#putFile(path, from, to, target);
        return;
      case 'link':
        removeQuietly(temporary);
        symlinkSync(bytesOf(to.target), temporary);
        this.#moveIn(from, target);
        return;
      case 'special':
      case 'unkept':
        throw new Error('such a state is never a target');
    }
  }

  #putFile(path: RelativePath, from: FileState, to: FileFound, target: Target): void {
    const { place, temporary } = target;
    if (from.kind === 'file' && from.hash === to.hash) {
      setMode(place, to.mode);
      return;
    }
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (!stat?.isFile() || !this.#staysInPlace(path, stat)) {
      try {
        const bytesOf = this.setting.bytesOf;
        const mode = target.prepared ?? writeSynced(temporary, bytesOf(to.hash), to, this.#calls);
        this.#moveIn(from, target);
        this.#placed.set(path, { kind: 'file', hash: to.hash, size: to.size, mode });
        return;
      } catch (error) {
        // A folder that takes no new files, or a file that is mounted on its own.
        if (!stat?.isFile() || !IN_PLACE_AFTER.has(codeOf(error))) throw error;
      }
    }
    removeQuietly(temporary);
    this.#prepared.delete(path);
    this.#writeInPlace(from, to, target);
  }

  /** Puts the new file in its place, unless that changed while the new one was written. */
  #moveIn(from: FileState, { place, temporary, seen }: Target): void {
    if (from.kind === 'folder') rmdirSync(place);
    if (from.kind !== 'absent' && from.kind !== 'folder') {
      unchanged(place, seen);
      this.#calls.rename(temporary, place);
      return;
    }
    // Where nothing stood, a link fails when something does by now; a rename would replace it.
    try {
      this.#calls.link(temporary, place);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw new ChangedMeanwhile();
      if (!NO_LINKS.has(codeOf(error))) throw error;
      if (from.kind === 'absent') unchanged(place, seen);
      this.#calls.rename(temporary, place);
      return;
    }
    removeQuietly(temporary);
  }

  #writeInPlace(from: FileState, to: FileFound, { place, seen }: Target): void {
    const bytes = this.setting.bytesOf(to.hash);
    unchanged(place, seen);
    const before = lstatSync(place).mode & 0o7777;
    const descriptor = openToWrite(place, before);
    const fill = (content: Buffer, mode: number): void => {
      writeAll(descriptor, content, this.#calls);
      ftruncateSync(descriptor, content.length);
      fchmodSync(descriptor, mode);
      fdatasyncSync(descriptor);
    };
    try {
      fill(bytes, to.mode);
    } catch (error) {
      // Half-written: a disk that has no room for the new content still has it for the old one.
      if (from.kind === 'file') fill(this.setting.bytesOf(from.hash), before);
      throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  #staysInPlace(path: RelativePath, { uid, nlink }: Stats): boolean {
    return mustWriteInPlace({
      links: nlink,
      foreignOwner: process.getuid !== undefined && uid !== process.getuid(),
      extraAttributes: this.#attributes.has(absolute(this.setting.root, path)),
    });
  }

  async #retrying<T>(action: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await action();
      } catch (error) {
        if (attempt === ATTEMPTS || !mayPass(error, this.setting.platform)) throw error;
        await setTimeout(FIRST_WAIT * 2 ** (attempt - 1));
      }
    }
  }
}

/** Something else stands at a path than when it was read. */
class ChangedMeanwhile extends Error {}

const CHANGED: Outcome = { result: 'kept', reason: 'changed-meanwhile' };

/** Throws when a path is not as it was when it was read: the last look before it is replaced. */
function unchanged(place: string | Buffer, seen: StatKey | undefined): void {
  if (keyAt(place) !== seen) throw new ChangedMeanwhile();
}

function lastOf(path: RelativePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
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
      if (error instanceof NotAFolder) return 'link-in-path';
      return (error as Error).name === 'LostContent' ? 'lost' : 'failed';
  }
}

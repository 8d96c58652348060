import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { readlinkSync, realpathSync } from 'node:fs';
import { absolute, foldersAbove, fsPath, type Name, type RelativePath } from '../names';

/** Where a name in a folder stands, as file functions take it. */
export type PlaceOf = (name: string) => string | Buffer;

/** Where the system shows open files by their numbers: a path that goes on from an open folder. */
const OPEN_FILES = '/proc/self/fd';
const canHold = process.platform === 'linux' && existsSync(OPEN_FILES);

// Absent on Windows.
const { O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** On the way to a folder stands a link, or something else that is no folder. */
export class NotAFolder extends Error {
  override readonly name = 'NotAFolder';
}

/**
 * Does something to names in one folder of the workspace. On Linux the folder is held open meanwhile:
 * whatever is swapped for a link after the check, the places lead to this very folder. Elsewhere all
 * folders on the way are checked right before.
 * @param make makes the folder and those above it where they are missing
 * @returns `undefined` when the folder is not there
 * @throws NotAFolder
 */
export function inFolder<T>(
  root: Name,
  folder: RelativePath,
  make: boolean,
  act: (at: PlaceOf) => T,
): T | undefined {
  return (canHold ? inHeld : inChecked)(root, folder, make, act);
}

function inHeld<T>(
  root: Name,
  folder: RelativePath,
  make: boolean,
  act: (at: PlaceOf) => T,
): T | undefined {
  const direct = openAtOnce(folder === '' ? root : absolute(root, folder));
  if (direct !== undefined) {
    try {
      return act(placesIn(direct));
    } finally {
      closeSync(direct);
    }
  }
  if (make) mkdirSync(fsPath(root), { recursive: true });
  let held = openFolder(fsPath(root));
  if (held === undefined) return undefined;
  try {
    // The root was found by its real path: with a link above it, it would be another one now.
    if (!isReally(held, root)) throw new NotAFolder();
    for (const part of folder === '' ? [] : folder.split('/')) {
      const place = fsPath(`${OPEN_FILES}/${held}/${part}`);
      let next = openFolder(place);
      if (next === undefined && make) {
        makeFolder(place);
        next = openFolder(place);
      }
      if (next === undefined) return undefined;
      closeSync(held);
      held = next;
    }
    return act(placesIn(held));
  } finally {
    closeSync(held);
  }
}

/**
 * The open folder when its real path is the one it was opened by: then no link was on the way.
 * `undefined` for whatever else there may be, which going from folder to folder finds out.
 */
function openAtOnce(folder: Name): number | undefined {
  let held: number;
  try {
    held = openSync(fsPath(folder), constants.O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return undefined;
  }
  if (isReally(held, folder)) return held;
  closeSync(held);
  return undefined;
}

function isReally(held: number, folder: Name): boolean {
  const real = readlinkSync(`${OPEN_FILES}/${held}`, { encoding: 'buffer' });
  return real.equals(Buffer.from(fsPath(folder)));
}

function placesIn(held: number): PlaceOf {
  const prefix = `${OPEN_FILES}/${held}`;
  return name => fsPath(`${prefix}/${name}`);
}

function inChecked<T>(
  root: Name,
  folder: RelativePath,
  make: boolean,
  act: (at: PlaceOf) => T,
): T | undefined {
  if (make) mkdirSync(fsPath(root), { recursive: true });
  const way = folder === '' ? [] : [...foldersAbove(folder).reverse(), folder];
  if (!isFolder(root)) return undefined;
  // Windows gives one folder in several spellings.
  if (process.platform !== 'win32' && realpathSync.native(root) !== root) throw new NotAFolder();
  for (const each of way) {
    const place = fsPath(absolute(root, each));
    if (isFolder(place)) continue;
    if (!make) return undefined;
    makeFolder(place);
  }
  return act(name => fsPath(absolute(root, folder === '' ? name : `${folder}/${name}`)));
}

function openFolder(place: string | Buffer): number | undefined {
  try {
    return openSync(place, constants.O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR' || code === 'ELOOP') throw new NotAFolder();
    throw error;
  }
}

/** False when nothing is there. @throws NotAFolder */
function isFolder(place: string | Buffer): boolean {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) throw new NotAFolder();
  return stat !== undefined;
}

function makeFolder(place: string | Buffer): void {
  try {
    mkdirSync(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

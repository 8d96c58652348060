import { closeSync, fchmodSync, fdatasync, fdatasyncSync, fstatSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { type FileFound, isExecutable } from '../fileState';
import { removeQuietly } from './onePlace';
import type { ReplaceCalls } from './replaceCalls';

/** A new file that is not synced yet. */
export interface Written {
  readonly descriptor: number;
  readonly mode: number;
}

const synced = promisify(fdatasync);

/** Writes a file that was not there; of what a commit knows the executable bit of, umask says the rest. */
export function writeNew(
  place: string | Buffer,
  bytes: Buffer,
  to: FileFound,
  calls: ReplaceCalls,
): Written {
  const usual = isExecutable(to) ? 0o777 : 0o666;
  const descriptor = openNew(place, to.gitMode ? usual : 0o600);
  try {
    writeAll(descriptor, bytes, calls);
    if (!to.gitMode) fchmodSync(descriptor, to.mode);
    return { descriptor, mode: fstatSync(descriptor).mode & 0o7777 };
  } catch (error) {
    closeSync(descriptor);
    removeQuietly(place);
    throw error;
  }
}

/** The same, on the disk when it returns; gives the mode. */
export function writeSynced(
  place: string | Buffer,
  bytes: Buffer,
  to: FileFound,
  calls: ReplaceCalls,
): number {
  const { descriptor, mode } = writeNew(place, bytes, to, calls);
  try {
    fdatasyncSync(descriptor);
    return mode;
  } finally {
    closeSync(descriptor);
  }
}

/** Syncs on another thread; gives the mode, or `undefined` when the disk did not take the file. */
export async function syncAndClose({ descriptor, mode }: Written): Promise<number | undefined> {
  try {
    try {
      await synced(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return mode;
  } catch {
    return undefined;
  }
}

export function writeAll(descriptor: number, bytes: Buffer, calls: ReplaceCalls): void {
  for (let done = 0; done < bytes.length;) {
    done += calls.write(descriptor, bytes.subarray(done), done);
  }
}

/** What a crash left under the name goes. */
function openNew(place: string | Buffer, mode: number): number {
  try {
    return openSync(place, 'wx', mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    removeQuietly(place);
    return openSync(place, 'wx', mode);
  }
}

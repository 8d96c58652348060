import { chmodSync, closeSync, constants, fchmodSync, lstatSync, openSync } from 'node:fs';
import { unlinkSync } from 'node:fs';
import { keyOf, type StatKey } from '../capture/readState';

// Both are absent on Windows.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** What tells the file at a place from any other version of it; `undefined` when there is none. */
export function keyAt(place: string | Buffer): StatKey | undefined {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  return stat && keyOf(stat);
}

/** Sets the mode of a file; never of what a link leads to. */
export function setMode(place: string | Buffer, mode: number): void {
  if (process.platform === 'win32') {
    chmodSync(place, mode);
    return;
  }
  const descriptor = openSync(place, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a file of a given mode for writing where it stands, a read-only one too. */
export function openToWrite(place: string | Buffer, mode: number): number {
  const isReadOnly = (mode & 0o200) === 0;
  if (isReadOnly) setMode(place, mode | 0o200);
  try {
    return openSync(place, constants.O_RDWR | O_NOFOLLOW);
  } catch (error) {
    if (isReadOnly) setMode(place, mode);
    throw error;
  }
}

/** Removes what may not be there. */
export function removeQuietly(place: string | Buffer): void {
  try {
    unlinkSync(place);
  } catch {
    // There is none.
  }
}

import {
  close,
  closeSync,
  constants,
  linkSync,
  openSync,
  renameSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** The calls that other programs make fail for a moment; tests put in their own. */
export interface ReplaceCalls {
  rename(from: string | Buffer, to: string | Buffer): void;
  link(from: string | Buffer, to: string | Buffer): void;
  unlink(path: string | Buffer): void;
  /** Gives how many bytes were written, which may be fewer. */
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  /** Bytes that may still be written on the disk of a folder. */
  freeBytes(folder: string): number;
}

export const systemReplaces: ReplaceCalls = {
  rename: replace,
  link: linkSync,
  unlink: unlinkSync,
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  freeBytes: folder => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

// Both are absent on Windows.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** So many replaced files are let go of at once, at most. */
const TOGETHER = 32;
let letGo = 0;

/**
 * Renames, over a file that may stand there. The system frees a file's room when the last one who
 * holds it lets go, which takes ten times as long as the rename (ext4: 90 us): another thread does it.
 */
function replace(from: string | Buffer, to: string | Buffer): void {
  const replaced = held(to);
  try {
    renameSync(from, to);
  } catch (error) {
    if (replaced === undefined) throw error;
    // Network drives, and those of Windows seen from Linux, may mind that it is held.
    closeSync(replaced);
    renameSync(from, to);
    return;
  }
  if (replaced !== undefined) release(replaced);
}

/** Windows renames nothing over an open file. */
function held(place: string | Buffer): number | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return openSync(place, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function release(descriptor: number): void {
  if (letGo === TOGETHER) {
    closeSync(descriptor);
    return;
  }
  letGo += 1;
  close(descriptor, () => {
    letGo -= 1;
  });
}

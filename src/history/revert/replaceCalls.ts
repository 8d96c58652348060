import { linkSync, renameSync, statfsSync, unlinkSync, writeSync } from 'node:fs';

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
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  freeBytes: folder => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

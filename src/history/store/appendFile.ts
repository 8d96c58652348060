import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { StoreFull } from './historyStore';

/** The calls that a full disk makes fail; tests put in their own. */
export interface DiskCalls {
  /** Gives how many bytes were written, which may be fewer. */
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  sync(descriptor: number): void;
  /** Bytes this user may still write on the disk that holds a folder. */
  freeBytes(folder: string): number;
}

export const realDisk: DiskCalls = {
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  sync: fdatasyncSync,
  freeBytes: folder => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** Never through a link, never waiting for a pipe's other end. Windows has neither flag. */
const SAFELY = O_NOFOLLOW | O_NONBLOCK;

/** Runs file calls; a full disk becomes `StoreFull`. */
export function orFull<T>(calls: () => T): T {
  try {
    return calls();
  } catch (error) {
    if (isDiskFull(error)) throw new StoreFull('disk', { cause: error });
    throw error;
  }
}

/** True for what the system says when the disk or a quota is used up. */
export function isDiskFull(error: unknown): boolean {
  return NO_SPACE.has(codeOf(error) ?? '');
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Opens a file of the store for reading: a real file, never through a link. */
export function openStored(path: string, flags: number = constants.O_RDONLY): number {
  const descriptor = openSync(path, flags | SAFELY);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error(`${path} is not a file`);
}

/** Makes the names in a folder durable. Windows does so by itself and cannot be asked. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    orFull(() => fsyncSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * A new file that only grows, written by this process alone. What could not be written or synced
 * whole is cut off again, so that the file always ends after a whole record.
 */
export class AppendFile {
  #size = 0;
  #syncedSize = 0;
  #broken = false;

  private constructor(
    readonly path: string,
    readonly descriptor: number,
    private readonly disk: DiskCalls,
  ) {}

  static create(path: string, disk: DiskCalls): AppendFile {
    return new AppendFile(
      path,
      orFull(() => openSync(path, 'wx+', 0o600)),
      disk,
    );
  }

  get size(): number {
    return this.#size;
  }

  /** Where the part ends that a crash cannot take. */
  get syncedSize(): number {
    return this.#syncedSize;
  }

  /** True when nothing may be appended any more: what stands at the end is unsure. */
  get broken(): boolean {
    return this.#broken;
  }

  /** True when somebody deleted the file: what is appended would be lost. */
  get removed(): boolean {
    return fstatSync(this.descriptor).nlink === 0;
  }

  /** Gives the offset of the first byte. @throws StoreFull, with nothing appended. */
  append(bytes: Uint8Array): number {
    const start = this.#size;
    try {
      for (let done = 0; done < bytes.length;) {
        const written = orFull(() =>
          this.disk.write(this.descriptor, bytes.subarray(done), start + done),
        );
        if (written <= 0) throw new StoreFull('disk');
        done += written;
      }
    } catch (error) {
      this.#cutTo(start);
      throw error;
    }
    this.#size = start + bytes.length;
    return start;
  }

  /** @throws StoreFull or the disk's error; all that was not durable yet is cut off then. */
  sync(): void {
    if (this.#syncedSize === this.#size) return;
    try {
      orFull(() => {
        this.disk.sync(this.descriptor);
      });
    } catch (error) {
      // After a failed sync the system may call the lost pages clean: the file is not trusted again.
      this.#broken = true;
      this.#cutTo(this.#syncedSize);
      throw error;
    }
    this.#syncedSize = this.#size;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  #cutTo(size: number): void {
    this.#size = size;
    try {
      ftruncateSync(this.descriptor, size);
    } catch {
      this.#broken = true;
    }
  }
}

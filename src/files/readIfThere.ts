import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Absent on Windows. */
const { O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/**
 * The bytes of a regular file, `undefined` when none can be read there, `too-large` above `limit`
 * bytes. Never waits: a FIFO or device at the path counts as nothing.
 */
export function readIfThere(path: string): Buffer | undefined;
export function readIfThere(path: string, limit: number): Buffer | 'too-large' | undefined;
export function readIfThere(
  path: string,
  limit = Number.POSITIVE_INFINITY,
): Buffer | 'too-large' | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return undefined;
    return stat.size > limit ? 'too-large' : readFileSync(descriptor);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** The value in a JSON file, by the same rules; undefined also for what is no JSON. */
export function readJsonIfThere(path: string, limit: number): unknown {
  const bytes = readIfThere(path, limit);
  if (!(bytes instanceof Buffer)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

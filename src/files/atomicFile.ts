import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes a file so that a crash at any moment leaves the old or the new content, never a part:
 * a temporary file beside it, synced, then renamed over it. An existing file keeps its mode.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): void {
  const temporary = join(dirname(path), `.checkrein-${randomBytes(6).toString('hex')}.tmp`);
  const descriptor = openSync(temporary, 'wx', modeOf(path) ?? mode);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(descriptor);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** True when there is a real file at `path`, no link, with exactly this content. */
export function holds(path: string, content: string): boolean {
  try {
    return lstatSync(path).isFile() && readFileSync(path, 'utf8') === content;
  } catch {
    return false;
  }
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}

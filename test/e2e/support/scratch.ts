import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that belongs to one test: everything the test writes goes below it. */
export interface Scratch {
  /** Absolute, with symbolic links resolved, so that it compares equal to what agents report. */
  readonly path: string;
  /** Makes a folder below the scratch folder and returns its absolute path. */
  folder(...names: string[]): string;
  /** Removes the folder and everything in it; safe to call twice. */
  remove(): void;
}

/**
 * Makes a scratch folder below the system's folder for temporary files. The name is kept short:
 * a socket path inside it has to stay below 104 bytes.
 */
export function makeScratch(name = 'e2e'): Scratch {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `cr-${name}-`)));
  return {
    path,
    folder(...names) {
      const folder = join(path, ...names);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    remove() {
      // Editors and agents may write a last log line while they end: hence the retries.
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

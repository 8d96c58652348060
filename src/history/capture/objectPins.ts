import { linkSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** More loose objects than this are not linked one by one; a repository that large has packs too. */
const LOOSE_LIMIT = 20_000;

const OBJECT_FOLDER = /^([0-9a-f]{2}|pack)$/;
const OBJECT_FILE = /^([0-9a-f]{38}|[0-9a-f]{62}|pack-[0-9a-f]+\.(pack|idx|rev|mtimes))$/;

/**
 * Hard links to the object files of a repository, so that what a commit held can be read even after
 * the repository was collected, rewritten or removed. Links need no room; where they cannot be made
 * (another disk) the objects can only be read while the repository has them.
 */
export class ObjectPins {
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly source: string,
    private readonly target: string,
  ) {}

  /** Links what is new since the last call. False when the system cannot link there. */
  refresh(): boolean {
    let budget = LOOSE_LIMIT;
    for (const name of listed(this.source)) {
      if (!OBJECT_FOLDER.test(name)) continue;
      const from = join(this.source, name);
      const changed = lstatSync(from, { throwIfNoEntry: false })?.mtimeMs;
      // A folder written to a moment ago may be written to again within the same tick.
      if (changed === undefined || this.#seen.get(name) === changed) continue;
      const files = listed(from).filter(file => OBJECT_FILE.test(file));
      budget -= files.length;
      if (budget < 0) return false;
      if (!this.#linkAll(from, join(this.target, name), files)) return false;
      if (Date.now() - changed > 2000) this.#seen.set(name, changed);
    }
    return true;
  }

  /** Gives up the links whose files the repository has dropped. Only while nothing can be undone by them. */
  dropStale(): void {
    for (const name of listed(this.target)) {
      if (!OBJECT_FOLDER.test(name)) continue;
      const current = new Set(listed(join(this.source, name)));
      for (const file of listed(join(this.target, name))) {
        if (!current.has(file)) rmSync(join(this.target, name, file), { force: true });
      }
    }
  }

  #linkAll(from: string, to: string, files: readonly string[]): boolean {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    const present = new Set(listed(to));
    for (const file of files) {
      if (present.has(file)) continue;
      try {
        linkSync(join(from, file), join(to, file));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Collected just now, or linked by another window just now.
        if (code !== 'ENOENT' && code !== 'EEXIST') return false;
      }
    }
    return true;
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

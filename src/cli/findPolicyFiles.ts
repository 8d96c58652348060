import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { policyFileAt, type PolicyFile } from '../languageServer/fileKinds';

/** A file to look at, with the workspace folder it belongs to. */
export interface FoundFile {
  readonly path: string;
  readonly root: string;
  readonly file: PolicyFile;
}

/** What was found below the paths, and the paths that lead to nothing. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly faults: readonly string[];
  /** True when a folder was too large to be gone through. */
  readonly cutShort: boolean;
}

const MAX_ENTRIES = 50_000;
const MAX_DEPTH = 12;
const SKIPPED = new Set(['node_modules', '.git', '.hg', 'dist', 'target', '.venv', '__pycache__']);

/** Goes through folders, and takes files as they are named. Links to folders are not followed. */
export class PolicyFileFinder {
  readonly #files = new Map<string, FoundFile>();
  readonly #faults: string[] = [];
  #left = MAX_ENTRIES;

  constructor(private readonly home: string) {}

  /** A file or a folder that a person names. */
  add(path: string): void {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) this.#faults.push(`${path} does not exist.`);
    else if (stat.isDirectory()) this.#walk(path, path, 0);
    else if (!this.#take(path, rootAbove(path))) {
      this.#faults.push(`${path} is no file that decides what an agent may do.`);
    }
  }

  /** Kiro's own folder of a person. */
  addHome(): void {
    this.#walk(join(this.home, '.kiro'), this.home, 0);
  }

  get result(): FoundFiles {
    const files = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { files, faults: this.#faults, cutShort: this.#left <= 0 };
  }

  #take(path: string, root: string): boolean {
    const file = policyFileAt(path, { home: this.home, roots: root === this.home ? [] : [root] });
    if (file) this.#files.set(path, { path, root, file });
    return file !== undefined;
  }

  #walk(folder: string, root: string, depth: number): void {
    for (const entry of entriesOf(folder)) {
      this.#left -= 1;
      if (this.#left <= 0) return;
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) this.#take(path, root);
      else if (!SKIPPED.has(entry.name)) {
        // What lies deeper may matter as well: then it is said that not all was looked at.
        if (depth >= MAX_DEPTH) this.#left = 0;
        else this.#walk(path, root, depth + 1);
      }
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The folder that a single file belongs to: the one above `.kiro`, `.vscode` or the file. */
function rootAbove(path: string): string {
  const inside = /^(.*?)[\\/]\.(?:kiro|vscode)[\\/]/.exec(resolve(path))?.[1];
  if (inside !== undefined && existsSync(inside)) return inside;
  return dirname(resolve(path));
}

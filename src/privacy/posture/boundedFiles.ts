import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Dirent,
} from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 1024 * 1024;

/** The text of a file that may be hostile: undefined when there is none, it is large or no file. */
export function readSmallText(path: string, maxBytes = MAX_BYTES): string | undefined {
  let descriptor: number;
  try {
    // Never waits for a writer, should somebody have put a pipe there.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > maxBytes) return undefined;
    const bytes = Buffer.alloc(stat.size);
    const read = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, read);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** True when something is there, whatever it is. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The files of a folder by name, in order; none where it cannot be read. */
export function filesIn(folder: string, ending: string): readonly string[] {
  return entriesOf(folder)
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .map(({ name }) => join(folder, name));
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', '.venv', '__pycache__']);

/** How far a walk goes. */
export interface WalkLimits {
  readonly files: number;
  readonly depth: number;
}

/** Files below a folder, links not followed; `cut` tells that there were more than the limits. */
export function walk(
  root: string,
  limits: WalkLimits,
): { readonly files: readonly string[]; readonly cut: boolean } {
  const files: string[] = [];
  let cut = false;
  const visit = (folder: string, depth: number): void => {
    for (const entry of entriesOf(folder)) {
      if (files.length >= limits.files) {
        cut = true;
        return;
      }
      if (entry.isFile()) files.push(join(folder, entry.name));
      else if (entry.isDirectory() && !SKIPPED.has(entry.name)) {
        if (depth < limits.depth) visit(join(folder, entry.name), depth + 1);
        else cut = true;
      }
    }
  };
  visit(root, 0);
  return { files, cut };
}

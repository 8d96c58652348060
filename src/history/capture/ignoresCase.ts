import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Name } from '../names';

/** True where `A` and `a` name the same file: found out on a name that is there. */
export function ignoresCase(root: Name): boolean {
  try {
    const name = readdirSync(root).find(entry => swapCase(entry) !== entry);
    if (name === undefined) return process.platform === 'win32' || process.platform === 'darwin';
    const [one, two] = [name, swapCase(name)].map(entry =>
      lstatSync(join(root, entry), { throwIfNoEntry: false }),
    );
    return one !== undefined && one.ino === two?.ino;
  } catch {
    return false;
  }
}

function swapCase(text: string): string {
  const lower = text.toLowerCase();
  return text === lower ? text.toUpperCase() : lower;
}

import { readdirSync } from 'node:fs';

/**
 * The names in a folder. A listing taken while files are renamed may miss both names of one; two
 * equal listings in a row miss none.
 */
export function listStable(folder: string): string[] {
  let names = readdirSync(folder).sort();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const again = readdirSync(folder).sort();
    if (again.length === names.length && again.every((name, at) => name === names[at])) break;
    names = again;
  }
  return names;
}

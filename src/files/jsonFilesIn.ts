import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of the JSON files in a folder, in the order of their names; none where it cannot be read. */
export function jsonFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.json'))
      .sort()
      .map(name => join(folder, name));
  } catch {
    return [];
  }
}

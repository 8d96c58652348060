import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The folder in the state folder that holds the history of a workspace folder. */
export function storeFolderOf(stateHome: string, root: string): string {
  const key = createHash('sha256').update(realpathSync.native(root)).digest('hex').slice(0, 32);
  return join(stateHome, 'history', key);
}

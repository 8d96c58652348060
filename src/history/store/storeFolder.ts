import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files/atomicFile';
import { requireOwnerOnlyFolder } from '../../files/ownerOnly';

/** In each store's folder: which workspace folder it belongs to. */
const ROOT_FILE = 'root.json';
const MAX_ROOT_FILE = 64 * 1024;

/**
 * The folder in the state folder that holds the history of a workspace folder; made when absent.
 * The path without links is the key, so a folder that was deleted and made again finds its history.
 * The same folder reached by another path (a bind mount, another spelling) gives the same store.
 * @throws when `root` does not exist, NotOwnerOnlyError when others could have written the store
 */
export function storeFolderOf(stateHome: string, root: string): string {
  const path = realpathSync.native(root);
  const stores = join(stateHome, 'history');
  const folder = join(stores, createHash('sha256').update(path).digest('hex').slice(0, 32));
  requireOwnerOnlyFolder(stores);
  if (existsSync(join(folder, ROOT_FILE))) return folder;
  const other = storeByIdentity(stores, path);
  if (other !== undefined) return other;
  requireOwnerOnlyFolder(folder);
  writeFileAtomic(join(folder, ROOT_FILE), JSON.stringify({ path, ...identityOf(path) }));
  return folder;
}

interface FolderIdentity {
  readonly dev: string;
  readonly ino: string;
}

/** A store whose folder was this very one when its history began and still is. */
function storeByIdentity(stores: string, path: string): string | undefined {
  const own = identityOf(path);
  return readdirSync(stores)
    .map(name => join(stores, name))
    .find(folder => {
      const root = rootOf(join(folder, ROOT_FILE));
      // A number alone may have been given to another folder since.
      return root && isSame(root, own) && isSame(identityOf(root.path), own);
    });
}

function isSame(a: FolderIdentity | undefined, b: FolderIdentity | undefined): boolean {
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

function identityOf(path: string): FolderIdentity | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && { dev: String(stat.dev), ino: String(stat.ino) };
}

function rootOf(file: string): (FolderIdentity & { readonly path: string }) | undefined {
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? Infinity) > MAX_ROOT_FILE) return;
    const { path, dev, ino } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const isWhole = typeof path === 'string' && typeof dev === 'string' && typeof ino === 'string';
    return isWhole ? { path, dev, ino } : undefined;
  } catch {
    return undefined;
  }
}

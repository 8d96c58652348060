import { createHash } from 'node:crypto';
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfThere } from '../../files/readIfThere';
import { isWindowsPath } from '../../policy/paths';

const MAX_FOLDERS = 2000;
const MAX_RECORD_BYTES = 64 * 1024;

/** The folder that Kiro keeps for a workspace, and whether that is more than a computed guess. */
export interface WorkspaceFolder {
  readonly path: string;
  readonly certain: boolean;
}

/**
 * The name of a workspace's folder below `~/.kiro/workspace-roots`: 16 hexadecimal digits of the
 * path with slashes and none at its end; a Windows path is written in lower case as a whole.
 */
export function workspaceHash(root: string): string {
  return createHash('sha256').update(comparableRoot(root)).digest('hex').slice(0, 16);
}

function comparableRoot(root: string): string {
  const slashed = root.replaceAll('\\', '/').replace(/(?<=.)\/+$/, '');
  return isWindowsPath(root) ? slashed.toLowerCase() : slashed;
}

/**
 * Finds the folder for a workspace. What Kiro itself has written down wins over what is computed:
 * a record that names the workspace, then a folder that exists, because it is not known how Kiro
 * spells a path that is a link, or one of a Mac.
 */
export function workspaceFolder(
  kiroHome: string,
  root: string,
  platform: NodeJS.Platform,
): WorkspaceFolder {
  const roots = join(kiroHome, 'workspace-roots');
  const names = folderNames(roots);
  const spellings = [...new Set([root, realPath(root)])];
  const recorded = names.find(name => {
    const record = recordedRoot(join(roots, name));
    return (
      record !== undefined && spellings.some(one => comparableRoot(one) === comparableRoot(record))
    );
  });
  if (recorded !== undefined) return { path: join(roots, recorded), certain: true };
  const candidates =
    platform === 'darwin' ? [...spellings, ...spellings.map(one => one.toLowerCase())] : spellings;
  const known = candidates.map(workspaceHash).find(hash => names.includes(hash));
  if (known !== undefined) return { path: join(roots, known), certain: true };
  const certain = platform !== 'darwin' && spellings.length === 1;
  return { path: join(roots, workspaceHash(root)), certain };
}

function folderNames(roots: string): readonly string[] {
  try {
    return readdirSync(roots)
      .filter(name => /^[0-9a-f]{16}$/.test(name))
      .slice(0, MAX_FOLDERS);
  } catch {
    return [];
  }
}

function recordedRoot(folder: string): string | undefined {
  const file = join(folder, '.trust-migration.json');
  const record = readJsonIfThere(file, MAX_RECORD_BYTES);
  const root = typeof record === 'object' && record !== null && 'root' in record && record.root;
  return typeof root === 'string' ? root : undefined;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { absolute, fsPath, type Name, nameOf, type RelativePath } from '../names';
import { Breather } from './breather';

/** A folder above either is not covered: what programs generate can be generated again. */
const SMALL_FOLDER = { files: 2000, bytes: 20 * 1024 * 1024 };

/** Folders that hold what package managers and builds made; large ones are not walked. */
const GENERATED = new Set(
  'node_modules bower_components .venv venv target .gradle .tox .cache .next Pods __pycache__'.split(
    ' ',
  ),
);

/** A folder whose content is not held. */
export interface UncoveredFolder {
  readonly path: RelativePath;
  readonly why: 'generated' | 'unreadable' | 'too-many-files' | 'new-repository';
}

/** What stands below a folder. */
export interface Walked {
  /** Everything that is no folder: files, links and special files. */
  readonly files: RelativePath[];
  readonly emptyFolders: RelativePath[];
  /** Repositories within, which are looked at on their own. */
  readonly repositories: RelativePath[];
  readonly uncovered: UncoveredFolder[];
}

/**
 * Lists what stands below a folder, by names alone and without following links. The insides of
 * repositories are left out.
 * @param skip folders that someone else looks at
 * @param limit how many files there may be in all
 */
export async function walkFolder(
  root: Name,
  start: RelativePath,
  skip: (folder: RelativePath) => boolean,
  limit: number,
): Promise<Walked> {
  const walked: Walked = { files: [], emptyFolders: [], repositories: [], uncovered: [] };
  const breather = new Breather();
  const open: RelativePath[] = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (breather.due) await breather.breathe();
    if (walked.files.length > limit) {
      walked.uncovered.push({ path: folder, why: 'too-many-files' });
      continue;
    }
    const entries = list(root, folder);
    if (!entries) {
      walked.uncovered.push({ path: folder, why: 'unreadable' });
      continue;
    }
    if (folder !== start && entries.some(entry => isGit(entry))) {
      walked.repositories.push(folder);
      continue;
    }
    if (entries.length === 0 && folder !== start) walked.emptyFolders.push(folder);
    for (const entry of entries) {
      if (isGit(entry)) continue;
      const name = nameOf(entry.name);
      const path = folder === '' ? name : `${folder}/${name}`;
      if (!entry.isDirectory()) walked.files.push(path);
      else if (skip(path)) continue;
      else if (GENERATED.has(basename(path)) && !isSmall(root, path)) {
        walked.uncovered.push({ path, why: 'generated' });
      } else open.push(path);
    }
  }
  return walked;
}

/** True when everything below a folder is little enough to be held. Stops counting when it is not. */
export function isSmall(root: Name, start: RelativePath): boolean {
  const files: RelativePath[] = [];
  const open = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of list(root, folder) ?? []) {
      const path = `${folder}/${nameOf(entry.name)}`;
      (entry.isDirectory() ? open : files).push(path);
      if (files.length > SMALL_FOLDER.files || open.length > SMALL_FOLDER.files) return false;
    }
  }
  let bytes = 0;
  for (const path of files) {
    bytes += lstatSync(fsPath(absolute(root, path)), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes <= SMALL_FOLDER.bytes;
}

/** `undefined` when the folder cannot be read; one that is not there has nothing in it. */
function list(root: Name, folder: RelativePath): Dirent<Buffer>[] | undefined {
  try {
    const place = folder === '' ? root : absolute(root, folder);
    return readdirSync(fsPath(place), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

function isGit({ name }: Dirent<Buffer>): boolean {
  return name.length === 4 && name.toString('latin1').toLowerCase() === '.git';
}

import { lstatSync, readdirSync } from 'node:fs';
import { absolute, fsPath, type Name, nameOf, type RelativePath } from './names';

/** More than this is not listed: whoever asks then sees a folder that holds something else. */
const LIMIT = 100_000;

/** Everything below a folder that is no folder, links not followed; at most `LIMIT` paths. */
export function filesIn(root: Name, start: RelativePath): RelativePath[] {
  const files: RelativePath[] = [];
  const open = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of entriesOf(root, folder)) {
      const path = `${folder}/${nameOf(entry.name)}`;
      (entry.isDirectory() ? open : files).push(path);
    }
    if (files.length > LIMIT) break;
  }
  return files;
}

/** True when something that is no folder stands at a path. */
export function isFile(root: Name, path: RelativePath): boolean {
  try {
    const stat = lstatSync(fsPath(absolute(root, path)), { throwIfNoEntry: false });
    return stat !== undefined && !stat.isDirectory();
  } catch {
    return false;
  }
}

/** Which file a path leads to: equal for two names of one file. */
export function identityOf(root: Name, path: RelativePath): string | undefined {
  const stat = lstatSync(fsPath(absolute(root, path)), { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.dev}:${stat.ino}`;
}

function entriesOf(root: Name, folder: RelativePath) {
  try {
    return readdirSync(fsPath(absolute(root, folder)), { withFileTypes: true, encoding: 'buffer' });
  } catch {
    return [];
  }
}

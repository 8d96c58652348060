import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative } from 'node:path';

/** What the search for git depends on. */
export interface GitSearch {
  readonly platform: NodeJS.Platform;
  /** The PATH of this process. */
  readonly path: string | undefined;
  /** Folders whose content is not to be trusted with naming a program. */
  readonly workspaceRoots: readonly string[];
}

/**
 * The absolute path of git, or `undefined`. Relative entries of PATH and those within a workspace
 * folder are passed over, and so is a link that leads into one: a repository may bring a `git`.
 */
export function findGit({ platform, path, workspaceRoots }: GitSearch): string | undefined {
  const roots = workspaceRoots.flatMap(root => [root, realPath(root)]);
  const outside = (place: string | undefined): place is string =>
    place !== undefined && !roots.some(root => root !== undefined && holds(root, place));
  const file = platform === 'win32' ? 'git.exe' : 'git';
  return (path ?? '')
    .split(delimiter)
    .filter(folder => isAbsolute(folder))
    .map(folder => join(folder, file))
    .find(program => outside(program) && isProgram(program) && outside(realPath(program)));
}

function holds(folder: string, place: string): boolean {
  const way = relative(folder, place);
  return way !== '..' && !way.startsWith('../') && !way.startsWith('..\\') && !isAbsolute(way);
}

function realPath(place: string): string | undefined {
  try {
    return realpathSync.native(place);
  } catch {
    return undefined;
  }
}

function isProgram(place: string): boolean {
  try {
    accessSync(place, constants.X_OK);
    return statSync(place).isFile();
  } catch {
    return false;
  }
}

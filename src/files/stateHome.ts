import { posix, win32 } from 'node:path';

/** What the place of the state folder depends on. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** `CHECKREIN_HOME`, for tests and the command line; never read by the hook. */
  readonly override: string | undefined;
}

/**
 * The folder that holds all state: registry, sockets, snapshots, journal, backups, hook client.
 * It is the same for every editor of this user, so that the hooks of one find the windows of all.
 */
export function stateHome({ platform, home, override }: HostFacts): string {
  const path = platform === 'win32' ? win32 : posix;
  if (override !== undefined && path.isAbsolute(override)) return path.normalize(override);
  if (platform === 'win32') return path.join(home, 'AppData', 'Local', 'Checkrein');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Checkrein');
  return path.join(home, '.local', 'share', 'checkrein');
}

/** The rooms inside the state folder. */
export interface StateFolders {
  readonly home: string;
  /** One pair of files for each open window. */
  readonly windows: string;
  readonly sockets: string;
  /** The hook client and its launcher, at a path that outlives extension updates. */
  readonly hook: string;
  readonly snapshots: string;
  readonly journal: string;
  readonly backups: string;
}

export function stateFolders(home: string): StateFolders {
  const path = home.includes('\\') ? win32 : posix;
  return {
    home,
    windows: path.join(home, 'windows'),
    sockets: path.join(home, 'run'),
    hook: path.join(home, 'hook'),
    snapshots: path.join(home, 'snapshots'),
    journal: path.join(home, 'journal'),
    backups: path.join(home, 'backups'),
  };
}

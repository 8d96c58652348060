import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { isWindowsPath } from '../policy/paths';

/** What the places of Kiro's files depend on. */
export interface PrivacyFacts {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Absolute workspace folders. */
  readonly roots: readonly string[];
  /** `KIRO_HOME`, which stands for `~/.kiro` where it is set. */
  readonly kiroHome?: string | undefined;
  /** The folder of application data, where it is not the platform's own in `home`. */
  readonly appData?: string | undefined;
  /** True where the editor's own settings lie on another machine than this one. */
  readonly editorElsewhere?: boolean;
  /** The folder of Kiro's managed settings, where it is not the platform's own; for tests. */
  readonly managedFolder?: string;
}

/** A file that holds switches, with the workspace it belongs to, if any. */
export interface SwitchFile {
  readonly path: string;
  readonly workspace?: string;
}

/** Where Kiro keeps what this folder reads. All absolute; nothing need exist. */
export interface PrivacyPlaces {
  /** `~/.kiro`, or what stands for it. */
  readonly kiroHome: string;
  /** Kiro's folder of settings and storage of the editor, `.../Kiro/User`. */
  readonly ideUser: string;
  /** The user settings of Kiro IDE; empty where they lie on another machine. */
  readonly ideSettings: readonly SwitchFile[];
  /** The settings of Kiro CLI. */
  readonly cliSettings: readonly SwitchFile[];
  /** `.kiro/settings.json` of workspaces and of the person, the strongest first. */
  readonly kiroSettings: readonly SwitchFile[];
  /** What an administrator has set for this machine. */
  readonly managedSettings: string;
}

/** The places for a platform. */
export function privacyPlaces(facts: PrivacyFacts): PrivacyPlaces {
  const { home, roots, platform } = facts;
  // By the form of the path: a mounted Windows profile has slashes.
  const path = isWindowsPath(home) ? win32 : posix;
  const ownKiroHome = path.join(home, '.kiro');
  const moved = facts.kiroHome;
  const kiroHome = moved !== undefined && path.isAbsolute(moved) ? moved : ownKiroHome;
  const given = facts.appData;
  const appData =
    given !== undefined && path.isAbsolute(given) ? given : appDataOf(platform, home, path);
  const ideUser = path.join(appData, 'Kiro', 'User');
  const user = [...new Set([kiroHome, ownKiroHome])].map(folder => ({
    path: path.join(folder, 'settings.json'),
  }));
  const projects = roots
    .map(root => ({ path: path.join(root, '.kiro', 'settings.json'), workspace: root }))
    .filter(file => !user.some(own => own.path === file.path));
  return {
    kiroHome,
    ideUser,
    ideSettings:
      facts.editorElsewhere === true ? [] : [{ path: path.join(ideUser, 'settings.json') }],
    cliSettings: [{ path: path.join(kiroHome, 'settings', 'cli.json') }],
    kiroSettings: [...projects, ...user],
    managedSettings: path.join(
      facts.managedFolder ?? managedFolder(platform),
      'managed-settings.json',
    ),
  };
}

/**
 * The platform whose layout a home folder has: `own`, unless only the folders of another one are
 * there, as in a backup or on a mounted disk.
 */
export function layoutOf(home: string, own: NodeJS.Platform): NodeJS.Platform {
  const layouts = [own, 'linux', 'darwin', 'win32'] as const;
  return (
    layouts.find(platform => existsSync(privacyPlaces({ platform, home, roots: [] }).ideUser)) ??
    own
  );
}

type PathModule = Pick<typeof posix, 'join'>;

function appDataOf(platform: NodeJS.Platform, home: string, path: PathModule): string {
  if (platform === 'win32') return path.join(home, 'AppData', 'Roaming');
  return platform === 'darwin'
    ? path.join(home, 'Library', 'Application Support')
    : path.join(home, '.config');
}

function managedFolder(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'C:\\ProgramData\\Kiro';
  return platform === 'darwin' ? '/Library/Application Support/Kiro' : '/etc/kiro';
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallText } from './boundedFiles';
import type { InstalledExtension } from './postureFacts';

/**
 * The version of Kiro IDE: of the one that runs, when `running` is its application folder, else of
 * the one where the installer puts it; undefined where there is none.
 */
export function installedIdeVersion(
  platform: NodeJS.Platform,
  home: string,
  running?: string,
): string | undefined {
  const own = running !== undefined && /[\\/]kiro/i.test(running) ? [running] : [];
  for (const folder of [...own, ...applicationFolders(platform, home)]) {
    for (const file of ['product.json', 'package.json']) {
      const version = versionIn(join(folder, file));
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function applicationFolders(platform: NodeJS.Platform, home: string): readonly string[] {
  if (platform === 'win32') {
    return [join(home, 'AppData', 'Local', 'Programs', 'Kiro', 'resources', 'app')];
  }
  if (platform === 'darwin') {
    return ['/Applications', join(home, 'Applications')].map(folder =>
      join(folder, 'Kiro.app', 'Contents', 'Resources', 'app'),
    );
  }
  return ['/usr/share/kiro', '/opt/kiro', '/opt/Kiro', join(home, '.local', 'share', 'kiro')].map(
    folder => join(folder, 'resources', 'app'),
  );
}

function versionIn(file: string): string | undefined {
  try {
    const value: unknown = JSON.parse(readSmallText(file) ?? '');
    const isVersioned = typeof value === 'object' && value !== null && 'version' in value;
    const version = isVersioned ? value.version : undefined;
    return typeof version === 'string' && /^\d[\w.-]{0,40}$/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

/** The extensions in Kiro's folder of extensions; undefined where there is no such folder. */
export function installedExtensions(kiroHome: string): readonly InstalledExtension[] | undefined {
  try {
    return readdirSync(join(kiroHome, 'extensions')).flatMap(name => {
      const match = /^([\w-]+\.[\w-]+?)-(\d+\.\d+\.\d+[\w.+-]*)$/.exec(name.slice(0, 200));
      return match ? [{ id: (match[1] ?? '').toLowerCase(), version: match[2] ?? '' }] : [];
    });
  } catch {
    return undefined;
  }
}

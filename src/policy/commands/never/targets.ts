import { containsPath, isWindowsPath, resolvePath } from '../../paths';
import type { CommandContext } from '../commandVerdict';
import { UNKNOWN } from '../script';

/** Variables that name a home folder, as each shell writes them, once rough text is left over. */
const HOME_VARIABLE =
  /^(?:\$\{?HOME\}?|\$env:(?:HOME|USERPROFILE|HOMEPATH|SystemDrive|SystemRoot|windir|ProgramFiles|APPDATA|LOCALAPPDATA)|%(?:USERPROFILE|HOMEDRIVE|HOMEPATH|SystemDrive|SystemRoot|windir|ProgramFiles|APPDATA|CD)%)/i;

/** What `\`, `*.*` and a trailing slash add to a folder without changing what is lost. */
const TRAIL = /[\\/]+(?:\*+|\*\.\*|\.\*|\.|\{\*,\.\*\})?$/;

/**
 * True when removing `target` would take a root, a system folder, a home, the workspace or its
 * history, or something that only the running shell can name (an unset variable leaves `/`).
 */
export function isCatastrophic(target: string, context: CommandContext): boolean {
  let folder = target;
  for (let previous = ''; previous !== folder;) {
    previous = folder;
    folder = folder.replace(TRAIL, '');
  }
  if (target !== '' && folder === '') return true;
  if (/^(?:\*+|\*\.\*|\.\*|\.|\.\/?\*|\.\[.*|\{.*\*.*)$/.test(folder)) return true;
  if (folder.startsWith(UNKNOWN) || HOME_VARIABLE.test(folder)) return true;
  if (/^~[\w.+-]*$/.test(folder) || folder.includes(`/${UNKNOWN}`)) return true;
  if (/^[A-Za-z]:$/.test(folder) || /^[A-Za-z]:[\\/]*\*?$/.test(target)) return true;
  return absoluteIsCatastrophic(folder, context);
}

function absoluteIsCatastrophic(folder: string, context: CommandContext): boolean {
  const { cwd, home, roots } = context;
  const text = /^~[\\/]/.test(folder) && home !== undefined ? home + folder.slice(1) : folder;
  if (isWindowsPath(text)) {
    const parts = text
      .slice(3)
      .split(/[\\/]/)
      .filter(part => part !== '');
    return (
      parts.length <= 1 ||
      /^(?:windows|program files.*|programdata)$/i.test(parts[0] ?? '') ||
      (/^users$/i.test(parts[0] ?? '') && parts.length <= 2)
    );
  }
  const path = resolvePath(isWindowsPath(cwd) ? text : text.replaceAll('\\', '/'), cwd);
  if (path === undefined) return false;
  if (
    [...roots, cwd].some(root => containsPath(path, root) || containsPath(`${root}/.git`, path))
  ) {
    return true;
  }
  if (home !== undefined && containsPath(path, home)) return true;
  return isSystemPath(path);
}

/** Folders whose direct children matter as much as they do. */
const DEEP = /^\/(?:home|Users|usr|etc|var|lib|boot|System|Library|Applications|opt)$/;

function isSystemPath(path: string): boolean {
  if (!path.startsWith('/')) return false;
  const parts = path.split('/').filter(part => part !== '');
  if (parts.length <= 1) return true;
  if (parts.length === 2) return DEEP.test(`/${parts[0] ?? ''}`);
  return /^\/(?:dev|proc|sys)\//.test(path) && !path.startsWith('/dev/fd/');
}

/** True for a path that is a disk: writing to it overwrites what is there. */
export function isDisk(target: string): boolean {
  return (
    /^\/dev\/(?:r?disk|[shv]d|xvd|nvme|mmcblk|loop|md|dm-|mapper|sg|mem|kmem|port|ram)/.test(
      target,
    ) || /^\\\\[.?]\\(?:PhysicalDrive|[A-Z]:)/i.test(target)
  );
}

import { type GlobList, PROTECTED, SECRET } from './builtInPaths';
import type { Rule } from './decision';
import { comparable } from './pathGlobs';
import { matchPath, placedBelow } from './pathRules';

/** The folders that give a path its meaning. All absolute. */
export interface PathContext {
  /** The workspace folders; a path in none of them is outside. */
  readonly roots: readonly string[];
  readonly home: string;
  /** Checkrein's own state folder, which no agent may write to unasked. */
  readonly stateHome: string;
  /** What stands for `~/.kiro` in Kiro CLI where somebody moved it. */
  readonly movedKiroHome?: string | undefined;
  /** What the policy adds to the built-in lists. */
  readonly rules?: PathRules;
}

/** Globs of the policy; see `pathGlobs.ts` for their forms. */
export interface PathRules {
  readonly protected: readonly Rule[];
  readonly secret: readonly Rule[];
  /** Places outside the workspace that count as inside. */
  readonly allowed: readonly Rule[];
}

/** True for `C:\x`, `C:/x` and `\\server\x`: the forms only Windows writes. */
export function isWindowsPath(path: string): boolean {
  return path.startsWith('\\\\') || (path[1] === ':' && /^[A-Za-z]:[\\/]/.test(path));
}

/**
 * The absolute form of a path an agent named, or undefined where it cannot be told which file is
 * meant: a URI, a home shortcut that some tools expand and others do not, a Windows stream or short
 * name. The result is normalised and keeps the separators of `cwd`'s platform.
 */
export function resolvePath(path: string, cwd: string): string | undefined {
  if (path === '' || path.includes('\0') || path.startsWith('~')) return undefined;
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path)) return undefined;
  return isWindowsPath(cwd) ? resolveWindows(path, cwd) : resolvePosix(path, cwd);
}

/** A path with an empty segment, `.` or `..` in it, or a slash at its end. */
const UNTIDY = /\/(?:\.{0,2}\/|\.{0,2}$)/;

function resolvePosix(path: string, cwd: string): string | undefined {
  if (isWindowsPath(path)) return undefined;
  const absolute = path.startsWith('/') ? path : `${cwd}/${path}`;
  if (absolute.startsWith('/') && !UNTIDY.test(absolute)) return absolute;
  return `/${normalizeSegments(absolute.split('/')).join('/')}`;
}

function resolveWindows(path: string, cwd: string): string | undefined {
  const slashed = path.replaceAll('/', '\\');
  let absolute = slashed;
  if (slashed.startsWith('\\\\')) absolute = slashed;
  else if (slashed.startsWith('\\')) absolute = cwd.slice(0, 2) + slashed;
  else if (!isWindowsPath(slashed)) absolute = `${cwd}\\${slashed}`;
  const unc = absolute.startsWith('\\\\');
  const [drive = '', ...rest] = absolute.replace(/^\\\\/, '').split('\\');
  // A colon after the drive is an NTFS stream, `~1` a short name: both are other names of a file.
  if (rest.some(part => part.includes(':') || /~\d/.test(part) || isUnclear(part)))
    return undefined;
  const segments = normalizeSegments(rest.map(part => trimWindowsSegment(part)));
  return `${unc ? '\\\\' : ''}${[drive, ...segments].join('\\')}`;
}

/** Whether dots with blanks (`.. `) go up a folder depends on who reads them. */
function isUnclear(segment: string): boolean {
  return segment !== '.' && segment !== '..' && /^[. ]+$/.test(segment);
}

/** Windows drops trailing dots and blanks of a name, so `.vscode.` is `.vscode`. */
function trimWindowsSegment(segment: string): string {
  return segment === '.' || segment === '..' ? segment : segment.replace(/[. ]+$/, '');
}

function normalizeSegments(segments: readonly string[]): string[] {
  const out: string[] = [];
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') out.pop();
    else out.push(segment);
  }
  return out;
}

/** True when `path` is one of `roots` or lies below one. Both absolute and normalised. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some(root => containsPath(root, path));
}

/** True when `path` is `root` or lies below it, by whole names: `/a/b` does not contain `/a/bc`. */
export function containsPath(root: string, path: string): boolean {
  if (isWindowsPath(root)) return contains(root.toLowerCase(), path.toLowerCase(), '\\');
  return contains(root, path, '/');
}

function contains(root: string, path: string, separator: string): boolean {
  if (!path.startsWith(root)) return false;
  return path.length === root.length || root.endsWith(separator) || path[root.length] === separator;
}

/** True when `path` lies in the workspace or where the policy lets agents work besides. */
export function isAllowedPlace(path: string, { roots, home, rules }: PathContext): boolean {
  if (isInside(path, roots)) return true;
  return rules !== undefined && matchPath(path, rules.allowed, home, 'exact') !== undefined;
}

/** The rule that keeps agents from writing to `path` unasked, if there is one. */
export function protectedPathRule(path: string, context: PathContext): Rule | undefined {
  const { roots, home, stateHome, rules } = context;
  const subject = folded(path);
  // Writing to a folder that holds one of these, as a delete tool can, takes everything below.
  const isBelow = (place: string): boolean => holds(subject, folded(place));
  return (
    protectedItself(path, context) ??
    ([stateHome, ...kiroHomes(context), ...roots].some(isBelow)
      ? builtIn(path, 'folders that hold what is protected')
      : rules && placedBelow(path, rules.protected, home))
  );
}

/** The same, without the folders that only hold something protected, as every workspace does. */
export function protectedItself(path: string, context: PathContext): Rule | undefined {
  const { home, stateHome, rules } = context;
  const subject = folded(path);
  if (holds(folded(stateHome), subject)) return builtIn(stateHome, 'Checkrein state folder');
  if (kiroHomes(context).some(folder => holds(folded(folder), subject))) {
    return builtIn('~/.kiro/**', 'protected paths');
  }
  return (
    firstMatch(PROTECTED, path, 'protected paths') ??
    (rules && matchPath(path, rules.protected, home, 'folded'))
  );
}

function kiroHomes({ home, movedKiroHome }: PathContext): readonly string[] {
  const kiroHome = `${home}${isWindowsPath(home) ? '\\' : '/'}.kiro`;
  return movedKiroHome === undefined ? [kiroHome] : [kiroHome, movedKiroHome];
}

function holds(folder: string, path: string): boolean {
  if (!path.startsWith(folder)) return false;
  return path.length === folder.length || folder.endsWith('/') || path[folder.length] === '/';
}

/** A path as a disk that ignores case and Unicode forms sees it: a miss would be dangerous here. */
function folded(path: string): string {
  const known = foldedPlaces.get(path);
  if (known !== undefined) return known;
  const fresh = comparable(path).toUpperCase();
  if (foldedPlaces.size >= 1000) foldedPlaces.clear();
  foldedPlaces.set(path, fresh);
  return fresh;
}

/** The same folders are compared with every path; what is remembered changes nothing but the time. */
const foldedPlaces = new Map<string, string>();

/** The rule that calls `path` a secret file, if there is one. */
export function secretFileRule(
  path: string,
  { rules, home }: Partial<Pick<PathContext, 'rules' | 'home'>> = {},
  globs: GlobList = SECRET,
): Rule | undefined {
  return (
    firstMatch(globs, path, 'secret files') ??
    (rules && matchPath(path, rules.secret, home, 'folded'))
  );
}

function firstMatch(globs: GlobList, path: string, list: string): Rule | undefined {
  const glob = globs.find(comparable(path));
  return glob === undefined ? undefined : builtIn(glob, list);
}

function builtIn(pattern: string, list: string): Rule {
  return { effect: 'ask', pattern, source: { file: `built-in: ${list}` } };
}

import { SECRET_BY_FORM } from '../builtInPaths';
import type { ReasonCode, Rule } from '../decision';
import {
  containsPath,
  isAllowedPlace,
  isWindowsPath,
  protectedItself,
  protectedPathRule,
  resolvePath,
  secretFileRule,
  type PathContext,
} from '../paths';
import { namesIn } from '../pathRules';
import type { CommandContext } from './commandVerdict';
import { globCouldMatch } from './globMatch';
import { UNKNOWN, type Word } from './script';

/** Why a path must not be touched unasked. */
export interface PathTrouble {
  readonly code: ReasonCode;
  readonly reason: string;
  readonly rule?: Rule;
}

/** Longer paths are not looked at; they count as unknown. */
const MAX_PATH = 1000;

/** The paths a word may mean, or undefined when only the running shell knows. */
export function pathsOf(
  word: Word,
  context: CommandContext,
  cwds: readonly string[] | undefined,
): readonly string[] | undefined {
  const paths: string[] = [];
  for (const form of word.forms) {
    const text = knownText(form, word, context);
    if (text === undefined || text.length > MAX_PATH) return undefined;
    for (const cwd of cwds ?? (isRooted(text) ? [context.cwd] : [])) {
      const slashed = context.dialect === 'bash' || isWindowsPath(cwd) ? text : toPosix(text);
      const path = resolvePath(slashed, cwd);
      if (path === undefined) return undefined;
      paths.push(path);
    }
  }
  return paths.length === 0 ? undefined : paths;
}

function isRooted(text: string): boolean {
  return /^[\\/]|^[A-Za-z]:[\\/]/.test(text);
}

function toPosix(text: string): string {
  return text.replaceAll('\\', '/');
}

const HOMES = new Set(['HOME', 'home', 'env:home', 'env:userprofile']);
const HERE = new Set(['PWD', 'pwd']);

/** The text of a word with the variables filled in whose value is known: home and this folder. */
function knownText(form: string, word: Word, context: CommandContext): string | undefined {
  let text = form;
  for (const piece of word.pieces) {
    if (typeof piece === 'string') continue;
    const name = 'variable' in piece ? piece.variable : '';
    const value = HOMES.has(name) ? context.home : HERE.has(name) ? context.cwd : undefined;
    if (value === undefined) return undefined;
    text = text.replace(UNKNOWN, () => value);
  }
  if (text.includes(UNKNOWN)) return undefined;
  if (!word.tilde) return text;
  if (text === '~' || /^~[\\/]/.test(text)) {
    return context.home === undefined ? undefined : context.home + text.slice(1);
  }
  return undefined;
}

/** Names that a pattern like `.e*` may stand for. `*` alone is too common to ask for each time. */
const SECRET_NAMES = ['.env', '.env.local', '.netrc', '.npmrc', '.aws', '.ssh', 'id_rsa'];
const PROTECTED_NAMES = ['.vscode', '.git', '.kiro', '.env', '.bashrc', '.envrc', 'mcp.json'];

/** Why reading this file must ask; undefined when it may be read. */
export function readTrouble(
  word: Word,
  context: CommandContext,
  cwds: readonly string[] | undefined,
  options: { readonly namesOnly?: boolean } = {},
): PathTrouble | undefined {
  const paths = pathsOf(word, context, cwds);
  if (!paths) return unknownPath(word);
  for (const path of paths) {
    const rule =
      secretFileRule(path, context) ?? (options.namesOnly && secretFileRule(`${path}/x`, context));
    if (rule) return { code: 'secretFile', reason: `${shown(word)} may hold secrets`, rule };
    if (word.glob && lastCouldBe(path, SECRET_NAMES)) {
      return { code: 'secretFile', reason: `${shown(word)} may match a file with secrets` };
    }
    // Even a look at another machine's share sends it the person's credentials.
    const leaves = !options.namesOnly || /^[\\/]{2}/.test(path);
    if (leaves && !isAllowedPlace(path, placesOf(context))) {
      return { code: 'outsideWorkspace', reason: `${shown(word)} is outside the workspace` };
    }
  }
  return undefined;
}

/** Why writing this file must ask whatever trusts the command; undefined inside the workspace. */
export function writeTrouble(
  word: Word,
  context: CommandContext,
  cwds: readonly string[] | undefined,
): PathTrouble | undefined {
  const paths = pathsOf(word, context, cwds);
  if (!paths) return unknownPath(word);
  const places = placesOf(context);
  for (const path of paths) {
    const rule = protectedPathRule(path, places);
    if (rule)
      return { code: 'protectedPath', reason: `It would write ${path}, a protected path`, rule };
    const secret = secretFileRule(path, places);
    if (secret) return { code: 'secretFile', reason: `It would write ${path}`, rule: secret };
    if (word.glob && mayMeanProtected(path, places)) {
      return { code: 'protectedPath', reason: `${shown(word)} may match a protected path` };
    }
    if (!isAllowedPlace(path, places)) {
      return { code: 'outsideWorkspace', reason: `It would write ${path}, outside the workspace` };
    }
  }
  return undefined;
}

/**
 * Why a word of a command that may write whatever it is given must ask: it names a protected path,
 * or what stands behind `=` or a short option in it does. What only the shell knows names nothing.
 */
export function namesProtected(
  word: Word,
  context: CommandContext,
  cwds: readonly string[] | undefined,
): PathTrouble | undefined {
  const places = placesOf(context);
  const paths = namedIn(word).flatMap(named => pathsOf(named, context, cwds) ?? []);
  for (const path of paths) {
    const rule = protectedItself(path, places);
    if (!rule && !isHiddenPattern(path, places) && !inProtectedFolder(path, places)) continue;
    const reason = `It may write what ${shown(word)} names, a protected path`;
    return { code: 'protectedPath', reason, ...(rule && { rule }) };
  }
  return undefined;
}

/** Why a word of a command that may read whatever it is given must ask: it names a secret file. */
export function namesSecret(
  word: Word,
  context: CommandContext,
  cwds: readonly string[] | undefined,
): PathTrouble | undefined {
  const { secret = [] } = context.rules ?? {};
  if (isPlainName(word.value) && secret.length === 0 && !cwds?.some(isHiddenPlace))
    return undefined;
  for (const path of namedIn(word).flatMap(named => pathsOf(named, context, cwds) ?? [])) {
    const rule = secretFileRule(path, context, SECRET_BY_FORM);
    if (!rule && !(word.glob && lastCouldBe(path, SECRET_NAMES))) continue;
    const reason = `It may read ${shown(word)}, which may hold secrets`;
    return { code: 'secretFile', reason, ...(rule && { rule }) };
  }
  return undefined;
}

/** True for most subcommands and options: no form of a secret file is without another character. */
function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9-]*$/.test(text);
}

function isHiddenPlace(path: string): boolean {
  return /[\\/]\./.test(path);
}

/** A word, and the values attached in it to an option: `--out=FILE`, `-oFILE`. */
function namedIn(word: Word): readonly Word[] {
  const { value, dynamic, pieces } = word;
  const attached = /^-[A-Za-z](?=.)|^[^=]*=/.exec(value)?.[0];
  if (attached === undefined) return [word];
  const text = value.slice(attached.length);
  const known = dynamic === 'no' ? [text] : pieces;
  return [
    word,
    { ...word, value: text, forms: [text], pieces: known, tilde: text.startsWith('~') },
  ];
}

/** Only a pattern that begins with a dot is meant for hidden files. */
function isHiddenPattern(path: string, places: PathContext): boolean {
  return /[\\/]\.[^\\/]*[*?[]/.test(path) && mayMeanProtected(path, places);
}

/** Where a folder is not known, no path can lie in it. */
function placesOf({
  roots,
  home = '\0',
  stateHome = '\0',
  movedKiroHome,
  rules,
}: CommandContext): PathContext {
  return { roots, home, stateHome, movedKiroHome, ...(rules && { rules }) };
}

function unknownPath(word: Word): PathTrouble {
  return { code: 'unknownPath', reason: `Which file ${shown(word)} is, only the shell will know` };
}

function shown(word: Word): string {
  return JSON.stringify(word.value.replaceAll(UNKNOWN, '…'));
}

/** True when a pattern may stand for a protected name, or for files of a protected folder. */
function mayMeanProtected(path: string, places: PathContext): boolean {
  const { rules, home } = places;
  if (lastCouldBe(path, PROTECTED_NAMES)) return true;
  if (rules && lastCouldBe(path, [...namesIn(rules.protected, home)])) return true;
  return inProtectedFolder(path, places);
}

/** True for a pattern for files of a protected folder. */
function inProtectedFolder(path: string, places: PathContext): boolean {
  const first = path.search(/[*?[]/);
  if (first === -1) return false;
  const folder = path.slice(0, first).replace(/[\\/][^\\/]*$/, '');
  // Every folder of the workspace holds something protected somewhere: only its own name counts.
  return (
    !places.roots.some(root => containsPath(folder, root)) &&
    protectedPathRule(folder, places) !== undefined
  );
}

function lastCouldBe(path: string, names: readonly string[]): boolean {
  return path
    .split(/[\\/]/)
    .some(
      segment =>
        /[*?[]/.test(segment) &&
        segment.replace(/[*?.[\]]/g, '').length + (segment.startsWith('.') ? 2 : 0) > 1 &&
        couldBeOneOf(segment, names),
    );
}

/** Lists of names may be long, and few begin as the pattern does. */
function couldBeOneOf(segment: string, names: readonly string[]): boolean {
  const start = segment.slice(0, segment.search(/[*?[]/)).toUpperCase();
  return names.some(
    name =>
      name.toUpperCase().startsWith(start) &&
      globCouldMatch(segment.toUpperCase(), name.toUpperCase()),
  );
}

import { braceExpand, Minimatch } from 'minimatch';
import type { Rule } from './decision';

/**
 * Path globs of the policy: `*` within one name, `**` over folders, `{a,b}`, `[abc]`. A glob that
 * begins with `/`, a drive or `~/` stands for one place; any other matches at any depth. It covers
 * what lies below what it matches.
 */

/** How names are compared: `folded` where a miss would be dangerous, `exact` where a match would. */
export type Comparison = 'folded' | 'exact';

const MAX_LENGTH = 500;
const MAX_STARS_IN_NAME = 2;
const MAX_GLOBSTARS = 3;
const MAX_WILDCARDS = 10;
const MAX_ALTERNATIVES = 20;

/** Why a path glob may not stand in a policy; undefined when it may. Bounds what matching can cost. */
export function pathGlobProblem(glob: string): string | undefined {
  const text = glob.trim();
  if (text === '') return 'it is empty';
  if (text.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (text.includes('\0')) return 'it holds a null character';
  if (/^~[^\\/]/.test(text)) return 'only "~/" stands for a home folder';
  if (/\{[^}]*\.\.[^}]*\}/.test(text)) return 'ranges in braces are not supported';
  if (/\{[^}]*\{/.test(text) || (text.match(/\{/g)?.length ?? 0) > 2) {
    return 'it has more than two groups of alternatives';
  }
  if (hasEmptyRange(text)) return 'a range in it ends before it begins, so it matches nothing';
  const forms = alternatives(slashes(text));
  if (!forms) return `it has more than ${MAX_ALTERNATIVES} alternatives`;
  for (const form of forms) {
    const problem = formProblem(form);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with a glob without alternatives. */
function formProblem(form: string): string | undefined {
  const names = form.split('/').filter(name => name !== '' && name !== '.');
  // "{.,x}." is ".." in one of its forms, which is another place than a person reads there.
  if (names.includes('..')) return 'it holds "..": say the place itself';
  if (names.length === 0 && !form.startsWith('/') && !form.startsWith('~')) {
    return 'it names no file';
  }
  if (names.filter(name => name === '**').length > MAX_GLOBSTARS) {
    return `it has "**" more than ${MAX_GLOBSTARS} times`;
  }
  // Two stars beside others of a name are one star: only on their own do they cross folders.
  const stars = names.map(name => (name === '**' ? 0 : (name.match(/\*+/g)?.length ?? 0)));
  if (stars.some(count => count > MAX_STARS_IN_NAME)) return 'it has more than two stars in a name';
  const wildcards = form.match(/\*+|\?/g)?.length ?? 0;
  return wildcards > MAX_WILDCARDS ? `it has more than ${MAX_WILDCARDS} stars` : undefined;
}

function hasEmptyRange(text: string): boolean {
  const sets = text.match(/\[[^\]]+\]/g) ?? [];
  return sets.some(set =>
    [...set.slice(1, -1).matchAll(/([^-])-([^-])/g)].some(([, a = '', b = '']) => a > b),
  );
}

function slashes(text: string): string {
  return text.replaceAll('\\', '/');
}

/** The text once for each choice of its `{a,b}`; undefined when there are too many. */
function alternatives(text: string): readonly string[] | undefined {
  if (!text.includes('{')) return [text];
  if ((text.match(/,/g)?.length ?? 0) >= MAX_ALTERNATIVES) return undefined;
  const forms = braceExpand(text);
  return forms.length > MAX_ALTERNATIVES ? undefined : forms;
}

/** True when a glob stands for one place and not for a name at any depth. */
export function isPlaced(glob: string): boolean {
  return /^(?:[\\/]|~(?:[\\/]|$)|[A-Za-z]:[\\/])/.test(glob.trim());
}

/** True when a placed glob says at least which folder of the disk, or of the home folder, it means. */
export function namesOnePlace(glob: string): boolean {
  const [, rest = ''] = /^(?:[\\/]+|~[\\/]*|[A-Za-z]:[\\/]+)([^]*)$/.exec(glob.trim()) ?? [];
  const first = rest.split(/[\\/]+/).find(name => name !== '' && name !== '.');
  return isPlaced(glob) && first !== undefined && !/[*?[{]/.test(first);
}

/** Some file systems ignore invisible characters and fold forms; a match must not miss them. */
export function comparable(path: string): string {
  const slashed = slashes(path);
  if (/^[\x20-\x7e]*$/.test(slashed)) return slashed;
  return (
    slashed
      .normalize('NFKC')
      .replace(/[\p{Cf}\p{DI}]/gu, '')
      .replace(/[ßẞ]/g, 'ss')
      // A line break in a folder's name would end what `**` of a compiled glob matches.
      .replace(/[\n\r\u2028\u2029]/g, ' ')
  );
}

/** Longer paths and names exist on no file system, and matching them could take long. */
const MAX_PATH = 4096;
const MAX_NAME = 255;

/** True for a path that is longer than any file's can be. */
export function isTooLong(path: string): boolean {
  return (
    path.length > MAX_PATH ||
    (path.length > MAX_NAME && path.split(/[\\/]/).some(name => name.length > MAX_NAME))
  );
}

/** A rule's glob, taken apart without being compiled yet. */
export interface PathGlob {
  readonly rule: Rule;
  /** The glob with its home folder filled in; undefined when it can match nothing. */
  readonly text: string | undefined;
  /** True when `text` is one place. */
  readonly placed: boolean;
}

/** Takes a rule's glob apart. A glob out of bounds, or without its home folder, matches nothing. */
export function readGlob(rule: Rule, home: string | undefined, comparison: Comparison): PathGlob {
  const placed = isPlaced(rule.pattern);
  const text = slashes(rule.pattern.trim());
  const homely = text.startsWith('~');
  if ((homely && home === undefined) || pathGlobProblem(rule.pattern) !== undefined) {
    return { rule, text: undefined, placed };
  }
  const whole = homely ? slashes(home ?? '') + text.slice(1) : text;
  const unc = whole.startsWith('//');
  const names = whole.split('/').filter(name => name !== '' && name !== '.');
  const tidy = `${unc ? '//' : whole.startsWith('/') ? '/' : ''}${names.join('/')}`;
  return { rule, text: comparison === 'folded' ? comparable(tidy) : tidy, placed };
}

/** Matches what a glob covers: the paths themselves and everything below them. */
export function compileGlob(
  { text, placed }: PathGlob,
  comparison: Comparison,
): (path: string) => boolean {
  if (text === undefined) return () => false;
  const whole = placed ? text : `**/${text}`;
  // A folder is not matched by "folder/**", but removing it removes everything there.
  const folder = comparison === 'folded' ? whole.replace(/(?:\/\*\*)+$/, '') : whole;
  const sources = [...new Set([whole, `${whole === '/' ? '' : whole}/**`, folder])];
  const nocase = comparison === 'folded' || /^[A-Za-z]:|^\/\//.test(whole);
  const globs = sources
    .filter(source => source !== '')
    .map(source => new Minimatch(source, { ...OPTIONS, nocase }));
  return path => globs.some(glob => glob.match(path));
}

const OPTIONS = {
  dot: true,
  noext: true,
  nocomment: true,
  nonegate: true,
  platform: 'linux',
} as const;

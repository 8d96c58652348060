import { Minimatch } from 'minimatch';
import type { Rule } from './decision';

/**
 * Path globs of the policy: `*` within one name, `**` over folders, `{a,b}`, `[abc]`. A glob that
 * begins with `/`, a drive or `~/` stands for one place; any other matches at any depth. It covers
 * what lies below what it matches.
 */
interface PathGlob {
  /** Text that every path it matches holds, so that most paths are told apart cheaply. */
  readonly literal: string;
  readonly globs: readonly Minimatch[];
}

/** How names are compared: `folded` where a miss would be dangerous, `exact` where a match would. */
type Comparison = 'folded' | 'exact';

const MAX_LENGTH = 500;
const MAX_WILDCARDS = 10;
const MAX_ALTERNATIVES = 50;

/** Why a path glob may not stand in a policy; undefined when it may. Bounds what matching can cost. */
export function pathGlobProblem(glob: string): string | undefined {
  const text = glob.trim();
  if (text === '') return 'it is empty';
  if (text.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (text.includes('\0')) return 'it holds a null character';
  if (text.split(/[\\/]/).includes('..')) return 'it holds "..": say the place itself';
  if (/^~[^\\/]/.test(text)) return 'only "~/" stands for a home folder';
  const wildcards = text.replaceAll('**', '*').match(/[*?]/g)?.length ?? 0;
  if (wildcards > MAX_WILDCARDS) return `it has more than ${MAX_WILDCARDS} stars`;
  if (text.split(/[\\/]/).some(part => (part.replaceAll('**', '').match(/\*/g) ?? []).length > 3)) {
    return 'it has more than three stars in one name';
  }
  if ((text.match(/[{,]/g)?.length ?? 0) > MAX_ALTERNATIVES || /\{[^}]*\{/.test(text)) {
    return 'it has too many alternatives';
  }
  if (/\{[^}]*\.\.[^}]*\}/.test(text)) return 'ranges in braces are not supported';
  if ((text.match(/\{/g)?.length ?? 0) > 2) return 'it has more than two groups of alternatives';
  return undefined;
}

/** True when a glob stands for one place and not for a name at any depth. */
export function isPlaced(glob: string): boolean {
  return /^(?:[\\/]|~(?:[\\/]|$)|[A-Za-z]:[\\/])/.test(glob.trim());
}

/** The first rule that covers `path`. */
export function matchPath(
  path: string,
  rules: readonly Rule[],
  home: string | undefined,
  comparison: Comparison,
): Rule | undefined {
  if (rules.length === 0) return undefined;
  const subject = comparison === 'folded' ? comparable(path) : path.replaceAll('\\', '/');
  const lower = subject.toLowerCase();
  return rules.find(rule => {
    const glob = compile(rule, home, comparison);
    return lower.includes(glob.literal) && glob.globs.some(one => one.match(subject));
  });
}

/** Some file systems ignore format characters and fold compatible forms; a match must not miss them. */
export function comparable(path: string): string {
  if (PLAIN.test(path)) return path;
  return path
    .replaceAll('\\', '/')
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '');
}

/** Printable ASCII without a backslash: most paths. */
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

const compiled = new WeakMap<Rule, Map<string, PathGlob>>();

/** Rules are immutable, so that the memo changes nothing but the time. */
function compile(rule: Rule, home: string | undefined, comparison: Comparison): PathGlob {
  let forms = compiled.get(rule);
  if (!forms) {
    forms = new Map<string, PathGlob>();
    compiled.set(rule, forms);
  }
  const key = `${comparison}\0${home ?? ''}`;
  const known = forms.get(key);
  if (known) return known;
  const fresh = compileGlob(rule.pattern, home, comparison);
  forms.set(key, fresh);
  return fresh;
}

function compileGlob(pattern: string, home: string | undefined, comparison: Comparison): PathGlob {
  const slashed = pattern.trim().replaceAll('\\', '/').replace(/\/+$/, '') || '/';
  const homely = /^~(?:\/|$)/.test(slashed);
  // Without a home folder such a glob matches nothing; a glob out of bounds is never compiled.
  if ((homely && home === undefined) || pathGlobProblem(pattern) !== undefined) {
    return { literal: '', globs: [] };
  }
  const text = homely ? (home ?? '').replaceAll('\\', '/') + slashed.slice(1) : slashed;
  const placed = isPlaced(pattern) ? text : `**/${text.replace(/^\.\//, '')}`;
  const windows = /^[A-Za-z]:|^\/\//.test(placed);
  const glob = (source: string): Minimatch =>
    new Minimatch(source, {
      dot: true,
      noext: true,
      nocomment: true,
      nonegate: true,
      nocase: comparison === 'folded' || windows,
      platform: 'linux',
    });
  return { literal: literalOf(text), globs: [glob(placed), glob(`${placed}/**`)] };
}

/** The longest stretch without wildcards; inside braces any alternative may be the one. */
function literalOf(text: string): string {
  const pieces = text
    .normalize('NFKC')
    .replace(/\{[^}]*\}|\[[^\]]*\]?|[*?\\]/g, '\0')
    .split('\0');
  return pieces
    .reduce((best, piece) => (piece.length > best.length ? piece : best), '')
    .toLowerCase();
}

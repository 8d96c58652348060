import type { Rule } from './decision';
import {
  comparable,
  compileGlob,
  isTooLong,
  readGlob,
  type Comparison,
  type PathGlob,
} from './pathGlobs';

/** The first rule that covers `path`. */
export function matchPath(
  path: string,
  rules: readonly Rule[],
  home: string | undefined,
  comparison: Comparison,
): Rule | undefined {
  const [first] = rules;
  if (!first) return undefined;
  // Nothing has such a name, and looking could take long: then what protects counts.
  if (isTooLong(path)) return comparison === 'folded' ? first : undefined;
  return indexOf(rules, home, comparison).find(path);
}

/** The first rule for one place that lies in the folder `path`, or is it: it goes when that goes. */
export function placedBelow(
  path: string,
  rules: readonly Rule[],
  home: string | undefined,
): Rule | undefined {
  if (rules.length === 0) return undefined;
  return indexOf(rules, home, 'folded').placedBelow(path);
}

/** The names in the globs of a list that are no patterns themselves, in upper case. */
export function namesIn(rules: readonly Rule[], home: string | undefined): ReadonlySet<string> {
  return rules.length === 0 ? NO_NAMES : indexOf(rules, home, 'folded').names;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** A rule of a list, ready to be compared; compiled when a path first comes near it. */
interface Entry {
  readonly order: number;
  readonly glob: PathGlob;
  /** Text that every path it matches holds, in upper case. */
  readonly literal: string;
  matches?: (path: string) => boolean;
}

/** A list of rules by the names in them, so that a path is compared with few of them. */
class PathIndex {
  /** Rules by a name that every path they match has. */
  readonly #byName = new Map<string, Entry[]>();
  /** Rules without such a name. */
  readonly #loose: Entry[] = [];
  /** The folders that hold the places of placed rules. */
  #holders: Map<string, Rule> | undefined;
  readonly #globs: readonly PathGlob[];
  /** Every name of a glob that is no pattern. */
  readonly names: ReadonlySet<string>;

  constructor(
    rules: readonly Rule[],
    home: string | undefined,
    private readonly comparison: Comparison,
  ) {
    this.#globs = rules.map(rule => readGlob(rule, home, comparison));
    const names = this.#globs.map(({ text }) => fixedNames(text ?? ''));
    this.names = new Set(names.flat());
    const counts = new Map<string, number>();
    for (const name of names.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
    this.#globs.forEach((glob, order) => {
      if (glob.text === undefined) return;
      const entry: Entry = { order, glob, literal: literalOf(glob.text) };
      const rarest = names[order]?.reduce<string | undefined>(
        (best, name) =>
          best === undefined || (counts.get(name) ?? 0) < (counts.get(best) ?? 0) ? name : best,
        undefined,
      );
      if (rarest === undefined) this.#loose.push(entry);
      else {
        const others = this.#byName.get(rarest);
        if (others) others.push(entry);
        else this.#byName.set(rarest, [entry]);
      }
    });
  }

  find(path: string): Rule | undefined {
    const subject = this.comparison === 'folded' ? comparable(path) : path.replaceAll('\\', '/');
    const upper = subject.toUpperCase();
    let best = firstOf(this.#loose, subject, upper, undefined, this.comparison);
    for (const name of new Set(upper.split('/'))) {
      const entries = this.#byName.get(name);
      if (entries) best = firstOf(entries, subject, upper, best, this.comparison);
    }
    return best?.glob.rule;
  }

  placedBelow(path: string): Rule | undefined {
    this.#holders ??= holdersOf(this.#globs);
    return this.#holders.get(tidyUpper(comparable(path)));
  }
}

function firstOf(
  entries: readonly Entry[],
  subject: string,
  upper: string,
  best: Entry | undefined,
  comparison: Comparison,
): Entry | undefined {
  for (const entry of entries) {
    if (best && best.order < entry.order) return best;
    if (!upper.includes(entry.literal)) continue;
    entry.matches ??= compileGlob(entry.glob, comparison);
    if (entry.matches(subject)) return entry;
  }
  return best;
}

const SPECIAL = /[*?[\]{}]/;

/** The names of a glob that are no patterns, in upper case. */
function fixedNames(text: string): readonly string[] {
  // A group of alternatives may hold a slash, and then no name beside it is sure.
  const groups = /\{[^}]*\/[^}]*\}/.test(text) || /\[[^\]]*\//.test(text);
  const names = text.split('/').filter(name => name !== '');
  return groups ? [] : names.filter(name => !SPECIAL.test(name)).map(name => name.toUpperCase());
}

/** The longest stretch before or behind everything that is a pattern, in upper case. */
function literalOf(text: string): string {
  // A bracket may close later than it seems ("[]a]", "[[:digit:]]"): what is between is left out.
  const first = text.search(/[[\]{}]/);
  const last = Math.max(...['[', ']', '{', '}'].map(sign => text.lastIndexOf(sign)));
  const outside = first === -1 ? text : `${text.slice(0, first)}*${text.slice(last + 1)}`;
  return outside
    .split(/[*?]+/)
    .map(piece => piece.replace(/^\/|\/$/g, ''))
    .reduce((best, piece) => (piece.length > best.length ? piece : best), '')
    .toUpperCase();
}

function tidyUpper(path: string): string {
  return `/${path
    .split('/')
    .filter(name => name !== '')
    .join('/')}`.toUpperCase();
}

/** Every folder above the place of a placed rule, and that place itself. */
function holdersOf(globs: readonly PathGlob[]): Map<string, Rule> {
  const holders = new Map<string, Rule>();
  for (const { text, placed, rule } of globs) {
    if (text === undefined || !placed) continue;
    let folder = '';
    for (const name of text.split('/').filter(part => part !== '')) {
      if (SPECIAL.test(name)) break;
      folder += `/${name.toUpperCase()}`;
      if (!holders.has(folder)) holders.set(folder, rule);
    }
  }
  return holders;
}

const indexes = new WeakMap<readonly Rule[], Map<string, PathIndex>>();

/** Lists of rules are immutable, so that the memo changes nothing but the time. */
function indexOf(
  rules: readonly Rule[],
  home: string | undefined,
  comparison: Comparison,
): PathIndex {
  let forms = indexes.get(rules);
  if (!forms) {
    forms = new Map();
    indexes.set(rules, forms);
  }
  const key = `${comparison}\0${home ?? '\0'}`;
  let index = forms.get(key);
  if (!index) {
    index = new PathIndex(rules, home, comparison);
    forms.set(key, index);
  }
  return index;
}

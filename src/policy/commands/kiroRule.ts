import type { Rule } from '../decision';

const READ_ONLY = new Set('ls cat echo pwd which head tail find grep'.split(' '));

/**
 * What Kiro's documented string rule does with a line: blanks collapsed, then `*`, a prefix up to
 * ` *`, or equality; the built-in read-only names count as prefixes. Shown beside every decision
 * so that a person sees where Checkrein is stricter. (kiro.dev/docs/cli/privacy-and-security,
 * "Trusted commands", and the matcher of the 0.x IDE.)
 */
export function kiroWouldRun(line: string, trusted: readonly Rule[]): boolean {
  const command = collapse(line);
  const blank = command.indexOf(' ');
  if (READ_ONLY.has(blank === -1 ? command : command.slice(0, blank))) return true;
  return entriesOf(trusted).some(
    ({ text, prefix }) => command === text || (prefix !== undefined && command.startsWith(prefix)),
  );
}

/** An entry of the trusted list as Kiro reads it. */
interface KiroEntry {
  readonly text: string;
  /** What a longer command must begin with; undefined when only equality counts. */
  readonly prefix: string | undefined;
}

const entries = new WeakMap<readonly Rule[], readonly KiroEntry[]>();

/** Lists are immutable, so remembering them changes nothing but the time. */
function entriesOf(trusted: readonly Rule[]): readonly KiroEntry[] {
  let known = entries.get(trusted);
  if (!known) {
    known = trusted.map(({ pattern }) => {
      const entry = collapse(pattern);
      if (entry === '*') return { text: '', prefix: '' };
      if (!entry.endsWith(' *')) return { text: entry, prefix: undefined };
      return { text: entry.slice(0, -2), prefix: entry.slice(0, -1) };
    });
    entries.set(trusted, known);
  }
  return known;
}

/** Blanks that are more than one plain space between two words. */
const LOOSE = /^\s|\s$|\s\s|[^\S ]/;

function collapse(text: string): string {
  return LOOSE.test(text) ? text.trim().replace(/\s+/g, ' ') : text;
}

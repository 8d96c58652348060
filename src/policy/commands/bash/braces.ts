/** More alternatives than this are not written out; the word then counts as unclear. */
const MAX_FORMS = 64;

/**
 * What one brace part (`{a,b}`, `{1..3}`) expands to, or undefined when it is too intricate to say
 * (nested braces, quotes, expansions, long sequences). dash expands no braces at all, so callers
 * must reckon with the raw text too.
 */
export function expandBraces(raw: string): readonly string[] | undefined {
  const inner = raw.slice(1, -1);
  if (!/^[\w./,*?:@%+~ -]*$/.test(inner)) return undefined;
  const sequence = /^(-?\d{1,4})\.\.(-?\d{1,4})$/.exec(inner);
  if (sequence) return numbers(Number(sequence[1]), Number(sequence[2]));
  if (inner.includes('..') && !inner.includes(',')) return undefined;
  const alternatives = inner.split(',');
  return alternatives.length > MAX_FORMS ? undefined : alternatives;
}

function numbers(from: number, to: number): readonly string[] | undefined {
  const count = Math.abs(to - from) + 1;
  if (count > MAX_FORMS) return undefined;
  const step = to < from ? -1 : 1;
  return Array.from({ length: count }, (_, index) => String(from + index * step));
}

/** Every `a` of `heads` followed by every `b` of `tails`; undefined above the limit. */
export function combine(
  heads: readonly string[],
  tails: readonly string[],
): readonly string[] | undefined {
  if (heads.length === 1 && tails.length === 1) return [`${heads[0]}${tails[0]}`];
  if (heads.length * tails.length > MAX_FORMS) return undefined;
  return heads.flatMap(head => tails.map(tail => head + tail));
}

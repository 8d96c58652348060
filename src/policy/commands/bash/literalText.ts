/** Text of a word after quote removal, or why the two readers of the line do not agree on it. */
export type LiteralResult =
  | {
      readonly ok: true;
      readonly value: string;
      readonly escaped: boolean;
      /** An interactive shell would replace `!…` by an earlier command before it reads anything. */
      readonly history: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** After `$`, these begin an expansion in some shell (bash, dash or zsh), so it is not plain text. */
const EXPANDS_UNQUOTED = /[A-Za-z0-9_({'"`!@#$*?[=~^+:\\-]/;
const EXPANDS_QUOTED = /[A-Za-z0-9_({`!@#$*?[=~^+:\\-]/;

/** What an interactive shell takes for history (`!!`, `!npm`, `!$`), before it parses anything. */
const HISTORY = /^!(?:[A-Za-z0-9!$?#*^{-]|:[0-9$*^-])/;

/** Text without any character that the reading below looks at twice: most text. */
const QUIET = /^[^\\$`"'()<>&|; \t\n!]*$/;
const QUIET_QUOTED = /^[^\\$`"!]*$/;

/**
 * Removes the quoting of `source[from, to)`, a stretch that the parser calls literal. This is a
 * second reading that must agree with the first: any character that a shell would treat as an
 * operator, a quote or an expansion makes the stretch unclear.
 */
export function readLiteral(
  source: string,
  from: number,
  to: number,
  inDoubleQuotes: boolean,
): LiteralResult {
  const text = source.slice(from, to);
  if ((inDoubleQuotes ? QUIET_QUOTED : QUIET).test(text)) {
    return { ok: true, value: text, escaped: false, history: false };
  }
  let value = '';
  let escaped = false;
  let history = false;
  for (let at = from; at < to; at += 1) {
    const character = source[at] ?? '';
    if (character === '\\') {
      const next = at + 1 < to ? (source[at + 1] ?? '') : '';
      if (next === '') return { ok: false, reason: 'a backslash stands at the end' };
      at += 1;
      escaped = true;
      if (next === '\n') continue;
      value += inDoubleQuotes && !'$`"\\'.includes(next) ? `\\${next}` : next;
      continue;
    }
    const trouble = troubleAt(source, at, inDoubleQuotes);
    if (trouble !== undefined) return { ok: false, reason: trouble };
    if (character === '!' && HISTORY.test(source.slice(at, at + 3))) history = true;
    value += character;
  }
  return { ok: true, value, escaped, history };
}

function troubleAt(source: string, at: number, inDoubleQuotes: boolean): string | undefined {
  const character = source[at] ?? '';
  const next = source[at + 1] ?? '';
  switch (character) {
    case '$':
      return (inDoubleQuotes ? EXPANDS_QUOTED : EXPANDS_UNQUOTED).test(next)
        ? 'a dollar sign expands to something unclear'
        : undefined;
    case '`':
    case '"':
      return 'a quote is not where it seems to be';
    case "'":
    case '(':
    case ')':
    case '<':
    case '>':
    case '&':
    case '|':
    case ';':
    case ' ':
    case '\t':
    case '\n':
      return inDoubleQuotes ? undefined : 'an operator or blank is not where it seems to be';
    default:
      return undefined;
  }
}

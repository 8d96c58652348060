/** A stretch of the source that the walk has accounted for. */
export interface Span {
  readonly pos: number;
  readonly end: number;
}

const KEYWORDS = new Set(
  'if then elif else fi for in do done while until case esac select function coproc'.split(' '),
);

/** Operators that may stand between words, longest first. */
const OPERATORS = [';;&', '&&', '||', '|&', ';;', ';&', ';', '&', '|', '(', ')', '{', '}', '!'];

/** What stands after a comment sign must not act in a shell that does not know comments there. */
const QUIET_COMMENT = /^[^;&|`$()<>{}\\'"!*?[\]~]*$/;

/** Why a stretch between tokens is not what a shell would skip; undefined when all is accounted for. */
export interface GapTrouble {
  readonly at: number;
  readonly reason: string;
  /** True when the line was read wrongly; false when it only means different things to shells. */
  readonly fatal: boolean;
}

/**
 * Checks the text between the words of a script. The parser is tolerant and drops what it cannot
 * place (`ls (` parses), so every character outside a word must be a blank, a comment, a line
 * continuation, a keyword or an operator, and parentheses must be as many as the tree has.
 */
export function findGapTrouble(
  source: string,
  whole: Span,
  spans: Span[],
  parentheses: { readonly open: number; readonly close: number },
): GapTrouble | undefined {
  // The walk mostly goes from left to right already.
  if (!isSorted(spans)) spans.sort((a, b) => a.pos - b.pos);
  const count = { open: 0, close: 0 };
  let at = whole.pos;
  for (let index = 0; index <= spans.length; index += 1) {
    const span = spans[index];
    const next = span ? span.pos : whole.end;
    if (next < at) return { at: next, reason: 'tokens overlap', fatal: true };
    const trouble = scanGap(source, at, next, count);
    if (trouble) return trouble;
    if (span) at = span.end;
  }
  if (count.open !== parentheses.open || count.close !== parentheses.close) {
    return { at: whole.pos, reason: 'a parenthesis belongs to nothing', fatal: true };
  }
  return undefined;
}

function isSorted(spans: readonly Span[]): boolean {
  let last = 0;
  for (const { pos } of spans) {
    if (pos < last) return false;
    last = pos;
  }
  return true;
}

function scanGap(
  source: string,
  from: number,
  to: number,
  count: { open: number; close: number },
): GapTrouble | undefined {
  let at = from;
  while (at < to) {
    const character = source[at] ?? '';
    if (character === ' ' || character === '\t' || character === '\n') {
      at += 1;
    } else if (character === '\\' && source[at + 1] === '\n') {
      at += 2;
    } else if (character === '#' && (at === 0 || ' \t\n;&|()'.includes(source[at - 1] ?? ''))) {
      const newline = source.indexOf('\n', at);
      const end = newline === -1 || newline > to ? to : newline;
      if (!QUIET_COMMENT.test(source.slice(at + 1, end))) {
        return { at, reason: 'an interactive zsh would run this comment', fatal: false };
      }
      at = end;
    } else {
      const length = tokenLength(source, at, to, count);
      if (length === 0) return { at, reason: 'a character belongs to nothing', fatal: true };
      if (/^&[!|]/.test(source.slice(at, at + 2))) {
        return { at, reason: 'zsh reads &! and &| as operators of its own', fatal: false };
      }
      at += length;
    }
  }
  return undefined;
}

function tokenLength(
  source: string,
  at: number,
  to: number,
  count: { open: number; close: number },
): number {
  const operator = OPERATORS.find(candidate => source.startsWith(candidate, at));
  if (operator !== undefined && at + operator.length <= to) {
    if (operator === '(') count.open += 1;
    if (operator === ')') count.close += 1;
    return operator.length;
  }
  let end = at;
  while (end < to && /[a-z]/.test(source[end] ?? '')) end += 1;
  return KEYWORDS.has(source.slice(at, end)) ? end - at : 0;
}

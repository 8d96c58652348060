import type { ShellDialect } from '../toolCall';

/** Longer lines are not read: a person cannot judge them, and no part of them may go unread. */
const MAX_LENGTH = 10_000;

/** Deeper nesting is not read. Real commands nest three or four levels. */
const MAX_NESTING = 60;

/** More parentheses and backticks than this are not read, so that no line takes long to judge. */
const MAX_BRACKETS = 600;

/**
 * Characters that hide or reorder text, or that shells disagree about: controls, zero width and
 * bidirectional marks, line separators, unpaired surrogates, noncharacters, fillers that show as
 * nothing. Variation selectors (emoji) stay: they change no name a shell looks up.
 */
function invisibleIn(line: string): Iterable<RegExpExecArray> {
  // Written here because such an expression costs time even when no line ever needs it.
  return line.matchAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u00a0\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0\uffff\ufffe\u{e0100}-\u{e01ef}]/gu,
  );
}

/** Most lines hold nothing else than printable ASCII, and need no look at the table above. */
const UNUSUAL = /[^\x20-\x7e\n\t]/;

/** A reason not to read the line at all, and where; undefined when it may be read. */
export function tripwire(
  line: string,
  dialect: ShellDialect,
): { readonly reason: string; readonly at: number } | undefined {
  if (line.length > MAX_LENGTH) {
    return { reason: `it is longer than ${MAX_LENGTH} characters`, at: 0 };
  }
  for (const match of UNUSUAL.test(line) ? invisibleIn(line) : []) {
    const [character] = match;
    if (character === '\n' || character === '\t') continue;
    // PowerShell ends a statement at a carriage return, and the reader knows that.
    if (character === '\r' && dialect === 'powershell') continue;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return { reason: `it holds an invisible character (U+${code})`, at: match.index };
  }
  return nesting(line);
}

function nesting(line: string): { readonly reason: string; readonly at: number } | undefined {
  let depth = 0;
  let brackets = 0;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === 40 || code === 123) depth += 1;
    else if ((code === 41 || code === 125) && depth > 0) depth -= 1;
    if (code === 40 || code === 96) brackets += 1;
    if (brackets > MAX_BRACKETS) return { reason: 'it has too many parts to be judged', at };
    if (depth > MAX_NESTING) return { reason: 'it nests too deeply to be judged', at };
  }
  return undefined;
}

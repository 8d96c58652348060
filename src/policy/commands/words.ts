import type { ShellDialect } from '../toolCall';

/** A word of a command line after quote removal, with the place it was read from. */
export interface Word {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** True when any of it was quoted, so that a shell would not expand it. */
  readonly quoted: boolean;
}

/** A line read as one simple command, or what kept it from being one. */
export type WordsResult =
  | { readonly ok: true; readonly words: readonly Word[] }
  | { readonly ok: false; readonly found: string; readonly at: number };

/**
 * Characters that are plain text in a dialect. It is an allow-list on purpose: whatever is not in
 * it (operators, expansions, quotes of another kind, anything outside printable ASCII between
 * words) makes the line more than a simple command, and more than a simple command asks.
 */
const PLAIN: Readonly<Record<ShellDialect, RegExp>> = {
  bash: /[\p{L}\p{N}_\-./:@%+=,]/u,
  powershell: /[\p{L}\p{N}_\-./\\:+=]/u,
  cmd: /[\p{L}\p{N}_\-./\\:@+]/u,
};

/** Quote characters, and what may stand between them without being expanded. */
const QUOTES: Readonly<Record<ShellDialect, Readonly<Record<string, RegExp>>>> = {
  bash: { "'": /[^\p{Cc}\p{Cf}']/u, '"': /[^\p{Cc}\p{Cf}"$`\\!]/u },
  powershell: { "'": /[^\p{Cc}\p{Cf}'\u2018-\u201f]/u, '"': /[^\p{Cc}\p{Cf}"$`\u2018-\u201f]/u },
  cmd: { '"': /[^\p{Cc}\p{Cf}"%^!\\]/u },
};

/** A glob is plain text to the policy: what it matches are names, which cannot be operators. */
const GLOB: Readonly<Record<ShellDialect, string>> = { bash: '*?', powershell: '', cmd: '*?' };

/** Reads `line` as one simple command of literal words. */
export function readWords(line: string, dialect: ShellDialect): WordsResult {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at += 1;
      continue;
    }
    const word = readWord(line, at, dialect);
    if ('found' in word) return word;
    words.push(word);
    at = word.end;
  }
  return { ok: true, words };
}

function readWord(
  line: string,
  start: number,
  dialect: ShellDialect,
): Word | Extract<WordsResult, { ok: false }> {
  let value = '';
  let quoted = false;
  let at = start;
  while (at < line.length) {
    const character = String.fromCodePoint(line.codePointAt(at) ?? 0);
    if (character === ' ' || character === '\t') break;
    const inner = QUOTES[dialect][character];
    if (inner) {
      const close = endOfQuote(line, at, character, inner);
      if (close === undefined) return { ok: false, found: `quote ${character}`, at };
      value += line.slice(at + 1, close);
      quoted = true;
      at = close + 1;
    } else if (PLAIN[dialect].test(character) || GLOB[dialect].includes(character)) {
      value += character;
      at += character.length;
    } else {
      return { ok: false, found: character, at };
    }
  }
  return { value, start, end: at, quoted };
}

function endOfQuote(line: string, open: number, quote: string, inner: RegExp): number | undefined {
  let at = open + 1;
  while (at < line.length) {
    const character = String.fromCodePoint(line.codePointAt(at) ?? 0);
    if (character === quote) return at;
    if (!inner.test(character)) return undefined;
    at += character.length;
  }
  return undefined;
}

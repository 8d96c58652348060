import type { SourceRange } from './decision';

/**
 * Characters that a dialog would not show, or that would change the order or width of what it
 * shows: controls, format characters (zero width, bidi), unusual blanks, line separators, unpaired
 * surrogates and fillers that render as nothing; and the marks used here, so that none is forged.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u00a0\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}\u{1d159}]|\p{Default_Ignorable_Code_Point}|\p{Cn}|(?<=[\x20-\x7e])\p{M}|[⟦⟧⟨⟩⏎↩]/gu;

/** A run of blanks that could push the end of a command out of sight. */
const LONG_BLANK = / {5,}/g;

/**
 * `text` with every invisible character written out, so that a person sees what will run. Line
 * feeds stay line breaks when `keepLines` is set, with a mark so that a soft wrap is no line end.
 */
export function makeVisible(text: string, keepLines = true): string {
  return text
    .replace(INVISIBLE, character => {
      if (character === '\n' && keepLines) return '⏎\n';
      return `⟨${nameOf(character)}⟩`;
    })
    .replace(LONG_BLANK, blanks => `⟨${blanks.length} blanks⟩`);
}

const NAMES: Readonly<Record<string, string>> = {
  '\n': 'LF',
  '\r': 'CR',
  '\t': 'TAB',
  '\0': 'NUL',
  '\u001b': 'ESC',
  '\u00a0': 'NBSP',
};

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return NAMES[character] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * `makeVisible` of a command with its undecided parts between ⟦ and ⟧; no marks when they are the
 * whole of it.
 */
export function markUndecided(text: string, ranges: readonly SourceRange[]): string {
  const parts = [...ranges]
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start);
  const covered = parts.reduce((sum, { start, end }) => sum + end - start, 0);
  if (covered >= text.trim().length) return makeVisible(text);
  let at = 0;
  let marked = '';
  for (const { start, end } of parts) {
    if (start < at) continue;
    marked += `${makeVisible(text.slice(at, start))}⟦${makeVisible(text.slice(start, end))}⟧`;
    at = end;
  }
  return marked + makeVisible(text.slice(at));
}

/** Visible text in lines of at most `width` characters; ↩ ends a line that goes on in the next. */
export function wrapVisible(visible: string, width: number): string {
  const wrapLine = (line: string): string => {
    const characters = Array.from(line);
    const pieces: string[] = [];
    for (let at = 0; at < characters.length; at += width) {
      pieces.push(characters.slice(at, at + width).join(''));
    }
    return pieces.join('↩\n');
  };
  return visible.split('\n').map(wrapLine).join('\n');
}

/** Text for a place that turns `[x](y)` into a link: visible, and no link. */
export function plainText(text: string): string {
  return makeVisible(text, false).replaceAll('](', '] (');
}

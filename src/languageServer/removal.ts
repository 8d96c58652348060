import type { TextChange } from './finding';
import { containerOf, rangeOf, type SyntaxNode } from './syntaxTree';

/**
 * Takes an item of a list or a property of an object out of JSON text, with its comma, its line and
 * the comment behind it. Everything else keeps its bytes.
 */
export function withoutEntry(text: string, node: SyntaxNode): readonly TextChange[] {
  const entry = node.parent?.type === 'property' ? node.parent : node;
  const siblings = containerOf(entry)?.children ?? [];
  const index = siblings.indexOf(entry);
  const { start, end } = rangeOf(entry);
  const comma = commaAfter(text, end);
  if (comma !== undefined) return [wholeLine(text, start, comma + 1)];
  const before = siblings[index - 1];
  const previous = before && commaAfter(text, rangeOf(before).end);
  const own = wholeLine(text, start, end);
  if (previous === undefined) return [own];
  return /^[ \t]*$/.test(text.slice(previous + 1, own.start))
    ? [{ start: previous, end: own.end, text: '' }]
    : [{ start: previous, end: previous + 1, text: '' }, own];
}

/** The comma that follows, with only blanks and comments between. */
function commaAfter(text: string, from: number): number | undefined {
  const gap = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
  gap.lastIndex = from;
  gap.exec(text);
  const at = gap.lastIndex;
  return text[at] === ',' ? at : undefined;
}

/** A range with the blanks around it where nothing else stands on its lines. */
function wholeLine(text: string, start: number, end: number): TextChange {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const alone = /^[ \t]*$/.test(text.slice(lineStart, start));
  const rest = /[ \t]*(?:\/\/[^\n]*)?(?:\r?\n|$)/y;
  rest.lastIndex = end;
  const closed = rest.exec(text);
  if (alone && closed) return { start: lineStart, end: rest.lastIndex, text: '' };
  const blanks = /[ \t]*/y;
  blanks.lastIndex = end;
  blanks.exec(text);
  return { start, end: blanks.lastIndex, text: '' };
}

/** Takes the whole lines of a node out of YAML text. */
export function withoutLines(text: string, node: SyntaxNode): readonly TextChange[] {
  const { start, end } = rangeOf(node);
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const last = start + text.slice(start, end).trimEnd().length;
  const newline = text.indexOf('\n', last);
  return [{ start: from, end: newline === -1 ? text.length : newline + 1, text: '' }];
}

/** The text with changes made; they must not overlap. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  return [...changes]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (result, { start, end, text: insert }) => result.slice(0, start) + insert + result.slice(end),
      text,
    );
}

/** The first line of a text, to mark a finding about the file as a whole. */
export function firstLine(text: string): { readonly start: number; readonly end: number } {
  const newline = text.indexOf('\n');
  return { start: 0, end: Math.max(1, newline === -1 ? text.length : newline) };
}

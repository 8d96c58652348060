import { makeVisible } from '../policy/visibleText';

/** A block that no text inside can end. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,200}/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}\n`;
}

/** Foreign text in one line of Markdown, where none of it is markup. */
export function plainMarkdown(text: string): string {
  return makeVisible(text, false).replace(/[\\`*_{}[\]<>()#!|~&]/g, sign => `\\${sign}`);
}

/** A table; nothing in its cells is markup. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [head = '', ...body] = [heads, ...rows].map(row => line(row.map(plainMarkdown)));
  return [head, line(heads.map(() => '---')), ...body].join('\n');
}

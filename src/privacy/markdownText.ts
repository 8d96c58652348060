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

/** A table whose columns stand below each other also as plain text. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [heads, ...rows].map(row => row.map(plainMarkdown));
  const widths = heads.map((_, at) => Math.max(3, ...cells.map(row => row[at]?.length ?? 0)));
  const say = (row: readonly string[]): string =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [say(head), say(widths.map(width => '-'.repeat(width))), ...body.map(say)].join('\n');
}

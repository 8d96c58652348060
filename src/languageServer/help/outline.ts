import {
  getLanguageService,
  type DocumentSymbol,
  type FoldingRange,
} from 'vscode-json-languageservice';
import { parseDocument } from 'yaml';
import { isYaml, type OpenFile } from '../diagnose';
import type { TextChange } from '../finding';
import { plainValue, rangeOf, type SyntaxNode, type SyntaxTree } from '../syntaxTree';
import { readYaml } from '../yamlTree';

const json = getLanguageService({});
const MAX_SYMBOLS = 5_000;

/** The keys of a file as a tree. */
export function symbols({ document }: OpenFile, tree: SyntaxTree): readonly DocumentSymbol[] {
  return json.findDocumentSymbols2(document, tree.json, { resultLimit: MAX_SYMBOLS });
}

/** What can be folded away. */
export function folding(open: OpenFile, tree: SyntaxTree): readonly FoldingRange[] {
  const { document } = open;
  if (!isYaml(open.file)) return json.getFoldingRanges(document, { rangeLimit: MAX_SYMBOLS });
  const ranges: FoldingRange[] = [];
  const visit = (node: SyntaxNode): void => {
    const { start, end } = rangeOf(node);
    const from = document.positionAt(start).line;
    const to = document.positionAt(
      start + document.getText().slice(start, end).trimEnd().length,
    ).line;
    const folds =
      node.type === 'property' || (node.type === 'object' && node.parent?.type === 'array');
    if (folds && to > from && ranges.length < MAX_SYMBOLS)
      ranges.push({ startLine: from, endLine: to });
    for (const child of node.children ?? []) if (child.type !== 'string') visit(child);
  };
  if (tree.root) visit(tree.root);
  return ranges.filter(({ startLine }, index) => ranges[index - 1]?.startLine !== startLine);
}

/** How wide an editor indents. */
export interface Indentation {
  readonly tabSize: number;
  readonly insertSpaces: boolean;
}

/** Edits that lay the text out anew. Comments stay; a text that cannot be read is left alone. */
export function format(
  open: OpenFile,
  tree: SyntaxTree,
  indentation: Indentation,
): readonly TextChange[] {
  const { document } = open;
  if (tree.faults.some(({ kind }) => kind === 'syntax')) return [];
  if (isYaml(open.file)) return formatYaml(document.getText(), indentation);
  if (!tree.root) return [];
  const edits = json.format(document, undefined, { ...indentation, insertFinalNewline: true });
  return edits.map(({ range, newText }) => ({
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
    text: newText,
  }));
}

function formatYaml(text: string, { tabSize }: Indentation): readonly TextChange[] {
  const before = parseDocument(text, { uniqueKeys: false });
  // Never wrapped: a wrapped rule no longer matches.
  const after = before.toString({ lineWidth: 0, indent: Math.min(8, Math.max(2, tabSize)) });
  // Our own tree, since the library's values take a look at every anchor for each alias.
  const same = saysOf(after) === saysOf(text);
  return same && after !== text ? [{ start: 0, end: text.length, text: after }] : [];
}

function saysOf(text: string): string {
  const { root, faults } = readYaml(text);
  return JSON.stringify([plainValue(root), faults.map(({ kind }) => kind)]);
}

import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { HumanError } from './humanError';

/**
 * The tree of another program's JSON file with comments and trailing commas. Throws a HumanError
 * with file, line and column for anything but one object; `remedy` is its last sentence.
 */
export function parseForeignJson(text: string, path: string, remedy: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) throw jsonFault(text, path, printParseErrorCode(error.error), error.offset, remedy);
  if (tree?.type !== 'object') throw jsonFault(text, path, 'it is not a JSON object', 0, remedy);
  return tree;
}

/** Says what is wrong at an offset of a file, for people. */
export function jsonFault(
  text: string,
  path: string,
  what: string,
  offset: number,
  remedy: string,
): HumanError {
  const before = text.slice(0, offset).split('\n');
  const place = `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return new HumanError(`${place}: ${what}. ${remedy}`);
}

/** The first key that stands twice in one object: parsers disagree on which of two counts. */
export function duplicateKey(
  node: Node,
): { readonly name: string; readonly offset: number } | undefined {
  const names = new Set<string>();
  for (const child of node.children ?? []) {
    if (node.type === 'object') {
      const name = String(child.children?.[0]?.value);
      if (names.has(name)) return { name, offset: child.offset };
      names.add(name);
    }
    const below = duplicateKey(child);
    if (below) return below;
  }
  return undefined;
}

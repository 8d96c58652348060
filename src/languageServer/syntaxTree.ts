import {
  getLanguageService,
  type ArrayASTNode,
  type ASTNode,
  type Diagnostic,
  type JSONDocument,
  type ObjectASTNode,
  type PropertyASTNode,
  type StringASTNode,
} from 'vscode-json-languageservice';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** A file's text as a tree with offsets: the same shape for JSON and YAML. */
export type SyntaxNode = ASTNode;

/** Something that keeps a text from being read as it was meant. */
export interface SyntaxFault {
  readonly kind: 'syntax' | 'duplicate' | 'comment' | 'trailingComma';
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** What reading a text gave. The tree is as whole as the faults allow. */
export interface SyntaxTree {
  readonly root: SyntaxNode | undefined;
  readonly faults: readonly SyntaxFault[];
  /** For the services of the JSON library, which work on trees from YAML as well. */
  readonly json: JSONDocument;
}

const TRAILING_COMMA = 519;
const DUPLICATE_KEY = 520;
const COMMENT = 521;

const parser = getLanguageService({});

/** Reads JSON with comments and trailing commas, which are reported as faults of their own. */
export async function readJson(document: TextDocument): Promise<SyntaxTree> {
  try {
    const json = parser.parseJSONDocument(document);
    // Without a schema this gives the faults of the syntax alone.
    const found = await parser.doValidation(
      document,
      json,
      { comments: 'warning', trailingCommas: 'warning' },
      {},
    );
    const faults = found.map(({ code, message, range }): SyntaxFault => {
      const kind =
        code === TRAILING_COMMA
          ? 'trailingComma'
          : code === DUPLICATE_KEY
            ? 'duplicate'
            : code === COMMENT
              ? 'comment'
              : 'syntax';
      return {
        kind,
        message: wordsOf(message),
        start: document.offsetAt(range.start),
        end: document.offsetAt(range.end),
      };
    });
    return { root: json.root, faults, json };
  } catch (error) {
    // Nesting that no person writes exhausts the parser's stack.
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** The words of a diagnostic, which may come as Markdown. */
export function wordsOf(message: Diagnostic['message']): string {
  return typeof message === 'string' ? message : message.value;
}

/** The tree of a text that could not be read at all. */
export function unreadable(message: string): SyntaxTree {
  const fault: SyntaxFault = { kind: 'syntax', message, start: 0, end: 1 };
  return { root: undefined, faults: [fault], json: parser.newJSONDocument(undefined) };
}

/** A tree that was not read from JSON. */
export function treeOf(root: SyntaxNode | undefined, faults: readonly SyntaxFault[]): SyntaxTree {
  return { root, faults, json: parser.newJSONDocument(root) };
}

/** The properties of an object; none for any other node. */
export function propertiesOf(node: SyntaxNode | undefined): readonly PropertyASTNode[] {
  return node?.type === 'object' ? node.properties : [];
}

/** A property by its name; the last one, as parsers take it, when it stands twice. */
export function propertyOf(
  node: SyntaxNode | undefined,
  name: string,
): PropertyASTNode | undefined {
  return propertiesOf(node).findLast(({ keyNode }) => keyNode.value === name);
}

/** The value below a path of names; undefined where there is none. */
export function valueAt(
  node: SyntaxNode | undefined,
  ...path: readonly string[]
): SyntaxNode | undefined {
  return path.reduce<SyntaxNode | undefined>((at, name) => propertyOf(at, name)?.valueNode, node);
}

/** No person writes longer lists; that what lies behind is not looked at is a finding of its own. */
export const MAX_ITEMS = 2_000;
/** No person writes longer entries. They are passed over, which is a finding of its own as well. */
export const MAX_TEXT = 10_000;

/** The items of a list, as many as are looked at; none for any other node. */
export function itemsOf(node: SyntaxNode | undefined): readonly SyntaxNode[] {
  return node?.type === 'array' ? node.items.slice(0, MAX_ITEMS) : [];
}

/** The texts of a list, or the one text, as far as they are looked at. */
export function stringsIn(node: SyntaxNode | undefined): readonly StringASTNode[] {
  const items = node?.type === 'string' ? [node] : itemsOf(node);
  return items.filter(item => item.type === 'string').filter(({ length }) => length <= MAX_TEXT);
}

/** The text of a node that is one. */
export function textOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'string' ? node.value : undefined;
}

/** Where a node stands. */
export function rangeOf(node: Pick<SyntaxNode, 'offset' | 'length'>): {
  readonly start: number;
  readonly end: number;
} {
  return { start: node.offset, end: node.offset + node.length };
}

/** The plain value of a tree. */
export function plainValue(node: SyntaxNode | undefined): unknown {
  if (node?.type === 'array') return node.items.map(plainValue);
  if (node?.type !== 'object') return node?.value;
  const value: Record<string, unknown> = {};
  for (const { keyNode, valueNode } of node.properties) {
    // Defined, not assigned: a key "__proto__" is a key like any other.
    Object.defineProperty(value, keyNode.value, {
      value: plainValue(valueNode),
      enumerable: true,
      configurable: true,
    });
  }
  return value;
}

/** The list or object that an entry stands in. */
export function containerOf(node: SyntaxNode): ArrayASTNode | ObjectASTNode | undefined {
  const { parent } = node;
  return parent?.type === 'array' || parent?.type === 'object' ? parent : undefined;
}

import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type ParsedNode,
} from 'yaml';
import type { ArrayASTNode, ObjectASTNode, PropertyASTNode } from 'vscode-json-languageservice';
import {
  treeOf,
  unreadable,
  type SyntaxFault,
  type SyntaxNode,
  type SyntaxTree,
} from './syntaxTree';

/** An alias stands for a whole tree: without a limit nine of them make a billion nodes. */
const MAX_ALIAS_NODES = 10_000;

/** Reads YAML into the tree that JSON is read into, so that one set of rules serves both. */
export function readYaml(text: string): SyntaxTree {
  try {
    // Keys that stand twice have a rule of their own; the library compares each key with each.
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, strict: true });
    const faults = [...document.errors, ...document.warnings].map(
      ({ message, pos: [start, end] }): SyntaxFault => ({
        kind: 'syntax',
        ...{ message, start, end: Math.max(end, start + 1) },
      }),
    );
    const converter = new Converter();
    const root = converter.convert(document.contents, undefined);
    return treeOf(root, [...faults, ...converter.faults]);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

class Converter {
  /** What each name stands for so far; asking the library walks the whole text for every alias. */
  readonly #anchors = new Map<string, ParsedNode>();
  /** The anchors whose own content is being read: an alias in there would never end. */
  readonly #open = new Set<unknown>();
  readonly faults: SyntaxFault[] = [];
  #aliasNodes = 0;
  #insideAlias = 0;

  convert(source: unknown, parent: SyntaxNode | undefined): SyntaxNode | undefined {
    if (this.#insideAlias > 0 && (this.#aliasNodes += 1) > MAX_ALIAS_NODES) {
      throw new Error('the aliases stand for too much');
    }
    if (isAlias(source)) return this.#alias(source, parent);
    if (this.#insideAlias === 0 && isNode(source) && source.anchor !== undefined) {
      this.#anchors.set(source.anchor, source as ParsedNode);
    }
    this.#open.add(source);
    const node = this.#collection(source, parent);
    this.#open.delete(source);
    return node;
  }

  #collection(source: unknown, parent: SyntaxNode | undefined): SyntaxNode | undefined {
    if (isMap(source)) return this.#object(source.items, place(source), parent);
    if (isSeq(source)) return this.#array(source.items, place(source), parent);
    if (isScalar(source)) return scalar(source.value, place(source), parent);
    return undefined;
  }

  #alias({ source, range }: Alias, parent: SyntaxNode | undefined): SyntaxNode | undefined {
    const target = this.#anchors.get(source);
    if (target === undefined) {
      const [start = 0, end = 0] = range ?? [];
      const message = 'no anchor of this name stands above';
      this.faults.push({ kind: 'syntax', message, start, end: Math.max(end, start + 1) });
      return undefined;
    }
    if (this.#open.has(target)) throw new Error('an alias stands inside what it stands for');
    this.#insideAlias += 1;
    const node = this.convert(target, parent);
    this.#insideAlias -= 1;
    return node;
  }

  #object(items: readonly unknown[], at: Place, parent: SyntaxNode | undefined): SyntaxNode {
    const properties: PropertyASTNode[] = [];
    const node = {
      type: 'object',
      ...at,
      properties,
      children: properties,
      ...of(parent),
    } as ObjectASTNode;
    for (const item of items) {
      if (!isPair(item)) continue;
      const children: SyntaxNode[] = [];
      const keyPlace = place(item.key);
      const property = {
        type: 'property',
        parent: node,
        children,
        ...keyPlace,
      } as unknown as Writable<PropertyASTNode>;
      const name = isScalar(item.key) ? String(item.key.value) : '';
      property.keyNode = {
        type: 'string',
        value: name,
        parent: property,
        ...keyPlace,
      };
      children.push(property.keyNode);
      const value = this.convert(item.value, property);
      if (value) {
        property.valueNode = value;
        children.push(value);
        property.length = Math.max(property.length, value.offset + value.length - property.offset);
      }
      properties.push(property);
    }
    return node;
  }

  #array(source: readonly unknown[], at: Place, parent: SyntaxNode | undefined): SyntaxNode {
    const items: SyntaxNode[] = [];
    const node = { type: 'array', ...at, items, children: items, ...of(parent) } as ArrayASTNode;
    for (const item of source) {
      const child = this.convert(item, node);
      if (child) items.push(child);
    }
    return node;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Place {
  readonly offset: number;
  readonly length: number;
}

function place(node: unknown): Place {
  const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined;
  const [start = 0, end = 0] = range ?? [];
  return { offset: start, length: Math.max(0, end - start) };
}

function of(parent: SyntaxNode | undefined): { readonly parent?: SyntaxNode } {
  return parent ? { parent } : {};
}

function scalar(value: unknown, at: Place, parent: SyntaxNode | undefined): SyntaxNode {
  const base = { ...at, ...of(parent) };
  switch (typeof value) {
    case 'boolean':
      return { type: 'boolean', value, ...base };
    case 'number':
      return { type: 'number', value, isInteger: Number.isInteger(value), ...base };
    case 'string':
      return { type: 'string', value, ...base };
    default:
      return value === null
        ? { type: 'null', value: null, ...base }
        : { type: 'string', value: '', ...base };
  }
}

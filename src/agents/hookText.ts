import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { HumanError } from '../files/humanError';
import type { HookFile } from './agent';

/** Every entry of ours starts a launcher of this name; that is how it is found again. */
const HOOK_MARK = 'checkrein-hook.';

const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };
const PARSE = { allowTrailingComma: true };

/** How our entry stands in a hook file's text. */
export type EntryState = 'absent' | 'different' | 'present';

/** Looks for our entry. Throws a HumanError with file, line and column for a text it cannot read. */
export function entryState(text: string, file: HookFile, command: string): EntryState {
  const tree = readTree(text, file.path);
  const own = ownEntries(listNode(tree, file), file);
  if (own.length === 0) return 'absent';
  const wanted = JSON.stringify(file.entry(command));
  const isRead = Object.entries(file.requires ?? {}).every(
    ([field, value]) => (getNodeValue(tree) as Record<string, unknown>)[field] === value,
  );
  const same = own.length === 1 && own.every(({ value }) => JSON.stringify(value) === wanted);
  return same && isRead ? 'present' : 'different';
}

/** The text with exactly one entry of ours, at the end of the list; the rest and comments stay. */
export function withEntry(text: string, file: HookFile, command: string): string {
  if (entryState(text, file, command) === 'present') return text;
  const cleared = withoutOwnEntries(text, file);
  const path = [...file.list];
  const list = listNode(readTree(cleared, file.path), file);
  const index = list?.children?.length ?? 0;
  let result = list
    ? edit(cleared, [...path, index], file.entry(command), { isArrayInsertion: true })
    : edit(cleared, path, [file.entry(command)]);
  for (const [field, value] of Object.entries(file.requires ?? {})) {
    result = edit(result, [field], value);
  }
  return result;
}

/** The text without our entries, and without the containers that only they kept. */
export function withoutEntry(text: string, file: HookFile): string {
  let result = withoutOwnEntries(text, file);
  if (result === text) return text;
  for (let depth = file.list.length; depth > 0; depth -= 1) {
    const path = file.list.slice(0, depth);
    const node = findNodeAtLocation(readTree(result, file.path), path);
    if (node?.children?.length !== 0) break;
    result = edit(result, path, undefined);
  }
  return result;
}

/** The text of a file made new for our entry. */
export function newHookText(file: HookFile, command: string): string {
  return withEntry(`${JSON.stringify(file.skeleton, undefined, 2)}\n`, file, command);
}

/** True when nothing is left in the text that a person could have put there. */
export function isOnlySkeleton(text: string, file: HookFile): boolean {
  const value = JSON.stringify(getNodeValue(readTree(text, file.path)));
  const skeleton = JSON.stringify(file.skeleton);
  return value === skeleton || value === '{}' || withoutEntry(skeleton, file) === value;
}

function withoutOwnEntries(text: string, file: HookFile): string {
  let result = text;
  for (;;) {
    const [own] = ownEntries(listNode(readTree(result, file.path), file), file);
    if (!own) return result;
    result = edit(result, [...file.list, ...own.path], undefined);
  }
}

function edit(
  text: string,
  path: readonly (string | number)[],
  value: unknown,
  options: { isArrayInsertion?: boolean } = {},
): string {
  return applyEdits(text, modify(text, [...path], value, { ...FORMAT, ...options }));
}

function readTree(text: string, path: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, PARSE);
  const [error] = errors;
  if (error) throw parseFailure(text, path, printParseErrorCode(error.error), error.offset);
  if (tree?.type !== 'object') throw parseFailure(text, path, 'it is not a JSON object', 0);
  const twice = duplicateKey(tree);
  if (twice) throw parseFailure(text, path, `"${twice.name}" stands there twice`, twice.offset);
  return tree;
}

/** Parsers disagree on which of two equal keys counts: such a file may say two things at once. */
function duplicateKey(node: Node): { name: string; offset: number } | undefined {
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

function parseFailure(text: string, path: string, what: string, offset: number): HumanError {
  const before = text.slice(0, offset).split('\n');
  const place = `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return new HumanError(`${place}: ${what}. Mend the file, then install the hook again.`);
}

function listNode(tree: Node, file: HookFile): Node | undefined {
  for (let depth = 1; depth <= file.list.length; depth += 1) {
    const path = file.list.slice(0, depth);
    const node = findNodeAtLocation(tree, path);
    if (!node) return undefined;
    const wanted = depth === file.list.length ? 'array' : 'object';
    if (node.type !== wanted) {
      throw new HumanError(
        `${file.path}: "${path.join('.')}" is not an ${wanted}. Mend the file, then install again.`,
      );
    }
    if (depth === file.list.length) return node;
  }
  return undefined;
}

/** An entry of ours: its path below the list, and its value without what a person put beside it. */
interface OwnEntry {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

function ownEntries(list: Node | undefined, { group }: HookFile): OwnEntry[] {
  return (list?.children ?? []).flatMap((node, index): OwnEntry[] => {
    const value: unknown = getNodeValue(node);
    if (!isOurs(value)) return [];
    const grouped = group === undefined ? undefined : (value as Record<string, unknown>)[group];
    if (group === undefined || !Array.isArray(grouped)) return [{ path: [index], value }];
    const ours = grouped.flatMap((hook: unknown, at) => (isOurs(hook) ? [{ hook, at }] : []));
    // A group of ours alone goes as a whole; from a shared one only our hooks are taken.
    if (ours.length === grouped.length) return [{ path: [index], value }];
    return ours.map(({ hook, at }) => ({
      path: [index, group, at],
      value: { ...(value as object), [group]: [hook] },
    }));
  });
}

function isOurs(value: unknown): boolean {
  return JSON.stringify(value).includes(HOOK_MARK);
}

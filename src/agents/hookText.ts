import { applyEdits, findNodeAtLocation, getNodeValue, modify, type Node } from 'jsonc-parser';
import { duplicateKey, jsonFault, parseForeignJson } from '../files/foreignJson';
import { HumanError } from '../files/humanError';
import type { HookCommands, HookFile, HookList } from './agent';

/** Every entry of ours starts a launcher of this name; that is how it is found again. */
const HOOK_MARK = 'checkrein-hook.';

const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/** How our entries stand in a hook file's text. */
export type EntryState = 'absent' | 'different' | 'present';

/** Looks for our entries. Throws a HumanError with file, line and column for a text it cannot read. */
export function entryState(text: string, file: HookFile, commands: HookCommands): EntryState {
  const tree = readTree(text, file.path);
  const own = file.lists.map(list => ownEntries(listNode(tree, list, file), list));
  if (own.every(entries => entries.length === 0)) return 'absent';
  const isRead = Object.entries(file.requires ?? {}).every(
    ([field, value]) => (getNodeValue(tree) as Record<string, unknown>)[field] === value,
  );
  const wanted = wantedLists(file, commands).map(({ entries }) => JSON.stringify(entries));
  const found = ownByList(file, own).map(entries => JSON.stringify(entries));
  return isRead && JSON.stringify(found) === JSON.stringify(wanted) ? 'present' : 'different';
}

/** The text with exactly our entries, each at the end of its list; the rest and comments stay. */
export function withEntries(text: string, file: HookFile, commands: HookCommands): string {
  if (entryState(text, file, commands) === 'present') return text;
  let result = withoutOwnEntries(text, file);
  for (const { list, entries } of wantedLists(file, commands)) {
    for (const entry of entries) result = appended(result, file, list, entry);
  }
  for (const [field, value] of Object.entries(file.requires ?? {})) {
    result = edit(result, [field], value);
  }
  return result;
}

/** The text without our entries, and without the containers that only they kept. */
export function withoutEntries(text: string, file: HookFile): string {
  let result = withoutOwnEntries(text, file);
  if (result === text) return text;
  for (const list of file.lists) {
    for (let depth = list.path.length; depth > 0; depth -= 1) {
      const path = list.path.slice(0, depth);
      const node = findNodeAtLocation(readTree(result, file.path), path);
      if (!node) continue;
      if (node.children?.length !== 0) break;
      result = edit(result, path, undefined);
    }
  }
  return result;
}

/** The text of a file made new for our entries. */
export function newHookText(file: HookFile, commands: HookCommands): string {
  return withEntries(`${JSON.stringify(file.skeleton, undefined, 2)}\n`, file, commands);
}

/** True when nothing is left in the text that a person could have put there. */
export function isOnlySkeleton(text: string, file: HookFile): boolean {
  const value = JSON.stringify(getNodeValue(readTree(text, file.path)));
  const skeleton = JSON.stringify(file.skeleton);
  return value === skeleton || value === '{}' || withoutEntries(skeleton, file) === value;
}

interface WantedList {
  readonly list: HookList;
  readonly entries: readonly unknown[];
}

function wantedLists(file: HookFile, commands: HookCommands): readonly WantedList[] {
  return file.lists.map(list => ({ list, entries: list.entries(commands) }));
}

function ownByList(
  file: HookFile,
  own: readonly (readonly OwnEntry[])[],
): readonly (readonly unknown[])[] {
  return file.lists.map((_, index) => (own[index] ?? []).map(({ value }) => value));
}

function appended(text: string, file: HookFile, list: HookList, entry: unknown): string {
  const node = listNode(readTree(text, file.path), list, file);
  const path = [...list.path];
  if (!node) return edit(text, path, [entry]);
  const index = node.children?.length ?? 0;
  return edit(text, [...path, index], entry, { isArrayInsertion: true });
}

function withoutOwnEntries(text: string, file: HookFile): string {
  let result = text;
  for (const list of file.lists) {
    for (;;) {
      const [own] = ownEntries(listNode(readTree(result, file.path), list, file), list);
      if (!own) break;
      result = edit(result, [...list.path, ...own.path], undefined);
    }
  }
  return result;
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
  const remedy = 'Mend the file, then install the hook again.';
  const tree = parseForeignJson(text, path, remedy);
  const twice = duplicateKey(tree);
  if (twice) {
    throw jsonFault(text, path, `"${twice.name}" stands there twice`, twice.offset, remedy);
  }
  return tree;
}

function listNode(tree: Node, list: HookList, file: HookFile): Node | undefined {
  for (let depth = 1; depth <= list.path.length; depth += 1) {
    const path = list.path.slice(0, depth);
    const node = findNodeAtLocation(tree, path);
    if (!node) return undefined;
    const wanted = depth === list.path.length ? 'array' : 'object';
    if (node.type !== wanted) {
      throw new HumanError(
        `${file.path}: "${path.join('.')}" is not an ${wanted}. Mend the file, then install again.`,
      );
    }
    if (depth === list.path.length) return node;
  }
  return undefined;
}

/** An entry of ours: its path below the list, and its value without what a person put beside it. */
interface OwnEntry {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

function ownEntries(node: Node | undefined, { group }: HookList): OwnEntry[] {
  return (node?.children ?? []).flatMap((child, index): OwnEntry[] => {
    const value: unknown = getNodeValue(child);
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

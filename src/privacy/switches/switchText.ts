import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  stripComments,
  type Node,
} from 'jsonc-parser';
import { jsonFault, parseForeignJson } from '../../files/foreignJson';
import type { SettingName } from './switchTable';

const REMEDY = 'Mend the file first.';
const BOM = '\uFEFF';

/** A setting that stands in a file. */
export interface FoundSetting {
  readonly name: SettingName;
  readonly value: unknown;
  /** 1-based. */
  readonly line: number;
}

/**
 * Finds which of the names stand in a text. Throws a HumanError for a text that does not parse, and
 * for a name that stands twice.
 */
export function findSettings(
  text: string,
  file: string,
  names: readonly SettingName[],
): readonly FoundSetting[] {
  const plain = withoutBom(text);
  if (isEmpty(plain)) return [];
  const tree = parseForeignJson(plain, file, REMEDY);
  return names.flatMap(name => {
    refuseTwice(tree, name.path, plain, file);
    const node = findNodeAtLocation(tree, [...name.path]);
    if (!node) return [];
    const value: unknown = getNodeValue(node);
    return [{ name, value, line: plain.slice(0, node.offset).split('\n').length }];
  });
}

/**
 * The text with the current name at `isOn`, and with it every other name that stands there, so that
 * whoever reads the file reads the same. Comments and the rest stay.
 */
export function withSwitch(
  text: string | undefined,
  file: string,
  names: readonly SettingName[],
  isOn: boolean,
): string {
  const present = new Set(
    findSettings(text ?? '', file, names).map(({ name }) => name.path.join('\0')),
  );
  return names
    .filter(({ kind, path }) => kind === 'current' || present.has(path.join('\0')))
    .reduce(
      (result, { path, values }) => withValue(result, path, isOn ? values.on : values.off),
      text ?? '{}\n',
    );
}

/** The text with one value put in, or taken out where it is undefined. */
export function withValue(text: string, path: readonly string[], value: unknown): string {
  const plain = withoutBom(text);
  const base = plain.trim() === '' ? '{}\n' : plain;
  const formattingOptions = { ...indentOf(plain), eol: plain.includes('\r\n') ? '\r\n' : '\n' };
  const edited = applyEdits(base, modify(base, [...path], value, { formattingOptions }));
  return text.startsWith(BOM) ? BOM + edited : edited;
}

/** An editor takes a file without any value for an empty object. */
function isEmpty(text: string): boolean {
  return stripComments(text).trim() === '';
}

function withoutBom(text: string): string {
  return text.startsWith(BOM) ? text.slice(1) : text;
}

function indentOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const [, indent = '  '] = /\n([ \t]+)\S/.exec(text) ?? [];
  return indent.startsWith('\t')
    ? { insertSpaces: false, tabSize: 1 }
    : { insertSpaces: true, tabSize: indent.length };
}

/** Readers of JSON disagree on which of two equal keys counts. */
function refuseTwice(tree: Node, path: readonly string[], text: string, file: string): void {
  let node = tree;
  for (const part of path) {
    const own = (node.children ?? []).filter(({ children }) => children?.[0]?.value === part);
    const second = own[1];
    if (second) throw jsonFault(text, file, `"${part}" stands there twice`, second.offset, REMEDY);
    const value = own[0]?.children?.[1];
    if (value?.type !== 'object') return;
    node = value;
  }
}

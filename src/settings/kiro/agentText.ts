import {
  applyEdits,
  findNodeAtLocation,
  modify,
  parseTree,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { HumanError } from '../../files/humanError';
import {
  AGENT_TOOLS,
  type AgentListKey,
  type AgentSettings,
  type AgentTool,
  type AgentTrust,
  isOurRegex,
  isValidRegex,
} from './agentRules';

/** What an agent file of the command line 2 says, as far as it matters here. */
export interface AgentFile {
  readonly trust: AgentTrust;
  /** Why the file is left alone, though it can be read. */
  readonly skip?: string;
}

/** Names of entries that Checkrein added: `shell/deniedCommands=…`. */
export type KnownEntries = ReadonlySet<string>;

const LIST_KEYS: readonly AgentListKey[] = [
  ...(['allowedCommands', 'deniedCommands', 'allowedPaths', 'deniedPaths'] as const),
];
const DENY_BY_DEFAULT = 'shell/denyByDefault=true';

/** Reads an agent file. Throws a HumanError for one that the command line would not read either. */
export function readAgent(text: string, file: string): AgentFile {
  const tree = parse(text, file);
  const names = stringsAt(tree, ['allowedTools'], text, file);
  for (const tool of TOOLS) {
    for (const name of AGENT_TOOLS[tool]) {
      for (const key of LIST_KEYS) stringsAt(tree, ['toolsSettings', name, key], text, file);
    }
  }
  const trusts = (tool: AgentTool): boolean =>
    names.some(
      name => /^(?:\*|@builtin)$/.test(name) || AGENT_TOOLS[tool].some(known => known === name),
    );
  const allowedPaths = AGENT_TOOLS.write.flatMap(name =>
    stringsAt(tree, ['toolsSettings', name, 'allowedPaths'], text, file),
  );
  const reading = [...AGENT_TOOLS.shell, 'aws', 'use_aws'].filter(
    name => findNodeAtLocation(tree, ['toolsSettings', name, 'autoAllowReadonly'])?.value === true,
  );
  const write = trusts('write') || allowedPaths.length > 0;
  const trust = { shell: trusts('shell'), write, reading };
  const skip = skipReason(tree);
  return { trust, ...(skip !== undefined && { skip }) };
}

const TOOLS = Object.keys(AGENT_TOOLS) as AgentTool[];

function skipReason(tree: Node): string | undefined {
  if (findNodeAtLocation(tree, ['permissions'])) {
    return 'it is an agent of the command line 3, which follows permissions.yaml';
  }
  const settled = ['allowedTools', 'toolsSettings'].some(key => findNodeAtLocation(tree, [key]));
  return settled
    ? undefined
    : 'it has neither "allowedTools" nor "toolsSettings"; with them the command line 3 would pass over it';
}

function parse(text: string, file: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error || tree?.type !== 'object') {
    throw new HumanError(`${file}:${lineAt(text, error?.offset ?? 0)}: this is not a JSON object.`);
  }
  const settings = findNodeAtLocation(tree, ['toolsSettings']);
  for (const path of [
    ['toolsSettings'],
    ...namesIn(settings).map(name => ['toolsSettings', name]),
  ]) {
    const node = findNodeAtLocation(tree, path);
    if (node && node.type !== 'object') {
      throw new HumanError(
        `${file}:${lineAt(text, node.offset)}: "${path.join('.')}" must be an object.`,
      );
    }
  }
  return tree;
}

function namesIn(node: Node | undefined): readonly string[] {
  return (node?.children ?? []).map(child => String(child.children?.[0]?.value));
}

function stringsAt(tree: Node, path: string[], text: string, file: string): readonly string[] {
  const node = findNodeAtLocation(tree, path);
  if (!node) return [];
  const items = node.children ?? [];
  if (node.type !== 'array' || items.some(({ type }) => type !== 'string')) {
    throw new HumanError(
      `${file}:${lineAt(text, node.offset)}: "${path.join('.')}" must be a list of texts.`,
    );
  }
  return items.map(({ value }) => String(value));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** An agent file's new text, and the entries in it that are Checkrein's. */
export interface AgentEdit {
  readonly text: string;
  readonly entries: KnownEntries;
}

/** The text with these settings instead of those that Checkrein put there before. */
export function withSettings(
  text: string,
  file: string,
  settings: AgentSettings,
  known: KnownEntries,
): AgentEdit {
  const entries = new Set<string>();
  let after = text;
  for (const tool of TOOLS) {
    for (const name of namesFor(parse(text, file), tool)) {
      for (const key of LIST_KEYS) {
        const wanted = settings.lists
          .filter(list => list.tool === tool && list.key === key)
          .flatMap(list => list.entries);
        const foreign = foreignAt(text, file, name, key, known);
        const ours = [...new Set(wanted)].filter(entry => !foreign.includes(entry));
        for (const entry of ours) entries.add(`${name}/${key}=${entry}`);
        after = setList(after, file, [name, key], [...foreign, ...ours]);
      }
    }
  }
  after = setDenyByDefault(after, file, settings.denyByDefault, known, entries);
  check(after, file, entries);
  return { text: after, entries };
}

/** The text without what Checkrein put there. */
export function withoutSettings(text: string, file: string, known: KnownEntries): string {
  let after = text;
  for (const name of TOOLS.flatMap(tool => AGENT_TOOLS[tool])) {
    for (const key of LIST_KEYS) {
      after = setList(after, file, [name, key], foreignAt(text, file, name, key, known));
    }
  }
  return setDenyByDefault(after, file, false, known, new Set());
}

/** The entries in a text that are Checkrein's. */
export function ourEntries(text: string, file: string, known: KnownEntries): KnownEntries {
  const tree = parse(text, file);
  const found = TOOLS.flatMap(tool => AGENT_TOOLS[tool]).flatMap(name =>
    LIST_KEYS.flatMap(key =>
      stringsAt(tree, ['toolsSettings', name, key], text, file)
        .filter(entry => isOurs(name, key, entry, known))
        .map(entry => `${name}/${key}=${entry}`),
    ),
  );
  const denies = findNodeAtLocation(tree, ['toolsSettings', shellName(tree), 'denyByDefault']);
  const byDefault = denies?.value === true && known.has(DENY_BY_DEFAULT) ? [DENY_BY_DEFAULT] : [];
  return new Set([...found, ...byDefault]);
}

function isOurs(name: string, key: AgentListKey, entry: string, known: KnownEntries): boolean {
  return known.has(`${name}/${key}=${entry}`) || (key.endsWith('Commands') && isOurRegex(entry));
}

function foreignAt(
  text: string,
  file: string,
  name: string,
  key: AgentListKey,
  known: KnownEntries,
): readonly string[] {
  return stringsAt(parse(text, file), ['toolsSettings', name, key], text, file).filter(
    entry => !isOurs(name, key, entry, known),
  );
}

/** The names under which a file has settings of a tool; Kiro's own when there are none. */
function namesFor(tree: Node, tool: AgentTool): readonly string[] {
  const names: readonly string[] = AGENT_TOOLS[tool];
  const used = names.filter(name => findNodeAtLocation(tree, ['toolsSettings', name]));
  return used.length > 0 ? used : names.slice(0, 1);
}

function shellName(tree: Node): string {
  return namesFor(tree, 'shell')[0] ?? 'shell';
}

function setList(
  text: string,
  file: string,
  [name, key]: readonly [string, AgentListKey],
  entries: readonly string[],
): string {
  const path = ['toolsSettings', name, key];
  const tree = parse(text, file);
  const now = stringsAt(tree, path, text, file);
  if (now.length === entries.length && now.every((entry, index) => entry === entries[index])) {
    return text;
  }
  return entries.length > 0 ? edit(text, path, entries) : remove(text, file, path);
}

function setDenyByDefault(
  text: string,
  file: string,
  wanted: boolean,
  known: KnownEntries,
  entries: Set<string>,
): string {
  const tree = parse(text, file);
  const path = ['toolsSettings', shellName(tree), 'denyByDefault'];
  const value: unknown = findNodeAtLocation(tree, path)?.value;
  const ours = known.has(DENY_BY_DEFAULT) && value === true;
  if (wanted && (value === undefined || ours)) {
    entries.add(DENY_BY_DEFAULT);
    return value === true ? text : edit(text, path, true);
  }
  return ours && !wanted ? remove(text, file, path) : text;
}

/** Takes a value out, and the objects above it that are left empty. */
function remove(text: string, file: string, path: readonly string[]): string {
  const after = edit(text, path, undefined);
  const parent = path.slice(0, -1);
  const node = parent.length > 0 ? findNodeAtLocation(parse(after, file), parent) : undefined;
  return node?.children?.length === 0 ? remove(after, file, parent) : after;
}

function edit(text: string, path: readonly string[], value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: 2, eol };
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }));
}

/** Reads back what is about to be written; one wrong expression would deny every command. */
function check(text: string, file: string, entries: KnownEntries): void {
  readAgent(text, file);
  for (const entry of entries) {
    const value = entry.slice(entry.indexOf('=') + 1);
    if (isOurRegex(value) && !isValidRegex(value)) {
      throw new HumanError(`${file}: an expression for it would be wrong; it was left alone.`);
    }
  }
}

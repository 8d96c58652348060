import {
  getLanguageService,
  type CompletionItem,
  type JSONSchema,
} from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { SUGGESTED_COMMANDS } from '../../policy/commands/suggestions';
import { TOOL_NAMES } from '../../policy/toolNames';
import { KIRO_CAPABILITIES } from '../../settings/kiro/permissionRule';
import { isYaml, type OpenFile } from '../diagnose';
import { KIRO_POLICIES, OLD_TRIGGERS, TRIGGERS } from '../schemas/agentFiles';
import { openSchema, schemaOf } from '../schemas/schemaOf';
import type { SyntaxTree } from '../syntaxTree';
import type { WorkspaceFacts } from '../workspaceFacts';

/** What may stand at an offset: keys, values, tools, and commands that the workspace offers. */
export async function complete(
  { file, document, facts }: OpenFile,
  tree: SyntaxTree,
  offset: number,
): Promise<readonly CompletionItem[]> {
  const schema = schemaOf(file.kind);
  if (!schema) return [];
  if (isYaml(file)) return completeYaml(document, offset, facts);
  const json = getLanguageService({});
  const uri = 'checkrein:///policy.json';
  json.configure({ schemas: [{ uri, fileMatch: ['*'], schema: withExamples(schema, facts) }] });
  // The library finds the schema by the name of the document.
  const named = TextDocument.create(uri, 'json', document.version, document.getText());
  const list = await json.doComplete(named, document.positionAt(offset), tree.json);
  return list?.items ?? [];
}

const EFFECTS = ['allow', 'ask', 'deny'];
const CATEGORIES = ['read', 'write', 'shell', 'web', 'spec', '*', '@mcp', '@powers', '@builtin'];
const DENIABLE = ['git push *', 'npm publish *', 'docker push *', 'terraform destroy *'];

/** Values to offer by the name of the key they belong to. */
function examplesFor(key: string, facts: WorkspaceFacts): readonly string[] {
  switch (key.replace(/^(?:checkrein|kiroAgent)\./, '')) {
    case 'trustedCommands':
      return [...facts.commands, ...SUGGESTED_COMMANDS];
    case 'deniedCommands':
    case 'neverList':
      return DENIABLE;
    case 'trustedTools':
    case 'untrustedTools':
    case 'excludeTools':
    case 'coreTools':
    case 'tools':
    case 'allowedTools':
      return TOOL_NAMES;
    case 'capability':
      return KIRO_CAPABILITIES;
    case 'trigger':
      return Object.keys(TRIGGERS);
    case 'matcher':
      return CATEGORIES;
    case 'agentIgnoreFiles':
      return ['.gitignore', '.kiroignore'];
    default:
      return [];
  }
}

function withExamples(schema: JSONSchema, facts: WorkspaceFacts): JSONSchema {
  const add = (value: JSONSchema, key: string): JSONSchema => {
    const examples = key === 'type' ? [] : examplesFor(key, facts);
    const { items, properties, additionalProperties } = value;
    return {
      ...value,
      ...(examples.length > 0 && value.type === 'string' && { examples: [...examples] }),
      ...(properties && { properties: each(properties, add) }),
      ...(typeof additionalProperties === 'object' && {
        additionalProperties: add(additionalProperties, ''),
      }),
      ...(typeof items === 'object' &&
        !Array.isArray(items) && {
          items: examples.length > 0 ? { ...items, examples: [...examples] } : add(items, ''),
        }),
    };
  };
  const old = schema.properties?.['when'];
  const full = add(openSchema(schema), '');
  return typeof old === 'object' ? withOldTriggers(full) : full;
}

function withOldTriggers(schema: JSONSchema): JSONSchema {
  const when = schema.properties?.['when'] as JSONSchema;
  const type = { type: 'string' as const, examples: [...OLD_TRIGGERS] };
  return {
    ...schema,
    properties: {
      ...schema.properties,
      when: { ...when, properties: { ...when.properties, type } },
    },
  };
}

function each(
  properties: Readonly<Record<string, JSONSchema | boolean>>,
  change: (schema: JSONSchema, key: string) => JSONSchema,
): Record<string, JSONSchema | boolean> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      typeof value === 'object' ? change(value, key) : value,
    ]),
  );
}

/** Kiro's permissions have two levels; the line and its indentation tell which one. */
function completeYaml(
  document: TextDocument,
  offset: number,
  facts: WorkspaceFacts,
): readonly CompletionItem[] {
  const text = document.getText();
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const before = text.slice(0, offset - line.length);
  const value = /^\s*(?:- )?(capability|effect):\s*(\w*)$/.exec(line);
  if (value) {
    const values = value[1] === 'effect' ? EFFECTS : KIRO_CAPABILITIES;
    return values.map(label => item(document, offset, value[2] ?? '', label, label));
  }
  const entry = /^\s+- ["']?([^"']*)$/.exec(line);
  const list = /(?:^|\n)\s*(?:- )?(match|exclude|policies):[ \t]*\n(?:\s+- [^\n]*\n)*$/.exec(
    before,
  )?.[1];
  if (entry && list !== undefined) {
    const values = list === 'policies' ? KIRO_POLICIES : facts.commands;
    return values.map(label => item(document, offset, entry[1] ?? '', label, label));
  }
  const key = /^(\s*)(- )?(\w*)$/.exec(line);
  if (!key) return [];
  const inRule = (key[1] ?? '') !== '' || key[2] !== undefined;
  const keys = inRule ? ['capability', 'effect', 'match', 'exclude'] : ['rules', 'policies'];
  return keys.map(label => item(document, offset, key[3] ?? '', label, `${label}: `));
}

function item(
  document: TextDocument,
  offset: number,
  typed: string,
  label: string,
  newText: string,
): CompletionItem {
  const range = {
    start: document.positionAt(offset - typed.length),
    end: document.positionAt(offset),
  };
  return { label, textEdit: { range, newText } };
}

import type { PropertyASTNode, StringASTNode } from 'vscode-json-languageservice';
import type { FileKind } from '../fileKinds';
import { quote, type Finding, type Fix } from '../finding';
import { firstLine, withoutEntry } from '../removal';
import {
  itemsOf,
  propertiesOf,
  propertyOf,
  rangeOf,
  stringsIn,
  textOf,
  valueAt,
  type SyntaxNode,
} from '../syntaxTree';
import type { RuleInput } from './ruleInput';
import { secretSign, variableName } from './secretNames';
import { trustAllFlag } from './trustAllFlags';

/** MCP servers, wherever they stand: secrets, approvals, addresses. */
export function* serverRules(input: RuleInput): Iterable<Finding> {
  if (input.file.path.endsWith('/.kiro/mcp.json')) {
    const message =
      'Kiro does not read this file: the place for MCP servers is .kiro/settings/mcp.json.';
    yield { code: 'wrong-place', message, ...firstLine(input.text) };
  }
  if (!input.root && SERVER_KINDS.includes(input.file.kind)) yield* brokenText(input);
  for (const server of serversOf(input)) {
    const { valueNode } = server;
    if (valueNode?.type !== 'object') continue;
    yield* secrets(input, server.keyNode.value, valueNode);
    yield* variables(input, valueNode);
    yield* approvals(input, server);
    yield* address(input, server);
  }
}

const SERVER_KINDS: readonly FileKind[] = ['settings', 'managedPolicy', 'mcp', 'agent'];

/** A text that cannot be read has its secrets all the same. */
function* brokenText({ text }: RuleInput): Iterable<Finding> {
  for (const { 0: whole, 1: name = '', 2: value = '', index } of text.matchAll(
    /"([\w-]{1,100})"\s*:\s*"([^"\n]{1,2000})"/g,
  )) {
    if (secretSign(name, value) !== 'secret') continue;
    const start = index + whole.length - value.length - 1;
    const message = 'A secret stands here as text, in a file that cannot be read otherwise.';
    yield { code: 'literal-secret', message, start, end: start + value.length };
  }
}

function serversOf({ file: { kind }, root }: RuleInput): readonly PropertyASTNode[] {
  if (!SERVER_KINDS.includes(kind)) return [];
  return propertiesOf(valueAt(root, 'mcpServers'));
}

function* secrets(input: RuleInput, name: string, server: SyntaxNode): Iterable<Finding> {
  for (const { keyNode, valueNode } of propertiesOf(valueAt(server, 'env'))) {
    yield* secret(input, keyNode.value, valueNode, keyNode.value);
  }
  for (const { keyNode, valueNode } of propertiesOf(valueAt(server, 'headers'))) {
    const suffix = /^authorization$/i.test(keyNode.value) ? 'TOKEN' : keyNode.value;
    yield* secret(input, keyNode.value, valueNode, variableName(name, suffix.replace(/^x-/i, '')));
  }
  yield* argumentSecrets(input, name, itemsOf(valueAt(server, 'args')));
  for (const key of ['url', 'httpUrl']) {
    const url = valueAt(server, key);
    const found = /^[a-z]+:\/\/[^/\s:@]*:([^/\s@]+)@|[?&]([^=&?]+)=([^&]+)/i.exec(
      textOf(url) ?? '',
    );
    if (!found || url?.type !== 'string') continue;
    const [, password, parameter = 'PASSWORD', value = ''] = found;
    if (password === undefined && secretSign(parameter, value) !== 'secret') continue;
    if ((password ?? value).startsWith('${')) continue;
    yield* part(input, url, password ?? value, variableName(name, parameter), 'literal-secret');
  }
}

function* secret(
  input: RuleInput,
  name: string,
  node: SyntaxNode | undefined,
  variable: string,
): Iterable<Finding> {
  if (node?.type !== 'string') return;
  const sign = secretSign(name, node.value);
  if (sign === 'none') return;
  const literal = node.value.replace(/^(?:Bearer|Basic|Token|ApiKey)\s+/i, '');
  yield* part(
    input,
    node,
    literal,
    variable,
    sign === 'secret' ? 'literal-secret' : 'maybe-secret',
  );
}

/** `--token=x`, `--token x`, and `NAME=x` as containers take variables. */
function* argumentSecrets(
  input: RuleInput,
  server: string,
  items: readonly SyntaxNode[],
): Iterable<Finding> {
  for (const [index, item] of items.entries()) {
    if (item.type !== 'string') continue;
    const joined = /^(-{0,2}[A-Za-z][\w-]*)=(.+)$/s.exec(item.value);
    const before = textOf(items[index - 1]) ?? '';
    const flag = /^--?[A-Za-z][\w-]*$/.test(before) && !item.value.startsWith('-') ? before : '';
    const [name, value] = joined ? [joined[1] ?? '', joined[2] ?? ''] : [flag, item.value];
    const bare = name.replace(/^-+/, '');
    if (secretSign(bare, value) !== 'secret') continue;
    const variable = /^[A-Z][A-Z0-9_]*$/.test(bare) ? bare : variableName(server, bare || 'TOKEN');
    yield* part(input, item, value, variable, 'literal-secret');
  }
}

function* part(
  { text }: RuleInput,
  node: StringASTNode,
  literal: string,
  variable: string,
  code: 'literal-secret' | 'maybe-secret',
): Iterable<Finding> {
  const message =
    code === 'literal-secret'
      ? `A secret stands here as text. Write \${${variable}} and keep the value in the environment.`
      : `This looks like a secret. If it is one, write \${${variable}} and keep the value in the environment.`;
  const fixes = (): readonly Fix[] => {
    const title = `Replace by \${${variable}}, then run: export ${variable}=...`;
    const { start, end } = rangeOf(node);
    // The value in the file is longer than what it means where characters are escaped.
    const at = text.indexOf(literal, start);
    const inside = at !== -1 && at + literal.length <= end;
    const change = inside
      ? { start: at, end: at + literal.length, text: `\${${variable}}` }
      : { start, end, text: JSON.stringify(`\${${variable}}`) };
    return [{ title, changes: [change] }];
  };
  yield { code, message, ...rangeOf(node), fixes };
}

function* variables({ file, text, facts }: RuleInput, server: SyntaxNode): Iterable<Finding> {
  const approved = facts.approvedVariables;
  if (!approved || file.kind === 'managedPolicy') return;
  const places = ['env', 'headers', 'args', 'url'].flatMap(key => {
    const node = valueAt(server, key);
    const values = propertiesOf(node).map(({ valueNode }) => valueNode);
    return [...stringsIn(node), ...values.filter(value => value?.type === 'string')];
  });
  for (const node of places) {
    const { start, end } = rangeOf(node);
    for (const match of text.slice(start, end).matchAll(/\$\{(?:env:)?([A-Za-z_]\w*)\}/g)) {
      const name = match[1] ?? '';
      if (approved.includes(name)) continue;
      const at = start + match.index;
      const message = `Kiro hands on this text as it is: ${quote(name)} is not in "kiroAgent.mcpApprovedEnvVars".`;
      yield { code: 'variable-not-approved', message, start: at, end: at + match[0].length };
    }
  }
}

function* approvals(input: RuleInput, { valueNode }: PropertyASTNode): Iterable<Finding> {
  const approve = propertyOf(valueNode, 'autoApprove')?.valueNode;
  const all = stringsIn(approve).find(({ value }) => value.trim() === '*');
  if (all && approve) {
    const fixes = (): readonly Fix[] => [
      { title: 'Approve no tool', changes: [{ ...rangeOf(approve), text: '[]' }] },
    ];
    yield {
      code: 'auto-approve-all',
      message: 'Every tool of this server runs unasked, those it adds later too.',
      ...rangeOf(all),
      fixes,
    };
  }
  const trust = propertyOf(valueNode, 'trust')?.valueNode;
  if (trust?.value === true) {
    const fixes = (): readonly Fix[] => [
      { title: 'Set to false', changes: [{ ...rangeOf(trust), text: 'false' }] },
    ];
    yield {
      code: 'server-trusted',
      message: 'Gemini CLI confirms no call to this server.',
      ...rangeOf(trust),
      fixes,
    };
  }
  for (const item of stringsIn(valueAt(valueNode, 'args'))) {
    const flag = trustAllFlag(item.value);
    if (flag === undefined) continue;
    const fixes = (): readonly Fix[] => [
      { title: `Remove ${quote(item.value)}`, changes: withoutEntry(input.text, item) },
    ];
    const message = `${quote(flag)} lets an agent run everything unasked.`;
    yield {
      code: 'trust-all-flag',
      message,
      ...rangeOf(item),
      ...(item.value === flag && { fixes }),
    };
  }
}

function* address({ file }: RuleInput, { keyNode, valueNode }: PropertyASTNode): Iterable<Finding> {
  const has = (name: string): boolean => propertyOf(valueNode, name) !== undefined;
  const remote = has('url') || has('httpUrl');
  // A settings file may only add to a server that mcp.json sets up.
  if (has('command') === remote && (remote || file.kind !== 'settings')) {
    const message = remote
      ? 'A server has either a command or an address, not both.'
      : 'A server needs a command or an address.';
    yield { code: 'server-shape', message, ...rangeOf(keyNode) };
  }
  for (const key of ['url', 'httpUrl']) {
    const node = propertyOf(valueNode, key)?.valueNode;
    const loopback = /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/]|$)/i;
    const url = textOf(node);
    if (node && url !== undefined && /^http:/i.test(url) && !loopback.test(url)) {
      yield {
        code: 'insecure-url',
        message: 'Whoever is on the way can read and change what is said to this server.',
        ...rangeOf(node),
      };
    }
  }
}

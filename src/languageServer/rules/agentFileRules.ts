import type { StringASTNode } from 'vscode-json-languageservice';
import { refusePattern } from '../../policy/commands/trustedPatterns';
import { quote, type Finding, type Fix } from '../finding';
import {
  propertiesOf,
  propertyOf,
  rangeOf,
  stringsIn,
  valueAt,
  type SyntaxNode,
} from '../syntaxTree';
import { agentShape } from './agentShape';
import { hasTool, sameName } from './agentTools';
import { removeEntry } from './commandRules';
import { agentHooks, regexFault } from './hookRules';
import { DIALECT, type RuleInput } from './ruleInput';
import { subagentRules } from './subagentRules';

const SHELL_NAMES = ['shell', 'execute_bash', 'execute_cmd'];
/** Agent files of Kiro CLI. */
export function* agentFileRules(input: RuleInput): Iterable<Finding> {
  if (input.file.kind !== 'agent') return;
  const { root } = input;
  yield* agentShape(input);
  yield* tools(input);
  yield* subagentRules(input);
  for (const name of SHELL_NAMES) {
    const settings = valueAt(root, 'toolsSettings', name);
    for (const node of stringsIn(valueAt(settings, 'deniedCommands'))) yield* denied(node);
    for (const node of stringsIn(valueAt(settings, 'allowedCommands'))) {
      yield* allowed(input, node);
    }
  }
  yield* agentHooks(input);
  yield* resources(root);
  yield* generation(root);
}

function* denied(node: StringASTNode): Iterable<Finding> {
  const at = rangeOf(node);
  const fault = rustRegexFault(node.value);
  if (fault !== undefined) {
    yield {
      code: 'agent-regex-invalid',
      message: `Kiro CLI 2 denies every command because of this: ${fault}.`,
      ...at,
    };
    return;
  }
  const body = node.value.replace(/\$$|\\z$/, '');
  if (/(?:[*+?}\])])$/.test(body) || body === '') return;
  const open = `${body}( .*)?`;
  const message = `The whole line must match, so only exactly ${quote(node.value)} is denied; write ${quote(open)}.`;
  yield {
    code: 'agent-regex-anchored',
    message,
    ...at,
    fixes: () => [
      { title: `Change to ${quote(open)}`, changes: [{ ...at, text: JSON.stringify(open) }] },
    ],
  };
}

function* allowed(input: RuleInput, node: StringASTNode): Iterable<Finding> {
  const at = rangeOf(node);
  const fault = rustRegexFault(node.value);
  if (fault !== undefined) {
    yield { code: 'agent-regex-invalid', message: `Kiro CLI 2 passes over this: ${fault}.`, ...at };
    return;
  }
  const body = node.value.replace(/^(?:\^|\\A)/, '').replace(/(?:\$|\\z)$/, '');
  if (/^(?:\(\?s\))?\.[*+]$/.test(body)) {
    yield {
      code: 'trusts-everything',
      message: 'Every command runs unasked.',
      ...at,
      fixes: removeEntry(input, node),
    };
    return;
  }
  const pattern = body.replace(/(?:\s|\\s)?\.[*+]$/, ' *').replace(/\\(\W)/g, '$1');
  const refusal = refusePattern(pattern, DIALECT);
  if (refusal) {
    yield {
      code: 'agent-regex-wide',
      message: refusal.reason,
      ...at,
      fixes: removeEntry(input, node),
    };
  }
}

/** Kiro CLI is written in Rust, whose expressions know no look-around and no references back. */
function rustRegexFault(source: string): string | undefined {
  if (/\(\?(?:[=!]|<[=!])/.test(source))
    return 'expressions there know no look-ahead or look-behind';
  if (/\\[1-9]/.test(source)) return 'expressions there know no references back';
  const script = source
    .replace(/^\(\?[imsux]+\)/, '')
    .replace(/\(\?P</g, '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$');
  return regexFault(script);
}

function* tools(input: RuleInput): Iterable<Finding> {
  const { root } = input;
  const node = propertyOf(root, 'tools');
  const names = stringsIn(node?.valueNode).map(({ value }) => sameName(value));
  if (node && names.length === 0) {
    yield {
      code: 'agent-incomplete',
      message: 'An agent without tools can do nothing.',
      ...rangeOf(node.keyNode),
    };
  }
  const seen = new Set<string>();
  for (const entry of stringsIn(node?.valueNode)) {
    const name = sameName(entry.value);
    if (seen.has(name)) {
      const message = `${quote(entry.value)} stands here already.`;
      yield { code: 'shadowed', message, ...rangeOf(entry), fixes: removeEntry(input, entry) };
    }
    seen.add(name);
  }
  for (const entry of stringsIn(valueAt(root, 'allowedTools'))) {
    const name = sameName(entry.value);
    if (/^(?:\*|@builtin|shell)$/.test(name)) {
      const message = `${quote(entry.value)} runs unasked, with every command.`;
      yield {
        code: 'allow-everything',
        message,
        ...rangeOf(entry),
        fixes: removeEntry(input, entry),
      };
    } else if (node && !hasTool(name, names)) {
      const message = `${quote(entry.value)} is not in "tools", so the agent does not have it.`;
      yield {
        code: 'agent-tool-not-available',
        message,
        ...rangeOf(entry),
        fixes: removeEntry(input, entry),
      };
    }
  }
  yield* missingServers(root, names);
}

function* missingServers(
  root: SyntaxNode | undefined,
  tools: readonly string[],
): Iterable<Finding> {
  const include = ['includeMcpJson', 'useLegacyMcpJson'].map(name => valueAt(root, name)?.value);
  if (!include.includes(false)) return;
  const servers = propertiesOf(valueAt(root, 'mcpServers')).map(({ keyNode }) => keyNode.value);
  for (const entry of stringsIn(valueAt(root, 'tools'))) {
    const server = /^@([^/]+)/.exec(entry.value)?.[1];
    if (server === undefined || server === 'builtin' || servers.includes(server) || !tools.length)
      continue;
    const message = `No server ${quote(server)} is set up here, and those of mcp.json do not count.`;
    yield { code: 'agent-tool-not-available', message, ...rangeOf(entry) };
  }
}

function* resources(root: SyntaxNode | undefined): Iterable<Finding> {
  for (const node of stringsIn(valueAt(root, 'resources'))) {
    if (/^(?:file|skill):\/\/./.test(node.value)) continue;
    const fixes = (): readonly Fix[] =>
      /^[a-z]+:/i.test(node.value) || node.value === ''
        ? []
        : [
            {
              title: 'Add file://',
              changes: [{ ...rangeOf(node), text: JSON.stringify(`file://${node.value}`) }],
            },
          ];
    yield {
      code: 'bad-resource',
      message: `${quote(node.value)} begins with neither file:// nor skill://.`,
      ...rangeOf(node),
      fixes,
    };
  }
}

function* generation(root: SyntaxNode | undefined): Iterable<Finding> {
  if (propertyOf(root, 'permissions')) return;
  const old = ['allowedTools', 'toolsSettings']
    .map(name => propertyOf(root, name))
    .find(found => found);
  if (!old) return;
  const message =
    'Kiro CLI 3 passes over this agent: run "kiro-cli agent migrate" there, which writes "permissions".';
  yield { code: 'agent-skipped', message, ...rangeOf(old.keyNode) };
}

import type { StringASTNode } from 'vscode-json-languageservice';
import { patternOfToolEntry } from '../../policy/commands/trustedPatterns';
import { TOOL_NAMES } from '../../policy/toolNames';
import { checkEntries, type ListKey } from '../../settings/checkEntries';
import { looseningOf } from '../../settings/loosening';
import { nearestName } from '../../settings/nearestName';
import { readPolicyText } from '../../settings/readPolicyText';
import { quote, type Finding, type Fix } from '../finding';
import { withoutEntry } from '../removal';
import { propertyOf, rangeOf, stringsIn, type SyntaxNode } from '../syntaxTree';
import { removeEntry } from './commandRules';
import { policyKeys, type PlacedKey } from './policyValues';
import type { RuleInput } from './ruleInput';

const TOOL_KEYS: ReadonlySet<string> = new Set<ListKey>([
  ...(['trustedTools', 'untrustedTools', 'excludeTools', 'coreTools'] as const),
]);
const CHECKED_KEYS: ReadonlySet<string> = new Set<ListKey>([
  ...(['protectedPaths', 'secretPaths', 'allowedPaths', 'trustedTools'] as const),
  ...([
    'untrustedTools',
    'excludeTools',
    'coreTools',
    'trustedCommands',
    'deniedCommands',
    'neverList',
  ] as const),
]);

/** Tools, paths, the sandbox and what a repository may not simply say. */
export function* settingRules(input: RuleInput): Iterable<Finding> {
  for (const placed of policyKeys(input)) {
    if (CHECKED_KEYS.has(placed.key)) yield* entries(input, placed);
    if (placed.key === 'coreTools' && !placed.kiro) yield* coreTools(placed);
    if (placed.key === 'sandbox' && plain(placed.node) !== false) {
      const message = 'No sandbox is started for this: every command asks instead.';
      yield { code: 'sandbox-not-enforced', message, ...rangeOf(placed.node) };
    }
    yield* editorKeys(input, placed);
  }
  yield* consent(input);
}

function plain(node: SyntaxNode): unknown {
  return node.value;
}

function* entries(input: RuleInput, { key, node }: PlacedKey): Iterable<Finding> {
  const seen = new Set<string>();
  for (const entry of stringsIn(node)) {
    const found = checkEntry(input, key as ListKey, entry);
    const text = entry.value.trim();
    if (found) yield found;
    else if (seen.has(text) && !key.endsWith('Commands') && key !== 'neverList') {
      const message = `${quote(entry.value)} stands here twice.`;
      yield { code: 'shadowed', message, ...rangeOf(entry), fixes: removeEntry(input, entry) };
    } else if (key === 'trustedTools' && text === '*') {
      const message = 'Every tool runs unasked, those of MCP servers too.';
      yield {
        code: 'trusts-everything',
        message,
        ...rangeOf(entry),
        fixes: removeEntry(input, entry),
      };
    }
    seen.add(text);
  }
}

function checkEntry(input: RuleInput, key: ListKey, entry: StringASTNode): Finding | undefined {
  const layer = {
    scope: 'user' as const,
    file: '',
    values: { [key]: [entry.value] },
    lines: new Map(),
  };
  const { entries: counting, problems } = checkEntries(layer, key);
  const [problem] = problems;
  if (!problem) return undefined;
  const message = problem.message.slice(key.length + 2);
  if (counting.length > 0) {
    const near = TOOL_KEYS.has(key) ? nearestName(entry.value, TOOL_NAMES) : undefined;
    return {
      code: 'misspelt-tool',
      message,
      ...rangeOf(entry),
      fixes: () => replaced(entry, near),
    };
  }
  const code = problem.severity === 'error' ? 'invalid-entry' : 'ignored-entry';
  return { code, message, ...rangeOf(entry), fixes: removeEntry(input, entry) };
}

function replaced(entry: StringASTNode, text: string | undefined): readonly Fix[] {
  if (text === undefined) return [];
  return [
    {
      title: `Change to ${quote(text)}`,
      changes: [{ ...rangeOf(entry), text: JSON.stringify(text) }],
    },
  ];
}

/** A limit that names nothing which exists is one that denies everything. */
function* coreTools({ node }: PlacedKey): Iterable<Finding> {
  const items = stringsIn(node);
  if (items.length === 0 || node.type !== 'array') return;
  const isKnown = ({ value }: StringASTNode): boolean =>
    patternOfToolEntry(value) !== undefined ||
    /[/@*]|^mcp_/.test(value) ||
    TOOL_NAMES.includes(value.trim().toLowerCase());
  if (items.some(isKnown)) return;
  const message =
    'No agent has a tool of any of these names: every call is denied. Write ["all"] for all tools.';
  yield { code: 'core-tools-none', message, ...rangeOf(node), fixes: () => namedRight(items) };
}

function namedRight(items: readonly StringASTNode[]): readonly Fix[] {
  const fixes = items.flatMap(item => replaced(item, nearestName(item.value, TOOL_NAMES)));
  if (fixes.length !== items.length) return [];
  return [
    {
      title: 'Change to the tools that are meant',
      changes: fixes.flatMap(({ changes }) => changes),
    },
  ];
}

const USER_ONLY: ReadonlySet<string> = new Set([
  ...['trustedCommands', 'trustedTools', 'allowedPaths', 'autoAccept'],
]);
const OLD_KEYS: ReadonlySet<string> = new Set([
  'trustedCommands',
  'commandDenylist',
  'trustedTools',
]);

function* editorKeys(input: RuleInput, { key, kiro, node, keyNode }: PlacedKey): Iterable<Finding> {
  if (input.file.kind !== 'editorSettings') return;
  const at = rangeOf(keyNode);
  const inWorkspace = input.file.place === 'workspace';
  const remove = (): readonly Fix[] => [
    { title: `Remove ${quote(String(keyNode.value))}`, changes: withoutEntry(input.text, node) },
  ];
  if (!kiro && inWorkspace && USER_ONLY.has(key)) {
    const message = 'The editor takes this from the user settings alone; here it has no effect.';
    yield { code: 'not-from-workspace', message, ...at, fixes: remove };
    return;
  }
  if (!kiro) return;
  if (OLD_KEYS.has(key)) {
    yield {
      code: 'old-key',
      message: 'Kiro 1.0 and later follow permissions.yaml and do not read this key.',
      ...at,
    };
  }
  if (key === 'trustedCommands') {
    for (const entry of stringsIn(node).filter(({ value }) => /(?:^|\s)\*$/.test(value.trim()))) {
      const message = `Kiro 0.x looks only at how the whole line begins: ${quote(entry.value)} also trusts ${quote(chained(entry.value))}.`;
      yield { code: 'kiro-string-rule', message, ...rangeOf(entry) };
    }
  }
  if (key === 'autoApproveAgentCommands' && node.value === true) {
    const fixes = (): readonly Fix[] => [
      { title: 'Set to false', changes: [{ ...rangeOf(node), text: 'false' }] },
    ];
    yield {
      code: 'trust-all-flag',
      message: 'Kiro 0.x runs every command unasked with this.',
      ...rangeOf(node),
      fixes,
    };
  }
  if (
    inWorkspace &&
    ['trustedCommands', 'trustedTools'].includes(key) &&
    stringsIn(node).length > 0
  ) {
    yield {
      code: 'needs-consent',
      message: `"kiroAgent.${key}" of a repository ${CONSENT}`,
      ...at,
    };
  }
}

function chained(pattern: string): string {
  const head = pattern.trim().slice(0, -1).trim();
  return `${head === '' ? 'ls' : `${head} x`} && rm -rf ~`;
}

const CONSENT =
  'loosens the policy: it has no effect until a person approved it (Checkrein: Review What the Repository Loosens).';

function* consent({ file, text, root, facts }: RuleInput): Iterable<Finding> {
  if (file.kind !== 'settings' || file.place !== 'workspace' || facts.loosensWithConsent) return;
  const reading = readPolicyText(text, { scope: 'project', file: file.path });
  const loosening = reading.ok ? looseningOf(reading.layer) : undefined;
  for (const key of Object.keys(loosening?.content ?? {})) {
    const keyNode = propertyOf(root, key)?.keyNode;
    if (keyNode)
      yield {
        code: 'needs-consent',
        message: `"${key}" of a repository ${CONSENT}`,
        ...rangeOf(keyNode),
      };
  }
}

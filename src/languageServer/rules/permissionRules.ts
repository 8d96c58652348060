import { KIRO_CAPABILITIES } from '../../settings/kiro/permissionRule';
import { nearestName } from '../../settings/nearestName';
import { quote, type Finding, type Fix } from '../finding';
import { firstLine, withoutEntry, withoutLines } from '../removal';
import {
  itemsOf,
  plainValue,
  propertyOf,
  rangeOf,
  stringsIn,
  textOf,
  valueAt,
  type SyntaxNode,
} from '../syntaxTree';
import type { RuleInput } from './ruleInput';

const MAX_COLUMNS = 80;

/** Kiro's rules: permissions files, managed settings, and the `permissions` of an agent. */
export function* permissionRules(input: RuleInput): Iterable<Finding> {
  const { kind } = input.file;
  if (kind === 'permissions') yield* placeAndPolicies(input);
  if (kind !== 'permissions' && kind !== 'managedSettings' && kind !== 'agent') return;
  const base = kind === 'agent' ? valueAt(input.root, 'permissions') : input.root;
  const rules = itemsOf(valueAt(base, 'rules'));
  const seen = new Set<string>();
  const denies = new DeniedGlobs(rules);
  for (const rule of rules) {
    if (rule.type !== 'object') continue;
    const key = JSON.stringify(plainValue(rule));
    if (seen.has(key)) {
      const fixes = (): readonly Fix[] => [
        { title: 'Remove this rule', changes: removed(input, rule) },
      ];
      yield { code: 'shadowed', message: 'The same rule stands here twice.', ...head(rule), fixes };
    }
    seen.add(key);
    yield* oneRule(input, rule, denies);
  }
}

function removed({ text, yaml }: RuleInput, node: SyntaxNode) {
  return yaml ? withoutLines(text, node) : withoutEntry(text, node);
}

/** The beginning of a rule: marking all its lines would hide what stands in them. */
function head(rule: SyntaxNode): { readonly start: number; readonly end: number } {
  const [first] = rule.children ?? [];
  return rangeOf(first ?? rule);
}

const READ_PLACES = /\/\.kiro\/(?:settings|workspace-roots\/[^/]+)\/permissions\.(?:yaml|json)$/;

function* placeAndPolicies({ file, text, root, facts }: RuleInput): Iterable<Finding> {
  const top = firstLine(text);
  if (file.path.endsWith('.yml')) {
    yield {
      code: 'wrong-place',
      message: 'Kiro looks for "permissions.yaml", not for ".yml".',
      ...top,
    };
  } else if (file.place === 'home' && !READ_PLACES.test(file.path)) {
    const message =
      'Kiro does not read this file: its places are ~/.kiro/settings and ~/.kiro/workspace-roots/<hash>.';
    yield { code: 'wrong-place', message, ...top };
  } else if (file.place === 'workspace') {
    const where =
      facts.permissionsFile ?? '~/.kiro/workspace-roots/<hash of the path>/permissions.yaml';
    const message = `Kiro does not read permissions inside a repository, so no rule here has any effect. Its place is ${where}.`;
    yield { code: 'wrong-place', message, ...top };
  }
  const allowAll = stringsIn(valueAt(root, 'policies')).find(({ value }) => value === 'allow-all');
  if (allowAll)
    yield {
      code: 'allow-everything',
      message: 'This policy allows everything.',
      ...rangeOf(allowAll),
    };
}

function* oneRule(input: RuleInput, rule: SyntaxNode, denies: DeniedGlobs): Iterable<Finding> {
  const capability = valueAt(rule, 'capability');
  const effect = valueAt(rule, 'effect');
  const name = textOf(capability);
  if (capability && name !== undefined) yield* knownCapability(input, capability, name);
  if (effect && textOf(effect) === 'allow') {
    if (input.file.kind === 'managedSettings') {
      const message =
        'An allow rule makes Kiro reject the file, and then every tool call is denied.';
      const fixes = (): readonly Fix[] => [replacing(input, effect, 'ask')];
      yield { code: 'managed-allow', message, ...rangeOf(effect), fixes };
    } else yield* allowsAll(rule, name ?? '');
  }
  yield* emptyMatch(rule);
  for (const list of ['match', 'exclude']) {
    for (const glob of stringsIn(propertyOf(rule, list)?.valueNode)) {
      yield* tooLong(input, glob);
      if (name === 'mcp') yield* serverGlob(input, glob);
      if (name === 'shell') yield* shellGlob(input, glob, textOf(effect) ?? '', list);
      if (textOf(effect) === 'allow' && list === 'match')
        yield* beaten(input, glob, name ?? '', denies);
    }
  }
}

const MEANT: Readonly<Record<string, string>> = {
  ...{ read: 'fs_read', write: 'fs_write', edit: 'fs_write', file: 'filesystem' },
  ...{ bash: 'shell', execute_bash: 'shell', command: 'shell', web: 'web_fetch', '*': 'all' },
};

function* knownCapability(input: RuleInput, node: SyntaxNode, name: string): Iterable<Finding> {
  if (KIRO_CAPABILITIES.some(known => known === name)) return;
  const meant =
    (Object.hasOwn(MEANT, name) ? MEANT[name] : undefined) ?? nearestName(name, KIRO_CAPABILITIES);
  const message = `Kiro knows no capability ${quote(name)} and skips this rule${meant === undefined ? '' : `: did you mean ${quote(meant)}?`}`;
  const fixes = (): readonly Fix[] => (meant === undefined ? [] : [replacing(input, node, meant)]);
  yield { code: 'unknown-capability', message, ...rangeOf(node), fixes };
}

/** Without "match" a rule is about everything; an empty one is not the same. */
function* emptyMatch(rule: SyntaxNode): Iterable<Finding> {
  const property = propertyOf(rule, 'match');
  const match = property?.valueNode;
  if (!property || match?.type !== 'array' || match.items.length > 0) return;
  const message =
    'An empty list matches nothing. Leave "match" out if the rule is about everything.';
  yield { code: 'never-matches', message, ...rangeOf(property) };
}

/** Rules name servers as `server/tool`, while tools of agents are called `@server/tool`. */
function* serverGlob(input: RuleInput, node: SyntaxNode): Iterable<Finding> {
  const glob = textOf(node) ?? '';
  if (!glob.startsWith('@')) return;
  const bare = glob.slice(1);
  const message = `Kiro writes MCP tools as "server/tool" here: ${quote(glob)} matches nothing.`;
  yield {
    code: 'never-matches',
    message,
    ...rangeOf(node),
    fixes: () => [inQuotes(input, node, bare)],
  };
}

/** A fix that writes another text, in the quotes that stand there. */
function replacing({ text, yaml }: RuleInput, node: SyntaxNode, value: string): Fix {
  const { start, end } = rangeOf(node);
  const quoted = !yaml || /^["']/.test(text.slice(start, end));
  return {
    title: `Change to ${quote(value)}`,
    changes: [{ start, end, text: quoted ? JSON.stringify(value) : value }],
  };
}

const WIDE: ReadonlySet<string> = new Set([
  'all',
  'builtin',
  'filesystem',
  'shell',
  'fs_write',
  'mcp',
  'subagent',
]);

function* allowsAll(rule: SyntaxNode, capability: string): Iterable<Finding> {
  if (!WIDE.has(capability)) return;
  const match = valueAt(rule, 'match');
  const all = stringsIn(match).find(({ value }) => /^\*{1,2}(?:\/\*{1,2})?$/.test(value.trim()));
  if (match && !all) return;
  const what =
    capability === 'all' || capability === 'builtin'
      ? 'everything'
      : `everything about ${capability}`;
  const message = match ? `This allows ${what}.` : `Without "match" this allows ${what}.`;
  yield { code: 'allow-everything', message, ...(all ? rangeOf(all) : head(rule)) };
}

function* shellGlob(
  input: RuleInput,
  node: SyntaxNode,
  effect: string,
  list: string,
): Iterable<Finding> {
  const glob = textOf(node) ?? '';
  const at = rangeOf(node);
  if (/&&|\|\||[;|]/.test(glob)) {
    yield {
      code: 'compound-rule',
      message: `Kiro judges the parts of a line one by one: ${quote(glob)} matches none of them.`,
      ...at,
    };
  } else if (/^\^|\$$|\.[*+]|\\[sdwb]/.test(glob)) {
    yield {
      code: 'not-a-regex',
      message: `Only "*" has a meaning here: ${quote(glob)} stands for itself.`,
      ...at,
    };
  } else if (list === 'match' && effect !== 'allow' && !glob.trimEnd().endsWith('*')) {
    const open = `${glob.trimEnd()}*`;
    const message = `This is about exactly ${quote(glob)} and not about the same command with arguments.`;
    yield { code: 'dead-deny', message, ...at, fixes: () => [inQuotes(input, node, open)] };
  }
}

/** A glob that ends in a star must stand in quotes in YAML only where it begins with one. */
function inQuotes(input: RuleInput, node: SyntaxNode, value: string): Fix {
  const fix = replacing(input, node, value);
  if (!/^[*&!%@`{[>|#-]|: | #/.test(value)) return fix;
  return {
    ...fix,
    changes: fix.changes.map(change => ({ ...change, text: JSON.stringify(value) })),
  };
}

function* tooLong({ text, yaml }: RuleInput, node: SyntaxNode): Iterable<Finding> {
  if (!yaml) return;
  const { start, end } = rangeOf(node);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline === -1 ? text.length : newline;
  const wrapped =
    text.slice(start, end).trimEnd().includes('\n') && !/^[|>]/.test(text[start] ?? '');
  if (lineEnd - lineStart < MAX_COLUMNS && !wrapped) return;
  const message = wrapped
    ? 'This rule is wrapped over lines, as the writer of Kiro does it; it no longer matches.'
    : `This line has ${lineEnd - lineStart} characters. The writer of Kiro wraps it when it next saves, and then the rule no longer matches.`;
  yield { code: 'line-too-long', message, start, end: Math.min(end, lineEnd) };
}

/** An allowed glob that a deny rule of the same capability covers altogether. */
function* beaten(
  input: RuleInput,
  node: SyntaxNode,
  capability: string,
  denies: DeniedGlobs,
): Iterable<Finding> {
  const glob = textOf(node) ?? '';
  const cover = denies.covering(capability, glob);
  if (cover === undefined) return;
  const message = `${quote(glob)} has no effect: the deny rule ${quote(cover)} covers it.`;
  const fixes = (): readonly Fix[] =>
    itemsOf(node.parent).length > 1
      ? [{ title: `Remove ${quote(glob)}`, changes: removed(input, node) }]
      : [];
  yield { code: 'shadowed-by-deny', message, ...rangeOf(node), fixes };
}

/** What rules deny, by capability: found without comparing every glob with every other. */
class DeniedGlobs {
  readonly #globs = new Map<string, Set<string>>();

  constructor(rules: readonly SyntaxNode[]) {
    for (const rule of rules) {
      const capability = textOf(valueAt(rule, 'capability'));
      if (textOf(valueAt(rule, 'effect')) !== 'deny' || capability === undefined) continue;
      if (propertyOf(rule, 'exclude')) continue;
      const match = valueAt(rule, 'match');
      const globs = this.#globs.get(capability) ?? new Set();
      if (!match) globs.add('*');
      for (const { value } of stringsIn(match)) globs.add(value);
      this.#globs.set(capability, globs);
    }
  }

  /** A denied glob under which everything falls that the given one matches. */
  covering(capability: string, glob: string): string | undefined {
    const sets = [capability, 'all'].flatMap(name => this.#globs.get(name) ?? []);
    for (const globs of sets) {
      if (globs.has(glob)) return glob;
      // A glob with one star, at its end, covers whatever begins like it.
      for (let length = 0; length <= Math.min(glob.length, MAX_BEGINNING); length += 1) {
        const wide = `${glob.slice(0, length)}*`;
        if (wide.indexOf('*') === length && globs.has(wide)) return wide;
      }
    }
    return undefined;
  }
}

/** Longer beginnings are not compared: each costs a look. */
const MAX_BEGINNING = 200;

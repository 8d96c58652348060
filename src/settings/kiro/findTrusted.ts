import { parseTree, type Node } from 'jsonc-parser';
import { HumanError } from '../../files/humanError';
import { readForeignFile } from '../../files/foreignFile';
import { parsePattern } from '../../policy/commands/patternMatch';
import { patternOfToolEntry, refusePattern } from '../../policy/commands/trustedPatterns';
import type { Rule } from '../../policy/decision';
import type { ShellDialect } from '../../policy/toolCall';
import { isOurRegex } from './agentRules';
import { readPermissions } from './permissionsText';

/** Something that a person lets another program run unasked. */
export interface FoundTrust {
  /** As it stands there. */
  readonly entry: string;
  readonly source: Rule['source'];
  /** The pattern to offer; absent when none can be. */
  readonly pattern?: string;
  /** Why no pattern is offered, or what the pattern leaves out. */
  readonly why?: string;
}

/** A place that could not be looked through. */
interface UnreadTrust {
  readonly source: Rule['source'];
  readonly problem: string;
}

/** What was found. Nothing of it counts before the person has picked it. */
export interface TrustFindings {
  readonly found: readonly FoundTrust[];
  readonly unread: readonly UnreadTrust[];
}

/** Values of the editor's settings, which only the editor can read. */
export interface EditorTrust {
  /** `kiroAgent.trustedCommands`. */
  readonly kiroTrustedCommands?: unknown;
  /** `chat.tools.terminal.autoApprove`. */
  readonly terminalAutoApprove?: unknown;
}

/** Files that may hold trust. All absolute. */
export interface TrustFiles {
  readonly permissions: readonly string[];
  readonly agents: readonly string[];
  /** `~/.gemini/settings.json`. */
  readonly gemini: readonly string[];
}

/** What an entry means in one of Kiro's three forms, or why it means none. */
type Conversion = { readonly pattern: string; readonly why?: string } | { readonly why: string };

type Entry = Pick<FoundTrust, 'entry' | 'source'> & Conversion;

const MAX_ENTRIES = 1000;

/**
 * Looks through everything that a person already trusts elsewhere. Patterns that no list may hold
 * are not offered, and each says why.
 *
 * @public the one-time offer shows them
 */
export function findTrusted(
  files: TrustFiles,
  editor: EditorTrust,
  dialect: ShellDialect,
): TrustFindings {
  const found: Entry[] = [];
  const unread: UnreadTrust[] = [];
  const look = (
    paths: readonly string[],
    read: (text: string, file: string) => readonly Entry[],
  ): void => {
    for (const path of paths) {
      try {
        const text = readForeignFile({ path });
        if (text !== undefined) found.push(...read(text, path).slice(0, MAX_ENTRIES));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        unread.push({ source: { file: path }, problem: error.message });
      }
    }
  };
  look(files.permissions, fromPermissions);
  look(files.agents, fromAgent);
  look(files.gemini, fromGemini);
  found.push(...fromKiroSetting(editor.kiroTrustedCommands).slice(0, MAX_ENTRIES));
  found.push(...fromAutoApprove(editor.terminalAutoApprove).slice(0, MAX_ENTRIES));
  return { found: found.map(entry => checked(entry, dialect)), unread };
}

function checked(entry: Entry, dialect: ShellDialect): FoundTrust {
  if (!('pattern' in entry)) return entry;
  const { entry: text, source, pattern } = entry;
  const refusal = refusePattern(pattern, dialect);
  if (refusal) return { entry: text, source, why: refusal.reason };
  if (pattern === '*') return { entry: text, source, why: 'It would trust every command.' };
  const { words } = parsePattern(pattern, dialect);
  const compound = 'It is more than one command; trust its parts one by one.';
  return words ? entry : { entry: text, source, why: compound };
}

/** `a*b` has no meaning here; Kiro's `a *` and `a*` have the same as ours. */
function fromGlob(glob: string): Conversion {
  if (/\*./.test(glob)) return { why: 'A star can only stand at the end of a pattern.' };
  return { pattern: glob };
}

function fromKiroSetting(value: unknown): readonly Entry[] {
  const source = { file: 'kiroAgent.trustedCommands' };
  return strings(value).map(entry => ({ entry, source, ...fromGlob(entry) }));
}

function fromPermissions(text: string, file: string): readonly Entry[] {
  const { rules } = readPermissions(text, file);
  return rules.flatMap(({ rule, firstLine, marked }) => {
    if (marked || rule.effect !== 'allow') return [];
    const source = { file, line: firstLine };
    if (rule.capability !== 'shell') {
      return [
        { entry: `${rule.capability}: ${rule.match?.join(', ') ?? '*'}`, source, why: NOT_SHELL },
      ];
    }
    if (rule.exclude) {
      return [
        { entry: rule.match?.join(', ') ?? '*', source, why: 'A pattern has no exceptions.' },
      ];
    }
    return (rule.match ?? ['*']).map(entry => ({ entry, source, ...fromGlob(entry) }));
  });
}

const NOT_SHELL = 'It is about no command; tools and paths have settings of their own.';

function fromAgent(text: string, file: string): readonly Entry[] {
  const tree = jsonOf(text, file);
  const lists = ['shell', 'execute_bash', 'execute_cmd'].map(name => [
    'toolsSettings',
    name,
    'allowedCommands',
  ]);
  return lists
    .flatMap(path => textsAt(tree, path, text))
    .filter(({ entry }) => !isOurRegex(entry))
    .map(({ entry, line }) => ({ entry, source: { file, line }, ...fromRegex(entry) }));
}

/** Literal text, and literal text with "anything" behind it; other expressions mean too much. */
function fromRegex(expression: string): Conversion {
  const body = expression.replace(/^(?:\^|\\A)/, '').replace(/(?:\$|\\z)$/, '');
  const open = /^(.*?)(?: |\\s)\.[*+]$/s.exec(body);
  const literal = unescape(open?.[1] ?? body);
  if (literal === undefined)
    return { why: 'This expression has no counterpart among the patterns.' };
  return { pattern: open ? `${literal} *` : literal };
}

function unescape(source: string): string | undefined {
  const literal = source.replace(/\\([^A-Za-z0-9\s])/g, '$1');
  const bare = source.replace(/\\[^A-Za-z0-9\s]/g, '');
  return /[\\^$.|?*+()[\]{}]/.test(bare) || literal.includes('*') || literal.trim() === ''
    ? undefined
    : literal;
}

function fromGemini(text: string, file: string): readonly Entry[] {
  const tree = jsonOf(text, file);
  const paths = [['tools', 'allowed'], ['allowedTools'], ['tools', 'core'], ['coreTools']];
  return paths.flatMap(path =>
    textsAt(tree, path, text).flatMap(({ entry, line }): readonly Entry[] => {
      const source = { file, line };
      const pattern = patternOfToolEntry(entry);
      const limits = path.at(-1)?.startsWith('core') === true;
      if (pattern !== undefined)
        return [{ entry, source, pattern, ...(limits && { why: ONLY_A_LIMIT }) }];
      if (limits) return [];
      const shell = /^(?:run_shell_command|ShellTool)(?:\(\s*\))?$/.test(entry.trim());
      return [{ entry, source, why: shell ? 'It would trust every command.' : NOT_SHELL }];
    }),
  );
}

const ONLY_A_LIMIT = 'Gemini CLI may run it, but asks each time.';

/** Commands and `/expressions/` with `true`, or `{approve: true}`; everything else does not allow. */
function fromAutoApprove(value: unknown): readonly Entry[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const source = { file: 'chat.tools.terminal.autoApprove' };
  return Object.entries(value as Record<string, unknown>).flatMap(
    ([entry, rule]): readonly Entry[] => {
      const { approve, matchCommandLine } =
        typeof rule === 'object' && rule !== null
          ? (rule as Record<string, unknown>)
          : { approve: rule };
      if (approve !== true) return [];
      const expression = /^\/(.*)\/([a-z]*)$/s.exec(entry);
      if (!expression) return [{ entry, source, pattern: `${entry.trim()} *` }];
      if (matchCommandLine === true || (expression[2] ?? '') !== '') {
        return [{ entry, source, why: 'This expression has no counterpart among the patterns.' }];
      }
      return [{ entry, source, ...fromPrefixRegex(expression[1] ?? '') }];
    },
  );
}

/** VS Code's expressions match at any place unless they say otherwise. */
function fromPrefixRegex(source: string): Conversion {
  const match = /^\^(.*?)(\$|\\b|\\s\.\*|\s\.\*|)$/s.exec(source);
  const literal = match && unescape(match[1] ?? '');
  if (literal === undefined || literal === null) {
    return { why: 'This expression has no counterpart among the patterns.' };
  }
  return { pattern: match?.[2] === '$' ? literal : `${literal} *` };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : [];
}

function jsonOf(text: string, file: string): Node {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree?.type !== 'object') throw new HumanError(`${file}: this is not a JSON object.`);
  return tree;
}

function textsAt(
  tree: Node,
  path: readonly string[],
  text: string,
): readonly { readonly entry: string; readonly line: number }[] {
  let node: Node | undefined = tree;
  for (const name of path) {
    const property: Node | undefined = node?.children?.find(
      ({ children }) => children?.[0]?.value === name,
    );
    node = property?.children?.[1];
  }
  if (node?.type !== 'array') return [];
  return (node.children ?? []).flatMap(({ type, value, offset }) =>
    type === 'string'
      ? [{ entry: String(value), line: text.slice(0, offset).split('\n').length }]
      : [],
  );
}

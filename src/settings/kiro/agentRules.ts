import { parsePattern } from '../../policy/commands/patternMatch';
import type { Rule } from '../../policy/decision';
import type { Policy } from '../../policy/policy';
import { allowedPlaces, pathGlobs } from './pathRules';
import { type CompileNote, noteOn } from './permissionRule';
import type { PolicyPlace } from './compilePolicy';
import { allowedCommands } from './shellRules';

/** The tools of Kiro's command line 2 that have settings, with the names that stand for them. */
export const AGENT_TOOLS = {
  shell: ['shell', 'execute_bash', 'execute_cmd'],
  read: ['read', 'fs_read'],
  write: ['write', 'fs_write'],
} as const;

export type AgentTool = keyof typeof AGENT_TOOLS;

/** A list in the settings of a tool. */
export type AgentListKey = 'allowedCommands' | 'deniedCommands' | 'allowedPaths' | 'deniedPaths';

/** Entries for one list of an agent's `toolsSettings`. */
interface AgentList {
  readonly tool: AgentTool;
  readonly key: AgentListKey;
  readonly entries: readonly string[];
}

/** What the policy becomes in an agent file. */
export interface AgentSettings {
  readonly lists: readonly AgentList[];
  /** True when what nothing allows must be refused and not asked about. */
  readonly denyByDefault: boolean;
  readonly notes: readonly CompileNote[];
}

/** What an agent file itself lets pass without a question. */
export interface AgentTrust {
  readonly shell: boolean;
  readonly write: boolean;
  /** Tools whose `autoAllowReadonly` is on. */
  readonly reading: readonly string[];
}

/**
 * The policy for an agent file of the command line 2, which knows no rule that asks: what no list
 * allows asks, unless the agent trusts the whole tool. Trust goes only into an agent of one
 * workspace; `place` is that workspace.
 */
export function compileAgent(
  policy: Policy,
  place: PolicyPlace,
  trust: AgentTrust,
  workspace: boolean,
): AgentSettings {
  const { commands, tools, sandbox, blockedBecause } = policy;
  const paths = pathGlobs(policy, place);
  const open = workspace && sandbox === undefined && blockedBecause === undefined;
  const allowed = open ? allowedCommands(policy, place) : { commands: [], notes: [] };
  const places = open ? allowedPlaces(policy, place) : { globs: [], notes: [] };
  const excluded = tools.excluded.map(rule => ({ rule, tool: toolOf(rule.pattern) }));
  const excludes = (tool: AgentTool): boolean => excluded.some(one => one.tool === tool);
  const secrets = [...paths.secret.filter(glob => glob !== DOT_ENV), ...DOT_ENVS];
  const writes = trust.write || places.globs.length > 0;
  const lists: readonly AgentList[] = [
    { tool: 'shell', key: 'allowedCommands', entries: allowed.commands.map(commandRegex) },
    {
      ...{ tool: 'shell', key: 'deniedCommands' },
      entries: excludes('shell') ? [marked(ANY)] : (commands.denied ?? []).map(deniedRegex),
    },
    { tool: 'read', key: 'allowedPaths', entries: places.globs },
    { tool: 'read', key: 'deniedPaths', entries: excludes('read') ? ['**', '/**'] : secrets },
    { tool: 'write', key: 'allowedPaths', entries: places.globs },
    {
      ...{ tool: 'write', key: 'deniedPaths' },
      entries: excludes('write') ? ['**', '/**'] : writes ? [...secrets, ...paths.protected] : [],
    },
  ];
  return {
    lists,
    denyByDefault: (commands.limits ?? []).length > 0,
    notes: [
      ...allowed.notes,
      ...places.notes,
      ...paths.notes,
      ...excluded.filter(({ tool }) => !tool).map(({ rule }) => noteOn(rule, NO_SETTING)),
      ...[...tools.untrusted, ...tools.limits.flat()].map(rule => noteOn(rule, NO_SETTING)),
      ...(trust.shell ? [TRUSTS_SHELL] : []),
      ...trust.reading.map(tool => ({ what: `${tool}.autoAllowReadonly`, why: READS })),
      SECRETS_REFUSED,
    ],
  };
}

const NO_SETTING = 'the command line 2 has no setting for it; only the hook knows it';
const TRUSTS_SHELL: CompileNote = {
  what: 'allowedTools',
  why: 'this agent trusts the shell tool, so nothing but denied commands stops or asks there; take the shell out of "allowedTools"',
};
const READS =
  'it is yours and stays on: with it secrets can be read unasked, as with "cat .env" or "get-secret-value"';
const SECRETS_REFUSED: CompileNote = {
  what: 'secret files',
  why: 'the command line 2 cannot ask about a path in its folder, so it refuses to read secret files',
};

/** Without a way to leave `.env.example` out, the usual secret ones are named. */
const DOT_ENV = '**/.env.*';
const DOT_ENVS = ['local', 'development', 'production', 'staging', 'test'].map(
  end => `**/.env{.${end},.${end}.local}`,
);

function toolOf(pattern: string): AgentTool | undefined {
  const name = pattern.trim().toLowerCase();
  if (/^(?:run_shell_command|shelltool|execute_pwsh|bash)$/.test(name)) return 'shell';
  return (Object.keys(AGENT_TOOLS) as AgentTool[]).find(tool =>
    AGENT_TOOLS[tool].some(known => known === name),
  );
}

/** What both Rust's and JavaScript's expressions take for "any text, line ends too". */
const ANY = '[\\s\\S]*';

/** The group's name tells later which entries are Checkrein's. */
function marked(source: string): string {
  return `(?P<checkrein>${source})`;
}

/** True for an expression that Checkrein wrote. */
export function isOurRegex(entry: string): boolean {
  return entry.startsWith('(?P<checkrein>');
}

/** An expression for exactly this command; the command line compares whole lines. */
function commandRegex(command: string): string {
  return marked(command.split(' ').map(escapeRegex).join(' '));
}

/**
 * An expression for every line that holds the denied command at a place where a shell looks for
 * one. One wrong expression would deny every command, so it is read back by the caller.
 */
function deniedRegex({ pattern }: Rule): string {
  const { universal, words, end } = parsePattern(pattern, 'bash');
  if (universal) return marked(ANY);
  if (!words || words.length === 0) return marked(`\\s*${spaced(pattern.trim())}\\s*`);
  const text = words.map(word => spaced(word)).join('\\s+');
  const rest = {
    exact: `(?:\\s*[;&|<>)\\n]${ANY})?\\s*`,
    arguments: `(?:[\\s;&|<>)]${ANY})?`,
    prefix: ANY,
  };
  return marked(`(?:${ANY}[;&|({\`\\n])?\\s*(?:[^\\s;&|]*/)?${text}${rest[end]}`);
}

const QUOTES = '["\'\\\\]*';

/** Text in which quotes and backslashes may stand as well as not, and blanks are any blanks. */
function spaced(text: string): string {
  const written = text.replace(/\s+/g, ' ').replace(/./gsu, character => {
    if (character === ' ') return '\\s+';
    return /["'\\]/.test(character) ? QUOTES : `${QUOTES}${escapeRegex(character)}`;
  });
  return `${written}${QUOTES}`;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/#&~-]/g, character =>
    character === '/' ? '/' : `\\${character}`,
  );
}

/** True when an expression of Checkrein's can be read; JavaScript spells its group in another way. */
export function isValidRegex(entry: string): boolean {
  try {
    return new RegExp(entry.replace('(?P<', '(?<'), '').source !== '';
  } catch {
    return false;
  }
}

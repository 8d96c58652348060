import type { Rule } from '../../policy/decision';
import type { Policy } from '../../policy/policy';
import {
  type CompileNote,
  type Compiled,
  fits,
  type KiroCapability,
  noteOn,
  type PermissionRule,
  ruleOf,
} from './permissionRule';

/** What a tool's name in the policy is to Kiro's rules, which know capabilities and MCP tools. */
interface ToolMeaning {
  /** Capabilities that the name covers as a whole. */
  readonly whole: readonly KiroCapability[];
  /** Capabilities of which it is one tool among several. */
  readonly part: readonly KiroCapability[];
  /** `server/tool` globs. */
  readonly mcp: readonly string[];
  /** Globs of commands. */
  readonly shell: readonly string[];
}

const NOTHING: ToolMeaning = { whole: [], part: [], mcp: [], shell: [] };

/** The capabilities that a limit on tools is about. */
const LIMITED: readonly KiroCapability[] = [
  ...(['fs_read', 'fs_write', 'shell', 'web_fetch', 'web_search', 'mcp', 'subagent'] as const),
];

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const WHOLE: readonly (readonly [ReadonlySet<string>, readonly KiroCapability[]])[] = [
  [names('* all'), LIMITED],
  [names('read fs_read'), ['fs_read']],
  [names('write fs_write'), ['fs_write']],
  [
    names('shell bash run_shell_command shelltool execute_bash execute_cmd execute_pwsh'),
    ['shell'],
  ],
  [names('web'), ['web_fetch', 'web_search']],
  [names('web_fetch webfetchtool'), ['web_fetch']],
  [names('web_search google_web_search websearchtool'), ['web_search']],
  [names('mcp'), ['mcp']],
  [names('subagent use_subagent delegate invoke_agent invoke_sub_agent'), ['subagent']],
];

const PART: readonly (readonly [ReadonlySet<string>, readonly KiroCapability[]])[] = [
  [
    names(
      'read_file read_files read_many_files readfiletool readmanyfilestool read_code list_directory ls ' +
        'lstool glob globtool file_search grep greptool grep_search search_file_content',
    ),
    ['fs_read'],
  ],
  [
    names(
      'write_file create_file fs_append writefiletool replace str_replace edit_file edittool apply_patch ' +
        'delete_file',
    ),
    ['fs_write'],
  ],
  [names('control_bash_process'), ['shell']],
];

function meaningOf(pattern: string): ToolMeaning {
  const name = pattern.trim().toLowerCase();
  const find = (table: typeof WHOLE): readonly KiroCapability[] =>
    table.find(([known]) => known.has(name))?.[1] ?? [];
  if (name === 'aws' || name === 'use_aws') return { ...NOTHING, shell: ['aws', 'aws *'] };
  return { ...NOTHING, whole: find(WHOLE), part: find(PART), mcp: mcpGlobs(pattern.trim()) };
}

/** `@server`, `server/`, `mcp__server__tool` and `@server/tool` as `server/tool`. */
function mcpGlobs(pattern: string): readonly string[] {
  const double = /^mcp__(.+?)__(.+)$/.exec(pattern);
  if (double) return [`${double[1]}/${double[2]}`];
  const joined = /^mcp_+(.+)$/.exec(pattern)?.[1];
  // Where the server's name ends is open, so each reading counts.
  if (joined !== undefined) {
    return [...joined.matchAll(/_/g)].map(
      ({ index }) => `${joined.slice(0, index)}/${joined.slice(index + 1)}`,
    );
  }
  if (!/^@|\//.test(pattern)) return [];
  const name = pattern.replace(/^@/, '');
  if (name.endsWith('/')) return [`${name}*`];
  return [name.includes('/') ? name : `${name}/*`];
}

/** Excluded, limited and untrusted tools. */
export function compileToolLimits({ tools }: Policy): Compiled {
  const parts = [
    ...tools.excluded.map(rule => limiting(rule, 'deny')),
    ...tools.limits.map(compileLimit),
    ...tools.untrusted.map(rule => limiting(rule, 'ask')),
  ];
  return {
    rules: parts.flatMap(({ rules }) => rules),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

const ONE_TOOL = 'Kiro has no rule for one tool of a kind, so the whole kind asks';
const NO_TOOL = 'Kiro has no rule for a tool of this name; only the hook knows it';

function limiting(rule: Rule, effect: 'ask' | 'deny'): Compiled {
  const { whole, part, mcp, shell } = meaningOf(rule.pattern);
  const globs = mcp.map(glob => glob.replaceAll('?', '*'));
  const rules: readonly PermissionRule[] = [
    ...whole.map(capability => ({ capability, effect })),
    ...part.map(capability => ({ capability, effect: 'ask' as const })),
    ...ruleOf('mcp', effect, [...globs, ...globs.map(glob => glob.toLowerCase())].filter(fits)),
    ...ruleOf('shell', effect, shell),
  ];
  if (!globs.every(fits)) {
    return { rules: [{ capability: 'mcp', effect: 'ask' }], notes: [noteOn(rule, LONG_MCP)] };
  }
  if (rules.length === 0) return { rules, notes: [noteOn(rule, NO_TOOL)] };
  return { rules, notes: part.length > 0 && effect === 'deny' ? [noteOn(rule, ONE_TOOL)] : [] };
}

const LONG_MCP = "it is too long for one line of Kiro's file, so every MCP tool asks";

/** A limit denies what none of its entries names. */
function compileLimit(limit: readonly Rule[]): Compiled {
  const meanings = limit.map(({ pattern }) => meaningOf(pattern));
  const named = new Set(meanings.flatMap(({ whole, part }) => [...whole, ...part]));
  const mcp = meanings.flatMap(meaning => meaning.mcp).filter(fits);
  const denied = LIMITED.filter(capability => !named.has(capability));
  const rules = denied.map((capability): PermissionRule => ({
    capability,
    effect: 'deny',
    ...(capability === 'mcp' && mcp.length > 0 && { exclude: mcp }),
  }));
  const notes = limit.flatMap((rule, index): readonly CompileNote[] => {
    const { part } = meanings[index] ?? NOTHING;
    const alone = part.filter(
      capability => !meanings.some(({ whole }) => whole.includes(capability)),
    );
    return alone.length > 0 ? [noteOn(rule, LIMIT_PART)] : [];
  });
  return { rules, notes };
}

const LIMIT_PART =
  'Kiro has no rule for one tool of a kind, so it does not refuse the others of that kind';

/** Trusted tools. Trust in a kind of tool is more to Kiro than to Checkrein, but for the web's. */
export function compileToolAllows({ tools }: Policy): Compiled {
  const parts = tools.trusted.map(trusting);
  return {
    rules: parts.flatMap(({ rules }) => rules),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

const TOO_WIDE = 'to Kiro it would cover more than Checkrein lets pass';

function trusting(rule: Rule): Compiled {
  const { whole, mcp } = meaningOf(rule.pattern);
  if (whole.length > 0 && whole.every(name => name === 'web_fetch' || name === 'web_search')) {
    return { rules: whole.map(capability => ({ capability, effect: 'allow' })), notes: [] };
  }
  const [glob, ...more] = mcp;
  // A star of Kiro's goes over slashes, so only a whole tool name may be one.
  const exact = /^[\w.-]+\/(?:[\w.-]+|\*)$/.test(glob ?? '') && more.length === 0;
  if (glob === undefined || !exact || !fits(glob))
    return { rules: [], notes: [noteOn(rule, TOO_WIDE)] };
  return {
    rules: [{ capability: 'mcp', effect: 'allow', match: [glob], exclude: ['*/*/*'] }],
    notes: [],
  };
}

import { Minimatch } from 'minimatch';
import type { Rule } from './decision';
import type { Capability, ToolCall } from './toolCall';

/**
 * Which tools are trusted, asked about and refused. A rule's pattern is a tool's name as any agent
 * spells it, a capability (`read`), or `server/tool` with stars for MCP tools.
 */
export interface ToolRules {
  readonly trusted: readonly Rule[];
  readonly untrusted: readonly Rule[];
  readonly excluded: readonly Rule[];
  /** Each list (`coreTools` of one file) limits which tools may run at all: every one must name it. */
  readonly limits: readonly (readonly Rule[])[];
}

/**
 * Names that stand for one another, because a rule is written once and several agents are held to
 * it. From the tool lists of Kiro IDE, Kiro CLI and Gemini CLI.
 */
const FAMILIES: readonly (readonly string[])[] = [
  ['read_file', 'read_files', 'read_many_files', 'readfiletool', 'readmanyfilestool', 'read_code'],
  ['list_directory', 'ls', 'lstool'],
  ['glob', 'globtool', 'file_search'],
  ['grep', 'greptool', 'grep_search', 'search_file_content'],
  ['write_file', 'create_file', 'fs_append', 'writefiletool'],
  ['replace', 'str_replace', 'edit_file', 'edittool', 'apply_patch'],
  ['web_fetch', 'webfetchtool'],
  ['web_search', 'google_web_search', 'websearchtool'],
];

/** Names that stand for everything of a capability. */
const CAPABILITY_NAMES: Readonly<Record<string, Capability>> = {
  ...{ read: 'read', fs_read: 'read' },
  ...{ write: 'write', fs_write: 'write' },
  ...{ shell: 'shell', bash: 'shell', run_shell_command: 'shell', shelltool: 'shell' },
  ...{ execute_bash: 'shell', execute_cmd: 'shell', execute_pwsh: 'shell' },
  ...{ web: 'web', mcp: 'mcp', subagent: 'subagent' },
  ...{ use_subagent: 'subagent', delegate: 'subagent', invoke_agent: 'subagent' },
};

const FAMILY_OF = new Map(FAMILIES.flatMap((names, index) => names.map(name => [name, index])));

/** Every name that a rule may use for a built-in tool or a capability, for finding misspelt ones. */
export const TOOL_NAMES: readonly string[] = [
  ...FAMILY_OF.keys(),
  ...Object.keys(CAPABILITY_NAMES),
  ...['all', 'aws', 'use_aws', 'delete_file', 'invoke_sub_agent', 'control_bash_process'],
];

/** True when a rule's pattern names the tool of a call, under any agent's name for it. */
function namesTool(pattern: string, call: ToolCall): boolean {
  const name = pattern.trim().toLowerCase();
  if (name === '*' || name === 'all') return true;
  const tool = call.tool.toLowerCase();
  if (name === tool) return true;
  if (isMcpPattern(name)) return call.capability === 'mcp' && namesMcpTool(name, call);
  if (name === 'aws' || name === 'use_aws') return tool === 'use_aws' || tool === 'aws';
  if (Object.hasOwn(CAPABILITY_NAMES, name)) return CAPABILITY_NAMES[name] === call.capability;
  const family = FAMILY_OF.get(name);
  return family !== undefined && family === FAMILY_OF.get(tool);
}

function isMcpPattern(name: string): boolean {
  return name.includes('/') || name.startsWith('@') || name.startsWith('mcp_');
}

function namesMcpTool(pattern: string, call: ToolCall): boolean {
  const wanted = mcpPattern(pattern);
  return mcpNames(call).some(name => globOf(wanted).match(name.toLowerCase()));
}

/** `@server`, `server/`, `mcp__server__tool` and `@server/tool` as `server/tool`. */
function mcpPattern(pattern: string): string {
  const double = /^mcp__(.+?)__(.+)$/.exec(pattern);
  if (double) return `${double[1]}/${double[2]}`;
  const name = pattern.replace(/^@/, '');
  if (name.endsWith('/')) return `${name}*`;
  return name.includes('/') || name.startsWith('mcp_') ? name : `${name}/*`;
}

/**
 * A call's `server/tool` names. An agent that only joins them with underscores leaves open where the
 * server's name ends: then each reading counts, so that no rule that refuses is got round.
 */
function mcpNames({ tool, mcp }: ToolCall): readonly string[] {
  if (mcp) return [`${mcp.server}/${mcp.tool}`];
  const at = /^@([^/]+)\/(.+)$/.exec(tool);
  if (at) return [`${at[1]}/${at[2]}`];
  const joined = /^mcp_+(.+)$/.exec(tool)?.[1] ?? tool;
  const names: string[] = [tool];
  for (let index = joined.indexOf('_'); index > 0; index = joined.indexOf('_', index + 1)) {
    names.push(`${joined.slice(0, index)}/${joined.slice(index + 1).replace(/^_/, '')}`);
  }
  return names;
}

/** True when it is certain which MCP server a call goes to; only then may a rule trust it by name. */
function isCertain(call: ToolCall): boolean {
  return call.capability !== 'mcp' || mcpNames(call).length === 1;
}

const globs = new Map<string, Minimatch>();

function globOf(pattern: string): Minimatch {
  const known = globs.get(pattern);
  if (known) return known;
  if (globs.size > 10_000) globs.clear();
  const glob = new Minimatch(pattern, { dot: true, nobrace: true, noext: true, nonegate: true });
  globs.set(pattern, glob);
  return glob;
}

/** The rule that refuses a tool, if one does. */
export function excludedTool(call: ToolCall, { excluded }: ToolRules): Rule | undefined {
  return excluded.find(rule => namesTool(rule.pattern, call));
}

/** The list of a file that limits tools and does not name this one; undefined when all do. */
export function missingFrom(call: ToolCall, { limits }: ToolRules): readonly Rule[] | undefined {
  return limits.find(list => !list.some(rule => namesTool(rule.pattern, call)));
}

/** The rule that has a tool asked about, if one does. */
export function untrustedTool(call: ToolCall, { untrusted }: ToolRules): Rule | undefined {
  return untrusted.find(rule => namesTool(rule.pattern, call));
}

/** The rule that trusts a tool, if one does. Trust in AWS covers what only reads. */
export function trustedTool(call: ToolCall, { trusted }: ToolRules): Rule | undefined {
  const rule = trusted.find(candidate => namesTool(candidate.pattern, call));
  if (!rule || !isCertain(call)) return undefined;
  const tool = call.tool.toLowerCase();
  return tool === 'use_aws' && !readsAws(call.input) ? undefined : rule;
}

const READING_VERB = /^(?:describe|list|get|search|lookup|batch-get|ls)(?:-|$)/;
/** Operations that read, by their names, but hand out a secret or a file. */
const GIVES_SECRET =
  /^(?:batch-)?get-(?:.*(?:secret|password|token|credential|private|access-key)|parameters?(?:-|$)|object)/;

/** True for an AWS operation, in any spelling (`DescribeInstances`), that reads and gives no secret. */
export function isReadingAws(operation: string): boolean {
  const name = operation
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
  return /^[a-z0-9-]+$/.test(name) && READING_VERB.test(name) && !GIVES_SECRET.test(name);
}

function readsAws(input: Readonly<Record<string, unknown>>): boolean {
  const operation = input['operation_name'];
  return typeof operation === 'string' && isReadingAws(operation);
}

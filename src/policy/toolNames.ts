import type { Capability, ToolCall } from './toolCall';

/** Tools that do the same, under every name an agent has for them. */
interface Family {
  readonly capability: Capability;
  readonly names: readonly string[];
}

/**
 * Names that stand for one another, because a rule is written once and several agents are held to
 * it. From the tool lists of Kiro IDE, Kiro CLI and Gemini CLI.
 */
const FAMILIES: readonly Family[] = [
  {
    capability: 'read',
    names: ['read_file', 'read_files', 'read_many_files', 'readfiletool', 'readmanyfilestool'],
  },
  { capability: 'read', names: ['list_directory', 'ls', 'lstool'] },
  { capability: 'read', names: ['glob', 'globtool', 'file_search'] },
  { capability: 'read', names: ['grep', 'greptool', 'grep_search', 'search_file_content'] },
  { capability: 'write', names: ['write_file', 'create_file', 'fs_append', 'writefiletool'] },
  {
    capability: 'write',
    names: ['replace', 'str_replace', 'edit_file', 'edittool', 'apply_patch'],
  },
  { capability: 'web', names: ['web_fetch', 'webfetchtool'] },
  { capability: 'web', names: ['web_search', 'google_web_search', 'websearchtool'] },
];

/** Tools that do what several families do: to refuse one of these is to refuse the tool. */
const WIDE_TOOLS: Readonly<Record<string, readonly string[]>> = {
  read: ['read_file'],
  fs_read: ['read_file'],
  read_code: ['read_file'],
  write: ['write_file', 'replace'],
  fs_write: ['write_file', 'replace'],
};

/** Names that stand for everything of a capability. */
const CAPABILITY_NAMES: Readonly<Record<string, Capability>> = {
  ...{ read: 'read', fs_read: 'read' },
  ...{ write: 'write', fs_write: 'write' },
  ...{ shell: 'shell', bash: 'shell', run_shell_command: 'shell', shelltool: 'shell' },
  ...{ execute_bash: 'shell', execute_cmd: 'shell', execute_pwsh: 'shell' },
  ...{ web: 'web', mcp: 'mcp', subagent: 'subagent' },
  ...{ use_subagent: 'subagent', delegate: 'subagent', invoke_agent: 'subagent' },
};

const AWS = ['aws', 'use_aws'];
const FAMILY_OF = new Map(FAMILIES.flatMap(family => family.names.map(name => [name, family])));

/** Every name that a rule may use for a built-in tool or a capability, for finding misspelt ones. */
export const TOOL_NAMES: readonly string[] = [
  ...FAMILY_OF.keys(),
  ...Object.keys(CAPABILITY_NAMES),
  ...['all', ...AWS, 'read_code', 'delete_file', 'invoke_sub_agent', 'control_bash_process'],
];

/** True for the tool that makes AWS calls, under any of its names. */
export function isAwsTool(tool: string): boolean {
  return AWS.includes(tool.toLowerCase());
}

/**
 * What a rule is asked for. What refuses counts where it could be meant; what permits counts only
 * where it is certain.
 */
export type Purpose = 'refuse' | 'permit';

/** The names by which a rule can mean the tool of a call, in lower case. */
export interface CallNames {
  /** What a rule may be, letter by letter. */
  readonly whole: readonly string[];
  /** What a rule with stars may match. */
  readonly starred: readonly string[];
  /** What an MCP call may go to; empty for other calls. */
  readonly mcp: readonly McpName[];
  /** True when `mcp` holds every server and tool, by their whole names, that the call may go to. */
  readonly isCertain: boolean;
}

/** All names that mean a call. */
export function namesOf(call: ToolCall, purpose: Purpose): CallNames {
  return call.capability === 'mcp' ? mcpNames(call, purpose) : builtInNames(call, purpose);
}

function builtInNames(call: ToolCall, purpose: Purpose): CallNames {
  const tool = call.tool.toLowerCase();
  const own = [tool];
  if (isAwsTool(tool)) own.push(...AWS);
  const wide = purpose === 'refuse' && Object.hasOwn(WIDE_TOOLS, tool) ? WIDE_TOOLS[tool] : [];
  for (const name of [tool, ...(wide ?? [])]) {
    const family = FAMILY_OF.get(name);
    const certain = purpose === 'refuse' || family?.capability === call.capability;
    if (family && certain) own.push(...family.names);
  }
  const whole = ['*', 'all', ...own, ...capabilityNames(call)];
  // "m*" is no trust in all of "mcp".
  return { whole, starred: purpose === 'refuse' ? whole : own, mcp: [], isCertain: true };
}

function capabilityNames({ capability }: ToolCall): readonly string[] {
  return Object.keys(CAPABILITY_NAMES).filter(name => CAPABILITY_NAMES[name] === capability);
}

/** An MCP server and its tool, in lower case. */
export interface McpName {
  readonly server: string;
  readonly tool: string;
}

function mcpNames(call: ToolCall, purpose: Purpose): CallNames {
  const { readings: mcp, isCertain } = mcpReadings(call);
  const everything = ['*', 'all', ...capabilityNames(call)];
  if (purpose === 'permit') return { whole: everything, starred: [], mcp, isCertain };
  const [first] = mcp;
  // Agents spell the same tool in several ways, some of them without its server.
  const joined = first
    ? [`mcp_${first.server}_${first.tool}`, `mcp__${first.server}__${first.tool}`]
    : [];
  const names = [call.tool.toLowerCase(), ...joined, ...mcp.map(({ tool }) => tool)];
  return { whole: [...everything, ...names], starred: [...everything, ...names], mcp, isCertain };
}

/** As many readings of a joined name as are looked at. */
const MAX_READINGS = 40;
/** Agents cut longer joined names, in the middle or at the end. */
const MAX_JOINED = 59;

/**
 * The servers and tools an MCP call may go to. An agent that only joins both with underscores leaves
 * open where the server's name ends: then each reading counts.
 */
function mcpReadings({ tool, mcp }: ToolCall): {
  readonly readings: readonly McpName[];
  readonly isCertain: boolean;
} {
  const at = /^@([^/]+)\/(.+)$/.exec(tool);
  const known = mcp ?? (at && { server: at[1] ?? '', tool: at[2] ?? '' });
  if (known) {
    const reading = { server: known.server.toLowerCase(), tool: known.tool.toLowerCase() };
    return { readings: [reading], isCertain: true };
  }
  const joined = (/^mcp_+(.+)$/i.exec(tool)?.[1] ?? tool).toLowerCase();
  const readings: McpName[] = [];
  for (let index = joined.indexOf('_'); index > 0; index = joined.indexOf('_', index + 1)) {
    if (readings.length === MAX_READINGS) return { readings, isCertain: false };
    const name = joined.slice(index + 1).replace(/^_/, '');
    readings.push({ server: joined.slice(0, index), tool: name });
  }
  const cut = joined.length >= MAX_JOINED || joined.includes('...');
  return { readings, isCertain: readings.length > 0 && !cut };
}

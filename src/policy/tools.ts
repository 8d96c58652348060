import { globCouldMatch } from './commands/globMatch';
import type { Rule } from './decision';
import type { ToolCall } from './toolCall';
import { isAwsTool, namesOf, type CallNames, type McpName, type Purpose } from './toolNames';

/**
 * Which tools are trusted, asked about and refused. A rule's pattern is a tool's name as any agent
 * spells it, a capability (`read`), or `server/tool` for MCP tools; stars stand for any text.
 */
export interface ToolRules {
  readonly trusted: readonly Rule[];
  readonly untrusted: readonly Rule[];
  readonly excluded: readonly Rule[];
  /** Each list (`coreTools` of one file) limits which tools may run at all: every one must name it. */
  readonly limits: readonly (readonly Rule[])[];
}

/** The rule that refuses a tool, if one does. */
export function excludedTool(call: ToolCall, { excluded }: ToolRules): Rule | undefined {
  return listOf(excluded).find(call, 'refuse');
}

/** The list of a file that limits tools and does not name this one; undefined when all do. */
export function missingFrom(call: ToolCall, { limits }: ToolRules): readonly Rule[] | undefined {
  return limits.find(list => !listOf(list).find(call, 'permit'));
}

/** The rule that has a tool asked about, if one does. */
export function untrustedTool(call: ToolCall, { untrusted }: ToolRules): Rule | undefined {
  return listOf(untrusted).find(call, 'refuse');
}

/** The rule that trusts a tool, if one does. Trust in AWS covers what only reads. */
export function trustedTool(call: ToolCall, { trusted }: ToolRules): Rule | undefined {
  if (isAwsTool(call.tool) && !readsAws(call.input)) return undefined;
  return listOf(trusted).find(call, 'permit');
}

/** True when AWS is trusted: then what only reads there runs, as a tool or as a command line. */
export function trustsAws({ trusted }: ToolRules): boolean {
  return listOf(trusted).hasName(['aws', 'use_aws']);
}

const READING_VERB = /^(?:describe|list|get|search|lookup|batch-get|ls)(?:-|$)/;
/** Operations that read, by their names, but hand out a secret or a file. */
const GIVES_SECRET =
  /^(?:batch-)?get-(?:.*(?:secret|password|token|credential|private|access-?key|api-?key|login|connection|snapshot-block|data-?key)|parameters?(?:-|$)|object|file(?:-|$)|blob(?:-|$)|function(?:-configuration)?$)|^describe-user-pool-client$/;

/** True for an AWS operation, in any spelling (`DescribeInstances`), that reads and gives no secret. */
export function isReadingAws(operation: string): boolean {
  const name = kebabCase(operation);
  return /^[a-z0-9-]+$/.test(name) && READING_VERB.test(name) && !GIVES_SECRET.test(name);
}

/** `DescribeInstances` and `describe_instances` as `describe-instances`. */
export function kebabCase(name: string): string {
  return name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}

function readsAws(input: Readonly<Record<string, unknown>>): boolean {
  const operation = input['operation_name'];
  return typeof operation === 'string' && isReadingAws(operation);
}

interface Entry {
  readonly order: number;
  readonly rule: Rule;
  readonly pattern: string;
}

interface McpEntry extends Entry {
  readonly server: string;
  readonly tool: string;
}

/** A list of rules by the names in it, so that a call is compared with few of them. */
class ToolList {
  readonly #byName = new Map<string, Entry>();
  readonly #starred: Entry[] = [];
  readonly #byServer = new Map<string, McpEntry[]>();
  readonly #anyServer: McpEntry[] = [];

  constructor(rules: readonly Rule[]) {
    rules.forEach((rule, order) => this.#add(rule, order));
  }

  #add(rule: Rule, order: number): void {
    const pattern = rule.pattern.trim().toLowerCase();
    const entry = { order, rule, pattern };
    const name = mcpPattern(pattern);
    if (isStarred(pattern) && pattern !== '*') {
      // A pair of a server and a tool is no name of a built-in tool, however many stars it has.
      if (!name || pattern.startsWith('mcp_')) this.#starred.push(entry);
    } else if (!this.#byName.has(pattern)) this.#byName.set(pattern, entry);
    if (!name) return;
    const mcpEntry = { ...entry, ...name };
    const key = plainName(name.server);
    const sameServer = this.#byServer.get(key);
    if (isStarred(name.server)) this.#anyServer.push(mcpEntry);
    else if (sameServer) sameServer.push(mcpEntry);
    else this.#byServer.set(key, [mcpEntry]);
  }

  hasName(names: readonly string[]): boolean {
    return (
      ['*', 'all', ...names].some(name => this.#byName.has(name)) ||
      this.#starred.some(({ pattern }) => names.some(name => matches(pattern, name)))
    );
  }

  /** The first rule that means the tool of a call. */
  find(call: ToolCall, purpose: Purpose): Rule | undefined {
    const names = namesOf(call, purpose);
    const found = [
      ...names.whole.map(name => this.#byName.get(name)),
      this.#starred.find(({ pattern }) => names.starred.some(name => matches(pattern, name))),
      purpose === 'permit' ? this.#permitted(names) : this.#refused(names),
    ];
    return firstOf(found)?.rule;
  }

  /** Wherever the call goes, the very same rule must mean it. */
  #permitted({ mcp, isCertain }: CallNames): Entry | undefined {
    const [first] = mcp;
    if (!isCertain || !first) return undefined;
    return this.#first(first, ({ server, tool }) =>
      mcp.every(name => matches(server, name.server) && matches(tool, name.tool)),
    );
  }

  #refused({ mcp, isCertain }: CallNames): Entry | undefined {
    return firstOf(
      mcp.map(name =>
        this.#first(
          name,
          ({ server, tool }) =>
            matches(plainName(server), plainName(name.server)) &&
            // A name that was cut does not say which tool of the server it is.
            (!isCertain || matches(plainName(tool), plainName(name.tool))),
        ),
      ),
    );
  }

  #first({ server }: McpName, test: (entry: McpEntry) => boolean): McpEntry | undefined {
    const same = this.#byServer.get(plainName(server))?.find(test);
    const starred = this.#anyServer.find(test);
    return same && (!starred || same.order < starred.order) ? same : starred;
  }
}

function firstOf(entries: readonly (Entry | undefined)[]): Entry | undefined {
  return entries.reduce(
    (best, entry) => (entry && (!best || entry.order < best.order) ? entry : best),
    undefined,
  );
}

function isStarred(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** `*` and `?` alone are signs in the name of a tool; a bracket is a bracket. */
function matches(pattern: string, name: string): boolean {
  return pattern.includes('[') ? pattern === name : globCouldMatch(pattern, name);
}

/** A server's or tool's name as agents write it where other signs are not allowed. */
function plainName(name: string): string {
  return name.replace(/[^a-z0-9_.*?-]/g, '_');
}

/** `@server`, `server/`, `@server/tool`, `mcp_server_tool` and `mcp__server__tool` as a pair. */
function mcpPattern(pattern: string): McpName | undefined {
  const joined = /^mcp__(.+?)__(.+)$/.exec(pattern) ?? /^mcp_([^_]+)_(.+)$/.exec(pattern);
  if (joined) return { server: joined[1] ?? '', tool: joined[2] ?? '' };
  if (!pattern.startsWith('@') && !pattern.includes('/')) return undefined;
  const [server = '', ...tool] = pattern.replace(/^@/, '').split('/');
  const name = tool.join('/');
  return { server, tool: name === '' ? '*' : name };
}

const lists = new WeakMap<readonly Rule[], ToolList>();

/** Lists of rules are immutable, so that the memo changes nothing but the time. */
function listOf(rules: readonly Rule[]): ToolList {
  let list = lists.get(rules);
  if (!list) {
    list = new ToolList(rules);
    lists.set(rules, list);
  }
  return list;
}

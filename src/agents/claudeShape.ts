import { isWindowsPath } from '../policy/paths';
import type { ToolCall } from '../policy/toolCall';
import type { AgentReport, PayloadResult } from './agent';
import { isRecord, toToolCall, type ToolSpec } from './toolTable';

/** How an agent fills the payload shape `{session_id, cwd, hook_event_name, tool_name, tool_input}`. */
export interface ClaudeShape {
  readonly agent: string;
  /** The event name the agent sends before a tool call. */
  readonly event: string;
  /** Top-level fields besides the common ones that the agent is known to send. */
  readonly fields: readonly string[];
  /** The row of a tool, given the working folder; unknown tools get the strictest row. */
  specOf(tool: string, cwd: string): ToolSpec;
  /** The MCP server and its tool, where the agent says both beside the tool's name. */
  mcpOf?(payload: Readonly<Record<string, unknown>>, tool: string): ToolCall['mcp'];
}

const COMMON = ['session_id', 'cwd', 'hook_event_name', 'tool_name', 'tool_input'];
const MAX_NAME = 300;

/** Reads a report of the Claude shape by its event's name. Never throws. */
export function readClaudeReport(
  payload: unknown,
  events: Readonly<Record<string, AgentReport['kind']>>,
): AgentReport | undefined {
  if (!isRecord(payload)) return undefined;
  const { session_id: session = '', cwd, hook_event_name: event } = payload;
  if (typeof event !== 'string' || !Object.hasOwn(events, event)) return undefined;
  const kind = events[event];
  if (!kind || typeof session !== 'string' || session.length > MAX_NAME) return undefined;
  if (typeof cwd !== 'string' || !isAbsolute(cwd)) return undefined;
  const { tool_name: tool, prompt } = payload;
  const title = kind === 'promptStart' && typeof prompt === 'string' ? titleOf(prompt) : '';
  return {
    ...{ kind, sessionId: session, cwd },
    ...(kind === 'toolEnd' && typeof tool === 'string' && { tool }),
    ...(title !== '' && { prompt: title }),
  };
}

const MAX_TITLE = 120;

/** The first line that says something; the rest of a prompt is nobody else's business. */
function titleOf(prompt: string): string {
  const first = /\S.*/.exec(prompt.slice(0, 10 * MAX_TITLE))?.[0].trim() ?? '';
  return first.length > MAX_TITLE ? `${first.slice(0, MAX_TITLE - 1).trimEnd()}…` : first;
}

/** The row for tools that nobody has classified. */
export const UNKNOWN_TOOL: ToolSpec = { capability: 'other' };

/** Reads a payload of the Claude shape. Never throws. */
export function readClaudeShape(payload: unknown, shape: ClaudeShape): PayloadResult {
  if (!isRecord(payload)) return unreadable('the payload is not a JSON object');
  const { session_id: session = '', cwd, hook_event_name: event, tool_name: tool } = payload;
  const { tool_input: input } = payload;
  if (event !== shape.event) return unreadable(`the payload is not of a ${shape.event} hook`);
  if (typeof session !== 'string' || session.length > MAX_NAME) {
    return unreadable('the payload has no readable session id');
  }
  if (typeof cwd !== 'string' || !isAbsolute(cwd)) {
    return unreadable('the payload does not name the working folder');
  }
  if (typeof tool !== 'string' || tool === '' || tool.length > MAX_NAME) {
    return unreadable('the payload does not name the tool');
  }
  if (!isRecord(input)) return unreadable('the tool input is not a JSON object');
  const known = [...COMMON, ...shape.fields];
  const unknownField = Object.keys(payload).find(field => !known.includes(field));
  const mcp = shape.mcpOf?.(payload, tool);
  const result = toToolCall(
    { agent: shape.agent, sessionId: session, cwd, tool, input, unknownField },
    shape.specOf(tool, cwd),
  );
  return result.ok && mcp ? { ok: true, call: { ...result.call, mcp } } : result;
}

function isAbsolute(path: string): boolean {
  return !path.includes('\0') && (path.startsWith('/') || isWindowsPath(path));
}

function unreadable(reason: string): PayloadResult {
  return { ok: false, reason };
}

import { createHash } from 'node:crypto';
import type { ToolCall } from '../policy/toolCall';

/**
 * The identity of a call: two calls with the same key ask for exactly the same thing in the same
 * session. Throws on input nested too deeply to be written out.
 */
export function identicalCallKey(call: ToolCall): string {
  const places = call.paths?.map(({ real }) => real);
  const links = call.command?.links?.map(({ real }) => real);
  const where = [call.cwd, call.command?.cwd.real, places, links];
  return digest([call.agent, call.sessionId, where, call.tool, call.input]);
}

/**
 * What "allow this session" covers: this command line, these files, or this tool, in this session
 * of this agent. Of a tool that nobody has classified (AWS calls are such) it covers the same input
 * only, as of a command: one of its operations may read and another destroy.
 */
export function sessionGrantKey(call: ToolCall): string {
  const who = [call.agent, call.sessionId, call.cwd, call.tool];
  if (call.command) {
    const { text, dialect, cwd } = call.command;
    return digest([...who, 'command', text, dialect, cwd.real]);
  }
  if (call.paths && call.paths.length > 0) {
    return digest([...who, call.capability, call.paths.map(({ real }) => real)]);
  }
  return digest(call.capability === 'other' ? [...who, 'call', call.input] : [...who, 'tool']);
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON with sorted keys, so that the order of fields does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === undefined) return 'undefined';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value as Record<string, unknown>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}

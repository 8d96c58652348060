import { createHash } from 'node:crypto';
import type { ToolCall } from '../policy/toolCall';

const MAX_COMMAND = 2_000;
const MAX_PATHS = 50;

/** What the journal keeps of a tool call: enough to say what was asked, no contents, no secrets. */
export interface CallSummary {
  readonly agent: string;
  readonly session: string;
  readonly tool: string;
  readonly capability: string;
  readonly cwd: string;
  readonly command?: string;
  /** sha256 of the exact command line, when `command` is not the whole of it. */
  readonly commandSha256?: string;
  readonly paths?: readonly string[];
  /** Names of the input's fields; never their values. */
  readonly fields: readonly string[];
}

/** Brings a call to its summary. */
export function summarizeCall(call: ToolCall): CallSummary {
  const command = call.command && summarizeCommand(call.command.text);
  return {
    agent: call.agent,
    session: call.sessionId,
    tool: call.tool,
    capability: call.capability,
    cwd: call.cwd,
    ...(command && { command }),
    ...(command !== undefined &&
      command !== call.command?.text && { commandSha256: sha256(call.command?.text ?? '') }),
    ...(call.paths && { paths: call.paths.slice(0, MAX_PATHS).map(({ real }) => real) }),
    fields: Object.keys(call.input).slice(0, MAX_PATHS),
  };
}

/**
 * A command line without what may be contents or values: only its first line (a heredoc carries a
 * file below it), and every `NAME=value` word without the value.
 */
export function summarizeCommand(text: string): string {
  const [first = '', ...rest] = text.split(/\r?\n/);
  const shown = first
    .replace(/(^|[\s;&|("'])([A-Za-z_][A-Za-z0-9_]*\+?=)("[^"]*"?|'[^']*'?|[^\s;&|]+)/g, '$1$2…')
    .slice(0, MAX_COMMAND);
  const cut = rest.length > 0 ? ` … (${rest.length} more lines)` : '';
  return first.length > MAX_COMMAND ? `${shown} …${cut}` : `${shown}${cut}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

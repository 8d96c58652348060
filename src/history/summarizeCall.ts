import { createHash } from 'node:crypto';
import type { ToolCall } from '../policy/toolCall';

const MAX_COMMAND = 2_000;
const MAX_PATHS = 50;
const MAX_FIELD_NAME = 80;

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
    fields: Object.keys(call.input)
      .slice(0, MAX_PATHS)
      .map(field => field.slice(0, MAX_FIELD_NAME)),
  };
}

/**
 * A command line without what may be contents or values. It errs on the side of keeping less: only
 * the first line (a heredoc carries a file below it); nothing after the first `NAME=`, because what
 * belongs to a value only the shell knows; no quoted or printed text where the line writes or reads
 * a file; no values of flags that carry secrets. The sha256 beside it tells lines apart.
 */
export function summarizeCommand(text: string): string {
  const [first = '', ...rest] = text.split(/\r?\n/);
  let kept = first.slice(0, MAX_COMMAND);
  if (/[<>]|\btee\b/.test(first)) {
    kept = kept
      .replace(/\b(echo|printf|Write-Output)\b[^>|]*/gi, '$1 … ')
      .replace(/["'`].*$/s, '…');
  }
  kept = kept
    .replace(/(-{1,2}[\w-]*(?:pass|token|secret|key|auth|cred)[\w-]*[= ]).*$/is, '$1…')
    .replace(/(\s(?:-u|-p|--user|--data(?:-\w+)?|-d|-H|--header)[= ]?).*$/s, '$1…')
    .replace(/((?:^|[^-\w])-?[A-Za-z_][\w:]*(?:\[[^\]]*\])?\s*\+?=).*$/s, '$1…');
  const cut = first.length > MAX_COMMAND ? ' …' : '';
  return rest.length > 0 ? `${kept}${cut} … (${rest.length} more lines)` : `${kept}${cut}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

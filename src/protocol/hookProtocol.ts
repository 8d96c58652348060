/**
 * What the hook client and the broker say to each other: one HTTP POST per tool call over a Unix
 * socket or named pipe. The body is the agent's payload, untouched; the reply is a small text frame
 * that a `sh` script can read without a JSON parser. Anything that is not exactly such a frame
 * blocks the call.
 */

export const PROTOCOL_VERSION = 1;

/** Largest payload read from an agent, in bytes. */
export const MAX_PAYLOAD_BYTES = 5 * 1024 * 1024;

/** Longest reply read from a window, in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** How long an agent may take to hand over its payload, in milliseconds. */
export const PAYLOAD_DEADLINE_MS = 2_000;

/** How much of the agent's own limit is left unused, so that our answer comes before its time-out. */
export const ANSWER_MARGIN_SECONDS = 15;

/** Carries the agent's limit in whole seconds. */
export const LIMIT_HEADER = 'x-checkrein-limit';

/** Set by a window that passes a call on to the window it belongs to; never passed on again. */
export const FORWARDED_HEADER = 'x-checkrein-forwarded';

/** What a hook process does in the end: exit code 0 lets the call through, 2 blocks it. */
export interface HookAnswer {
  readonly exitCode: 0 | 2;
  /** One line in the agent's dialect, empty for agents that only look at the exit code. */
  readonly stdout: string;
  /** What the model reads when the call is blocked. */
  readonly stderr: string;
}

/** The request path for an agent; its version is what a mismatched client stumbles over. */
export function hookPath(agent: string): string {
  return `/v${PROTOCOL_VERSION}/hook/${agent}`;
}

/** Ends the agent's name where a hook only reports: no answer to such a request decides a call. */
export const REPORT_SUFFIX = '-report';

const FRAME_HEAD = `checkrein/${PROTOCOL_VERSION}`;

/** The reply's text: version and exit code, one line for stdout, the rest for stderr. */
export function encodeAnswer({ exitCode, stdout, stderr }: HookAnswer): string {
  return `${FRAME_HEAD} ${exitCode}\n${stdout.replace(/[\r\n]+/g, ' ')}\n${stderr}`;
}

/** The answer in a frame, or undefined for anything that is not a whole frame of this version. */
export function decodeAnswer(frame: string): HookAnswer | undefined {
  const match = /^checkrein\/(\d+) ([02])\n([^\n]*)\n([^]*)$/.exec(frame);
  if (match?.[1] !== String(PROTOCOL_VERSION)) return undefined;
  const [, , exitCode, stdout = '', stderr = ''] = match;
  return { exitCode: exitCode === '0' ? 0 : 2, stdout, stderr };
}

/** The answer that blocks a call for a reason of the hook path itself. */
export function block(reason: string): HookAnswer {
  return { exitCode: 2, stdout: '', stderr: `Checkrein blocked this call: ${reason}` };
}

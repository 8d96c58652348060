import { spawn } from 'node:child_process';

/** What Kiro sees of a hook process. */
export interface HookRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Whether Kiro would run the tool: everything but exit code 2 lets it through. */
  readonly toolRuns: boolean;
}

interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds until SIGTERM; Kiro's documented default is 60 s. */
  readonly timeout?: number;
  /** The agent's shell; `/bin/sh` unless told. */
  readonly shell?: string;
  /** True to leave stdin open, as a broken agent does. */
  readonly keepStdinOpen?: boolean;
}

const KILL_AFTER_MS = 2_000;

/**
 * Runs a hook exactly as Kiro does: through a shell, in the workspace, with the
 * inherited environment; the payload on stdin without a final newline, then closed; SIGTERM when
 * the time is over and SIGKILL two seconds later. A time-out and any exit code but 2 let the tool
 * run: that is the contract a hook has to be safe under.
 */
export function runKiroHook(
  command: string,
  payload: string | Uint8Array,
  { cwd, env = process.env, timeout = 60_000, keepStdinOpen = false, shell }: RunOptions,
): Promise<HookRun> {
  const started = performance.now();
  const child = spawn(command, { shell: shell ?? true, cwd, env, detached: true });
  const stop = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended in the meantime.
    }
  };
  const terminate = setTimeout(() => stop('SIGTERM'), timeout);
  const kill = setTimeout(() => stop('SIGKILL'), timeout + KILL_AFTER_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  // A hook may refuse before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.write(payload);
  if (!keepStdinOpen) child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(terminate);
      clearTimeout(kill);
      const milliseconds = performance.now() - started;
      resolve({ code, signal, stdout, stderr, milliseconds, toolRuns: code !== 2 });
    });
  });
}

/** A PreToolUse payload of Kiro IDE 1.x. */
export function kiroPayload(
  cwd: string,
  tool: string,
  input: Readonly<Record<string, unknown>>,
  sessionId = 'sess_contract',
): string {
  return JSON.stringify({
    session_id: sessionId,
    hook_event_name: 'PreToolUse',
    cwd,
    tool_name: tool,
    tool_input: input,
  });
}

/** The payload of a command. */
export function kiroCommand(cwd: string, command: string, sessionId?: string): string {
  return kiroPayload(cwd, 'execute_bash', { command, cwd }, sessionId);
}

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endProcesses, markerName } from './processTree';

/** Where and how one run of the Gemini CLI takes place. */
export interface GeminiOptions {
  /** The Node.js program that runs it. */
  readonly node: string;
  /** Path of the client's `gemini.js`. */
  readonly geminiEntry: string;
  /** A scratch home folder; see `writeGeminiSettings`. */
  readonly home: string;
  readonly workspace: string;
  /** Base address of the stand-in model. */
  readonly modelUrl: string;
  readonly prompt?: string;
  /** Added to the clean environment, or replacing a part of it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running Gemini CLI. */
export interface GeminiRun {
  readonly pid: number;
  /** Exit code, or null when a signal ended it. Never rejects once the program has started. */
  readonly exit: Promise<number | null>;
  /** Everything printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Ends the client and all that it started. */
  kill(): Promise<void>;
}

/**
 * Writes the client's user settings for an unattended run without any network: log-in by key, no
 * folder trust question, no telemetry, no update. It holds no hooks: the product adds its own.
 */
export function writeGeminiSettings(
  home: string,
  additions: Readonly<Record<string, unknown>> = {},
): string {
  const file = join(home, '.gemini', 'settings.json');
  mkdirSync(dirname(file), { recursive: true });
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
    telemetry: { enabled: false },
    privacy: { usageStatisticsEnabled: false },
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    ...additions,
  };
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
  return file;
}

/** Starts the real client for one prompt, with every tool call approved by the client itself. */
export function startGemini(options: GeminiOptions): GeminiRun {
  const marker = randomUUID();
  const approveAll = ['-m', 'gemini-2.5-flash', '--approval-mode', 'yolo'];
  const child = spawn(
    options.node,
    [options.geminiEntry, ...approveAll, '-p', options.prompt ?? 'do it'],
    {
      cwd: options.workspace,
      env: { ...cleanEnvironment(options), [markerName]: marker },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (child.pid === undefined) throw new Error(`cannot start ${options.node}`);
  const pid = child.pid;
  return {
    pid,
    exit,
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    // Not by SIGTERM: the client takes a hook that a signal ended for one that allows the call.
    kill: () => endProcesses(pid, marker, 'SIGKILL'),
  };
}

function cleanEnvironment(options: GeminiOptions): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    HOME: options.home,
    GEMINI_API_KEY: 'stand-in',
    GOOGLE_GEMINI_BASE_URL: options.modelUrl,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    ...options.env,
  };
}

import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandLine, endProcesses, markerName, ownedProcesses, signalAll } from './processTree';

const startTimeout = 30_000;
const installTimeout = 120_000;

/** What one instance of the editor is made of. */
export interface CodeServerOptions {
  /** The Node.js 24 program that runs it. */
  readonly node: string;
  /** Path of code-server's `entry.js`. */
  readonly codeServerEntry: string;
  /** A scratch folder; home, user data and extensions go below it. Keep its path short. */
  readonly root: string;
  /** Whether a folder opens in Restricted Mode until it is trusted. Off unless asked for. */
  readonly workspaceTrust?: boolean;
  /** User settings on top of those which keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** No welcome page, no chat, no network: what a test sees is then only what it asked for. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** A real VS Code on a loopback port, which a test starts, breaks and stops as a whole. */
export class CodeServer {
  readonly home: string;
  readonly userDataDir: string;
  readonly extensionsDir: string;
  readonly settingsFile: string;
  private readonly runtimeDir: string;
  private readonly marker = randomUUID();
  private pid: number | undefined;
  private printed = '';

  constructor(private readonly options: CodeServerOptions) {
    this.home = join(options.root, 'home');
    this.userDataDir = join(options.root, 'data');
    this.extensionsDir = join(options.root, 'ext');
    this.settingsFile = join(this.userDataDir, 'User', 'settings.json');
    this.runtimeDir = join(options.root, 'run');
    const folders = [this.home, this.extensionsDir, join(this.userDataDir, 'User')];
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    mkdirSync(this.runtimeDir, { recursive: true, mode: 0o700 });
    writeSettings(this.settingsFile, { ...quietSettings, ...options.settings });
  }

  /** What the server has printed so far, for the message of a failed test. */
  get output(): string {
    return this.printed;
  }

  /**
   * Changes user settings on disk. An open window sees them only after it is loaded anew: use
   * `EditorPage.applySettings` for a change while it is open.
   */
  updateSettings(changes: Readonly<Record<string, unknown>>): void {
    writeSettings(this.settingsFile, { ...this.currentSettings(), ...changes });
  }

  /** The user settings as they are on disk, where the editor writes them too. */
  currentSettings(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.settingsFile, 'utf8')) as Record<string, unknown>;
  }

  /** Installs a packaged extension the way a user does from the command line. */
  async installExtension(vsixPath: string): Promise<void> {
    const words = [
      this.options.codeServerEntry,
      ...this.folders(),
      '--install-extension',
      vsixPath,
    ];
    const { stdout, stderr } = await promisify(execFile)(this.options.node, words, {
      env: this.environment({}),
      timeout: installTimeout,
    });
    if (!stdout.includes('successfully installed')) {
      throw new Error(`code-server did not install ${vsixPath}: ${stdout}${stderr}`);
    }
  }

  /** Starts the server and returns the address that shows the folder. */
  async start(folder: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    if (this.pid !== undefined) throw new Error('code-server runs already');
    const words = ['--auth', 'none', '--bind-addr', '127.0.0.1:0', ...this.folders()];
    words.push('--disable-telemetry', '--disable-update-check', '--disable-proxy');
    if (this.options.workspaceTrust !== true) words.push('--disable-workspace-trust');
    this.printed = '';
    const child = spawn(this.options.node, [this.options.codeServerEntry, ...words], {
      cwd: this.home,
      env: this.environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = child.pid;
    const port = await new Promise<string>((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(timer);
        reject(new Error(`code-server ${reason}: ${this.printed}`));
      };
      const timer = setTimeout(() => fail('is not ready in time'), startTimeout);
      const read = (text: string): void => {
        this.printed += text;
        const found = /server listening on http:\/\/127\.0\.0\.1:(\d+)/iu.exec(this.printed)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', error => fail(error.message));
      child.once('exit', code => fail(`ended with code ${String(code)}`));
    });
    return `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`;
  }

  /** Ends the server and all that it started, terminals included; does nothing when it is ended. */
  async stop(): Promise<void> {
    await endProcesses(this.pid, this.marker, 'SIGTERM');
    this.pid = undefined;
  }

  /** The processes in which the extensions run, one for each window. */
  extensionHosts(): number[] {
    return ownedProcesses(this.pid, this.marker).filter(pid =>
      commandLine(pid).includes('--type=extensionHost'),
    );
  }

  /** Kills the extension hosts without any warning, as a crash does, and returns their ids. */
  killExtensionHost(): number[] {
    const hosts = this.extensionHosts();
    if (hosts.length === 0) throw new Error('no extension host runs: is a window open?');
    signalAll(hosts, 'SIGKILL');
    return hosts;
  }

  /** All log files whose path ends in the given text, oldest first, as one text. */
  logText(pathEnd = 'remoteexthost.log'): string {
    const logs = join(this.userDataDir, 'logs');
    if (!existsSync(logs)) return '';
    return readdirSync(logs, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith(pathEnd))
      .sort()
      .map(path => readFileSync(join(logs, path), 'utf8'))
      .join('');
  }

  private folders(): string[] {
    return ['--user-data-dir', this.userDataDir, '--extensions-dir', this.extensionsDir];
  }

  private environment(additions: Readonly<Record<string, string>>): Record<string, string> {
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
      HOME: this.home,
      SHELL: '/bin/bash',
      // Where the editor puts its sockets; without it they would stay behind in the system's folder.
      XDG_RUNTIME_DIR: this.runtimeDir,
      // Its default asks a public registry; nobody listens on this address.
      EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: 'http://127.0.0.1:1', itemUrl: '' }),
      ...additions,
      [markerName]: this.marker,
    };
  }
}

function writeSettings(file: string, settings: Readonly<Record<string, unknown>>): void {
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
}

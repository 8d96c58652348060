import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'vitest';

/** A file whose lines can be told apart. */
export const THIRTY = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join('');

/** Thirty lines of which one is another. */
export function edited(what: string, line = 3): string {
  return THIRTY.replace(`line ${line}\n`, `${what}\n`);
}

const CLI = resolve('dist/cli.js');

/** What `undo`, `redo` and `goto` print with `--json`. */
export interface RestoreOutput {
  readonly id?: string;
  readonly refused?: string;
  readonly files: readonly {
    readonly path: string;
    readonly result: 'reverted' | 'merged' | 'already' | 'kept' | 'skipped';
    readonly reason?: string;
    readonly partly?: boolean;
  }[];
}

export interface Ended<T> {
  readonly code: number;
  readonly output: T;
  readonly text: string;
}

/** A workspace folder, a store beside it, and the command line on both: one process a verb. */
export class Headless {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-history-')));
  readonly home = join(this.base, 'home');
  readonly store = join(this.base, 'store');
  readonly root = join(this.base, 'workspace');
  readonly env: NodeJS.ProcessEnv;

  constructor(env: Record<string, string> = {}) {
    mkdirSync(this.home);
    mkdirSync(this.root);
    this.env = { PATH: process.env['PATH'], HOME: this.home, ...env };
    writeFileSync(
      join(this.home, '.gitconfig'),
      '[user]\n name = A Person\n email = person@example.org\n[init]\n defaultBranch = main\n',
    );
  }

  /** Makes three small files, one of them in a folder. */
  withFiles(): this {
    this.write('a.txt', THIRTY);
    this.write('b.txt', 'b\n');
    this.write('src/c.txt', 'c\n');
    return this;
  }

  dispose(): void {
    execFileSync('chmod', ['-R', 'u+rwX', this.base]);
    rmSync(this.base, { recursive: true, force: true });
  }

  /** Runs a verb in a process of its own. */
  run<T = unknown>(verb: string, ...args: readonly string[]): Promise<Ended<T>> {
    const child = spawn(
      process.execPath,
      [CLI, 'history', verb, ...args, '--workspace', this.root, '--store', this.store, '--json'],
      { cwd: this.base, env: this.env, stdio: 'pipe' },
    );
    let text = '';
    let complaint = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
    child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString('utf8')));
    return new Promise((done, failed) => {
      child.on('close', code => {
        try {
          const output = (text === '' ? undefined : JSON.parse(text)) as T;
          done({ code: code ?? -1, output, text: complaint });
        } catch (error) {
          failed(new Error(`${verb}: ${text} ${complaint}`, { cause: error }));
        }
      });
    });
  }

  /** Runs a verb that must succeed. */
  async ok<T = unknown>(verb: string, ...args: readonly string[]): Promise<T> {
    const { code, output, text } = await this.run<T>(verb, ...args);
    if (code !== 0) throw new Error(`${verb} ended with ${code}: ${text}${JSON.stringify(output)}`);
    return output;
  }

  undo(...args: readonly string[]): Promise<Ended<RestoreOutput>> {
    return this.run<RestoreOutput>('undo', ...args);
  }

  /** A turn of an agent whose single tool calls are not seen. */
  async turn(act: () => unknown): Promise<void> {
    await this.ok('begin');
    act();
    await this.ok('end');
  }

  /** An edit the agent announces. */
  async edit(path: string, content: string): Promise<void> {
    await this.ok('tool', '--path', path);
    this.write(path, content);
  }

  /** The agent acts, its turn is undone, and all is as before. */
  async comesBack(act: () => unknown): Promise<void> {
    const before = this.everything();
    await this.turn(act);
    expect(this.everything()).not.toEqual(before);
    const { code, output } = await this.undo();
    const left = output.files.filter(({ result }) => result === 'kept' || result === 'skipped');
    expect([code, left]).toEqual([0, []]);
    expect(this.everything()).toEqual(before);
  }

  sh(script: string, folder = this.root): string {
    return execFileSync('/bin/sh', ['-ec', script], {
      cwd: folder,
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  write(path: string, content: string | Buffer, mode?: number): void {
    const place = join(this.root, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    if (mode !== undefined) chmodSync(place, mode);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'latin1');
  }

  has(path: string): boolean {
    return lstatSync(join(this.root, path), { throwIfNoEntry: false }) !== undefined;
  }

  /** Everything below the workspace folder but the insides of repositories: kind, mode, content. */
  everything(): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (folder: Buffer, name: Buffer): void => {
      for (const entry of readdirSync(folder, { encoding: 'buffer' })) {
        if (entry.toString() === '.git') continue;
        const place = Buffer.concat([folder, Buffer.from('/'), entry]);
        const path = Buffer.concat([name, entry]);
        const stat = lstatSync(place);
        const key = path.toString('latin1');
        if (stat.isDirectory()) {
          found[`${key}/`] = 'folder';
          try {
            walk(place, Buffer.concat([path, Buffer.from('/')]));
          } catch {
            found[`${key}/`] = 'unreadable';
          }
        } else if (stat.isSymbolicLink()) found[key] = `link ${readlinkSync(place)}`;
        else if (stat.isFile()) {
          const content = readFileSync(place, 'latin1');
          found[key] = `${(stat.mode & 0o777).toString(8)} ${content}`;
        } else found[key] = 'special';
      }
    };
    walk(Buffer.from(this.root), Buffer.alloc(0));
    return found;
  }

  /** Makes a repository of what is there. */
  commit(): void {
    this.sh('git init -q . && git add -A && git commit -qm first');
  }

  /** Everything in `.git` that a person could miss: references, index, stash, settings. */
  repository(): string {
    return this.sh(
      'git for-each-ref; git stash list; git reflog; cat .git/HEAD; sha256sum .git/index .git/config .git/info/exclude; git count-objects -v; find .git -name "*.lock"',
    );
  }
}

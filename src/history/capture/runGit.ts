import { spawn } from 'node:child_process';

/** Why git gave no answer: it failed, or took too long, or said too much. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed';
}

/** A git program, where to run it and with which environment (whole: nothing is inherited). */
export interface GitSetting {
  /** Absolute, outside every workspace folder. */
  readonly program: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface GitOptions {
  readonly input?: Buffer | string;
  /** Called with each piece of output; a throw ends git. */
  readonly onData?: (piece: Buffer) => void;
  /** Gets what git says beside its output. */
  readonly onComplaint?: (piece: Buffer) => void;
  readonly timeout?: number;
}

/** One git command may take this long, in milliseconds: a large tree on a cold disk. */
const TIMEOUT = 120_000;

/** Output kept in memory, in bytes. What may be larger is read as a stream. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/**
 * Whatever else a repository or user says: no file system monitor, no hooks, no fetching of missing
 * objects, no questions, no pager.
 */
const ALWAYS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-pager'];

/** Runs git to its end. @throws GitFailed */
export function runGit(
  { program, cwd, env }: GitSetting,
  args: readonly string[],
  { input, onData, onComplaint, timeout = TIMEOUT }: GitOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    let complaint = '';
    let failure: Error | undefined;
    const child = spawn(program, [...ALWAYS, ...args], { cwd, env, windowsHide: true });
    // Without this a git that cannot be started would end the process.
    child.on('error', error => {
      failure ??= new GitFailed(error.message);
    });
    if (!hasPipes(child)) {
      // Too many files are open; no other event follows.
      reject(new GitFailed('git could not be started'));
      return;
    }
    const stop = (error: Error): void => {
      failure ??= error;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => {
      stop(new GitFailed(`git ${args[0] ?? ''} took longer than ${timeout / 1000} s`));
    }, timeout);
    child.stdout.on('data', (piece: Buffer) => {
      try {
        if (onData) onData(piece);
        else pieces.push(piece);
      } catch (error) {
        stop(error as Error);
      }
      length += piece.length;
      if (!onData && length > OUTPUT_LIMIT) stop(new GitFailed('git said too much'));
    });
    child.stderr.on('data', (piece: Buffer) => {
      onComplaint?.(piece);
      if (complaint.length < 2000) complaint += piece.toString('utf8');
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (failure) reject(failure);
      else if (code === 0) resolve(Buffer.concat(pieces));
      else
        reject(
          new GitFailed(`git ${args[0] ?? ''}: ${complaint.trim() || (signal ?? `exit ${code}`)}`),
        );
    });
    // A git that ends early closes its input; its exit says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** False where the system had no files left to talk to a new process: it has no streams then. */
function hasPipes({ stdin, stdout, stderr }: Partial<ReturnType<typeof spawn>>): boolean {
  return Boolean(stdin && stdout && stderr);
}

/** Cuts a stream into the parts that NUL bytes end; `limit` bounds one part, in bytes. */
export class NulSplitter {
  #rest: Buffer[] = [];
  #restLength = 0;

  constructor(
    private readonly part: (bytes: Buffer) => void,
    private readonly limit = 1024 * 1024,
  ) {}

  readonly push = (piece: Buffer): void => {
    let start = 0;
    for (let end = piece.indexOf(0); end !== -1; end = piece.indexOf(0, start)) {
      const bytes = piece.subarray(start, end);
      this.part(this.#restLength > 0 ? Buffer.concat([...this.#rest, bytes]) : bytes);
      this.#rest = [];
      this.#restLength = 0;
      start = end + 1;
    }
    if (start === piece.length) return;
    this.#rest.push(piece.subarray(start));
    this.#restLength += piece.length - start;
    if (this.#restLength > this.limit) throw new GitFailed('git gave an endless name');
  };
}

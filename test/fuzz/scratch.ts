import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SHELLS = ['bash', 'dash', 'zsh'] as const;
export type Shell = (typeof SHELLS)[number];

const TOOLS = [
  ...['ls', 'cat', 'echo', 'pwd', 'head', 'tail', 'find', 'grep', 'sh'],
  ...['env', 'xargs', 'timeout', 'nice', 'stdbuf', 'setsid'],
];

/**
 * A folder of its own in which generated lines run. Nothing is on the PATH but the read-only tools,
 * `tool` (does nothing) and the stub `pwn`, which leaves a mark that shows that it ran.
 */
export class Scratch {
  readonly #root = mkdtempSync(join(tmpdir(), 'checkrein-fuzz-'));
  readonly #mark = join(this.#root, 'mark');
  readonly #work = join(this.#root, 'work');
  #count = 0;

  constructor() {
    mkdirSync(this.#work);
    this.#prepare();
  }

  /** True when the stub ran while `shell` ran `line`. */
  async runsStub(shell: Shell, line: string): Promise<boolean> {
    // Lines may leave files behind; a fresh folder now and then keeps listings short.
    this.#count += 1;
    if (this.#count % 300 === 0) {
      rmSync(this.#work, { recursive: true, force: true });
      mkdirSync(this.#work);
      this.#prepare();
    }
    rmSync(this.#mark, { force: true });
    await this.#run(shell, line);
    return existsSync(this.#mark);
  }

  dispose(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #prepare(): void {
    const bin = join(this.#work, 'bin');
    mkdirSync(bin);
    // Copies: a line such as `ls > bin/ls` would write through a link and empty the system's own tool.
    for (const tool of TOOLS) copyFileSync(`/usr/bin/${tool}`, join(bin, tool));
    for (const [name, text] of [
      ['pwn', `: > '${this.#mark}'`],
      ['tool', ':'],
      ['which', 'echo "$@"'],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    writeFileSync(join(this.#work, 'f1'), 'a\nb\n');
    writeFileSync(join(this.#work, 'f2'), 'x\ny\n');
  }

  #run(shell: Shell, line: string): Promise<void> {
    const flags = shell === 'zsh' ? ['-f', '-c', line] : ['-c', line];
    const env = {
      PATH: join(this.#work, 'bin'),
      HOME: this.#work,
      TMPDIR: this.#root,
      p: 'pwn',
      // A mutated function that calls itself stops here instead of filling the machine.
      FUNCNEST: '8',
    };
    return new Promise(resolve => {
      // A group of its own, so that whatever a line leaves running ends with it.
      const child = spawn(`/usr/bin/${shell}`, flags, {
        cwd: this.#work,
        env,
        stdio: 'ignore',
        detached: true,
      });
      // What runs in the background gets a moment to leave its mark.
      const grace = /&|>\(|coproc/.test(line) ? 10 : 0;
      const end = (): void => {
        clearTimeout(timer);
        if (child.pid !== undefined) {
          try {
            process.kill(-child.pid, 'SIGKILL');
          } catch {
            // It has ended by itself, with everything it started.
          }
        }
        resolve();
      };
      const timer = setTimeout(end, 1000);
      child.once('exit', () => {
        setTimeout(end, grace);
      });
      child.once('error', end);
    });
  }
}

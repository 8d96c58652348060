import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names one open store of one process, and the files it writes: `pid-start-space-random`. `start`
 * tells a process from a later one with the same number; `space` is where process numbers mean the
 * same (a boot of a machine or container).
 */
export type WriterName = string;

const WRITER = /^(\d{1,10})-([0-9a-z]{1,16})-([0-9a-f]{8})-[0-9a-f]{8}$/;

export function isWriterName(text: string): text is WriterName {
  return WRITER.test(text);
}

/** `exists`: a process has this number, but not surely the same. `foreign`: it cannot be asked. */
export type Liveness = 'alive' | 'dead' | 'exists' | 'foreign';

/** Tells which processes live; tests put in their own. */
export interface ProcessTable {
  /** A new name for this process, different at each call. */
  newWriterName(): WriterName;
  livenessOf(writer: WriterName): Liveness;
}

export const systemProcesses: ProcessTable = {
  newWriterName() {
    const start = startOf('self') ?? Math.round(performance.timeOrigin).toString(36);
    return `${process.pid}-${start}-${space()}-${randomBytes(4).toString('hex')}`;
  },

  livenessOf(writer) {
    const [, pid, start, writerSpace] = WRITER.exec(writer) ?? [];
    if (pid === undefined || start === undefined) return 'foreign';
    if (writerSpace !== space()) return 'foreign';
    if (process.platform === 'linux') return startOf(pid) === start ? 'alive' : 'dead';
    return processExists(Number(pid)) ? 'exists' : 'dead';
  },
};

/** When a process started, in ticks since the boot; `undefined` when it is no more (or no Linux). */
function startOf(pid: string): string | undefined {
  try {
    // The name of the program, in parentheses, may itself hold spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended: it only waits for its parent to take note.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let knownSpace: string | undefined;

function space(): string {
  knownSpace ??= createHash('sha256').update(spaceFacts()).digest('hex').slice(0, 8);
  return knownSpace;
}

function spaceFacts(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return `${boot}${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

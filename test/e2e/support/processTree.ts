import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The environment variable by which the processes of one test are told from all others. */
export const markerName = 'CHECKREIN_E2E_MARK';

/**
 * The live processes that descend from a process or carry a marker in their environment. The
 * marker finds those which outlived their parent, and nothing that a test did not start.
 */
export function ownedProcesses(pid: number | undefined, marker: string): number[] {
  const all = listProcesses();
  const owned = new Set(all.filter(entry => carriesMarker(entry.pid, marker)).map(e => e.pid));
  if (pid !== undefined && all.some(entry => entry.pid === pid)) owned.add(pid);
  for (let grew = true; grew;) {
    const found = all.filter(entry => owned.has(entry.parent) && !owned.has(entry.pid));
    for (const entry of found) owned.add(entry.pid);
    grew = found.length > 0;
  }
  owned.delete(process.pid);
  return [...owned];
}

/** The command line of a process, words joined by a space; empty when it is gone. */
export function commandLine(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();
}

/** Ends all processes of a test by a signal, and by SIGKILL what is left after a while. */
export async function endProcesses(
  pid: number | undefined,
  marker: string,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  const deadline = Date.now() + 5_000;
  signalAll(ownedProcesses(pid, marker), signal);
  for (;;) {
    const left = ownedProcesses(pid, marker);
    if (left.length === 0) return;
    if (Date.now() > deadline) signalAll(left, 'SIGKILL');
    if (Date.now() > deadline + 5_000) throw new Error(`processes do not end: ${left.join(', ')}`);
    await delay(50);
  }
}

/** Sends a signal to processes, of which some may have ended in the meantime. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended on its own: nothing is left to stop.
    }
  }
}

function listProcesses(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/u.test(name))
    .flatMap(name => {
      const pid = Number(name);
      // The name of the program, in brackets, may hold anything: read from the last bracket on.
      const fields = readProc(pid, 'stat')
        .replace(/^.*\)\s/su, '')
        .split(' ');
      const [state, parent] = fields;
      if (parent === undefined || state === 'Z') return [];
      return [{ pid, parent: Number(parent) }];
    });
}

function carriesMarker(pid: number, marker: string): boolean {
  return readProc(pid, 'environ').split('\0').includes(`${markerName}=${marker}`);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

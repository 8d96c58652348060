import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Kills a process some milliseconds after it is ready; gives what ended it. */
export async function killed(child: ChildProcess, wait: number): Promise<NodeJS.Signals | null> {
  let errors = '';
  child.stderr?.on('data', data => (errors += String(data)));
  child.stdout?.once('data', () => setTimeout(() => child.kill('SIGKILL'), wait).unref());
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (signal === null) throw new Error(`ended by itself with ${String(code)}: ${errors}`);
  return signal;
}

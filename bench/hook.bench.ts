import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kiroCommand } from '../test/support/kiroContract';
import { openWindow, testPlace } from '../test/support/testWindow';
import { machineShape, median, percentile, shuffled } from './stats';

const CALLS = 200;

/** One process, its stdin and the milliseconds until it ended. */
interface Row {
  readonly name: string;
  readonly command: readonly string[];
  readonly stdin: string;
  readonly times: number[];
}

function timed(row: Row, cwd: string): Promise<void> {
  const [file = '', ...args] = row.command;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ['pipe', 'ignore', 'ignore'] });
    child.on('error', reject);
    child.on('close', code => {
      row.times.push(performance.now() - started);
      if (code === 0) resolve();
      else reject(new Error(`${row.name} ended with code ${code}`));
    });
    child.stdin.end(row.stdin);
  });
}

function echoServer(socket: string): Promise<Server> {
  const server = createServer((request, response) => void request.pipe(response));
  return new Promise(resolve => server.listen(socket, () => resolve(server)));
}

describe('bench:hook', () => {
  it(`hook processes, ${CALLS} calls each, in random order`, async () => {
    const place = testPlace();
    const window = await openWindow(place);
    const socket = join(place.folders.home, 'echo.sock');
    const echo = await echoServer(socket);
    const payload = kiroCommand(place.workspace, 'ls');
    const { hook, home } = place.folders;
    const node = process.execPath;
    const curl = ['/usr/bin/curl', '-sq', '--unix-socket', socket, '-d', '@-', 'http://x/'];
    const row = (name: string, command: readonly string[], stdin = payload): Row => ({
      name,
      command,
      stdin,
      times: [],
    });
    const rows = {
      bareCurl: row('bare `curl` to an echo server', curl),
      bareNode: row('bare `node -e 0`', [node, '-e', '0'], ''),
      viaCurl: row('hook through curl', ['/bin/sh', '-c', place.command()]),
      viaNode: row('hook through Node', [node, join(hook, 'hook.js'), 'kiro', '--home', home]),
    };
    const all = Object.values(rows);
    for (const one of [...all, ...all, ...all]) await timed(one, place.workspace);
    for (const one of all) one.times.length = 0;
    for (let round = 0; round < CALLS; round += 1) {
      for (const one of shuffled(all)) await timed(one, place.workspace);
    }
    await window.broker.stop();
    echo.close();
    place.dispose();
    report(all);
    const ratio = (a: Row, b: Row): number => median(a.times) / median(b.times);
    const ratios = [
      ['hook through curl / bare curl', ratio(rows.viaCurl, rows.bareCurl), 2],
      ['hook through curl / bare node', ratio(rows.viaCurl, rows.bareNode), 0.25],
      ['hook through Node / bare node', ratio(rows.viaNode, rows.bareNode), 1.3],
    ] as const;
    for (const [name, value, goal] of ratios) {
      console.log(`| ${name} | ${value.toFixed(2)} | goal: at most ${goal} |`);
    }
    expect(all.every(({ times }) => times.length === CALLS)).toBe(true);
  }, 600_000);
});

function report(rows: readonly Row[]): void {
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machineShape()}\n`);
  console.log('| process | median ms | p99 ms |\n| --- | --- | --- |');
  for (const { name, times } of rows) {
    console.log(
      `| ${name} | ${median(times).toFixed(1)} | ${percentile(times, 0.99).toFixed(1)} |`,
    );
  }
}

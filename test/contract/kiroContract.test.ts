import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal } from '../../src/history/journal';
import { kiroCommand, kiroPayload, runKiroHook, type HookRun } from '../support/kiroContract';
import { openWindow, testPlace, type TestPlace, type TestWindow } from '../support/testWindow';

let place: TestPlace;
const windows: TestWindow[] = [];
beforeEach(() => {
  place = testPlace();
});
afterEach(async () => {
  await Promise.all(windows.splice(0).map(({ broker }) => broker.stop()));
  place.dispose();
});

async function open(
  ...args: Parameters<typeof openWindow> extends [unknown, ...infer R] ? R : never
): Promise<TestWindow> {
  const window = await openWindow(place, ...args);
  windows.push(window);
  return window;
}

/** Ends a window as a crash does: nobody listens any more, but its entry is still there. */
async function crash(window: TestWindow): Promise<void> {
  const { windows: folder } = place.folders;
  const entries = readdirSync(folder).map(
    name => [name, readFileSync(join(folder, name))] as const,
  );
  await window.broker.stop();
  windows.length = 0;
  for (const [name, bytes] of entries) writeFileSync(join(folder, name), bytes);
}

/** Both ways into the broker must hold the same contract. */
type Path = 'curl' | 'node';
/** The shortest limit, in seconds, with which the hook still takes this path. */
const SHORTEST: Record<Path, number> = { curl: 15, node: 7 };
function command(path: Path, agent = 'kiro', limit = 60): string {
  if (path === 'curl') return place.command(agent, limit);
  const { hook, home } = place.folders;
  return `'${process.execPath}' '${join(hook, 'hook.js')}' ${agent} --home '${home}' --limit ${limit}`;
}
function run(path: Path, text: string, limit?: number): Promise<HookRun> {
  return runKiroHook(command(path, 'kiro', limit), kiroCommand(place.workspace, text), {
    cwd: place.workspace,
  });
}

describe.each<Path>(['curl', 'node'])('a Kiro hook through %s', path => {
  it('holds an untrusted command, and Deny blocks it with the reason', async () => {
    const window = await open();
    const hook = run(path, 'touch x');
    const waiting = await window.nextWaiting();
    expect(waiting.call.command?.text).toBe('touch x');
    window.answer(waiting.ticket, { kind: 'deny', note: 'use the other folder' });
    const { toolRuns, stdout, stderr } = await hook;
    expect(toolRuns).toBe(false);
    expect(stdout).toBe('');
    expect(stderr).toContain('use the other folder');
  });

  it('Allow Once lets it run with empty output, and the next call asks again', async () => {
    const window = await open();
    const first = run(path, 'touch x');
    window.answer((await window.nextWaiting()).ticket, { kind: 'allow', scope: 'once' });
    expect(await first).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const second = run(path, 'touch x');
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await second).toolRuns).toBe(false);
  });

  it('Allow This Session covers the same command in the same session only', async () => {
    const window = await open();
    const first = run(path, 'touch x');
    window.answer((await window.nextWaiting()).ticket, { kind: 'allow', scope: 'session' });
    expect((await first).code).toBe(0);
    expect((await run(path, 'touch x')).code).toBe(0);
    const other = runKiroHook(
      command(path),
      kiroCommand(place.workspace, 'touch x', 'another session'),
      { cwd: place.workspace },
    );
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await other).toolRuns).toBe(false);
  });

  it('asks nothing for a trusted and a read-only command', async () => {
    await open({ trusted: ['touch *'] });
    expect((await run(path, 'touch x')).code).toBe(0);
    expect((await run(path, 'ls src')).code).toBe(0);
  });

  it('follows a change of the trusted commands at once', async () => {
    const window = await open();
    window.setTrusted('touch x');
    expect((await run(path, 'touch x')).code).toBe(0);
    window.setTrusted();
    const hook = run(path, 'touch x');
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await hook).toolRuns).toBe(false);
  });

  it('Interrupt denies what waits and all that comes, until Resume', async () => {
    const window = await open();
    const held = run(path, 'touch x && touch y');
    await window.nextWaiting();
    window.setMode('interrupted');
    expect((await held).stderr).toContain('interrupted');
    expect((await run(path, 'ls')).toolRuns).toBe(false);
    window.setMode('autopilot');
    expect((await run(path, 'ls')).code).toBe(0);
  });

  it('denies with a ticket when nobody answers, and a late approval counts once', async () => {
    const window = await open();
    const started = run(path, 'touch x', SHORTEST[path]);
    const { ticket } = await window.nextWaiting();
    const lapsed = await started;
    expect(lapsed.toolRuns).toBe(false);
    expect(lapsed.stderr).toContain(`ticket ${ticket}`);
    expect(lapsed.milliseconds).toBeLessThan(SHORTEST[path] * 1000);
    window.answer(ticket, { kind: 'allow', scope: 'once' });
    expect((await run(path, 'touch x')).code).toBe(0);
    const again = run(path, 'touch x');
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await again).toolRuns).toBe(false);
  });

  it.each<['first' | 'second']>([['first'], ['second']])(
    'gives two agents that ask at once each its own answer, the %s one answered first',
    async order => {
      const window = await open();
      const kiro = run(path, 'touch from-kiro');
      const gemini = runKiroHook(
        command(path, 'gemini-cli'),
        JSON.stringify({
          session_id: 'g',
          hook_event_name: 'BeforeTool',
          cwd: place.workspace,
          tool_name: 'run_shell_command',
          tool_input: { command: 'touch from-gemini' },
        }),
        { cwd: place.workspace },
      );
      await expect.poll(() => window.desk.waiting().length).toBe(2);
      const ticketOf = (agent: string): string =>
        window.desk.waiting().find(({ call }) => call.agent === agent)?.ticket ?? '';
      const answers = [
        () => window.answer(ticketOf('kiro'), { kind: 'allow', scope: 'once' }),
        () => window.answer(ticketOf('gemini-cli'), { kind: 'deny' }),
      ];
      for (const answer of order === 'first' ? answers : answers.reverse()) answer();
      expect((await kiro).code).toBe(0);
      expect((await gemini).code).toBe(2);
    },
  );

  it('blocks when the broker dies while it holds the call', async () => {
    const window = await open();
    const hook = run(path, 'touch x');
    await window.nextWaiting();
    await window.broker.stop();
    windows.length = 0;
    const { toolRuns, stderr } = await hook;
    expect(toolRuns).toBe(false);
    expect(stderr).toMatch(/broke off/);
  });

  it('decides by the last policy when no window is open, and cannot ask', async () => {
    const window = await open({ trusted: ['npm test'] });
    await window.broker.stop();
    windows.length = 0;
    expect((await run(path, 'npm test')).code).toBe(0);
    const asked = await run(path, 'touch x');
    expect(asked.toolRuns).toBe(false);
    expect(asked.stderr).toContain('No editor window is open');
  });

  it('blocks offline when the window was left interrupted', async () => {
    const window = await open({ trusted: ['*'] });
    window.setMode('interrupted');
    await window.broker.stop();
    windows.length = 0;
    expect((await run(path, 'ls')).toolRuns).toBe(false);
  });

  it('blocks in a folder that was never opened', async () => {
    expect((await run(path, 'ls')).stderr).toContain('never been opened');
  });

  it('goes on to the offline policy when the window crashed and left its entry', async () => {
    const window = await open({ trusted: ['npm test'] });
    await crash(window);
    expect((await run(path, 'npm test')).code).toBe(0);
    expect((await run(path, 'touch x')).stderr).toContain('No editor window is open');
  });

  it('blocks on a token that is not the window’s', async () => {
    await open({ trusted: ['*'] });
    for (const name of readdirSync(place.folders.windows)) {
      const file = join(place.folders.windows, name);
      const text = readFileSync(file, 'utf8').replace(/(Bearer |"token":")[0-9a-f]{4}/, '$1ffff');
      writeFileSync(file, text);
    }
    expect((await run(path, 'ls')).stderr).toContain('token');
  });

  it('blocks on an answer of another protocol version', async () => {
    const window = await open({ trusted: ['*'] });
    const socket = window.broker.socket ?? '';
    await crash(window);
    const server = await answering(socket, 'checkrein/2 0\n\n');
    try {
      expect((await run(path, 'ls')).toolRuns).toBe(false);
    } finally {
      server.close();
    }
  });

  it('ends within its limit when the editor hangs', async () => {
    const window = await open({ trusted: ['*'] });
    const socket = window.broker.socket ?? '';
    await crash(window);
    const server = await answering(socket, undefined);
    try {
      const { toolRuns, milliseconds } = await run(path, 'ls', SHORTEST[path]);
      expect(toolRuns).toBe(false);
      expect(milliseconds).toBeLessThan(SHORTEST[path] * 1000);
    } finally {
      server.close();
    }
  });

  it('blocks when the agent never closes stdin', async () => {
    await open({ trusted: ['*'] });
    const { toolRuns, milliseconds } = await runKiroHook(
      command(path),
      kiroCommand(place.workspace, 'ls'),
      { cwd: place.workspace, keepStdinOpen: true },
    );
    expect(toolRuns).toBe(false);
    expect(milliseconds).toBeLessThan(3_000);
  });

  it('writes every step into the journal, without contents and values', async () => {
    const window = await open();
    const hook = runKiroHook(
      command(path),
      kiroPayload(place.workspace, 'fs_write', { path: '.kiro/mcp.json', text: 'TOP SECRET' }),
      { cwd: place.workspace },
    );
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    await hook;
    const secret = run(path, 'TOKEN=hunter2 deploy');
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    await secret;
    const day = new Date().toISOString().slice(0, 10);
    const { entries, torn } = readJournal(place.folders.journal, day);
    expect(torn).toEqual([]);
    expect(entries.map(({ event, effect, code }) => [event, effect, code])).toEqual([
      ['call', 'ask', 'protectedPath'],
      ['decision', 'deny', 'deniedByPerson'],
      ['call', 'ask', 'shellStructure'],
      ['decision', 'deny', 'deniedByPerson'],
    ]);
    const text = JSON.stringify(entries);
    expect(text).not.toContain('TOP SECRET');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('TOKEN=…');
  });
});

/** Something that listens where a window was and gives one fixed answer, or none. */
function answering(socket: string, frame: string | undefined): Promise<Server> {
  rmSync(socket, { force: true });
  const server = createServer(connection => {
    connection.on('error', () => undefined);
    connection.once('data', () => {
      if (frame === undefined) return;
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${frame.length}\r\nconnection: close\r\n\r\n`;
      connection.end(head + frame);
    });
  });
  return new Promise(resolve => server.listen(socket, () => resolve(server)));
}

describe('several windows', () => {
  it.each<Path>(['curl', 'node'])('%s: the longest matching folder gets the call', async path => {
    const inner = join(place.workspace, 'packages', 'inner');
    mkdirSync(inner, { recursive: true });
    const outerWindow = await open();
    const innerWindow = await open({ roots: [inner] });
    const hook = runKiroHook(command(path), kiroCommand(inner, 'touch x'), { cwd: '/' });
    const waiting = await innerWindow.nextWaiting();
    expect(outerWindow.desk.waiting()).toEqual([]);
    innerWindow.answer(waiting.ticket, { kind: 'allow', scope: 'once' });
    expect((await hook).code).toBe(0);
    const outer = runKiroHook(command(path), kiroCommand(place.workspace, 'touch x'), {
      cwd: inner,
    });
    outerWindow.answer((await outerWindow.nextWaiting()).ticket, { kind: 'deny' });
    expect((await outer).toolRuns).toBe(false);
  });

  it('sweeps a dead window and keeps one that lives', async () => {
    const first = await open();
    const dead = {
      version: 1,
      id: 'deadbeef',
      pid: 2 ** 22 + 1,
      socket: '/nowhere/x.sock',
      token: 't',
      roots: ['/x'],
      mode: 'autopilot',
    };
    writeFileSync(join(place.folders.windows, 'deadbeef.json'), JSON.stringify(dead));
    writeFileSync(join(place.folders.windows, 'deadbeef.curl'), '');
    await open({ roots: ['/other'] });
    const names = readdirSync(place.folders.windows);
    expect(names.some(name => name.startsWith('deadbeef'))).toBe(false);
    expect(names).toHaveLength(4);
    expect(existsSync(first.broker.socket ?? '')).toBe(true);
  });
});

describe('the hook process', () => {
  it('ends when the agent gives up, and the broker lets the call go', async () => {
    const window = await open();
    let child: ChildProcess | undefined;
    const ended = new Promise<void>(resolve => {
      child = spawn('/bin/sh', ['-c', place.command()], { cwd: place.workspace, detached: true });
      child.stdin?.end(kiroCommand(place.workspace, 'touch x'));
      child.on('close', () => resolve());
    });
    const { ticket } = await window.nextWaiting();
    process.kill(-(child?.pid ?? 0), 'SIGTERM');
    await ended;
    await expect.poll(() => window.desk.waiting()[0]?.live).toBe(false);
    expect(window.desk.waiting()[0]?.ticket).toBe(ticket);
  });

  it('blocks when neither curl nor Node can be used', async () => {
    const launcher = join(place.folders.hook, 'checkrein-hook.sh');
    const text = readFileSync(launcher, 'utf8')
      .replace(/^node=.*$/m, "node='/nonexistent/node'")
      .replace(/^curl=.*$/m, "curl=''");
    writeFileSync(launcher, text);
    await open({ trusted: ['*'] });
    const { toolRuns, stderr } = await run('curl', 'ls');
    expect(toolRuns).toBe(false);
    expect(stderr).toContain('Checkrein blocked this call');
  });

  it.each([
    '',
    'kiro',
    'kiro 60 x y',
    "'../x' 60",
    'kiro 1',
    'kiro 99999',
    'kiro -1',
    'unknown-agent 60',
  ])('blocks on the arguments %j', async args => {
    await open({ trusted: ['*'] });
    const launcher = `/bin/sh '${join(place.folders.hook, 'checkrein-hook.sh')}' ${args}`;
    const ran = await runKiroHook(launcher, kiroCommand(place.workspace, 'ls'), {
      cwd: place.workspace,
    });
    // A third argument is ignored by sh and harmless; everything else blocks.
    expect(ran.toolRuns).toBe(args === 'kiro 60 x y');
  });
});

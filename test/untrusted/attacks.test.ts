import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAgent } from '../../src/agents/knownAgents';
import { identicalCallKey, sessionGrantKey } from '../../src/broker/callKeys';
import { lastSnapshot } from '../../src/broker/policySnapshot';
import { decide } from '../../src/policy/decide';
import { INITIAL_MODE, modeInEffect } from '../../src/policy/mode';
import { EMPTY_POLICY } from '../../src/policy/policy';
import type { ToolCall } from '../../src/policy/toolCall';
import { kiroCommand, kiroPayload, runKiroHook, type HookRun } from '../support/kiroContract';
import { openWindow, testPlace, type TestPlace, type TestWindow } from '../support/testWindow';

/** Ways round the policy that were found by attacking it; each one once passed. */
let place: TestPlace;
const windows: TestWindow[] = [];
beforeEach(() => {
  place = testPlace();
});
afterEach(async () => {
  await Promise.all(windows.splice(0).map(({ broker }) => broker.stop()));
  place.dispose();
});

async function open(roots = [place.workspace]): Promise<TestWindow> {
  const window = await openWindow(place, { roots });
  windows.push(window);
  return window;
}

const run = (payload: string): Promise<HookRun> =>
  runKiroHook(place.command(), payload, { cwd: place.workspace });

/** What the policy says to a payload, for a workspace /p in Autopilot. */
function verdict(agentId: string, payload: object): string {
  const result = findAgent(agentId)?.readPayload(payload);
  if (!result?.ok) return 'unreadable';
  const paths = { roots: ['/p'], home: '/home/me', stateHome: '/home/me/.local/share/checkrein' };
  const mode = modeInEffect({ ...INITIAL_MODE, restricted: false }, 0);
  return decide(result.call, EMPTY_POLICY, { mode, paths }).effect;
}

const kiro = (tool: string, input: object): object =>
  JSON.parse(kiroPayload('/p', tool, { ...input })) as object;
const gemini = (tool: string, input: object): object => ({
  session_id: 's',
  hook_event_name: 'BeforeTool',
  cwd: '/p',
  tool_name: tool,
  tool_input: input,
});
const kiroCli = (input: object): object => ({
  hook_event_name: 'preToolUse',
  cwd: '/p',
  tool_name: 'fs_read',
  tool_input: input,
});

describe('links', () => {
  it.each([
    ['a protected file', '.vscode/tasks.json'],
    ['a file outside', '../outside.txt'],
  ])('a link to %s that does not exist yet asks', async (_what, target) => {
    mkdirSync(join(place.workspace, '.vscode'));
    symlinkSync(target, join(place.workspace, 'todo.md'));
    const window = await open();
    const hook = run(kiroPayload(place.workspace, 'fs_write', { path: 'todo.md', text: 'x' }));
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await hook).toolRuns).toBe(false);
  });

  it.each([
    ['cat notes.txt', 'outsideWorkspace'],
    ['cat innocent', 'secretFile'],
  ])('%s asks where the file is a link (%s)', async (command, code) => {
    symlinkSync('/etc/hostname', join(place.workspace, 'notes.txt'));
    writeFileSync(join(place.workspace, '.env'), '');
    symlinkSync('.env', join(place.workspace, 'innocent'));
    const window = await open();
    const hook = run(kiroCommand(place.workspace, command));
    const waiting = await window.nextWaiting();
    expect(waiting.decision.code).toBe(code);
    window.answer(waiting.ticket, { kind: 'deny' });
    expect((await hook).toolRuns).toBe(false);
  });

  it('a link that leads in a circle blocks', async () => {
    symlinkSync('b', join(place.workspace, 'a'));
    symlinkSync('a', join(place.workspace, 'b'));
    await open();
    const hook = await run(kiroPayload(place.workspace, 'fs_write', { path: 'a', text: 'x' }));
    expect(hook.toolRuns).toBe(false);
  });

  it('".." behind a link leads where the kernel goes, not where the text goes', async () => {
    const outside = join(place.workspace, '..', 'outside');
    mkdirSync(join(outside, 'deep'), { recursive: true });
    writeFileSync(join(outside, 'secret'), '');
    symlinkSync(join(outside, 'deep'), join(place.workspace, 'l'));
    writeFileSync(join(place.workspace, 'secret'), '');
    const window = await open();
    const hook = run(kiroPayload(place.workspace, 'read_file', { path: 'l/../secret' }));
    const waiting = await window.nextWaiting();
    expect(waiting.decision.code).toBe('outsideWorkspace');
    window.answer(waiting.ticket, { kind: 'deny' });
    expect((await hook).toolRuns).toBe(false);
  });
});

describe('payloads', () => {
  it.each([
    { operations: [{ mode: 'Line', path: '/etc/shadow', image_paths: ['ok.png'] }] },
    { operations: [{ mode: 'Line', path: '/home/me/.ssh/id_rsa' }], path: 'README.md' },
    { operations: [{ mode: 'Line', path: 'ok', target: '/etc/shadow' }] },
  ])('Kiro CLI 2 cannot hide a path in %j', input => {
    expect(verdict('kiro-cli', kiroCli(input))).toBe('ask');
  });

  it.each([
    ['gemini-cli', gemini('glob', { pattern: '{/etc/host*,x}' })],
    ['gemini-cli', gemini('grep_search', { pattern: 'KEY', include_pattern: '.en?' })],
    ['gemini-cli', gemini('grep_search', { pattern: 'KEY', include_pattern: '.e*' })],
    ['gemini-cli', gemini('read_many_files', { include: ['@(/etc/passwd)'] })],
    ['gemini-cli', gemini('read_many_files', { include: ['src/.en[v]'] })],
    ['kiro', kiro('grep_search', { query: 'KEY', includePattern: '*env*' })],
    ['kiro', kiro('glob', { pattern: '/etc/**' })],
  ])('a pattern of %s that may mean more than it says asks', (agent, payload) => {
    expect(verdict(agent, payload)).toBe('ask');
  });

  it.each([
    ['gemini-cli', gemini('glob', { pattern: '**/*.ts' })],
    ['gemini-cli', gemini('grep_search', { pattern: 'x', include_pattern: 'src/**/*.test.ts' })],
    ['kiro', kiro('grep_search', { query: 'x', includePattern: '**/package.json' })],
  ])('a plain pattern of %s passes', (agent, payload) => {
    expect(verdict(agent, payload)).toBe('allow');
  });

  it('more paths than can be looked at in time are refused', () => {
    const paths = Array.from({ length: 100_000 }, (_, n) => `f${n}`);
    expect(verdict('kiro', kiro('read_files', { paths }))).toBe('unreadable');
  });
});

describe('approvals', () => {
  const at = (path: string, real = path): { path: string; real: string } => ({ path, real });
  const base: ToolCall = {
    agent: 'kiro',
    sessionId: 's',
    tool: 'list_directory',
    capability: 'read',
    cwd: '/p',
    paths: [at('/var')],
    input: {},
  };
  const command = (dialect: 'bash' | 'powershell'): ToolCall => ({
    ...base,
    tool: dialect === 'bash' ? 'execute_bash' : 'execute_pwsh',
    capability: 'shell',
    command: { text: 'npm test', dialect, cwd: at('/p') },
  });

  it('for the session do not reach another tool or shell', () => {
    expect(sessionGrantKey(base)).not.toBe(sessionGrantKey({ ...base, tool: 'grep_search' }));
    expect(sessionGrantKey(command('bash'))).not.toBe(sessionGrantKey(command('powershell')));
  });

  it('that come late do not reach a link that was moved meanwhile', () => {
    const before = { ...base, paths: [at('/p/link', '/p/harmless')] };
    const after = { ...base, paths: [at('/p/link', '/home/me/.ssh/authorized_keys')] };
    expect(identicalCallKey(before)).not.toBe(identicalCallKey(after));
  });

  it('are not offered for a session where there is no name of one, or an unknown field', () => {
    const paths = { roots: ['/p'], home: '/home/me', stateHome: '/s' };
    const mode = modeInEffect({ ...INITIAL_MODE, restricted: false }, 0);
    const scopes = (call: ToolCall): readonly string[] =>
      decide(call, EMPTY_POLICY, { mode, paths }).scopes;
    expect(scopes({ ...command('bash'), sessionId: '' })).not.toContain('session');
    expect(scopes({ ...command('bash'), unknownField: 'env' })).toEqual(['once']);
  });
});

describe('Interrupt', () => {
  it('holds a folder that another window has open, too', async () => {
    const other = join(place.workspace, '..', 'other');
    mkdirSync(other);
    const stopped = await open();
    await open([other, place.workspace]);
    stopped.setMode('interrupted');
    for (let time = 0; time < 6; time += 1) {
      expect((await run(kiroCommand(place.workspace, 'ls'))).toolRuns).toBe(false);
    }
    await Promise.all(windows.splice(0).map(({ broker }) => broker.stop()));
    expect((await run(kiroCommand(place.workspace, 'ls'))).toolRuns).toBe(false);
    expect(lastSnapshot(place.folders.snapshots, [place.workspace])?.state.mode.mode).toBe(
      'interrupted',
    );
  });

  it('reaches hooks also when the window cannot listen', async () => {
    const first = await open();
    await first.broker.stop();
    windows.length = 0;
    rmSync(place.folders.sockets, { recursive: true, force: true });
    writeFileSync(place.folders.sockets, 'in the way');
    const window = await openWindow(place, { start: false });
    await expect(window.broker.start()).rejects.toThrow();
    window.setMode('interrupted');
    expect((await run(kiroCommand(place.workspace, 'ls'))).toolRuns).toBe(false);
  });
});

describe('windows', () => {
  it('a crashed window with a closer folder does not block that folder', async () => {
    const inner = join(place.workspace, 'inner');
    mkdirSync(inner);
    await open();
    const dead = {
      version: 1,
      id: 'deadbeef',
      pid: process.pid,
      socket: join(place.folders.sockets, 'dead.sock'),
      token: 't',
      roots: [inner],
      mode: 'autopilot',
    };
    writeFileSync(join(place.folders.windows, 'deadbeef.json'), JSON.stringify(dead));
    expect((await run(kiroCommand(inner, 'ls'))).code).toBe(0);
    expect(readdirSync(place.folders.windows).some(name => name.startsWith('dead'))).toBe(false);
  });
});

describe('an agent that starts its hooks through bash', () => {
  it.each(['exit', 'echo', 'printf', 'return', 'trap', '['])(
    'is held although the environment redefines %s',
    async name => {
      const window = await open();
      window.setMode('interrupted');
      const { code } = await runKiroHook(place.command(), kiroCommand(place.workspace, 'ls'), {
        cwd: place.workspace,
        shell: '/bin/bash',
        // Bash reads start-up files when its input is a socket, as Node's pipes are, and it is no
        // shell in a shell: functions in the environment strike there before any hook runs.
        env: { ...process.env, SHLVL: '2', [`BASH_FUNC_${name}%%`]: '() { builtin exit 0; }' },
      });
      expect(code).toBe(2);
    },
  );

  it('has a bash here to be tested with', () => {
    expect(execFileSync('/bin/bash', ['--version']).toString()).toContain('GNU bash');
  });
});

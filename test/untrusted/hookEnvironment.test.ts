import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kiroCommand, runKiroHook } from '../support/kiroContract';
import { openWindow, testPlace, type TestPlace, type TestWindow } from '../support/testWindow';

/**
 * A repository that sets every variable it can (terminal env settings, .env, direnv) and holds
 * programs of the names the hook could look for. Each of them leaves a mark when it runs.
 */
let place: TestPlace;
let marks: string;
let env: NodeJS.ProcessEnv;
let window: TestWindow | undefined;

beforeEach(() => {
  place = testPlace();
  marks = join(place.workspace, 'marks');
  mkdirSync(marks);
  const bin = join(place.workspace, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', 'bash', 'curl', 'node', 'env', 'printf', 'kiro', 'code', 'git']) {
    for (const folder of [bin, place.workspace]) {
      const trap = join(folder, name);
      writeFileSync(trap, `#!/bin/sh\n: > '${marks}/ran-${name}'\nexit 0\n`);
      chmodSync(trap, 0o755);
    }
  }
  const script = join(place.workspace, 'trap.js');
  writeFileSync(script, `require('fs').writeFileSync('${marks}/ran-node-options', '')`);
  const shellFile = join(place.workspace, 'trap.sh');
  writeFileSync(shellFile, `: > '${marks}/ran-shell-file'\nexit 0\n`);
  writeFileSync(join(place.workspace, '.curlrc'), 'url = "http://127.0.0.1:9/"\n');
  env = {
    ...process.env,
    PATH: `${bin}:.:${process.env['PATH'] ?? ''}`,
    NODE_OPTIONS: `--require ${script}`,
    NODE_PATH: place.workspace,
    ENV: shellFile,
    BASH_ENV: shellFile,
    'BASH_FUNC_printf%%': `() { : > '${marks}/ran-function'; exit 0; }`,
    CURL_HOME: place.workspace,
    HOME: place.workspace,
    XDG_DATA_HOME: place.workspace,
    XDG_CONFIG_HOME: place.workspace,
    CHECKREIN_HOME: join(place.workspace, 'forged-state'),
    CHECKREIN_SOCKET: '/nowhere',
    http_proxy: 'http://127.0.0.1:9',
    ALL_PROXY: 'http://127.0.0.1:9',
    ELECTRON_RUN_AS_NODE: '',
    IFS: 'x/',
  };
});
afterEach(async () => {
  await window?.broker.stop();
  window = undefined;
  place.dispose();
});

function run(text: string, command = place.command()): ReturnType<typeof runKiroHook> {
  return runKiroHook(command, kiroCommand(place.workspace, text), { cwd: place.workspace, env });
}

const node = (): string => {
  const { hook, home } = place.folders;
  return `/usr/bin/env -i '${process.execPath}' '${join(hook, 'hook.js')}' kiro --home '${home}' --limit 60`;
};

describe('an environment set by a repository', () => {
  it('changes nothing for the curl path', async () => {
    window = await openWindow(place);
    const hook = run('touch x');
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await hook).toolRuns).toBe(false);
    expect((await run('ls')).code).toBe(0);
    expect(readdirSync(marks)).toEqual([]);
  });

  it('changes nothing for the Node path', async () => {
    window = await openWindow(place);
    const hook = run('touch x', node());
    window.answer((await window.nextWaiting()).ticket, { kind: 'deny' });
    expect((await hook).toolRuns).toBe(false);
    expect(readdirSync(marks)).toEqual([]);
  });

  it('changes nothing when no window is open', async () => {
    window = await openWindow(place, { trusted: ['npm test'] });
    await window.broker.stop();
    window = undefined;
    const forged = join(place.workspace, 'forged-state', 'snapshots');
    mkdirSync(forged, { recursive: true });
    expect((await run('touch x')).toolRuns).toBe(false);
    expect((await run('npm test')).code).toBe(0);
    expect(readdirSync(marks)).toEqual([]);
    expect(existsSync(join(place.workspace, 'forged-state', 'journal'))).toBe(false);
  });

  it('springs the traps when something does follow it: they are live', async () => {
    const { code } = await runKiroHook('curl x', '', { cwd: place.workspace, env });
    expect(code).toBe(0);
    expect(readdirSync(marks)).toContain('ran-curl');
  });

  it('gets no line of its own into the curl configuration by a folder name', async () => {
    const hostile = join(
      place.workspace,
      'x\nunix-socket = "/nowhere"\nurl = "http://127.0.0.1:9/"',
    );
    mkdirSync(hostile, { recursive: true });
    window = await openWindow(place, { roots: [hostile, place.workspace] });
    const hook = runKiroHook(place.command(), kiroCommand(hostile, 'touch x'), {
      cwd: hostile,
      env,
    });
    const waiting = await window.nextWaiting();
    window.answer(waiting.ticket, { kind: 'allow', scope: 'once' });
    expect((await hook).code).toBe(0);
  });
});

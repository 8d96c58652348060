import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallHistory } from '../../src/broker/callHistory';
import { Journal, readJournal } from '../../src/history/journal';
import { ALL_TURNS } from '../../src/history/revert/selection';
import { storeFolderOf } from '../../src/history/store/storeFolder';
import { WorkspaceHistory } from '../../src/history/workspaceHistory';
import { kiroCommand, runKiroHook, type HookRun } from '../support/kiroContract';
import { openWindow, testPlace, type TestPlace, type TestWindow } from '../support/testWindow';

let place: TestPlace;
let history: WorkspaceHistory;
let window: TestWindow;

beforeEach(async () => {
  place = testPlace();
  const { folders, workspace } = place;
  history = await WorkspaceHistory.open({
    workspaceRoots: [workspace],
    storeFolderOf: root => storeFolderOf(folders.home, root),
    trusted: true,
    env: process.env,
  });
  const calls = new CallHistory({
    history: () => Promise.resolve(history),
    journal: new Journal(folders.journal),
    now: Date.now,
    onChanged: () => undefined,
    onError: error => {
      throw error;
    },
  });
  window = await openWindow(place, { trusted: ['*'], history: calls });
});
afterEach(async () => {
  await window.broker.stop();
  await history.close();
  place.dispose();
});

const file = (name: string): string => join(place.workspace, name);

function run(text: string): Promise<HookRun> {
  return runKiroHook(place.command(), kiroCommand(place.workspace, text), {
    cwd: place.workspace,
  });
}

function journal() {
  return readJournal(place.folders.journal, new Date().toISOString().slice(0, 10)).entries;
}

describe('a call that is let through', () => {
  it('was remembered before the answer: what it did can be undone', async () => {
    writeFileSync(file('a.txt'), 'mine\n');
    const { toolRuns } = await run('echo x > a.txt');
    expect(toolRuns).toBe(true);
    writeFileSync(file('a.txt'), 'x\n');
    const [begun] = await history.changes();
    const turn = begun?.report.turns[0];
    await history.turnEnd(turn?.id ?? '');
    await history.undo({ turn: ALL_TURNS });
    expect(readFileSync(file('a.txt'), 'utf8')).toBe('mine\n');
    const [line] = journal().filter(({ event }) => event === 'call');
    expect(turn?.calls.map(({ id }) => id)).toEqual([line?.['callId']]);
  });

  it('asks first, whatever trusts it, when it would destroy what is not kept', async () => {
    writeFileSync(file('big.bin'), '');
    truncateSync(file('big.bin'), 40 * 1024 * 1024);
    const hook = run('rm big.bin');
    const { decision, ticket } = await window.nextWaiting();
    expect(decision).toMatchObject({ code: 'notCovered', scopes: ['once'] });
    expect(decision.reason).toContain('"big.bin" is too large to be kept.');
    window.answer(ticket, { kind: 'allow', scope: 'once' });
    expect((await hook).toolRuns).toBe(true);
  });

  it('is denied after all when the person interrupts meanwhile', async () => {
    await window.broker.stop();
    window = await openWindow(place, {
      trusted: ['*'],
      history: {
        losses: () => Promise.resolve([]),
        beforeAllowed: () => {
          window.setMode('interrupted');
          return Promise.resolve();
        },
      },
    });
    const { toolRuns, stderr } = await run('touch x');
    expect(toolRuns).toBe(false);
    expect(stderr).toContain('interrupted');
  });
});

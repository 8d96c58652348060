import { lstatSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isRacy,
  keyOf,
  type Remembered,
  StateReader,
  systemReads,
} from '../../src/history/capture/readState';
import { thinOldTurns } from '../../src/history/retention';
import { Executor } from '../../src/history/revert/execute';
import { systemReplaces } from '../../src/history/revert/replaceCalls';
import { realDisk } from '../../src/history/store/appendFile';
import { openHistoryStore } from '../../src/history/store/openHistoryStore';
import { edited, THIRTY } from './headless';
import { Workspace } from './workspace';

let box: Workspace;

beforeEach(() => {
  box = new Workspace().withFiles();
});
afterEach(() => {
  box.dispose();
});

const agentEdits = (): void => {
  box.write('a.txt', edited('AGENT'));
};
const failing = (code: string): never => {
  throw Object.assign(new Error(code), { code });
};

describe('concurrency, crashes, resources', () => {
  it('85. file that changes while it is read: three tries, then marked as unstable', () => {
    const store = openHistoryStore(box.store);
    let reads = 0;
    const unstable = (stopAfter: number): StateReader =>
      new StateReader(box.root, store, {
        ...systemReads,
        lstat: path => {
          const stat = systemReads.lstat(path);
          reads += 1;
          // Right after the look, before the file is opened.
          if (reads <= stopAfter && !stat?.isDirectory()) box.write('b.txt', 'x'.repeat(reads));
          return stat;
        },
      });
    expect(unstable(2).read('b.txt').state).toMatchObject({ kind: 'file', size: 2 });
    reads = 0;
    expect(unstable(9).read('b.txt').state).toMatchObject({ kind: 'unkept', reason: 'unstable' });
    expect(reads).toBe(3);
  });

  it('86. rewrite of the same size within one tick of the clock: never missed', () => {
    const store = openHistoryStore(box.store);
    const reader = new StateReader(box.root, store);
    let known: Remembered | undefined;
    for (let round = 0; round < 300; round += 1) {
      box.write('b.txt', String(1000 + round));
      const { state, key } = reader.read('b.txt', { remembered: known });
      expect(state.kind === 'file' && store.get(state.hash).toString()).toBe(String(1000 + round));
      known = key === undefined ? undefined : { key, state };
    }
    const at = (changed: number) => ({ mtimeMs: changed, ctimeMs: changed });
    expect([isRacy(at(1000.5), 1010), isRacy(at(1000.5), 1030)]).toEqual([true, false]);
    // Whole seconds: a file system that knows no finer times.
    expect([isRacy(at(1000), 2500), isRacy(at(1000), 3001)]).toEqual([true, false]);
  });

  it('87. clock set back, times kept by cp -p or tar: seen by the time of change', async () => {
    const { atime, mtime } = lstatSync(box.place('b.txt'));
    await box.backAgain(() => {
      writeFileSync(box.place('b.txt'), 'B\n');
      utimesSync(box.place('b.txt'), atime, mtime);
    });
  });

  it('88. numbers of files are used again (Windows; deciding function): all of size, times, number must match', () => {
    const stat = { size: 1, mtimeMs: 2.5, ctimeMs: 3.5, ino: 4, mode: 0o100644 };
    const other = (change: Partial<typeof stat>): string => keyOf({ ...stat, ...change });
    const keys = [{ size: 9 }, { mtimeMs: 1 }, { ctimeMs: 1 }, { ino: 1 }, { mode: 0o100600 }].map(
      other,
    );
    expect(new Set([keyOf(stat), ...keys]).size).toBe(6);
  });

  it('89. kill during a capture: what was not recorded whole is not there (at random points: crash tests)', async () => {
    box.commit();
    await box.agent(agentEdits);
    const { history, store } = await box.open();
    const before = history.records.timeline.transitions.length;
    // What a killed process leaves: contents without an event.
    store.put(Buffer.from('never recorded'));
    box.close();
    const again = await box.open();
    expect(again.history.records.timeline.transitions.length).toBe(before);
    expect(again.store.verify().lost).toEqual([]);
    expect(await box.undone()).toEqual(['a.txt reverted']);
  });

  it('90. kill during a restore: finished when the history is opened next, edits since are kept', async () => {
    box.commit();
    await box.agent(() => {
      agentEdits();
      box.write('b.txt', 'agent\n');
      box.write('src/c.txt', 'agent\n');
    });
    const { history } = await box.open();
    const { states, transitions } = history.records.timeline;
    const actions = transitions.map(({ path, pre, post }) => ({ path, from: post, to: pre }));
    history.records.record({
      type: 'restore',
      restore: 'f00',
      what: 'undo',
      label: '',
      found: [],
      actions,
      folders: [],
      undone: transitions.map(({ id }) => id),
      redone: [],
    });
    expect(states.size).toBe(3);
    // One done, one about to be put in place, one edited by the person after the crash.
    box.write('a.txt', THIRTY);
    box.write('.checkrein-f00-1.tmp', 'half');
    box.write('src/c.txt', 'mine\n');
    box.close();
    const again = await box.open();
    expect([box.read('a.txt'), box.read('b.txt'), box.read('src/c.txt')]).toEqual([
      THIRTY,
      'b\n',
      'mine\n',
    ]);
    expect(box.has('.checkrein-f00-1.tmp')).toBe(false);
    expect(again.history.records.timeline.restores.get('f00')?.files).toBeDefined();
  });

  it('91. power loss: contents are synced before the event that names them is written', async () => {
    const order: string[] = [];
    const disk = {
      ...realDisk,
      write: (descriptor: number, bytes: Uint8Array, position: number) => {
        order.push(Buffer.from(bytes.subarray(0, 4)).toString() === 'KZR1' ? 'content' : 'event');
        return realDisk.write(descriptor, bytes, position);
      },
      sync: (descriptor: number) => {
        order.push('sync');
        realDisk.sync(descriptor);
      },
    };
    await box.open({ storeOptions: { disk } });
    await box.agent(agentEdits);
    const content = order.indexOf('content');
    const event = order.indexOf('event', content);
    expect(content).toBeGreaterThanOrEqual(0);
    expect(order.slice(content, event)).toContain('sync');
    expect(order.slice(event, event + 2)).toEqual(['event', 'sync']);
  });

  it('92. disk full at capture: the tool goes on and it is said; at restore: nothing is written', async () => {
    let free = true;
    const disk = {
      ...realDisk,
      write: (...args: Parameters<typeof realDisk.write>) =>
        free ? realDisk.write(...args) : failing('ENOSPC'),
    };
    await box.open({ storeOptions: { disk } });
    await box.agent(agentEdits);
    const { history } = await box.open();
    const turn = await box.prompt();
    free = false;
    const begin = {
      call: 'c',
      session: 's',
      turn,
      tool: 'bash',
      kind: 'shell' as const,
      paths: [],
    };
    const report = await history.beforeTool(begin);
    box.write('b.txt', 'agent\n');
    const after = await history.afterTool('c');
    expect([...report.problems, ...after.problems].join()).toMatch('the disk is full');
    const before = box.everything();
    expect(await box.undone({ turn: 'all' })).toEqual(['disk-full']);
    expect(box.everything()).toEqual(before);
    free = true;
    expect(await box.undone({ turn: 'all' })).toContain('a.txt reverted');

    const reader = new StateReader(box.root, openHistoryStore(join(box.base, 'other')));
    const calls = { ...systemReplaces, freeBytes: () => 10 };
    const hands = new Executor({
      root: box.root,
      reader,
      bytesOf: () => Buffer.alloc(0),
      isUnsaved: () => false,
      platform: 'linux',
      calls,
    });
    const to = { kind: 'file' as const, hash: '', size: 11, mode: 0o644 };
    expect(hands.fits([{ path: 'b.txt', from: to, to }])).toBe(false);
  });

  it('93. two windows on one folder: each sees what the other recorded, one restores at a time', async () => {
    box.commit();
    const other = new Workspace();
    const second = await other.open({
      root: box.root,
      storeFolder: box.store,
      workspaceRoots: [box.root],
    });
    await box.agent(agentEdits);
    const held = second.store.lease('restore');
    expect(await box.undone()).toEqual(['busy']);
    held?.release();
    expect((await second.restore.undo({ turn: 'last' })).files).toEqual([
      { path: 'a.txt', result: 'reverted' },
    ]);
    expect(await box.undone()).toEqual(['a.txt already']);
    other.dispose();
  });

  it('94. a folder that another machine syncs: paths are judged by content alone', async () => {
    await box.agent(agentEdits);
    // The same bytes come anew: other times, another number.
    box.sh('cp a.txt new && rm a.txt && sleep 0.01 && mv new a.txt');
    expect(await box.undone()).toEqual(['a.txt reverted']);
  });

  it('95. events of a newer version: kept, and not in the way', async () => {
    const { store } = await box.open();
    await box.agent(agentEdits);
    store.record({ type: 'from-the-future', files: 7 }, []);
    store.record(
      {
        type: 'look',
        seen: [['../outside', { kind: 'absent' }]],
        groups: [],
        bases: [],
        problems: [],
      },
      [],
    );
    box.close();
    const again = await box.open();
    await again.store.collect(thinOldTurns(Date.now()));
    expect(
      again.store
        .events()
        .some(({ event }) => (event as { type: string }).type === 'from-the-future'),
    ).toBe(true);
    expect(again.history.records.timeline.states.has('../outside')).toBe(false);
    expect(await box.undone()).toEqual(['a.txt reverted']);
  });

  it('96. content the store has lost: that file is refused, the others go on', async () => {
    box.write('b.txt', 'unlike anything else, to be found again\n');
    await box.agent(() => box.sh('echo agent > a.txt; echo agent > b.txt'));
    box.close();
    box.sh(
      `for p in packs/*; do ${process.execPath} -e "const f=process.argv[1],b=require('fs').readFileSync(f);const i=b.indexOf('unlike anything');if(i>0)b[i]^=1;require('fs').writeFileSync(f,b)" $p; done`,
      box.store,
    );
    expect(await box.undone()).toEqual(['a.txt reverted', 'b.txt skipped lost']);
    expect(box.read('b.txt')).toBe('agent\n');
  });

  it('97. clean-up while another window has the history open: nothing of the month is lost', async () => {
    const other = new Workspace();
    await box.agent(agentEdits);
    const second = await other.open({
      root: box.root,
      storeFolder: box.store,
      workspaceRoots: [box.root],
    });
    await second.store.collect(thinOldTurns(Date.now()));
    expect(await box.undone()).toEqual(['a.txt reverted']);
    other.dispose();

    // What is older goes, and what is known of the folder stays.
    box.close();
    const { store } = await box.open();
    const events = store.events().length;
    await store.collect(thinOldTurns(Date.now() + 31 * 24 * 3_600_000));
    expect(store.events().length).toBeLessThan(events);
    box.close();
    expect(await box.turns()).toEqual([]);
    await box.backAgain(() => box.sh('echo agent > a.txt; rm b.txt'));
  });

  it('98. file in use by a virus scanner or a running program (Windows; calls injected): five tries', async () => {
    const store = openHistoryStore(box.store);
    const reader = new StateReader(box.root, store);
    const to = { kind: 'absent' as const };
    const tries = async (fails: number, platform: NodeJS.Platform): Promise<[unknown, number]> => {
      box.write('b.txt', 'b\n');
      let calls = 0;
      const unlink: typeof systemReplaces.unlink = path => {
        calls += 1;
        if (calls <= fails) failing('EPERM');
        systemReplaces.unlink(path);
      };
      const setting = {
        root: box.root,
        reader,
        bytesOf: (hash: string) => store.get(hash),
        isUnsaved: () => false,
        platform,
      };
      const hands = new Executor({ ...setting, calls: { ...systemReplaces, unlink } });
      const from = reader.read('b.txt').state;
      return [await hands.apply({ path: 'b.txt', from, to }, 'r', 0), calls];
    };
    expect(await tries(4, 'win32')).toEqual([undefined, 5]);
    expect(await tries(9, 'win32')).toEqual([{ result: 'skipped', reason: 'no-permission' }, 5]);
    // Elsewhere it will not pass.
    expect(await tries(9, 'linux')).toEqual([{ result: 'skipped', reason: 'no-permission' }, 1]);
  });

  it('99. no permission for a file (call injected): reported for it, the rest goes on', async () => {
    await box.agent(() => box.sh('echo n > n1; echo n > n2'));
    const open = await box.open();
    const { RootRestore } = await import('../../src/history/revert/rootRestore');
    const unlink: typeof systemReplaces.unlink = path => {
      if (String(path).endsWith('n1')) failing('EACCES');
      systemReplaces.unlink(path);
    };
    const restore = new RootRestore(open.history, undefined, { ...systemReplaces, unlink });
    expect((await restore.undo({ turn: 'last' })).files).toEqual([
      { path: 'n1', result: 'skipped', reason: 'no-permission' },
      { path: 'n2', result: 'reverted' },
    ]);
    // It is still there to be undone.
    expect(await box.undone()).toEqual(['n1 reverted', 'n2 already']);
  });

  it('100. unreadable file or folder (call injected): said for it, all else is covered', () => {
    const store = openHistoryStore(box.store);
    const lstat: typeof systemReads.lstat = path =>
      String(path).includes('c.txt') ? failing('EACCES') : systemReads.lstat(path);
    const reader = new StateReader(box.root, store, { ...systemReads, lstat });
    expect(reader.read('src/c.txt').state).toMatchObject({ kind: 'unkept', reason: 'unreadable' });
    expect(reader.read('a.txt').state.kind).toBe('file');
  });
});

import {
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf } from '../../src/history/capture/readState';
import { syncAndClose } from '../../src/history/revert/newFiles';
import { type ReplaceCalls, systemReplaces } from '../../src/history/revert/replaceCalls';
import { thinOldTurns } from '../../src/history/retention';
import { RootRestore } from '../../src/history/revert/rootRestore';
import { THIRTY } from './headless';
import { Workspace } from './workspace';

let box: Workspace;

beforeEach(() => {
  box = new Workspace().withFiles();
});
afterEach(() => {
  box.dispose();
});

function failing(code: string): never {
  throw Object.assign(new Error(code), { code });
}

function leftovers(folder = box.root): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.includes('.checkrein-'),
  );
}

describe('a restore while others act', () => {
  it('leaves a file that is typed on while its new file is synced', async () => {
    box.commit();
    await box.agent(() => box.write('a.txt', 'agent\n'));
    let typed = false;
    const open = await box.open();
    const write: ReplaceCalls['write'] = (...args) => {
      // When all that is ready to run has run: before anything that waits for the disk.
      process.nextTick(() => (typed = true));
      return systemReplaces.write(...args);
    };
    const restore = new RootRestore(
      open.history,
      {
        unsaved: () => (typed ? Buffer.from('agent\ntyped\n') : undefined),
        change: () => Promise.resolve([]),
      },
      { ...systemReplaces, write },
    );
    const { files } = await restore.undo({ turn: 'last' });
    expect([files, box.read('a.txt')]).toEqual([
      [{ path: 'a.txt', result: 'kept', reason: 'changed-meanwhile' }],
      'agent\n',
    ]);
    expect(leftovers()).toEqual([]);
  });

  it('leaves nothing behind when a second name of the file came after its new file', async () => {
    const { executor, file } = box.byHand();
    const action = { path: 'src/c.txt', from: file('c\n'), to: file('before\n') };
    await executor.prepare([action], 'r');
    linkSync(box.place('src/c.txt'), box.place('second'));
    expect(await executor.apply(action, 'r', 0)).toBeUndefined();
    expect([box.read('src/c.txt'), box.read('second')]).toEqual(['before\n', 'before\n']);
    expect(leftovers()).toEqual([]);
  });

  it('puts a file with two names back as it was when the disk is full half-way', async () => {
    linkSync(box.place('a.txt'), box.place('second'));
    let writes = 0;
    const { executor, file } = box.byHand({
      write: (descriptor, bytes, position) => {
        writes += 1;
        if (writes === 2) failing('ENOSPC');
        return systemReplaces.write(descriptor, bytes.subarray(0, 10), position);
      },
    });
    const from = file(THIRTY);
    const action = { path: 'a.txt', from, to: file(`${'x'.repeat(5000)}\n`) };
    expect(await executor.apply(action, 'r', 0)).toEqual({
      result: 'skipped',
      reason: 'disk-full',
    });
    expect(box.read('a.txt')).toBe(THIRTY);
  });

  it('does not lose the only copy when the second half of a respelling fails', () => {
    let renames = 0;
    const { executor } = box.byHand({
      rename: (from, to) => {
        renames += 1;
        if (renames === 2) failing('EPERM');
        systemReplaces.rename(from, to);
      },
    });
    expect(executor.respell('src/c.txt', 'src/C.txt', 'r')).toEqual({
      result: 'skipped',
      reason: 'no-permission',
    });
    expect(box.read('src/c.txt')).toBe('c\n');
  });

  it('gives a file its name back that a crash left between two spellings', () => {
    const { executor } = box.byHand({
      rename: (from, to) => {
        systemReplaces.rename(from, to);
        // What comes after a crash does not happen.
        executor.removeTemporary('src/c.txt', 'r', 0);
        expect(box.has('src/c.txt')).toBe(false);
        executor.clearUp('src/c.txt', 'r', 0);
        failing('EIO');
      },
    });
    executor.respell('src/c.txt', 'src/C.txt', 'r');
    expect(box.read('src/c.txt')).toBe('c\n');
  });

  it('goes on with the files on disk when the editor refuses', async () => {
    await box.agent(() => {
      box.write('a.txt', 'agent\n');
      box.write('src/c.txt', 'agent\n');
    });
    const { history } = await box.open();
    const restore = new RootRestore(history, {
      unsaved: path => (path === 'a.txt' ? Buffer.from('agent\n') : undefined),
      change: () => Promise.reject(new Error('no such encoding')),
    });
    expect((await restore.undo({ turn: 'last' })).files).toEqual([
      { path: 'a.txt', result: 'kept', reason: 'changed-meanwhile' },
      { path: 'src/c.txt', result: 'reverted' },
    ]);
    expect(history.records.timeline.restores.values().next().value?.files).toBeDefined();
  });

  it('takes a sync whose end fails for a file that is not prepared', async () => {
    const descriptor = openSync(box.place('a.txt'), 'r');
    closeSync(descriptor);
    expect(await syncAndClose({ descriptor, mode: 0o644 })).toBeUndefined();
  });
});

describe('what is remembered and not so', () => {
  /** Damages what the store holds of a text. */
  function spoil(text: string): void {
    box.close();
    const folder = join(box.store, 'packs');
    for (const name of readdirSync(folder)) {
      const pack = readFileSync(join(folder, name));
      const at = pack.indexOf(text);
      if (at !== -1) pack[at] = 0;
      writeFileSync(join(folder, name), pack);
    }
  }

  const LEFT = THIRTY.replace('line 3\n', 'the agent was here\n');

  it('undoes though the store has lost what stands there', async () => {
    box.commit();
    await box.agent(() => box.write('a.txt', 'agent, unlike all else\n'));
    await setTimeout(50);
    await (await box.open()).history.lookNow();
    spoil('agent, unlike');
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect(box.read('a.txt')).toBe(THIRTY);
    expect((await (await box.open()).restore.redo()).files).toMatchObject([{ result: 'reverted' }]);
    expect(box.read('a.txt')).toBe('agent, unlike all else\n');
  });

  it('merges though the store has lost what stands there', async () => {
    box.commit();
    await box.agent(() => box.write('a.txt', LEFT));
    box.write('a.txt', `${LEFT}and so was the person\n`);
    await setTimeout(50);
    await (await box.open()).history.lookNow();
    spoil('and so was');
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt merged']);
    expect(box.read('a.txt')).toBe(`${THIRTY}and so was the person\n`);
  });

  it('goes on capturing and cleaning up when the store has lost what stood there before', async () => {
    box.commit();
    await box.agent(() => box.write('a.txt', 'agent, unlike all else\n'));
    spoil('agent, unlike');
    box.write('a.txt', 'mine\n');
    await box.agent(() => box.write('src/c.txt', 'agent\n'));
    expect(await box.undone()).toEqual(['src/c.txt reverted']);
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt skipped lost', 'src/c.txt already']);
  });

  it('cleans up when the store has lost what stands there', async () => {
    box.commit();
    await box.agent(() => box.write('a.txt', 'agent, unlike all else\n'));
    await setTimeout(50);
    await (await box.open()).history.lookNow();
    spoil('agent, unlike');
    const { store } = await box.open();
    const cleaned = await store.collect(thinOldTurns(Date.now() + 31 * 24 * 3_600_000));
    expect(cleaned?.condensedEvents).toBe(1);
  });

  it('keeps again what stands there when contents were removed from the store', async () => {
    await box.agent(() => box.write('a.txt', 'agent\n'));
    await setTimeout(50);
    await (await box.open()).history.lookNow();
    box.close();
    rmSync(join(box.store, 'packs'), { recursive: true });
    await box.backAgain(() => box.write('a.txt', 'agent again\n'));
  });

  it('sees at the second try what changed though size and times are the same', async () => {
    await box.agent(() => box.write('a.txt', THIRTY.replace('line 3\n', 'LINE 3\n')));
    const open = await box.open();
    const path = 'a.txt';
    const known = open.history.records.timeline.states.get(path);
    if (!known) throw new Error('unknown');
    box.write(path, THIRTY.replace('line 3\n', 'LINE 3\n').replace('line 20\n', 'LINE 20\n'));
    // As after a write through memory, which leaves the times as they are.
    open.history.capture.remembered.set(path, {
      key: keyOf(lstatSync(box.place(path))),
      state: known,
    });
    expect(await box.undone()).toEqual(['a.txt kept changed-meanwhile']);
    expect(await box.undone()).toEqual(['a.txt merged']);
    expect(box.read(path)).toBe(THIRTY.replace('line 20\n', 'LINE 20\n'));
  });

  it('takes back an overwriting by a file that is too large', async () => {
    box.commit();
    await box.agent(() => truncateSync(box.place('a.txt'), 40 * 1024 * 1024));
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect(box.read('a.txt')).toBe(THIRTY);
  });

  it('never goes back over what the person has put there and is too large to keep', async () => {
    box.commit();
    const turn = await box.agent(() => box.write('a.txt', 'agent\n'));
    truncateSync(box.place('a.txt'), 40 * 1024 * 1024);
    const { restore } = await box.open();
    const { files } = await restore.goTo(turn, undefined);
    expect(files).toEqual([{ path: 'a.txt', result: 'kept', reason: 'no-copy' }]);
    expect(lstatSync(box.place('a.txt')).size).toBe(40 * 1024 * 1024);
  });

  it('finishes nothing over a text that is unsaved by now', async () => {
    await box.agent(() => box.write('a.txt', 'agent\n'));
    const { history } = await box.open();
    const actions = history.records.timeline.transitions.map(({ path, pre, post }) => ({
      ...{ path, from: post, to: pre },
    }));
    history.records.record({
      ...{ type: 'restore', restore: 'f00', what: 'undo', label: '', found: [], actions },
      ...{ folders: [], undone: [], redone: [] },
    });
    box.close();
    let text: Buffer = Buffer.from('agent\nmine\n');
    const again = await box.open({
      editor: {
        unsaved: () => text,
        change: files => {
          text = files[0]?.bytes ?? text;
          return Promise.resolve(files.map(({ path }) => path));
        },
      },
    });
    expect(text.toString()).toBe('agent\nmine\n');
    expect(again.history.records.timeline.restores.get('f00')?.files).toEqual([
      { path: 'a.txt', result: 'kept', reason: 'changed-meanwhile' },
    ]);
    expect(readFileSync(box.place('a.txt'), 'utf8')).toBe('agent\n');
  });
});

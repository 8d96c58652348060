import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ABSENT } from '../../src/history/fileState';
import { systemReplaces } from '../../src/history/revert/replaceCalls';
import { RootRestore } from '../../src/history/revert/rootRestore';
import { WorkspaceHistory } from '../../src/history/workspaceHistory';
import { THIRTY } from './headless';
import { newId, Workspace } from './workspace';

let box: Workspace;
let outside: string;

beforeEach(() => {
  box = new Workspace();
  box.write('a.txt', THIRTY);
  box.write('src/c.txt', 'c\n');
  outside = join(box.base, 'outside');
  mkdirSync(outside);
});
afterEach(() => {
  box.dispose();
});

function busy(): never {
  throw Object.assign(new Error('busy'), { code: 'EBUSY' });
}

/** Puts a link that leads out of the workspace in the place of a folder. */
function swapForLink(folder: string): void {
  renameSync(box.place(folder), box.place(`${folder}-moved`));
  symlinkSync(outside, box.place(folder));
}

describe('someone else writes while a restore does', () => {
  it('keeps what the person wrote while a file in use was tried again', async () => {
    let tries = 0;
    const { executor, file } = box.byHand({
      unlink: path => {
        tries += 1;
        if (tries > 1) return systemReplaces.unlink(path);
        setTimeout(() => box.write('src/c.txt', 'mine\n'), 1);
        busy();
      },
    });
    const action = { path: 'src/c.txt', from: file('c\n'), to: ABSENT };
    expect(await executor.apply(action, 'r', 0)).toEqual({
      result: 'kept',
      reason: 'changed-meanwhile',
    });
    expect(box.read('src/c.txt')).toBe('mine\n');
  });

  it('keeps what the person wrote while the new file was written', async () => {
    const { executor, file } = box.byHand({
      write: (descriptor, bytes, position) => {
        box.write('src/c.txt', 'mine\n');
        return systemReplaces.write(descriptor, bytes, position);
      },
    });
    const action = { path: 'src/c.txt', from: file('c\n'), to: file('before\n') };
    expect(await executor.apply(action, 'r', 0)).toMatchObject({ reason: 'changed-meanwhile' });
    expect(box.read('src/c.txt')).toBe('mine\n');
    expect(box.everything()).not.toHaveProperty(['src/.checkrein-r-0.tmp']);
  });

  it('keeps what the person put where a removed file was to come back', async () => {
    const { executor, file } = box.byHand({
      link: (from, to) => {
        box.write('src/new.txt', 'mine\n');
        systemReplaces.link(from, to);
      },
    });
    const action = { path: 'src/new.txt', from: ABSENT, to: file('before\n') };
    expect(await executor.apply(action, 'r', 0)).toMatchObject({ reason: 'changed-meanwhile' });
    expect(box.read('src/new.txt')).toBe('mine\n');
  });

  it('brings a file back where a file system has no second names', async () => {
    const link = (): never => {
      throw Object.assign(new Error('no links'), { code: 'ENOTSUP' });
    };
    const { executor, file } = box.byHand({ link });
    const action = { path: 'src/new.txt', from: ABSENT, to: file('before\n') };
    expect(await executor.apply(action, 'r', 0)).toBeUndefined();
    expect(box.read('src/new.txt')).toBe('before\n');
  });

  it('leaves a file that is typed on while the files before it are written', async () => {
    box.commit();
    await box.agent(() => box.write('a.txt', 'agent\n'));
    let asked = 0;
    const open = await box.open();
    const restore = new RootRestore(open.history, {
      unsaved: () => {
        asked += 1;
        // Planning and changing editors saw it saved.
        return asked > 3 ? Buffer.from('agent\ntyped\n') : undefined;
      },
      change: () => Promise.resolve([]),
    });
    expect((await restore.undo({ turn: 'last' })).files).toEqual([
      { path: 'a.txt', result: 'kept', reason: 'changed-meanwhile' },
    ]);
    expect(box.read('a.txt')).toBe('agent\n');
  });
});

describe.runIf(process.platform === 'linux')('folders swapped for links', () => {
  it('removes nothing behind a link that came after the check', async () => {
    writeFileSync(join(outside, 'c.txt'), 'c\n');
    const { executor, file } = box.byHand({
      unlink: path => {
        swapForLink('src');
        systemReplaces.unlink(path);
      },
    });
    await executor.apply({ path: 'src/c.txt', from: file('c\n'), to: ABSENT }, 'r', 0);
    expect(existsSync(join(outside, 'c.txt'))).toBe(true);
  });

  it('writes nothing behind a link that came after the check', async () => {
    writeFileSync(join(outside, 'c.txt'), 'c\n');
    const { executor, file } = box.byHand({
      rename: (from, to) => {
        swapForLink('src');
        writeFileSync(join(outside, '.checkrein-r-0.tmp'), 'bait');
        systemReplaces.rename(from, to);
      },
    });
    await executor.apply({ path: 'src/c.txt', from: file('c\n'), to: file('b\n') }, 'r', 0);
    expect(readFileSync(join(outside, 'c.txt'), 'utf8')).toBe('c\n');
  });

  it('touches nothing when the workspace folder itself is a link by now', async () => {
    box.commit();
    const repository = box.everything();
    await box.agent(() => {
      box.write('a.txt', 'agent\n');
      box.write('new.txt', 'n');
    });
    execFileSync('cp', ['-a', `${box.root}/.`, outside]);
    renameSync(box.root, `${box.root}-moved`);
    symlinkSync(outside, box.root);
    const { restore } = await box.open();
    const { files } = await restore.undo({ turn: 'last' });
    expect(files.map(({ path, result }) => [path, result])).toEqual([
      ['a.txt', 'skipped'],
      ['new.txt', 'skipped'],
    ]);
    expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('agent\n');
    expect(existsSync(join(outside, 'new.txt'))).toBe(true);
    rmSync(box.root);
    renameSync(`${box.root}-moved`, box.root);
    expect(await box.undone()).toEqual(['a.txt reverted', 'new.txt reverted']);
    expect(box.everything()).toEqual(repository);
  });
});

describe('whose change it was', () => {
  it('counts a file as the person’s too when it was saved while a look went on', async () => {
    box.commit();
    const turn = await box.prompt();
    const { history } = await box.open();
    const call = newId();
    const begin = { call, session: 'agent', turn, tool: 'bash', kind: 'shell' as const, paths: [] };
    const begun = history.beforeTool(begin);
    history.userActed('a.txt', 'saved');
    await begun;
    box.write('a.txt', 'mine\n');
    box.write('src/c.txt', 'agent\n');
    await history.afterTool(call);
    expect(await box.undone({ turn })).toEqual(['a.txt kept mixed', 'src/c.txt reverted']);
    expect(box.read('a.txt')).toBe('mine\n');
  });

  it('leaves what the person made, moved or removed in the editor while a command ran', async () => {
    box.commit();
    const turn = await box.prompt();
    const { history } = await box.open();
    await box.shell(turn, () => {
      box.write('by-agent', 'n');
      box.write('mine.txt', 'mine\n');
      history.userActed('mine.txt', 'moved');
      renameSync(box.place('src'), box.place('lib'));
      history.userActed('src', 'moved');
      history.userActed('lib', 'moved');
    });
    expect(await box.undone({ turn })).toEqual([
      'by-agent reverted',
      'lib/c.txt kept mixed',
      'mine.txt kept mixed',
      'src/c.txt kept mixed',
    ]);
  });

  it('counts what a file tool makes as the agent’s, though the editor made it', async () => {
    const turn = await box.prompt();
    const { history } = await box.open();
    const call = newId();
    const begin = { call, session: 'agent', turn, tool: 'write', kind: 'file' as const };
    await history.beforeTool({ ...begin, paths: ['new.txt'] });
    box.write('new.txt', 'n');
    history.userActed('new.txt', 'moved');
    await history.afterTool(call);
    expect(await box.undone({ turn })).toEqual(['new.txt reverted']);
  });
});

describe('a repository or a system that does not play along', () => {
  it('does not wait for ever for an index that is a FIFO', () => {
    box.commit();
    rmSync(box.place('.git/index'));
    execFileSync('mkfifo', [box.place('.git/index')]);
    const where = ['--workspace', box.root, '--store', box.store];
    const run = (verb: string): string =>
      execFileSync(process.execPath, ['dist/cli.js', 'history', verb, ...where], {
        ...{ env: box.env, encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
      });
    run('begin');
    box.write('a.txt', 'agent\n');
    run('end');
    expect(run('undo')).toContain('a.txt');
    expect(box.read('a.txt')).toBe(THIRTY);
  });

  it('keeps what this window has seen though the clock is set a year ahead', async () => {
    box.commit();
    const { window, agent } = await inWindow();
    await agent(() => box.write('a.txt', 'agent\n'));
    const year = 366 * 24 * 3_600_000;
    await window.collect(Date.now() + year, undefined);
    const [{ report } = { report: undefined }] = await window.undo({ turn: 'last' });
    await window.close();
    expect(report?.files).toEqual([{ path: 'a.txt', result: 'reverted' }]);
  });

  it('says when the folder of the store was removed, and begins anew when opened again', async () => {
    box.commit();
    const before = await inWindow();
    await before.agent(() => box.write('a.txt', 'agent\n'));
    expect(before.window.stands).toBe(true);
    rmSync(box.store, { recursive: true });
    expect(before.window.stands).toBe(false);
    await before.window.close();
    const { window, agent } = await inWindow();
    await agent(() => box.write('a.txt', 'later\n'));
    const [{ report } = { report: undefined }] = await window.undo({ turn: 'last' });
    await window.close();
    expect([report?.files, box.read('a.txt')]).toEqual([
      [{ path: 'a.txt', result: 'reverted' }],
      'agent\n',
    ]);
  });

  it('puts an empty folder back that a file took the place of', async () => {
    mkdirSync(box.place('empty'));
    await box.backAgain(() => {
      rmdirSync(box.place('empty'));
      box.write('empty', 'x');
    });
  });
});

/** The history as a window has it open, and a turn of an agent in it. */
async function inWindow() {
  const window = await WorkspaceHistory.open({
    workspaceRoots: [box.root],
    storeFolderOf: () => box.store,
    ...{ trusted: true, env: box.env },
  });
  const agent = async (act: () => void): Promise<void> => {
    const turn = newId();
    await window.promptStart({ turn, session: 's', whole: true });
    act();
    await window.turnEnd(turn);
  };
  return { window, agent };
}

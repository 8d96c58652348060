import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeFolderOf } from '../../src/history/store/storeFolder';
import { WorkspaceHistory } from '../../src/history/workspaceHistory';
import { edited, THIRTY } from './headless';
import { newId, Workspace } from './workspace';

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
describe('undo of undo, other places', () => {
  it('101. redo brings back the exact bytes, an edit of the user included', async () => {
    box.commit();
    await box.agent(() => box.sh('echo agent >> a.txt; rm b.txt; echo n > n; chmod +x src/c.txt'));
    box.write('a.txt', `MINE\n${box.read('a.txt')}`);
    const before = box.everything();
    await box.undone();
    expect(box.everything()).not.toEqual(before);
    const { restore } = await box.open();
    expect((await restore.redo()).files.map(({ result }) => result)).toEqual(
      Array(4).fill('reverted'),
    );
    expect(box.everything()).toEqual(before);
    expect((await restore.redo()).refused).toBe('nothing-to-redo');
    await box.undone();
    expect([box.read('a.txt'), box.read('b.txt'), box.has('n')]).toEqual([
      `MINE\n${THIRTY}`,
      'b\n',
      false,
    ]);
  });

  it('102. undo of a turn in the middle alone', async () => {
    box.commit();
    const turns: string[] = [];
    for (const [index, line] of [5, 10, 15].entries()) {
      turns.push(
        await box.agent(() => {
          box.write('a.txt', box.read('a.txt').replace(`line ${line}\n`, `TURN ${index}\n`));
        }),
      );
      box.write('a.txt', box.read('a.txt').replace(`line ${20 + index * 3}\n`, `MINE ${index}\n`));
    }
    const middle = { turn: turns[1] ?? '' };
    const before = box.read('a.txt');
    expect(await box.undone(middle)).toEqual(['a.txt merged']);
    expect(box.read('a.txt')).toBe(before.replace('TURN 1', 'line 10'));
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt merged']);
    const mine = [20, 23, 26].reduce(
      (text, line, index) => text.replace(`line ${line}\n`, `MINE ${index}\n`),
      THIRTY,
    );
    expect(box.read('a.txt')).toBe(mine);
  });

  it('103. undo, the agent goes on, undo again; and going back to a point', async () => {
    box.commit();
    const start = box.everything();
    const first = await box.agent(agentEdits);
    const afterFirst = box.everything();
    await box.undone();
    const second = await box.agent(() => {
      box.write('a.txt', edited('AGENT AGAIN', 9));
      box.write('n', 'n');
    });
    box.write('b.txt', 'mine\n');
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt reverted', 'n reverted']);
    expect(box.read('a.txt')).toBe(THIRTY);
    const { restore } = await box.open();
    const preview = await restore.goTo(second, undefined, true);
    expect([preview.files.length, box.read('b.txt')]).toEqual([3, 'mine\n']);
    expect((await restore.goTo(first, undefined)).refused).toBeUndefined();
    expect(box.everything()).toEqual(start);
    const undo = [...(await box.open()).history.records.timeline.restores.values()].find(
      ({ what }) => what === 'undo',
    );
    await restore.goTo(undo?.id ?? '', undefined);
    expect(box.everything()).toEqual(afterFirst);
    expect(await box.undone({ turn: first })).toEqual(['a.txt reverted']);
  });

  it('104. remote windows (SSH, WSL, container): the history lies on the machine of the workspace', () => {
    // The extension runs where the workspace is: its state folder is that machine's.
    expect(
      storeFolderOf(join(box.base, 'state'), box.root).startsWith(join(box.base, 'state')),
    ).toBe(true);
  });

  it('105. paths outside of all folders, as those of virtual workspaces: left out, nothing fails', async () => {
    const history = await WorkspaceHistory.open({
      workspaceRoots: [box.root],
      storeFolderOf: () => box.store,
      trusted: true,
      env: box.env,
    });
    const begin = { sessionId: 's', toolCallId: 'c', tool: 'write', kind: 'file' as const };
    const reports = await history.beforeTool({ ...begin, paths: ['/vscode-vfs/github/x/y'] });
    expect(reports.map(({ report }) => report)).toEqual([{ changed: 0, problems: [] }]);
    expect(history.coverageOf(['/elsewhere/x'], 'shell').map(({ report }) => report)).toEqual([[]]);
    await history.close();
  });

  it('106. workspace folder moved: with its store named, everything can be undone at the new place', async () => {
    box.commit();
    await box.agent(agentEdits);
    box.close();
    const moved = join(box.base, 'moved');
    box.sh(`mv ${box.root} ${moved}`, box.base);
    const { restore } = await box.open({ root: moved, workspaceRoots: [moved] });
    expect((await restore.undo({ turn: 'last' })).files).toEqual([
      { path: 'a.txt', result: 'reverted' },
    ]);
  });

  it('107. folder deleted: the history stays readable', async () => {
    box.commit();
    const turn = await box.agent(agentEdits);
    box.close();
    box.sh(`rm -rf ${box.root}`, box.base);
    expect((await box.turns()).map(({ id, files }) => [id, files.length])).toEqual([[turn, 1]]);
  });

  it('108. nothing is known of the time before the history began, and nothing is guessed', async () => {
    box.commit();
    agentEdits();
    const { history } = await box.open();
    await history.afterTool(newId());
    expect(await box.turns()).toEqual([]);
    expect((await box.undoing({ turn: 'all' })).files).toEqual([]);
    const before = Date.now();
    await box.agent(() => {
      box.write('b.txt', 'agent\n');
    });
    expect(history.records.timeline.begin).toBeGreaterThanOrEqual(before);
    expect(await box.undone({ turn: 'all' })).toEqual(['b.txt reverted']);
    expect(box.read('a.txt')).toBe(edited('AGENT'));
  });
});

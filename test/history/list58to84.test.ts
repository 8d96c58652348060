import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EditorSide } from '../../src/history/revert/planRestore';
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

/** An editor in which some files are open and unsaved. */
class FakeEditor implements EditorSide {
  readonly open = new Map<string, string>();
  readonly changes: string[] = [];

  unsaved(path: string): Buffer | undefined {
    const text = this.open.get(path);
    return text === undefined ? undefined : Buffer.from(text);
  }

  change(files: readonly { path: string; bytes: Buffer }[]): Promise<string[]> {
    for (const { path, bytes } of files) this.open.set(path, bytes.toString());
    this.changes.push(files.map(({ path }) => path).join());
    return Promise.resolve(files.map(({ path }) => path));
  }
}

describe("the user's own work", () => {
  beforeEach(() => {
    box.commit();
  });

  it('58. user edits another file after the turn: untouched', async () => {
    await box.agent(agentEdits);
    box.write('b.txt', 'mine\n');
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect(box.read('b.txt')).toBe('mine\n');
  });

  it('59. user edits another hunk of the same file: kept', async () => {
    await box.agent(agentEdits);
    box.write('a.txt', edited('AGENT').replace('line 20', 'MINE'));
    expect(await box.undone()).toEqual(['a.txt merged']);
    expect(box.read('a.txt')).toBe(edited('MINE', 20));
  });

  it("60. user edits the same line: a conflict, the user's text stays", async () => {
    await box.agent(agentEdits);
    box.write('a.txt', edited('MINE'));
    expect(await box.undone()).toEqual(['a.txt kept overlap']);
    expect(box.read('a.txt')).toBe(edited('MINE'));
  });

  it("61. user's new untracked file and new clone: untouched", async () => {
    await box.agent(agentEdits);
    box.write('mine', 'm');
    box.write('clone/x', 'x');
    box.sh('git init -q . && git add . && git commit -qm x', box.place('clone'));
    await box.undone();
    expect([box.read('mine'), box.read('clone/x'), box.has('clone/.git')]).toEqual([
      'm',
      'x',
      true,
    ]);
  });

  it('62. user edits between two edits of the agent: kept', async () => {
    await box.agent(agentEdits);
    box.write('a.txt', edited('AGENT').replace('line 15', 'MINE'));
    await box.agent(() => {
      box.write('a.txt', box.read('a.txt').replace('line 25', 'AGENT 2'));
    });
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt merged']);
    expect(box.read('a.txt')).toBe(edited('MINE', 15));
  });

  it("63. user deletes the agent's new file: already gone", async () => {
    await box.agent(() => {
      box.write('new', 'n');
    });
    rmSync(box.place('new'));
    expect(await box.undone()).toEqual(['new already']);
  });

  it('64. user reverts by hand: already reverted', async () => {
    await box.agent(agentEdits);
    box.write('a.txt', THIRTY);
    expect(await box.undone()).toEqual(['a.txt already']);
  });

  it('65. user commits in between: HEAD, branch and commit stay', async () => {
    await box.agent(agentEdits);
    box.sh('git checkout -qb mine; git commit -qam mine');
    const head = box.sh('git rev-parse HEAD main; git symbolic-ref HEAD');
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect(box.sh('git rev-parse HEAD main; git symbolic-ref HEAD')).toBe(head);
    expect(box.read('a.txt')).toBe(THIRTY);
  });

  it('66. what the user staged: the index is untouched', async () => {
    box.write('b.txt', 'staged\n');
    box.sh('git add b.txt; git add -N src; git status');
    const index = box.sh('sha256sum .git/index');
    await box.agent(agentEdits);
    await box.undone();
    expect(box.sh('sha256sum .git/index')).toBe(index);
  });

  it('67. stash list, references, objects, info/exclude and reflog: untouched', async () => {
    box.write('b.txt', 'stashed\n');
    box.sh('git stash -q; git tag t; echo x >> .git/info/exclude; git status');
    const before = box.repository();
    await box.agent(agentEdits);
    await box.undone();
    expect(box.repository()).toBe(before);
  });

  it('68. user switches the branch between turn and undo: what is missing there is left out', async () => {
    box.sh('git checkout -qb other; git rm -q b.txt; git commit -qm other; git checkout -q main');
    await box.agent(() => {
      agentEdits();
      box.write('b.txt', 'agent\n');
    });
    box.sh('git stash -q; git checkout -q other; git checkout -q stash@{0} -- a.txt');
    expect(await box.undone()).toEqual(['a.txt reverted', 'b.txt kept deleted-since']);
    expect([box.read('a.txt'), box.has('b.txt')]).toEqual([THIRTY, false]);
  });

  it('69. unsaved editor (the injected one): it counts as what is there, and is changed, not the disk', async () => {
    const editor = new FakeEditor();
    await box.open({ editor });
    await box.agent(agentEdits);
    editor.open.set('a.txt', edited('AGENT').replace('line 20', 'MINE'));
    expect(await box.undone()).toEqual(['a.txt merged']);
    expect(editor.open.get('a.txt')).toBe(edited('MINE', 20));
    expect(box.read('a.txt')).toBe(edited('AGENT'));
    const { restore } = await box.open();
    await restore.redo();
    expect(editor.open.get('a.txt')).toBe(edited('AGENT').replace('line 20', 'MINE'));
  });

  it('70. file that is open and saved (the injected editor): written on disk, for the editor to load', async () => {
    const editor = new FakeEditor();
    await box.open({ editor });
    await box.agent(agentEdits);
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect([editor.changes, box.read('a.txt')]).toEqual([[], THIRTY]);
  });

  it('71. a formatter rewrites the file after the agent: merged', async () => {
    const turn = await box.prompt();
    await box.tool(turn, 'a.txt', edited('AGENT'));
    box.write('a.txt', edited('AGENT').replace('line 28', '  line 28'));
    await box.endOf(turn);
    expect(await box.undone()).toEqual(['a.txt merged']);
    expect(box.read('a.txt')).toBe(THIRTY.replace('line 28', '  line 28'));
  });

  it('72. the user saves a file while a command runs (event of the editor injected): left unless named', async () => {
    const turn = await box.prompt();
    const { history } = await box.open();
    await box.shell(turn, () => {
      agentEdits();
      box.write('b.txt', 'saved by the user\n');
      history.userActed('b.txt', 'saved');
    });
    await box.endOf(turn);
    expect((await box.turns())[0]?.files.map(({ path, author }) => [path, author])).toEqual([
      ['a.txt', 'shell'],
      ['b.txt', 'mixed'],
    ]);
    expect(await box.undone({ turn })).toEqual(['a.txt reverted', 'b.txt kept mixed']);
    expect(await box.undone({ turn, paths: ['b.txt'] })).toEqual(['b.txt reverted']);
  });

  it('73. user runs git checkout or git clean after the turn: nothing is made again', async () => {
    await box.agent(() => {
      agentEdits();
      box.write('new', 'n');
      box.sh('rm b.txt');
    });
    box.sh('git checkout -q a.txt b.txt; git clean -fdq');
    expect(await box.undone()).toEqual(['a.txt already', 'b.txt already', 'new already']);
    expect(box.has('new')).toBe(false);
  });

  it('74. times of untouched files stay', async () => {
    const time = statSync(box.place('b.txt')).mtimeMs;
    await box.agent(agentEdits);
    await box.undone();
    expect(statSync(box.place('b.txt')).mtimeMs).toBe(time);
  });
});

describe("the agent's own acts", () => {
  it('75. git commit by the agent: content back, commit kept', async () => {
    box.commit();
    const before = box.everything();
    await box.agent(() => {
      agentEdits();
      box.sh('git add -A; git commit -qm agent');
    });
    const head = box.sh('git rev-parse HEAD');
    await box.undone();
    expect([box.everything(), box.sh('git rev-parse HEAD')]).toEqual([before, head]);
  });

  it("76. git checkout or reset --hard over the user's dirty work: it comes back", async () => {
    box.commit();
    box.sh('git branch other');
    box.write('a.txt', edited('MINE'));
    await box.backAgain(() => box.sh('git checkout -qf other'));
    await box.backAgain(() => box.sh('git reset -q --hard'));
  });

  it('77. git stash by the agent: files back, the entry stays', async () => {
    box.commit();
    box.write('a.txt', edited('MINE'));
    await box.backAgain(() => box.sh('git stash -q'));
    expect(box.sh('git stash list')).toMatch(/^stash@\{0\}/);
  });

  it('78. rm -rf .git: files come back, also those nobody had changed before', async () => {
    box.commit();
    box.sh('git gc -q');
    await box.backAgain(() => box.sh('rm -rf .git a.txt; echo agent > b.txt'));
  });

  it('79. rm -rf of the workspace folder: made again with all that was in it', async () => {
    box.commit();
    const before = box.everything();
    await box.agent(() => {
      rmSync(box.root, { recursive: true });
    });
    expect(await box.undone()).toEqual(['a.txt reverted', 'b.txt reverted', 'src/c.txt reverted']);
    expect(box.everything()).toEqual(before);
  });

  it('80. git gc --prune=now, amend or rebase by anyone: what was there before is still readable', async () => {
    box.commit();
    await box.agent(() => {
      agentEdits();
      box.sh('git commit -qa --amend -m agent');
    });
    box.sh('git reflog expire --expire=now --all; git gc -q --prune=now');
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect(box.read('a.txt')).toBe(THIRTY);
    // What was pinned for it is given up with the next prompt.
    const links = (): string => box.sh('find . -path "*/objects/??/*" -links 1', box.store);
    expect(links()).not.toBe('');
    await box.prompt();
    expect(links()).toBe('');
  });

  it('81. a process the agent left behind writes after the turn: listed as such, never taken back', async () => {
    box.commit();
    const turn = await box.prompt();
    await box.shell(turn, agentEdits);
    await box.endOf(turn);
    box.write('b.txt', 'late\n');
    box.write('log', 'late\n');
    await box.prompt();
    const { history } = await box.open();
    const late = history.records.timeline.transitions.filter(({ source }) => source === 'late');
    expect(late.map(({ path }) => path).sort()).toEqual(['b.txt', 'log']);
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt reverted']);
    expect([box.read('b.txt'), box.read('log')]).toEqual(['late\n', 'late\n']);
  });

  it('82. two agents at once: what both may have changed is left unless named', async () => {
    box.commit();
    const { history } = await box.open();
    const [one, two] = [await box.prompt(false, 'one'), await box.prompt(false, 'two')];
    const calls = [newId(), newId()];
    for (const [index, session] of ['one', 'two'].entries()) {
      const begin = { call: calls[index] ?? '', session, turn: index === 0 ? one : two };
      await history.beforeTool({ ...begin, tool: 'bash', kind: 'shell', paths: [] });
    }
    agentEdits();
    await history.afterTool(calls[0] ?? '');
    box.write('b.txt', 'two\n');
    await history.afterTool(calls[1] ?? '');
    const [shared] = history.records.timeline.transitions;
    expect(shared?.calls).toEqual(calls);
    expect(await box.undone({ turn: 'all' })).toEqual(['a.txt kept shared', 'b.txt reverted']);
    expect(await box.undone({ turn: 'all', paths: ['a.txt'] })).toEqual(['a.txt reverted']);
  });

  it('83. the store may not lie in the workspace, by whatever path', async () => {
    box.sh(`ln -s ${box.root} ../link`);
    for (const storeFolder of [box.place('store'), join(box.base, 'link/deep/store')]) {
      await expect(box.open({ storeFolder })).rejects.toThrow('must be kept outside');
      expect(existsSync(storeFolder)).toBe(false);
    }
  });

  it('84. thousands of files in a new folder: recorded, undone with it; beyond the budget names alone', async () => {
    box.commit();
    await box.backAgain(() =>
      box.sh('mkdir out; cd out; for i in $(seq 3000); do echo $i > $i; done'),
    );
    box.close();
    await box.open({ storeFolder: join(box.base, 'small'), storeOptions: { budget: 200_000 } });
    await box.agent(() =>
      box.sh('mkdir out; cd out; for i in $(seq 300); do seq $i 2000 > $i; done'),
    );
    const results = (await box.undoing()).files.map(file =>
      'reason' in file ? file.reason : file.result,
    );
    expect(new Set(results)).toEqual(new Set(['reverted', 'no-copy']));
    expect(box.has('out')).toBe(true);
  });
});

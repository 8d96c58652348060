import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Headless } from './headless';

const TEN = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n') + '\n';

/**
 * What happens between an agent's turn and its undo. Every row runs through the command line with
 * real git, one process a step: begin, the agent acts, end, the person acts, undo.
 */
describe('42 situations in which undo must bring the bytes back and lose nothing of the person', () => {
  let box: Headless;

  beforeEach(() => {
    box = new Headless();
    box.write('a.txt', TEN);
    box.write('b.txt', 'b\n');
    box.write('src/c.txt', 'c\n');
  });
  afterEach(() => {
    box.dispose();
  });

  /** A turn in which commands run. */
  async function turn(act: () => void): Promise<void> {
    await box.ok('begin');
    act();
    await box.ok('end');
  }

  async function edit(path: string, content: string): Promise<void> {
    await box.ok('tool', '--path', path);
    box.write(path, content);
  }

  const agentLine = (): void => {
    box.write('a.txt', TEN.replace('line 3\n', 'AGENT 3\n'));
  };

  /** The agent acts, its turn is undone, and all is as before. */
  async function comesBack(act: () => void): Promise<void> {
    const before = box.everything();
    await turn(act);
    expect(box.everything()).not.toEqual(before);
    const { code, output } = await box.undo();
    expect(output.files.filter(({ result }) => result === 'kept' || result === 'skipped')).toEqual(
      [],
    );
    expect(code).toBe(0);
    expect(box.everything()).toEqual(before);
  }

  it('01 agent tool edit, plain', async () => {
    box.commit();
    const before = box.everything();
    await box.ok('begin');
    await edit('a.txt', TEN.replace('line 3', 'AGENT'));
    await box.ok('end');
    const { code, output } = await box.undo();
    expect([code, output.files]).toEqual([0, [{ path: 'a.txt', result: 'reverted' }]]);
    expect(box.everything()).toEqual(before);
  });

  it('02 user edits another tracked file after the turn', async () => {
    box.commit();
    await turn(agentLine);
    box.write('b.txt', 'mine\n');
    expect((await box.undo()).code).toBe(0);
    expect([box.read('a.txt'), box.read('b.txt')]).toEqual([TEN, 'mine\n']);
  });

  it('03 user edits another hunk of the same file after the turn', async () => {
    box.commit();
    await turn(agentLine);
    box.write('a.txt', box.read('a.txt').replace('line 20', 'MINE 20'));
    const { code, output } = await box.undo();
    expect([code, output.files]).toEqual([0, [{ path: 'a.txt', result: 'merged' }]]);
    expect(box.read('a.txt')).toBe(TEN.replace('line 20', 'MINE 20'));
  });

  it('04 user edits the same line: the text of the user survives', async () => {
    box.commit();
    await turn(agentLine);
    const mine = box.read('a.txt').replace('AGENT 3', 'MINE 3');
    box.write('a.txt', mine);
    const { code, output } = await box.undo();
    expect([code, output.files]).toEqual([
      1,
      [{ path: 'a.txt', result: 'kept', reason: 'overlap' }],
    ]);
    expect(box.read('a.txt')).toBe(mine);
  });

  it('05 user creates a new untracked file after the turn', async () => {
    box.commit();
    await turn(agentLine);
    box.write('new.txt', 'mine');
    await box.undo();
    expect([box.read('a.txt'), box.read('new.txt')]).toEqual([TEN, 'mine']);
  });

  it('06 file created by the agent is removed', async () => {
    box.commit();
    await comesBack(() => {
      box.write('made/by/agent.txt', 'x');
    });
  });

  it('07 file created by the agent, then edited by the user, is kept', async () => {
    box.commit();
    await turn(() => {
      box.write('made.txt', 'agent\n');
    });
    box.write('made.txt', 'agent\nmine\n');
    const { code, output } = await box.undo();
    expect([code, output.files]).toEqual([
      1,
      [{ path: 'made.txt', result: 'kept', reason: 'changed-since' }],
    ]);
    expect(box.read('made.txt')).toBe('agent\nmine\n');
  });

  it('08 shell: sed -i on a tracked file', async () => {
    box.commit();
    await comesBack(() => box.sh('sed -i s/line/LINE/ a.txt'));
  });

  it('09 shell: rm of an untracked file of the user', async () => {
    box.commit();
    box.write('notes.txt', 'precious');
    await comesBack(() => box.sh('rm notes.txt'));
  });

  it('10 shell: overwrites an ignored .env', async () => {
    box.write('.gitignore', '.env\n');
    box.commit();
    box.write('.env', 'SECRET=1\n');
    await comesBack(() => box.sh('echo SECRET=2 > .env'));
  });

  it('11 shell: wipe of ignored files, a secret among them', async () => {
    box.write('.gitignore', 'secret/\n*.key\n');
    box.commit();
    box.write('secret/token', 't');
    box.write('private.key', 'k');
    await comesBack(() => box.sh('git clean -fdxq'));
  });

  it('12 shell: changes a tracked file under build/ and yarn.lock', async () => {
    box.write('build/tool.sh', 'build\n');
    box.write('yarn.lock', 'lock\n');
    box.commit();
    await comesBack(() => box.sh('echo x >> build/tool.sh; echo y >> yarn.lock'));
  });

  it('13 shell: binary png replaced', async () => {
    box.write('logo.png', Buffer.from([137, 80, 78, 71, 0, 1, 2, 255]));
    box.commit();
    await comesBack(() => {
      box.write('logo.png', Buffer.from([137, 80, 78, 71, 0, 9, 9]));
    });
  });

  it('14 shell: chmod +x', async () => {
    box.commit();
    await comesBack(() => box.sh('chmod +x b.txt'));
  });

  it('15 shell: symbolic link retargeted', async () => {
    box.sh('ln -s a.txt link');
    box.commit();
    await comesBack(() => box.sh('ln -sfn b.txt link'));
  });

  it('16 shell: file replaced by a folder', async () => {
    box.commit();
    await comesBack(() => box.sh('rm b.txt; mkdir b.txt; echo x > b.txt/x'));
  });

  it('17 shell: folder replaced by a file', async () => {
    box.commit();
    await comesBack(() => box.sh('rm -r src; echo x > src'));
  });

  it('18 nested repository with commits: the agent edits inside it', async () => {
    box.commit();
    box.write('nested/n.txt', 'n\n');
    box.sh('git init -q . && git add . && git commit -qm n', join(box.root, 'nested'));
    await comesBack(() => box.sh('echo agent >> nested/n.txt; echo new > nested/new.txt'));
  });

  it('19 nested repository without commits next to an edited file', async () => {
    box.commit();
    box.write('nested/n.txt', 'n\n');
    box.sh('git init -q .', join(box.root, 'nested'));
    await comesBack(() => box.sh('echo agent >> a.txt; echo agent >> nested/n.txt'));
  });

  it('20 nested repository the user cloned after the turn survives', async () => {
    box.commit();
    await turn(agentLine);
    box.write('cloned/n.txt', 'n\n');
    box.sh('git init -q . && git add . && git commit -qm n', join(box.root, 'cloned'));
    expect((await box.undo()).code).toBe(0);
    expect([box.read('a.txt'), box.read('cloned/n.txt')]).toEqual([TEN, 'n\n']);
    expect(box.has('cloned/.git')).toBe(true);
  });

  it('21 text=auto: a file with mixed line ends comes back byte for byte', async () => {
    box.write('.gitattributes', '* text=auto\n');
    box.write('mixed.txt', 'one\r\ntwo\nthree\r\n');
    box.sh('git init -q . && git add -A 2>/dev/null && git commit -qm first');
    await comesBack(() => box.sh('echo agent >> mixed.txt'));
  });

  it('22 eol=crlf: a file of the work tree comes back byte for byte', async () => {
    box.write('.gitattributes', '*.txt text eol=crlf\n');
    box.write('win.txt', 'one\r\ntwo\r\n');
    box.commit();
    await comesBack(() => box.sh('echo agent > win.txt'));
  });

  it('23 clean and smudge filter: a file comes back byte for byte, and no filter runs', async () => {
    const trap = join(box.base, 'filter-ran');
    box.write('.gitattributes', '*.dat filter=swap\n');
    box.sh('git init -q .');
    const tool = `sh -c "touch ${trap}; tr a-y b-z"`;
    box.sh(
      `git config filter.swap.clean '${tool}'; git config filter.swap.smudge 'tr b-z a-y'; git config filter.swap.required true`,
    );
    box.write('file.dat', 'abcdef\n');
    box.sh(`git add -A && git commit -qm first && rm -f ${trap}`);
    // Same length on both sides: a filter hides from every look at sizes.
    const before = box.everything();
    await box.ok('begin');
    box.write('file.dat', 'AGENT!\n');
    await box.ok('end');
    expect((await box.undo()).code).toBe(0);
    expect(box.everything()).toEqual(before);
    expect(lstatSync(trap, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('24 user commits after the turn: HEAD does not move', async () => {
    box.commit();
    await turn(agentLine);
    box.write('b.txt', 'mine\n');
    box.sh('git commit -qam mine');
    const head = box.sh('git rev-parse HEAD; git symbolic-ref HEAD');
    await box.undo();
    expect(box.sh('git rev-parse HEAD; git symbolic-ref HEAD')).toBe(head);
    expect([box.read('a.txt'), box.read('b.txt')]).toEqual([TEN, 'mine\n']);
  });

  it('25 staged changes of the user survive', async () => {
    box.commit();
    box.write('b.txt', 'staged\n');
    box.sh('git add b.txt');
    box.write('b.txt', 'staged\nand more\n');
    await turn(agentLine);
    const staged = box.sh('git diff --cached');
    await box.undo();
    expect(box.sh('git diff --cached')).toBe(staged);
    expect([box.read('a.txt'), box.read('b.txt')]).toEqual([TEN, 'staged\nand more\n']);
  });

  it('26 repository without a commit', async () => {
    box.sh('git init -q . && git add a.txt');
    await comesBack(() => box.sh('echo agent >> a.txt; rm b.txt; echo n > new'));
  });

  it('27 folder without git', async () => {
    await comesBack(() => box.sh('echo agent >> a.txt; rm b.txt; echo n > new; rm -r src'));
  });

  it('28 uncommitted .gitignore and an ignored file', async () => {
    box.commit();
    box.write('.gitignore', 'local.txt\n');
    box.write('local.txt', 'mine\n');
    await comesBack(() => box.sh('echo agent >> a.txt; rm .gitignore; echo x > local.txt'));
  });

  it('29 an untracked file of 5 MB overwritten', async () => {
    box.commit();
    box.write('big.bin', Buffer.alloc(5 * 1024 * 1024, 'xyz'));
    await comesBack(() => box.sh('echo small > big.bin'));
  });

  it('30 line breaks and bytes that are no UTF-8 in names', async () => {
    const names = [
      Buffer.from('line\nbreak'),
      Buffer.from([0x66, 0xff, 0xfe]),
      Buffer.from(' -*? '),
    ];
    const place = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${box.root}/`), name]);
    for (const name of names.slice(0, 2)) writeFileSync(place(name), 'tracked\n');
    box.commit();
    for (const name of names.slice(2)) writeFileSync(place(name), 'untracked\n');
    await comesBack(() => {
      for (const name of names) writeFileSync(place(name), 'AGENT\n');
      writeFileSync(place(Buffer.from([0x80, 0x0a])), 'new\n');
    });
  });

  it('31 times of untouched files stay', async () => {
    box.commit();
    const times = (): number[] =>
      ['b.txt', 'src/c.txt'].map(path => statSync(join(box.root, path)).mtimeMs);
    const before = times();
    await turn(agentLine);
    await box.undo();
    expect(times()).toEqual(before);
    expect(box.read('a.txt')).toBe(TEN);
  });

  it('32 the agent commits in its turn: content comes back, the commit stays', async () => {
    box.commit();
    await turn(() => {
      agentLine();
      box.sh('git commit -qam agent');
    });
    const head = box.sh('git rev-parse HEAD');
    expect((await box.undo()).code).toBe(0);
    expect([box.sh('git rev-parse HEAD'), box.read('a.txt')]).toEqual([head, TEN]);
  });

  it('33 the agent switches the branch: the same bytes come back', async () => {
    box.commit();
    box.sh(
      'git checkout -qb other; for n in 1 2 3 4 5 6 7 8 9; do echo o$n > o$n; done; echo other > a.txt; rm b.txt; git add -A; git commit -qm other; git checkout -q main',
    );
    await comesBack(() => box.sh('git checkout -q other'));
  });

  it('34 the agent stashes or resets the work of the user', async () => {
    box.commit();
    box.write('a.txt', TEN.replace('line 9', 'MINE 9'));
    box.write('untracked.txt', 'mine\n');
    await comesBack(() => box.sh('git stash -qu'));
    box.write('a.txt', TEN.replace('line 9', 'MINE AGAIN'));
    await comesBack(() => box.sh('git reset -q --hard'));
  });

  it('35 a file marked skip-worktree or assume-unchanged', async () => {
    box.commit();
    box.sh('git update-index --skip-worktree a.txt; git update-index --assume-unchanged b.txt');
    await comesBack(() => box.sh('echo agent >> a.txt; echo agent >> b.txt'));
    expect(box.sh('git ls-files -v a.txt b.txt')).toBe('S a.txt\nh b.txt\n');
  });

  it('36 hooks for all repositories and signing of commits are not touched off', async () => {
    const hooks = join(box.base, 'hooks');
    mkdirSync(hooks);
    const trap = join(box.base, 'hook-ran');
    for (const hook of ['pre-commit', 'post-index-change', 'post-checkout', 'fsmonitor']) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${trap}\nexit 1\n`, { mode: 0o755 });
    }
    box.commit();
    box.sh(
      `git config --global core.hooksPath ${hooks}; git config --global commit.gpgsign true; git config core.fsmonitor ${hooks}/fsmonitor`,
    );
    await comesBack(agentLine);
    expect(lstatSync(trap, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('37 agent edits, user edits, agent edits again', async () => {
    box.commit();
    await turn(agentLine);
    box.write('a.txt', box.read('a.txt').replace('line 15', 'MINE 15'));
    await turn(() => {
      box.write('a.txt', box.read('a.txt').replace('line 25', 'AGENT 25'));
    });
    expect((await box.undo('--turn', 'all')).code).toBe(0);
    expect(box.read('a.txt')).toBe(TEN.replace('line 15', 'MINE 15'));
  });

  it('38 a socket, a FIFO and an unreadable folder are there', async () => {
    box.commit();
    box.sh('mkfifo fifo; mkdir closed; echo x > closed/x');
    box.sh(
      `${process.execPath} -e "require('net').createServer().listen('sock',()=>process.kill(process.pid,9))" || true`,
    );
    box.sh('chmod 000 closed');
    await comesBack(() => box.sh('echo agent >> a.txt'));
    expect([box.has('fifo'), box.has('sock')]).toEqual([true, true]);
  });

  it('39 shell: mv of a tracked folder', async () => {
    box.commit();
    await comesBack(() => box.sh('mv src moved'));
  });

  it('40 the agent removes .git: files still come back', async () => {
    box.commit();
    const before = box.everything();
    await turn(() => box.sh('rm -rf .git; echo agent > a.txt; rm b.txt'));
    expect((await box.undo()).code).toBe(0);
    expect(box.everything()).toEqual(before);
  });

  it('41 files are not written through a link', async () => {
    box.commit();
    const outside = join(box.base, 'outside.txt');
    writeFileSync(outside, 'outside\n');
    await comesBack(() => box.sh(`ln -sf ${outside} b.txt`));
    await turn(() => box.sh('echo agent > src/c.txt'));
    box.sh(`mv src kept; ln -s ${box.base} src; echo target > ${box.base}/c.txt`);
    expect((await box.undo()).code).toBe(1);
    expect(box.sh(`cat ${outside} ${box.base}/c.txt`)).toBe('outside\ntarget\n');
  });

  it('42 the repository of the user is untouched', async () => {
    box.commit();
    box.write('b.txt', 'dirty\n');
    box.sh('git status');
    const before = box.repository();
    await turn(() => {
      agentLine();
      box.write('new.txt', 'n');
    });
    await box.undo();
    await box.ok('redo');
    expect(box.repository()).toBe(before);
  });
});

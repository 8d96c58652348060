import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edited, Headless, THIRTY } from './headless';

let box: Headless;

beforeEach(() => {
  box = new Headless().withFiles();
});
afterEach(() => {
  box.dispose();
});

const agentLine = (): void => {
  box.write('a.txt', edited('AGENT 3'));
};

/**
 * What happens between an agent's turn and its undo. Every row runs through the command line with
 * real git, one process a step: begin, the agent acts, end, the person acts, undo.
 */
describe('42 situations in which the bytes come back and nothing of the person is lost: 22 to 42', () => {
  it('22 eol=crlf: a file of the work tree comes back byte for byte', async () => {
    box.write('.gitattributes', '*.txt text eol=crlf\n');
    box.write('win.txt', 'one\r\ntwo\r\n');
    box.commit();
    await box.comesBack(() => box.sh('echo agent > win.txt'));
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
    await box.turn(agentLine);
    box.write('b.txt', 'mine\n');
    box.sh('git commit -qam mine');
    const head = box.sh('git rev-parse HEAD; git symbolic-ref HEAD');
    await box.undo();
    expect(box.sh('git rev-parse HEAD; git symbolic-ref HEAD')).toBe(head);
    expect([box.read('a.txt'), box.read('b.txt')]).toEqual([THIRTY, 'mine\n']);
  });

  it('25 staged changes of the user survive', async () => {
    box.commit();
    box.write('b.txt', 'staged\n');
    box.sh('git add b.txt');
    box.write('b.txt', 'staged\nand more\n');
    await box.turn(agentLine);
    const staged = box.sh('git diff --cached');
    await box.undo();
    expect(box.sh('git diff --cached')).toBe(staged);
    expect([box.read('a.txt'), box.read('b.txt')]).toEqual([THIRTY, 'staged\nand more\n']);
  });

  it('26 repository without a commit', async () => {
    box.sh('git init -q . && git add a.txt');
    await box.comesBack(() => box.sh('echo agent >> a.txt; rm b.txt; echo n > new'));
  });

  it('27 folder without git', async () => {
    await box.comesBack(() => box.sh('echo agent >> a.txt; rm b.txt; echo n > new; rm -r src'));
  });

  it('28 uncommitted .gitignore and an ignored file', async () => {
    box.commit();
    box.write('.gitignore', 'local.txt\n');
    box.write('local.txt', 'mine\n');
    await box.comesBack(() => box.sh('echo agent >> a.txt; rm .gitignore; echo x > local.txt'));
  });

  it('29 an untracked file of 5 MB overwritten', async () => {
    box.commit();
    box.write('big.bin', Buffer.alloc(5 * 1024 * 1024, 'xyz'));
    await box.comesBack(() => box.sh('echo small > big.bin'));
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
    await box.comesBack(() => {
      for (const name of names) writeFileSync(place(name), 'AGENT\n');
      writeFileSync(place(Buffer.from([0x80, 0x0a])), 'new\n');
    });
  });

  it('31 times of untouched files stay', async () => {
    box.commit();
    const times = (): number[] =>
      ['b.txt', 'src/c.txt'].map(path => statSync(join(box.root, path)).mtimeMs);
    const before = times();
    await box.turn(agentLine);
    await box.undo();
    expect(times()).toEqual(before);
    expect(box.read('a.txt')).toBe(THIRTY);
  });

  it('32 the agent commits in its turn: content comes back, the commit stays', async () => {
    box.commit();
    await box.turn(() => {
      agentLine();
      box.sh('git commit -qam agent');
    });
    const head = box.sh('git rev-parse HEAD');
    expect((await box.undo()).code).toBe(0);
    expect([box.sh('git rev-parse HEAD'), box.read('a.txt')]).toEqual([head, THIRTY]);
  });

  it('33 the agent switches the branch: the same bytes come back', async () => {
    box.commit();
    box.sh(
      'git checkout -qb other; for n in 1 2 3 4 5 6 7 8 9; do echo o$n > o$n; done; echo other > a.txt; rm b.txt; git add -A; git commit -qm other; git checkout -q main',
    );
    await box.comesBack(() => box.sh('git checkout -q other'));
  });

  it('34 the agent stashes or resets the work of the user', async () => {
    box.commit();
    box.write('a.txt', THIRTY.replace('line 9', 'MINE 9'));
    box.write('untracked.txt', 'mine\n');
    await box.comesBack(() => box.sh('git stash -qu'));
    box.write('a.txt', THIRTY.replace('line 9', 'MINE AGAIN'));
    await box.comesBack(() => box.sh('git reset -q --hard'));
  });

  it('35 a file marked skip-worktree or assume-unchanged', async () => {
    box.commit();
    box.sh('git update-index --skip-worktree a.txt; git update-index --assume-unchanged b.txt');
    await box.comesBack(() => box.sh('echo agent >> a.txt; echo agent >> b.txt'));
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
    await box.comesBack(agentLine);
    expect(lstatSync(trap, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('37 agent edits, user edits, agent edits again', async () => {
    box.commit();
    await box.turn(agentLine);
    box.write('a.txt', box.read('a.txt').replace('line 15', 'MINE 15'));
    await box.turn(() => {
      box.write('a.txt', box.read('a.txt').replace('line 25', 'AGENT 25'));
    });
    expect((await box.undo('--turn', 'all')).code).toBe(0);
    expect(box.read('a.txt')).toBe(THIRTY.replace('line 15', 'MINE 15'));
  });

  it('38 a socket, a FIFO and an unreadable folder are there', async () => {
    box.commit();
    box.sh('mkfifo fifo; mkdir closed; echo x > closed/x');
    box.sh(
      `${process.execPath} -e "require('net').createServer().listen('sock',()=>process.kill(process.pid,9))" || true`,
    );
    box.sh('chmod 000 closed');
    await box.comesBack(() => box.sh('echo agent >> a.txt'));
    expect([box.has('fifo'), box.has('sock')]).toEqual([true, true]);
  });

  it('39 shell: mv of a tracked folder', async () => {
    box.commit();
    await box.comesBack(() => box.sh('mv src moved'));
  });

  it('40 the agent removes .git: files still come back', async () => {
    box.commit();
    const before = box.everything();
    await box.turn(() => box.sh('rm -rf .git; echo agent > a.txt; rm b.txt'));
    expect((await box.undo()).code).toBe(0);
    expect(box.everything()).toEqual(before);
  });

  it('41 files are not written through a link', async () => {
    box.commit();
    const outside = join(box.base, 'outside.txt');
    writeFileSync(outside, 'outside\n');
    await box.comesBack(() => box.sh(`ln -sf ${outside} b.txt`));
    await box.turn(() => box.sh('echo agent > src/c.txt'));
    box.sh(`mv src kept; ln -s ${box.base} src; echo target > ${box.base}/c.txt`);
    expect((await box.undo()).code).toBe(1);
    expect(box.sh(`cat ${outside} ${box.base}/c.txt`)).toBe('outside\ntarget\n');
  });

  it('42 the repository of the user is untouched', async () => {
    box.commit();
    box.write('b.txt', 'dirty\n');
    box.sh('git status');
    const before = box.repository();
    await box.turn(() => {
      agentLine();
      box.write('new.txt', 'n');
    });
    await box.undo();
    await box.ok('redo');
    expect(box.repository()).toBe(before);
  });
});

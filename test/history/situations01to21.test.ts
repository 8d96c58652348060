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
describe('42 situations in which the bytes come back and nothing of the person is lost: 1 to 21', () => {
  it('01 agent tool edit, plain', async () => {
    box.commit();
    const before = box.everything();
    await box.ok('begin');
    await box.edit('a.txt', THIRTY.replace('line 3', 'AGENT'));
    await box.ok('end');
    const { code, output } = await box.undo();
    expect([code, output.files]).toEqual([0, [{ path: 'a.txt', result: 'reverted' }]]);
    expect(box.everything()).toEqual(before);
  });

  it('02 user edits another tracked file after the turn', async () => {
    box.commit();
    await box.turn(agentLine);
    box.write('b.txt', 'mine\n');
    expect((await box.undo()).code).toBe(0);
    expect([box.read('a.txt'), box.read('b.txt')]).toEqual([THIRTY, 'mine\n']);
  });

  it('03 user edits another hunk of the same file after the turn', async () => {
    box.commit();
    await box.turn(agentLine);
    box.write('a.txt', box.read('a.txt').replace('line 20', 'MINE 20'));
    const { code, output } = await box.undo();
    expect([code, output.files]).toEqual([0, [{ path: 'a.txt', result: 'merged' }]]);
    expect(box.read('a.txt')).toBe(THIRTY.replace('line 20', 'MINE 20'));
  });

  it('04 user edits the same line: the text of the user survives', async () => {
    box.commit();
    await box.turn(agentLine);
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
    await box.turn(agentLine);
    box.write('new.txt', 'mine');
    await box.undo();
    expect([box.read('a.txt'), box.read('new.txt')]).toEqual([THIRTY, 'mine']);
  });

  it('06 file created by the agent is removed', async () => {
    box.commit();
    await box.comesBack(() => {
      box.write('made/by/agent.txt', 'x');
    });
  });

  it('07 file created by the agent, then edited by the user, is kept', async () => {
    box.commit();
    await box.turn(() => {
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
    await box.comesBack(() => box.sh('sed -i s/line/LINE/ a.txt'));
  });

  it('09 shell: rm of an untracked file of the user', async () => {
    box.commit();
    box.write('notes.txt', 'precious');
    await box.comesBack(() => box.sh('rm notes.txt'));
  });

  it('10 shell: overwrites an ignored .env', async () => {
    box.write('.gitignore', '.env\n');
    box.commit();
    box.write('.env', 'SECRET=1\n');
    await box.comesBack(() => box.sh('echo SECRET=2 > .env'));
  });

  it('11 shell: wipe of ignored files, a secret among them', async () => {
    box.write('.gitignore', 'secret/\n*.key\n');
    box.commit();
    box.write('secret/token', 't');
    box.write('private.key', 'k');
    await box.comesBack(() => box.sh('git clean -fdxq'));
  });

  it('12 shell: changes a tracked file under build/ and yarn.lock', async () => {
    box.write('build/tool.sh', 'build\n');
    box.write('yarn.lock', 'lock\n');
    box.commit();
    await box.comesBack(() => box.sh('echo x >> build/tool.sh; echo y >> yarn.lock'));
  });

  it('13 shell: binary png replaced', async () => {
    box.write('logo.png', Buffer.from([137, 80, 78, 71, 0, 1, 2, 255]));
    box.commit();
    await box.comesBack(() => {
      box.write('logo.png', Buffer.from([137, 80, 78, 71, 0, 9, 9]));
    });
  });

  it('14 shell: chmod +x', async () => {
    box.commit();
    await box.comesBack(() => box.sh('chmod +x b.txt'));
  });

  it('15 shell: symbolic link retargeted', async () => {
    box.sh('ln -s a.txt link');
    box.commit();
    await box.comesBack(() => box.sh('ln -sfn b.txt link'));
  });

  it('16 shell: file replaced by a folder', async () => {
    box.commit();
    await box.comesBack(() => box.sh('rm b.txt; mkdir b.txt; echo x > b.txt/x'));
  });

  it('17 shell: folder replaced by a file', async () => {
    box.commit();
    await box.comesBack(() => box.sh('rm -r src; echo x > src'));
  });

  it('18 nested repository with commits: the agent edits inside it', async () => {
    box.commit();
    box.write('nested/n.txt', 'n\n');
    box.sh('git init -q . && git add . && git commit -qm n', join(box.root, 'nested'));
    await box.comesBack(() => box.sh('echo agent >> nested/n.txt; echo new > nested/new.txt'));
  });

  it('19 nested repository without commits next to an edited file', async () => {
    box.commit();
    box.write('nested/n.txt', 'n\n');
    box.sh('git init -q .', join(box.root, 'nested'));
    await box.comesBack(() => box.sh('echo agent >> a.txt; echo agent >> nested/n.txt'));
  });

  it('20 nested repository the user cloned after the turn survives', async () => {
    box.commit();
    await box.turn(agentLine);
    box.write('cloned/n.txt', 'n\n');
    box.sh('git init -q . && git add . && git commit -qm n', join(box.root, 'cloned'));
    expect((await box.undo()).code).toBe(0);
    expect([box.read('a.txt'), box.read('cloned/n.txt')]).toEqual([THIRTY, 'n\n']);
    expect(box.has('cloned/.git')).toBe(true);
  });

  it('21 text=auto: a file with mixed line ends comes back byte for byte', async () => {
    box.write('.gitattributes', '* text=auto\n');
    box.write('mixed.txt', 'one\r\ntwo\nthree\r\n');
    box.sh('git init -q . && git add -A 2>/dev/null && git commit -qm first');
    await box.comesBack(() => box.sh('echo agent >> mixed.txt'));
  });
});

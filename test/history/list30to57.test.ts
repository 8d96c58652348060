import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ignoresCase } from '../../src/history/capture/ignoresCase';
import { isTooWide, openRoot } from '../../src/history/openRoot';
import { storeFolderOf } from '../../src/history/store/storeFolder';
import { WorkspaceHistory } from '../../src/history/workspaceHistory';
import { THIRTY } from './headless';
import { Workspace } from './workspace';

let box: Workspace;

beforeEach(() => {
  box = new Workspace().withFiles();
});
afterEach(() => {
  box.dispose();
});

describe('rules of git about content', () => {
  it('30. text=auto with mixed line ends: exact bytes', async () => {
    box.write('.gitattributes', '* text=auto\n');
    box.write('mixed.txt', 'one\r\ntwo\n');
    box.sh('git init -q . && git add -A 2>/dev/null && git commit -qm first && git status -s');
    await box.backAgain(() => box.sh('echo agent > mixed.txt; rm a.txt'));
  });

  it('31. eol=crlf and core.autocrlf=true: exact bytes, also after a switch of the branch', async () => {
    box.write('win.txt', 'one\r\ntwo\r\n');
    box.sh(
      'git init -q . && git config core.autocrlf true && git add -A 2>/dev/null && git commit -qm first',
    );
    box.sh('rm win.txt a.txt && git checkout -q win.txt a.txt && git status -s');
    expect(box.read('a.txt')).toBe(THIRTY.replaceAll('\n', '\r\n'));
    await box.backAgain(() => box.sh('echo agent > win.txt; echo agent > a.txt'));
    box.sh(
      'git checkout -qb other && echo x > a.txt && git commit -qam other && git checkout -q main',
    );
    await box.backAgain(() => box.sh('git checkout -q other'));
  });

  it('32. filters, git-crypt, $Id$, other encodings: the bytes of the work tree, no filter run', async () => {
    const trap = join(box.base, 'trap');
    box.sh(
      `git init -q .; git config filter.crypt.clean 'sh -c "touch ${trap}; rev"'; git config filter.crypt.smudge rev; git config filter.crypt.required true`,
    );
    box.write(
      '.gitattributes',
      '*.key filter=crypt\n*.id ident\n*.u16 text working-tree-encoding=UTF-16LE-BOM\n',
    );
    box.write('a.key', 'secret\n');
    box.write('b.id', '$Id$ and more\n');
    box.write('c.u16', Buffer.from('\ufeffwide text\n', 'utf16le'));
    box.sh('git add -A && git commit -qm first && rm b.id c.u16 && git checkout -q b.id c.u16');
    expect(box.read('b.id')).toMatch(/^\$Id: [0-9a-f]{40} \$/);
    rmSync(trap);
    await box.backAgain(() => box.sh('for f in a.key b.id c.u16; do echo agent > $f; done'));
    await box.backAgain(() => box.sh('rm a.key b.id c.u16'));
    expect(existsSync(trap)).toBe(false);
  });

  it('33. LFS file that was not downloaded: the bytes of its pointer', async () => {
    box.write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n';
    box.write('big.bin', pointer);
    box.commit();
    await box.backAgain(() => box.sh('echo agent > big.bin'));
    expect(box.read('big.bin')).toBe(pointer);
  });

  it('34. the agent edits .gitignore and .gitattributes in the same turn', async () => {
    box.write('.gitignore', 'was-ignored.txt\n');
    box.commit();
    box.write('was-ignored.txt', 'mine\n');
    box.write('untracked.txt', 'mine\n');
    await box.backAgain(() =>
      box.sh(
        'echo untracked.txt > .gitignore; echo "* text eol=crlf" > .gitattributes; for f in untracked.txt was-ignored.txt a.txt new-and-ignored; do echo agent > $f; done; echo new-and-ignored >> .gitignore',
      ),
    );
  });

  it('35. skip-worktree and assume-unchanged: changes are seen and come back', async () => {
    box.commit();
    box.sh('git update-index --skip-worktree a.txt; git update-index --assume-unchanged src/c.txt');
    await box.backAgain(() => box.sh('echo agent > a.txt; echo agent > src/c.txt'));
  });

  it('36. core.fileMode=false, core.symlinks=false, core.ignoreCase: the disk is asked, not the settings', async () => {
    box.commit();
    box.sh(
      'git config core.fileMode false; git config core.symlinks false; git config core.ignoreCase true',
    );
    expect(ignoresCase(box.root)).toBe(false);
    await box.backAgain(() =>
      box.sh('chmod +x a.txt; rm src/c.txt; ln -s x src/c.txt; echo A > A.txt'),
    );
  });

  it('37. sparse checkout: what is not there was not deleted, and nothing is brought in', async () => {
    box.write('in/i.txt', 'i\n');
    box.write('out/o.txt', 'o\n');
    box.commit();
    box.sh('git sparse-checkout set --cone in');
    expect(box.has('out')).toBe(false);
    await box.backAgain(() => box.sh('echo agent > in/i.txt; rm a.txt'));
    expect(box.has('out')).toBe(false);
  });

  it('38. partial clone: nothing is fetched; what the repository lacks is said to be lacking', async () => {
    box.commit();
    const oid = box.sh('git rev-parse HEAD:a.txt').trim();
    const trap = join(box.base, 'fetched');
    box.sh(
      `rm -f .git/objects/${oid.slice(0, 2)}/${oid.slice(2)}; git config remote.origin.url 'ext::sh -c "touch ${trap}"'; git config remote.origin.promisor true; git config extensions.partialClone origin; git config protocol.ext.allow always`,
    );
    await box.agent(() => box.sh('echo agent > a.txt; echo agent > src/c.txt'));
    expect(await box.undone()).toEqual(['a.txt skipped not-in-repository', 'src/c.txt reverted']);
    expect(existsSync(trap)).toBe(false);
  });

  it.each([
    ['SHA-256 objects', '--object-format=sha256', ':'],
    ['a split index', '', 'git update-index --split-index'],
    ['an index of version 4', '', 'git update-index --index-version 4'],
    ['an fsmonitor extension', '', 'git config core.fsmonitor true'],
  ])('39. repository with %s (reftable needs a newer git than 2.39)', async (_, init, then) => {
    box.sh(`git init -q ${init} . && git add -A && git commit -qm first; ${then}; git status -s`);
    await box.backAgain(() => box.sh('echo agent > a.txt; rm src/c.txt'));
    expect(box.has('.git/index.lock')).toBe(false);
  });

  it('40. stat data of all files is stale (copied folder): files are compared once, and none is copied', async () => {
    box.commit();
    box.sh('cp -r . ../copy && rm -rf ./* .git && cp -r ../copy/. .');
    await box.prompt();
    const { history } = await box.open();
    expect(history.records.timeline.states.size).toBe(0);
    const turn = [...history.records.timeline.turns.keys()][0] ?? '';
    await box.shell(turn, () => box.sh('echo agent > a.txt'));
    expect(await box.undone()).toEqual(['a.txt reverted']);
  });
});

describe('shapes of repositories', () => {
  it('41. folder without git', async () => {
    await box.backAgain(() => box.sh('rm a.txt; echo agent > src/c.txt; mkdir n; echo n > n/n'));
  });

  it('42. repository without a commit, which gets one in the turn', async () => {
    box.sh('git init -q . && git add a.txt');
    await box.backAgain(() =>
      box.sh('echo agent > a.txt; git add -A; git commit -qm agent; rm src/c.txt'),
    );
  });

  it('43. nested repository with commits', async () => {
    box.commit();
    box.write('lib/nested/n.txt', 'n\n');
    box.sh('git init -q . && git add . && git commit -qm n', box.place('lib/nested'));
    await box.backAgain(() =>
      box.sh('echo agent > lib/nested/n.txt; cd lib/nested; git commit -qam agent; echo x > y'),
    );
  });

  it('44. nested repository without commits', async () => {
    box.commit();
    box.write('lib/nested/n.txt', 'n\n');
    box.sh('git init -q .', box.place('lib/nested'));
    await box.backAgain(() => box.sh('echo agent > lib/nested/n.txt; rm -rf lib/nested/.git'));
  });

  it('45. submodule, also one that was taken out of the work tree', async () => {
    const other = join(box.base, 'other');
    box.sh(`git init -q ${other}; cd ${other}; echo s > s.txt; git add .; git commit -qm s`);
    box.commit();
    box.sh(
      `git -c protocol.file.allow=always submodule --quiet add ${other} sub; git commit -qm sub`,
    );
    await box.backAgain(() =>
      box.sh('echo agent > sub/s.txt; echo x > sub/new; echo agent > a.txt'),
    );
    box.sh('git submodule --quiet deinit -f sub');
    await box.backAgain(() => box.sh('echo agent > a.txt'));
  });

  it('46. linked worktree', async () => {
    const main = join(box.base, 'main');
    box.sh(`git init -q ${main}; cd ${main}; echo w > w.txt; git add .; git commit -qm w`);
    rmSync(box.root, { recursive: true });
    box.sh(`git worktree add -q ${box.root}`, main);
    const before = box.sh('git for-each-ref; git rev-parse HEAD');
    await box.backAgain(() => box.sh('echo agent > w.txt; echo n > n'));
    expect(box.sh('git for-each-ref; git rev-parse HEAD')).toBe(before);
  });

  it('47. the workspace is a folder of a repository: nothing outside of it is captured or written', async () => {
    box.commit();
    const open = await openRoot({
      root: box.place('src'),
      storeFolder: box.store,
      trusted: true,
      env: box.env,
      workspaceRoots: [box.place('src')],
    });
    await open.history.promptStart({ turn: 't', session: 's', whole: true });
    box.sh('echo agent > src/c.txt; echo n > src/n; echo agent > a.txt; echo n > n');
    await open.history.turnEnd('t');
    const { files } = await open.restore.undo({ turn: 't' });
    expect(files.map(({ path }) => path).sort()).toEqual(['c.txt', 'n']);
    expect([box.read('src/c.txt'), box.read('a.txt'), box.has('n')]).toEqual([
      'c\n',
      'agent\n',
      true,
    ]);
    open.close();
  });

  it('48. the workspace is a home folder or a disk: only what file tools name is kept, and it is said', async () => {
    const home = '/home/me';
    const wide = ['/', '/home', '/home/me', '/home/me/Desktop'];
    expect(wide.every(root => isTooWide(root, home))).toBe(true);
    expect(['/home/me/project', '/srv'].some(root => isTooWide(root, home))).toBe(false);
    const { history } = await box.open({ env: { ...box.env, HOME: box.root } });
    const report = await history.promptStart({ turn: 't', session: 's', whole: false });
    expect(report.problems[0]).toMatch('only what file tools name is kept');
    await box.tool('t', 'a.txt', 'agent\n');
    box.write('src/c.txt', 'unseen\n');
    await box.endOf('t');
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect([box.read('a.txt'), box.read('src/c.txt')]).toEqual([THIRTY, 'unseen\n']);
  });

  it('49. several folders, with git, without, and one that fails: each on its own', async () => {
    box.commit();
    const [plain, missing] = [join(box.base, 'plain'), join(box.base, 'store/within')];
    mkdirSync(plain);
    writeFileSync(join(plain, 'p.txt'), 'p\n');
    const history = await WorkspaceHistory.open({
      workspaceRoots: [box.root, plain, missing],
      storeFolderOf: root =>
        join(box.base, root === missing ? 'store/within' : `store/${root === plain ? 1 : 2}`),
      trusted: true,
      env: box.env,
    });
    expect(history.failures.map(({ root }) => root)).toEqual([missing]);
    await history.promptStart({ turn: 't', session: 's', whole: true });
    box.write('a.txt', 'agent\n');
    writeFileSync(join(plain, 'p.txt'), 'agent\n');
    await history.turnEnd('t');
    const reports = await history.undo({ turn: 't' });
    expect(reports.map(({ report }) => report.files)).toEqual([
      [{ path: 'a.txt', result: 'reverted' }],
      [{ path: 'p.txt', result: 'reverted' }],
    ]);
    await history.close();
  });

  it.each([
    ['damaged', 'echo broken > .git/HEAD; rm -rf .git/objects'],
    ['bare', 'git config core.bare true'],
    ["another owner's", 'chown -R 12345 .git .'],
  ])('50. repository that is %s: walked without git', async (kind, script) => {
    box.commit();
    if (kind === "another owner's" && process.getuid?.() !== 0) return;
    box.sh(script);
    await box.backAgain(() => box.sh('echo agent > a.txt; rm src/c.txt; echo n > n'));
    const { history } = await box.open();
    expect([...history.records.timeline.bases.values()]).toEqual(['walked']);
  });

  it('51. workspace that is not trusted: git never runs', async () => {
    const [trap, bin] = [join(box.base, 'trap'), join(box.base, 'bin')];
    box.commit();
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\ntouch ${trap}\n`, { mode: 0o755 });
    const path = `${bin}:${box.env['PATH'] ?? ''}`;
    await box.open({ trusted: false, env: { ...box.env, PATH: path } });
    await box.backAgain(() => box.sh('echo agent > a.txt; rm src/c.txt'));
    expect(existsSync(trap)).toBe(false);
  });

  it('52. one folder opened by two paths: one store', () => {
    const link = join(box.base, 'link');
    symlinkSync(box.root, link);
    const stores = join(box.base, 'state');
    expect(storeFolderOf(stores, link)).toBe(storeFolderOf(stores, box.root));
    expect(readdirSync(join(stores, 'history')).length).toBe(1);
  });
});

describe('ignored and generated files', () => {
  beforeEach(() => {
    box.write('.gitignore', '.env\n*.local\nnode_modules/\nsmall/\ndist/\n');
  });

  it('53. .env overwritten or deleted: back', async () => {
    box.commit();
    box.write('.env', 'SECRET=1\n', 0o600);
    await box.backAgain(() => box.sh('echo SECRET=2 > .env'));
    await box.backAgain(() => box.sh('rm .env'));
  });

  it('54. other ignored single files up to 5 MB: back', async () => {
    box.commit();
    box.write('deep/data.local', Buffer.alloc(5 * 1024 * 1024, 'data'));
    await box.backAgain(() => box.sh('rm deep/data.local'));
  });

  it('55. large generated folders: named as not kept, never restored, never deleted', async () => {
    box.commit();
    for (let index = 0; index < 2100; index += 1)
      box.write(`node_modules/p${index % 50}/f${index}.js`, 'x');
    const { history } = await box.open();
    const { problems } = await history.promptStart({ turn: 't', session: 's', whole: true });
    expect(problems).toEqual(['node_modules: not kept (generated).']);
    box.sh(
      'echo agent > node_modules/p1/f1.js; echo n > node_modules/new.js; rm node_modules/p2/f2.js; echo agent > a.txt',
    );
    await box.endOf('t');
    expect(await box.undone()).toEqual(['a.txt reverted']);
    expect([box.read('node_modules/p1/f1.js'), box.has('node_modules/new.js')]).toEqual([
      'agent\n',
      true,
    ]);
    // It shrinks below the limit: what was not looked at was not made by the agent.
    await box.agent(() => box.sh('rm -rf node_modules/p[1-4]*; echo agent > a.txt'));
    const results = await box.undone();
    expect(results.filter(line => !line.endsWith('skipped not-looked-at'))).toEqual([
      'a.txt reverted',
    ]);
    expect(box.has('node_modules/new.js')).toBe(true);
  });

  it('56. small ignored folder: covered', async () => {
    box.commit();
    box.write('small/one', '1');
    box.write('small/two/two', '2');
    await box.backAgain(() => box.sh('rm -r small; mkdir dist; echo x > dist/out.js'));
  });

  it('57. tracked files under build/, vendor/ and dist/, and lock files: always covered', async () => {
    for (const path of ['build/b', 'vendor/v', 'dist/d', 'yarn.lock', 'x.local'])
      box.write(path, 'x\n');
    box.commit();
    box.sh('git add -f . && git commit -qm all');
    await box.backAgain(() =>
      box.sh('for f in build/b vendor/v dist/d yarn.lock x.local; do echo agent > $f; done'),
    );
  });
});

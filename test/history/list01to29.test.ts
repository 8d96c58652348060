import { linkSync, lstatSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync } from 'node:fs';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateReader } from '../../src/history/capture/readState';
import { nameOf } from '../../src/history/names';
import { Executor } from '../../src/history/revert/execute';
import { systemReplaces } from '../../src/history/revert/replaceCalls';
import { withExtraAttributes } from '../../src/history/revert/extraAttributes';
import { isNameHere, mustWriteInPlace, respellings } from '../../src/history/revert/fileActions';
import { openHistoryStore } from '../../src/history/store/openHistoryStore';
import { THIRTY } from './headless';
import { Workspace } from './workspace';

let box: Workspace;

beforeEach(() => {
  box = new Workspace().withFiles();
});
afterEach(() => {
  box.dispose();
});

/** Carries actions out by hand: what a restore does after it has planned. */
function executor(calls = systemReplaces): {
  executor: Executor;
  file: (
    content: string,
    mode?: number,
  ) => { kind: 'file'; hash: string; size: number; mode: number };
} {
  const store = openHistoryStore(join(box.base, 'by-hand'));
  const reader = new StateReader(box.root, store);
  const bytesOf = (hash: string): Buffer => store.get(hash);
  return {
    executor: new Executor({
      ...{ root: box.root, reader, bytesOf, platform: process.platform, calls },
      isUnsaved: () => false,
    }),
    file: (content, mode = 0o644) => ({
      kind: 'file',
      hash: store.put(Buffer.from(content)),
      size: content.length,
      mode,
    }),
  };
}

describe('shapes of files', () => {
  it('1. edit of one tracked file: back byte for byte', async () => {
    box.commit();
    await box.backAgain(() => {
      box.write('a.txt', THIRTY.replace('line 5', 'AGENT'));
    });
  });

  it('2. new file by the agent: removed, with the folders it made that are empty then', async () => {
    box.commit();
    mkdirSync(box.place('own'));
    await box.backAgain(() => {
      box.write('deep/er/new.txt', 'n');
      box.write('src/more/new.txt', 'n');
    });
    expect(box.has('own')).toBe(true);
  });

  it('3. new file by the agent, then edited by the user: kept, with the hunks at hand', async () => {
    box.commit();
    const turn = await box.agent(() => {
      box.write('new.txt', 'agent\n');
    });
    box.write('new.txt', 'agent\nmine\n');
    expect(await box.undone()).toEqual(['new.txt kept changed-since']);
    expect(box.read('new.txt')).toBe('agent\nmine\n');
    const hunk = { turn, paths: ['new.txt'], hunks: new Set([1]) };
    expect(await box.undone(hunk)).toEqual(['new.txt kept overlap']);
  });

  it('4. delete of a tracked file: back with its mode', async () => {
    box.write('run.sh', 'x\n', 0o755);
    box.commit();
    await box.backAgain(() => box.sh('rm run.sh'));
  });

  it('5. delete of an untracked file of the user by a command: back', async () => {
    box.commit();
    box.write('notes', 'mine', 0o600);
    await box.backAgain(() => box.sh('rm notes'));
  });

  it('6. rename of a file and a folder: old path back, new one gone, shown as one rename', async () => {
    box.write('dir/d.txt', 'd\n');
    box.commit();
    await box.backAgain(() => box.sh('mv a.txt z.txt; mv dir other'));
    const [turn] = await box.turns();
    const moved = turn?.files.filter(({ movedFrom }) => movedFrom);
    expect(moved?.map(({ path, movedFrom }) => [movedFrom, path])).toEqual([
      ['dir/d.txt', 'other/d.txt'],
      ['a.txt', 'z.txt'],
    ]);
  });

  it('7. rename of case only where case does not count (deciding function): the only copy is renamed', () => {
    const oneFile = (): string => '1:42';
    const found = respellings(['src/foo.ts', 'b'], ['src/Foo.ts', 'b2'], oneFile);
    expect([...found]).toEqual([['src/foo.ts', 'src/Foo.ts']]);
    // Two files where case counts.
    expect(respellings(['foo.ts'], ['Foo.ts'], path => path).size).toBe(0);
  });

  it('8. NFC and NFD twins (macOS, deciding function; here as two files): no twin is removed', async () => {
    const [composed, apart] = ['caf\u00e9', 'cafe\u0301'];
    expect([...respellings([composed], [apart], () => 'same')]).toEqual([[composed, apart]]);
    box.write(apart, 'mine');
    box.commit();
    await box.backAgain(() => {
      box.write(composed, 'agent');
    });
  });

  it('9. names with line breaks, tabs, quotes, dashes, blanks, glob characters, any bytes', async () => {
    const bytes = [Buffer.from([0xff, 0x41, 0xc3]), Buffer.from('new\nline')];
    const names = [
      '-rf',
      'tab\there',
      '"quoted"',
      "it's",
      ' lead',
      'trail ',
      '*?[a]',
      '$(x)',
      ...bytes,
    ];
    const place = (name: string | Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${box.root}/`), Buffer.from(name)]);
    for (const name of names) writeFileSync(place(name), 'x\n');
    box.commit();
    const [first] = bytes;
    expect(nameOf(first ?? Buffer.alloc(0))).toBe('\udcffA\udcc3');
    await box.backAgain(() => {
      for (const name of names) writeFileSync(place(name), 'agent\n');
    });
    await box.backAgain(() => {
      for (const name of names) rmSync(place(name));
    });
  });

  it('10. names Windows cannot hold (deciding function): said, the others go on', () => {
    const names = ['CON', 'sub/aux.txt', 'com1.log', 'end.', 'end ', 'a:b', 'q?'];
    expect(names.filter(name => isNameHere(name, 'win32'))).toEqual([]);
    expect(names.every(name => isNameHere(name, 'linux'))).toBe(true);
    expect(
      ['console', 'sub/auxiliary', `${'long/'.repeat(80)}x`].every(name =>
        isNameHere(name, 'win32'),
      ),
    ).toBe(true);
  });

  it('11. file to folder: swapped back; a file of the user inside blocks it and nothing is deleted', async () => {
    box.commit();
    await box.backAgain(() => box.sh('rm a.txt; mkdir a.txt; echo x > a.txt/x'));
    await box.agent(() => box.sh('rm a.txt; mkdir a.txt; echo x > a.txt/x'));
    box.write('a.txt/mine', 'mine');
    expect(await box.undone()).toEqual(['a.txt kept folder-in-use', 'a.txt/x kept folder-in-use']);
    expect([box.read('a.txt/x'), box.read('a.txt/mine')]).toEqual(['x\n', 'mine']);
  });

  it('12. folder to file: swapped back; a file the user edited since stays', async () => {
    box.commit();
    await box.backAgain(() => box.sh('rm -r src; echo x > src'));
    await box.agent(() => box.sh('rm -r src; echo x > src'));
    box.write('src', 'mine');
    expect(await box.undone()).toEqual(['src kept changed-since', 'src/c.txt kept parent-is-file']);
    expect(box.read('src')).toBe('mine');
  });

  it('13. link retargeted, created, replaced by a file: its text comes back, never followed', async () => {
    box.sh('ln -s a.txt link; ln -s a.txt other');
    box.commit();
    await box.backAgain(() => box.sh('ln -sfn src link; rm other; echo file > other; ln -s b new'));
    expect(box.read('a.txt')).toBe(THIRTY);
  });

  it('14. links to folders, loops and dangling links are not walked', async () => {
    box.sh('ln -s . loop; ln -s loop2 loop2; ln -s nowhere dangling; ln -s src to-src');
    await box.backAgain(() => box.sh('echo agent >> to-src/c.txt; rm dangling'));
  });

  it('15. file replaced by a link that leads outside: the link goes, the file outside stays', async () => {
    const outside = join(box.base, 'outside');
    writeFileSync(outside, 'precious');
    box.commit();
    await box.backAgain(() => box.sh(`ln -sf ${outside} a.txt`));
    expect(readFileSync(outside, 'utf8')).toBe('precious');
  });

  it('16. a folder on the way is swapped for a link between plan and write: refused', async () => {
    const { executor: hands, file } = executor();
    const action = { path: 'src/c.txt', from: file('c\n'), to: file('old\n') };
    renameSync(box.place('src'), join(box.base, 'elsewhere'));
    symlinkSync(join(box.base, 'elsewhere'), box.place('src'));
    expect(await hands.apply(action, 'r', 0)).toEqual({
      result: 'skipped',
      reason: 'link-in-path',
    });
    expect(readFileSync(join(box.base, 'elsewhere/c.txt'), 'utf8')).toBe('c\n');
  });

  it('17. executable and read-only bits come back; a read-only file can be restored', async () => {
    box.write('locked.txt', 'locked\n', 0o444);
    await box.backAgain(() =>
      box.sh('chmod 600 locked.txt; echo agent > locked.txt; chmod +x a.txt'),
    );
    await box.backAgain(() =>
      box.sh('chmod u+w locked.txt; echo agent > locked.txt; chmod 444 locked.txt'),
    );
  });

  it('18. file with several names: written in place, so that all names keep one file', async () => {
    box.commit();
    linkSync(box.place('a.txt'), join(box.base, 'second-name'));
    const { ino } = lstatSync(box.place('a.txt'));
    await box.backAgain(() => box.sh('sed s/line/AGENT/ a.txt > t; cat t > a.txt; rm t'));
    expect(lstatSync(box.place('a.txt')).ino).toBe(ino);
    expect(readFileSync(join(box.base, 'second-name'), 'utf8')).toBe(THIRTY);
  });

  it('19. socket, FIFO, device: never opened, never restored', async () => {
    box.sh('mkfifo fifo');
    await box.backAgain(() => box.sh('echo agent >> a.txt'));
    await box.agent(() => box.sh('rm fifo src/c.txt; mkfifo src/c.txt'));
    expect(await box.undone()).toEqual(['fifo skipped special', 'src/c.txt skipped special']);
  });

  it('20. empty folder removed: made again where it is known, which is where no repository is', async () => {
    mkdirSync(box.place('empty'));
    await box.backAgain(() => box.sh('rmdir empty; mkdir -p new/empty'));
  });

  it('21. an empty file is not an absent one', async () => {
    box.write('empty', '');
    box.commit();
    await box.backAgain(() =>
      box.sh('rm empty; echo x > was-absent; : > also-empty; echo y > src/c.txt'),
    );
    await box.backAgain(() => box.sh('echo x > empty; : > a.txt'));
  });

  it('22. huge file: said before the agent runs, and after', async () => {
    box.commit();
    box.write('huge', 'x');
    truncateSync(box.place('huge'), 40 * 1024 * 1024);
    const { history } = await box.open();
    const report = await history.promptStart({ turn: 't', session: 's', whole: true });
    expect(report.problems).toEqual(['huge: cannot be put back (too-large).']);
    box.sh('echo agent > huge; echo agent > a.txt');
    await box.endOf('t');
    expect(await box.undone()).toEqual(['a.txt reverted', 'huge skipped too-large']);
    expect(box.read('huge')).toBe('agent\n');
  });

  it('23. an untracked file of 5 MB overwritten: back', async () => {
    box.commit();
    box.write('big', Buffer.alloc(5 * 1024 * 1024, 'abc'));
    await box.backAgain(() => box.sh('echo x > big'));
  });

  it('24. sparse file above 4 GB: its size is no trouble, and it is not read', async () => {
    box.write('sparse', '');
    truncateSync(box.place('sparse'), 5 * 1024 ** 3);
    const turn = await box.agent(() => {
      truncateSync(box.place('sparse'), 6 * 1024 ** 3);
    });
    expect(await box.undone({ turn })).toEqual(['sparse skipped too-large']);
    expect(lstatSync(box.place('sparse')).size).toBe(6 * 1024 ** 3);
  });

  it('25. binary file: whole or not at all; a conflict keeps what is there', async () => {
    box.write('data.bin', Buffer.from([1, 0, 2, 10, 3, 10]));
    box.commit();
    const agents = Buffer.from([1, 0, 9, 10, 3, 10]);
    await box.backAgain(() => {
      box.write('data.bin', agents);
    });
    await box.agent(() => {
      box.write('data.bin', agents);
    });
    const mine = Buffer.from([1, 0, 9, 10, 3, 10, 7]);
    box.write('data.bin', mine);
    expect(await box.undone()).toEqual(['data.bin kept binary']);
    expect(readFileSync(box.place('data.bin'))).toEqual(mine);
  });

  it('26. UTF-16, byte order marks, no last line end, lone CR: bytes kept, merged by lines', async () => {
    const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
    const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'ਊ lone'];
    const versions = (edit: (line: string) => string): string => lines.map(edit).join('\n');
    const agent = (line: string): string => line.replace('two', 'AGENT');
    const mine = (line: string): string => line.replace('six', 'MINE');
    box.write('wide.txt', utf16(versions(line => line)));
    box.write('bom.txt', `\ufeff${versions(line => `${line}\r`)}`);
    box.commit();
    await box.agent(() => {
      box.write('wide.txt', utf16(versions(agent)));
      box.write('bom.txt', `\ufeff${versions(line => `${agent(line)}\r`)}`);
    });
    box.write('wide.txt', utf16(versions(line => mine(agent(line)))));
    box.write('bom.txt', `\ufeff${versions(line => `${mine(agent(line))}\r`)}`);
    expect(await box.undone()).toEqual(['bom.txt merged', 'wide.txt merged']);
    expect(readFileSync(box.place('wide.txt'))).toEqual(utf16(versions(mine)));
    expect(readFileSync(box.place('bom.txt'), 'utf8')).toBe(
      `\ufeff${versions(line => `${mine(line)}\r`)}`,
    );
  });

  it('27. one line of 10 MB: as a whole, or a conflict', async () => {
    const line = 'x'.repeat(10 * 1024 * 1024);
    box.write('min.js', line);
    box.commit();
    await box.backAgain(() => {
      box.write('min.js', `${line}agent`);
    });
    await box.agent(() => {
      box.write('min.js', `${line}agent`);
    });
    box.write('min.js', `mine${line}agent`);
    expect(await box.undone()).toEqual(['min.js kept binary']);
  });

  it("28. conflict markers of the user's own are content like any other", async () => {
    const marked = `<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> x\n${THIRTY}`;
    box.write('m.txt', marked);
    box.commit();
    await box.agent(() => {
      box.write('m.txt', marked.replace('line 20', 'AGENT'));
    });
    box.write('m.txt', marked.replace('line 20', 'AGENT').replace('ours', 'mine'));
    expect(await box.undone()).toEqual(['m.txt merged']);
    expect(box.read('m.txt')).toBe(marked.replace('ours', 'mine'));
  });

  it('29. extended attributes, access lists, another owner, a file that cannot be replaced: in place', async () => {
    const usual = { links: 1, foreignOwner: false, extraAttributes: false };
    expect(mustWriteInPlace(usual)).toBe(false);
    expect(mustWriteInPlace({ ...usual, extraAttributes: true })).toBe(true);
    expect(mustWriteInPlace({ ...usual, foreignOwner: true })).toBe(true);
    const said = '# file: /w/a b\nuser.x="1"\n\n# file: /w/\\303\\251\n';
    const found = await withExtraAttributes(['/w/a b', '/w/c'], () => Promise.resolve(said));
    expect(found.has('/w/a b') && !found.has('/w/c')).toBe(true);

    const rename = (): void => {
      throw Object.assign(new Error('mounted'), { code: 'EXDEV' });
    };
    const { executor: hands, file } = executor({ ...systemReplaces, rename });
    const { ino } = lstatSync(box.place('src/c.txt'));
    const action = { path: 'src/c.txt', from: file('c\n'), to: file('restored\n') };
    expect(await hands.apply(action, 'r', 0)).toBeUndefined();
    expect([box.read('src/c.txt'), lstatSync(box.place('src/c.txt')).ino]).toEqual([
      'restored\n',
      ino,
    ]);
    expect(readdirSync(box.place('src'))).toEqual(['c.txt']);
  });
});

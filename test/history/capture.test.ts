import { statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workspace } from './workspace';

let box: Workspace;

beforeEach(() => {
  box = new Workspace();
});
afterEach(() => {
  box.dispose();
});

describe('a look', () => {
  it('sees an edit of the same length in the second of the commit, though git compares seconds', async () => {
    const second = (): number => Math.floor(statSync(box.place('a.txt')).mtimeMs / 1000);
    let began: number;
    do {
      box.sh('rm -rf .git');
      await setTimeout(1050 - (Date.now() % 1000));
      box.write('a.txt', 'line\n');
      began = second();
      box.commit();
      box.write('a.txt', 'MINE\n');
    } while (second() !== began);
    await setTimeout(1000);
    await box.backAgain(() => {
      box.write('a.txt', 'agent\n');
    });
  });

  it('follows what the repository says of itself, from one prompt to the next', async () => {
    box.write('a.txt', 'a\n');
    await box.backAgain(() => {
      box.write('a.txt', 'agent\n');
    });
    box.commit();
    await box.backAgain(() => {
      box.write('a.txt', 'agent\n');
    });
    box.sh('echo "out/" > .git/info/exclude');
    for (let index = 0; index < 2100; index += 1) box.write(`out/${index}`, '');
    await box.backAgain(() => {
      box.write('a.txt', 'agent\n');
    });
    const { history } = await box.open();
    expect(history.records.timeline.uncovered).toEqual([{ path: 'out', why: 'generated' }]);
    box.sh('rm -rf .git');
    await box.backAgain(() => {
      box.write('a.txt', 'agent\n');
    });
    expect([...history.records.timeline.bases.values()]).toEqual(['walked']);
  });

  it('keeps the ignored files that its first look finds, wherever they are', async () => {
    box.write('.gitignore', '*.local\nout/\n');
    box.write('src/a.txt', 'a\n');
    box.commit();
    const paths = ['x.local', 'src/x.local', 'only/x.local', 'only/more/x.local', 'out/deep/x.js'];
    for (const path of [...paths, 'new/x.txt', 'new/x.local']) box.write(path, 'mine\n');
    await box.backAgain(() => {
      for (const path of [...paths, 'new/x.txt', 'new/x.local']) box.write(path, 'agent\n');
    });
  });

  it('finds new ignored files at the end of a turn, wherever they are', async () => {
    box.write('.gitignore', '*.local\nout/\n');
    box.write('src/a.txt', 'a\n');
    box.commit();
    box.write('out/deep/old.js', 'old');
    await box.backAgain(() => {
      box.write('src/a.txt', 'agent\n');
    });
    await setTimeout(100);
    for (const path of [
      'src/new.local',
      'out/new.js',
      'out/deep/new.js',
      'out/more/new.js',
      'made/x.local',
    ]) {
      await box.backAgain(() => {
        box.write(path, 'agent\n');
      });
    }
  });
});

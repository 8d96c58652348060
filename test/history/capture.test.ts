import { statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'vitest';
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
});

import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHistoryVerb } from './historyVerb';

let base: string;
let out: string[];
let errors: string[];

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-verb-')));
  [out, errors] = [[], []];
  writeFileSync(file('x'), '');
});
afterEach(() => {
  rmSync(base, { recursive: true });
  rmSync(`${base}-store`, { recursive: true, force: true });
});

const file = (name: string): string => join(base, name);
const run = (...args: string[]): Promise<number> =>
  runHistoryVerb(args, {
    cwd: base,
    env: { HOME: `${base}-home` },
    storeOf: () => `${base}-store`,
    print: line => out.push(line),
    printError: line => errors.push(line),
  });

const LINES = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''].join('\n');

/** A turn in which two lines of a file change and a file is made; gives its id. */
async function turn(): Promise<string> {
  writeFileSync(file('a.txt'), LINES);
  await run('begin');
  writeFileSync(file('a.txt'), LINES.replace('2', 'TWO').replace('8', 'EIGHT'));
  writeFileSync(file('new.txt'), 'new\n');
  await run('end');
  return out.at(-1) ?? '';
}

describe('checkrein history', () => {
  it.each([
    [[]],
    [['unknown']],
    [['show']],
    [['goto']],
    [['undo', '--hunk', '1']],
    [['undo', '--hunk', 'x', '--path', 'a']],
    [['undo', '--nonsense']],
    [['list', 'a', 'b']],
  ])('%j is wrong usage', async args => {
    expect(await run(...args)).toBe(64);
    expect(errors[0]).toMatch(/^Usage: /);
  });

  it('fails for what is not known, outside, or not begun', async () => {
    expect(await run('end')).toBe(2);
    expect(await run('show', 'nothing')).toBe(2);
    expect(await run('undo', '--turn', 'nothing')).toBe(2);
    expect(await run('redo')).toBe(2);
    expect(await run('tool', '--path', '../outside')).toBe(2);
    expect(await run('begin', '--store', file('inside'))).toBe(2);
  });

  it('lists turns and shows the text that changed, hunks numbered', async () => {
    const id = await turn();
    out = [];
    expect(await run('list')).toBe(0);
    expect(out.map(line => line.split('\t').slice(0, 3).join(' '))).toEqual([
      expect.stringMatching(`^${id} .* 2 files$`),
      '  changed a.txt +2 -2',
      '  created new.txt +1 -0',
    ]);
    out = [];
    await run('diff', id);
    expect(out.join('')).toBe(
      [
        '--- a/a.txt\n+++ b/a.txt\n',
        '@@ -1,5 +1,5 @@ hunk 1\n 1\n-2\n+TWO\n 3\n 4\n 5\n',
        '@@ -5,5 +5,5 @@ hunk 2\n 5\n 6\n 7\n-8\n+EIGHT\n 9\n',
        '--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1,1 @@ hunk 1\n+new\n',
      ].join(''),
    );
  });

  it('undoes one hunk, then a file, then the rest, and redoes the last of it', async () => {
    await turn();
    expect(await run('undo', '--path', 'a.txt', '--hunk', '2')).toBe(0);
    expect(readFileSync(file('a.txt'), 'utf8')).toBe(LINES.replace('2', 'TWO'));
    expect(await run('undo', '--path', 'a.txt', '--hunk', '7')).toBe(1);
    expect(await run('undo', '--path', 'a.txt')).toBe(0);
    expect(readFileSync(file('a.txt'), 'utf8')).toBe(LINES);
    out = [];
    expect(await run('undo', '--json')).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      files: [
        { path: 'a.txt', result: 'already' },
        { path: 'new.txt', result: 'reverted' },
      ],
    });
    expect(await run('redo')).toBe(0);
    expect(readFileSync(file('new.txt'), 'utf8')).toBe('new\n');
  });

  it('goes back to a point only when told so', async () => {
    const id = await turn();
    writeFileSync(file('a.txt'), 'mine\n');
    out = [];
    expect(await run('goto', 'nope')).toBe(2);
    expect(out.at(-1)).toBe('nothing is known of that');
    expect(await run('goto', id)).toBe(0);
    expect(out.at(-1)).toMatch('Nothing was written yet');
    expect(readFileSync(file('a.txt'), 'utf8')).toBe('mine\n');
    expect(await run('goto', id, '--yes')).toBe(0);
    expect(readFileSync(file('a.txt'), 'utf8')).toBe(LINES);
    await run('redo');
    expect(readFileSync(file('a.txt'), 'utf8')).toBe('mine\n');
  });

  it('says what was kept and why, and ends with 1', async () => {
    await turn();
    writeFileSync(file('new.txt'), 'mine\n');
    out = [];
    expect(await run('undo')).toBe(1);
    expect(out).toEqual(['reverted\ta.txt', 'kept\tnew.txt\tchanged since the agent left it']);
  });

  it('checks and cleans the store', async () => {
    await turn();
    expect(await run('gc')).toBe(0);
    expect(await run('verify', '--json')).toBe(0);
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ lost: [], torn: [] });
  });
});

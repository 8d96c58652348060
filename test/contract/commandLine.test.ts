import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWindow, testPlace, type TestPlace, type TestWindow } from '../support/testWindow';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

let place: TestPlace;
let window: TestWindow | undefined;
beforeEach(() => {
  place = testPlace();
});
afterEach(async () => {
  await window?.broker.stop();
  window = undefined;
  place.dispose();
});

function checkrein(args: readonly string[]): { code: number | null; text: string } {
  const home = join(place.folders.home, '..', 'home');
  mkdirSync(home, { recursive: true });
  const env = { ...process.env, HOME: home, CHECKREIN_HOME: place.folders.home };
  const run = spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8' });
  return { code: run.status, text: run.stdout + run.stderr };
}

describe('checkrein', () => {
  it('says its version and how it is used', () => {
    expect(checkrein(['--version']).text).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(checkrein(['--help'])).toMatchObject({ code: 0 });
  });

  it.each([
    [[]],
    [['frobnicate']],
    [['hooks']],
    [['hooks', 'install', 'nobody']],
    [['hooks', 'install', '--everywhere']],
    [['hooks', 'remove', 'kiro', '--everywhere']],
  ])('ends with 64 on %j', args => {
    expect(checkrein(args).code).toBe(64);
  });

  it.each('hooks check policy decide privacy doctor chats kiro lint lsp history'.split(' '))(
    'says how %s is used',
    verb => {
      for (const flag of ['--help', '-h']) {
        const { code, text } = checkrein([verb, flag]);
        expect(text).toMatch(new RegExp(`^Usage: checkrein ${verb}`));
        expect(code).toBe(0);
      }
    },
  );

  it.each([
    ['hooks', 'install', 'kiro'],
    ['policy'],
    ['decide', '--agent', 'kiro'],
    ['doctor'],
    ['kiro', 'plan'],
    ['history', 'list'],
  ])('%s refuses a folder that is not there', (...args) => {
    const folder = join(place.workspace, 'misspelt');
    const expected = { code: 64, text: `${folder} is not a folder.\n` };
    expect(checkrein([...args, '--workspace', folder])).toEqual(expected);
    expect(existsSync(folder)).toBe(false);
  });

  it('installs, looks after and removes the hook of a folder', () => {
    const workspace = ['--workspace', place.workspace];
    expect(checkrein(['hooks', 'status', 'kiro', ...workspace]).text).toMatch(/^kiro\tabsent\t/);
    expect(checkrein(['hooks', 'install', 'kiro', ...workspace]).text).toMatch(/^kiro\tcreated\t/);
    expect(checkrein(['hooks', 'status', 'kiro', ...workspace]).text).toMatch(/^kiro\tpresent\t/);
    const file = join(place.workspace, '.kiro/hooks/checkrein.json');
    expect(readFileSync(file, 'utf8')).toContain(place.folders.hook);
    expect(checkrein(['hooks', 'remove', 'kiro', ...workspace]).text).toMatch(/^kiro\tdeleted\t/);
  });

  it('takes out every hook when the extension is uninstalled, but not under an open window', async () => {
    checkrein(['hooks', 'install', 'kiro', '--workspace', place.workspace]);
    const file = join(place.workspace, '.kiro/hooks/checkrein.json');
    window = await openWindow(place);
    expect(checkrein(['hooks', 'remove', '--everywhere']).text).toContain('the hooks stay');
    expect(existsSync(file)).toBe(true);
    await window.broker.stop();
    window = undefined;
    expect(checkrein(['hooks', 'remove', '--everywhere']).text).toContain('deleted');
    expect(existsSync(file)).toBe(false);
  });
});

import { userInfo } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readHookArguments } from './hook';

afterEach(() => vi.unstubAllEnvs());

describe('readHookArguments', () => {
  it('takes what was fixed at install time', () => {
    expect(readHookArguments(['kiro', '--home', '/s', '--limit', '60'])).toMatchObject({
      agent: 'kiro',
      home: '/s',
      limitSeconds: 60,
    });
  });

  it('looks at no variable for the state folder', () => {
    const home = readHookArguments(['kiro'])?.home;
    for (const name of ['HOME', 'CHECKREIN_HOME', 'XDG_DATA_HOME', 'USERPROFILE', 'LOCALAPPDATA']) {
      vi.stubEnv(name, '/forged');
    }
    expect(readHookArguments(['kiro'])?.home).toBe(home);
    expect(home?.startsWith(userInfo().homedir)).toBe(true);
  });

  it.each([
    [[]],
    [['']],
    [['../kiro']],
    [['kiro', '--home']],
    [['kiro', '--home', '']],
    [['kiro', '--limit', '0']],
    [['kiro', '--limit', '99999']],
    [['kiro', '--limit', '1e3']],
    [['kiro', '--else', 'x']],
    [['kiro', 'extra']],
  ])('takes nothing from %j', args => {
    expect(readHookArguments(args)).toBeUndefined();
  });
});

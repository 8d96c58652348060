import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureOwnerOnlyFolder, NotOwnerOnlyError, requireOwnerOnlyFolder } from './ownerOnly';
import { stateFolders, stateHome } from './stateHome';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-files-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

describe('stateHome', () => {
  it.each<[NodeJS.Platform, string, string | undefined, string]>([
    ['linux', '/home/me', undefined, '/home/me/.local/share/checkrein'],
    ['darwin', '/Users/me', undefined, '/Users/me/Library/Application Support/Checkrein'],
    ['win32', 'C:\\Users\\me', undefined, 'C:\\Users\\me\\AppData\\Local\\Checkrein'],
    ['linux', '/home/me', '/tmp/x/', '/tmp/x/'],
    ['linux', '/home/me', 'relative', '/home/me/.local/share/checkrein'],
    ['linux', '/home/me', '', '/home/me/.local/share/checkrein'],
  ])('on %s for %s with override %j is %s', (platform, home, override, expected) => {
    expect(stateHome({ platform, home, override })).toBe(expected);
  });

  it('keeps the separators of the platform', () => {
    expect(stateFolders('C:\\S').windows).toBe('C:\\S\\windows');
    expect(stateFolders('/s').windows).toBe('/s/windows');
  });
});

describe('ensureOwnerOnlyFolder', () => {
  it('makes a folder that only its owner can enter', () => {
    ensureOwnerOnlyFolder(join(scratch, 'a/b'));
    expect(statSync(join(scratch, 'a/b')).mode & 0o777).toBe(0o700);
  });

  it('takes rights away that others have', () => {
    mkdirSync(join(scratch, 'open'));
    chmodSync(join(scratch, 'open'), 0o777);
    ensureOwnerOnlyFolder(join(scratch, 'open'));
    expect(statSync(join(scratch, 'open')).mode & 0o777).toBe(0o700);
  });

  it('refuses a link and a file', () => {
    mkdirSync(join(scratch, 'real'));
    symlinkSync(join(scratch, 'real'), join(scratch, 'link'));
    expect(() => ensureOwnerOnlyFolder(join(scratch, 'link'))).toThrow(NotOwnerOnlyError);
    writeFileSync(join(scratch, 'file'), '');
    expect(() => ensureOwnerOnlyFolder(join(scratch, 'file'))).toThrow();
  });
});

describe('requireOwnerOnlyFolder', () => {
  it('makes a folder and accepts it again', () => {
    requireOwnerOnlyFolder(join(scratch, 'a/b'));
    requireOwnerOnlyFolder(join(scratch, 'a/b'));
    expect(statSync(join(scratch, 'a/b')).mode & 0o777).toBe(0o700);
  });

  it('refuses a folder that others can enter, and leaves it as it is', () => {
    mkdirSync(join(scratch, 'open'));
    chmodSync(join(scratch, 'open'), 0o710);
    expect(() => requireOwnerOnlyFolder(join(scratch, 'open'))).toThrow(NotOwnerOnlyError);
    expect(statSync(join(scratch, 'open')).mode & 0o777).toBe(0o710);
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspaceFolder, workspaceHash } from './workspaceFolder';

describe('workspaceHash', () => {
  // The first two pairs were published by people who run Kiro.
  it.each([
    ['c:/temp/kiro-ide-gate', 'a7ffdb64ec4c31c8'],
    ['/home/totoshko88/Documents/RustConn', '3324a452d6cf05d1'],
    ['C:\\Temp\\Kiro-IDE-Gate\\', 'a7ffdb64ec4c31c8'],
    ['/home/totoshko88/Documents/RustConn//', '3324a452d6cf05d1'],
  ])('of %s is %s', (root, hash) => {
    expect(workspaceHash(root)).toBe(hash);
  });

  it('keeps the case of a path that is not of Windows', () => {
    expect(workspaceHash('/A')).not.toBe(workspaceHash('/a'));
  });
});

describe('workspaceFolder', () => {
  let scratch: string;
  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-kiro-')));
  });
  afterEach(() => rmSync(scratch, { recursive: true }));

  const make = (name: string, record?: unknown): string => {
    const folder = join(scratch, 'workspace-roots', name);
    mkdirSync(folder, { recursive: true });
    if (record !== undefined) {
      writeFileSync(join(folder, '.trust-migration.json'), JSON.stringify(record));
    }
    return folder;
  };

  it('is computed where Kiro has none', () => {
    const path = join(scratch, 'workspace-roots', workspaceHash('/work/app'));
    expect(workspaceFolder(scratch, '/work/app', 'linux')).toEqual({ path, certain: true });
    expect(workspaceFolder(scratch, '/work/app', 'darwin')).toEqual({ path, certain: false });
  });

  it('is the one whose record names the workspace', () => {
    make(workspaceHash('/work/app'));
    const path = make('0123456789abcdef', { root: '/work/app/' });
    expect(workspaceFolder(scratch, '/work/app', 'darwin')).toEqual({ path, certain: true });
  });

  it('is on a Mac the existing one in either case', () => {
    const path = make(workspaceHash('/users/me/app'));
    expect(workspaceFolder(scratch, '/Users/Me/App', 'darwin').path).toBe(path);
    expect(workspaceFolder(scratch, '/Users/Me/App', 'linux').path).not.toBe(path);
  });

  it('follows a link only where Kiro has a folder for its end', () => {
    mkdirSync(join(scratch, 'real'));
    symlinkSync(join(scratch, 'real'), join(scratch, 'link'));
    const link = join(scratch, 'link');
    expect(workspaceFolder(scratch, link, 'linux').path).toContain(workspaceHash(link));
    const path = make(workspaceHash(join(scratch, 'real')));
    expect(workspaceFolder(scratch, link, 'linux').path).toBe(path);
  });

  it.each([{ root: 7 }, [], null, 'text', { other: '/work/app' }])(
    'passes over the record %j',
    record => {
      make('0123456789abcdef', record);
      expect(workspaceFolder(scratch, '/work/app', 'linux').path).toContain(
        workspaceHash('/work/app'),
      );
    },
  );
});

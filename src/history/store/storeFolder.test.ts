import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeFolderOf } from './storeFolder';

let scratch: string;
let home: string;
beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-root-')));
  home = join(scratch, 'state');
  mkdirSync(join(scratch, 'a'));
  mkdirSync(join(scratch, 'b'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

describe('storeFolderOf', () => {
  it('gives one owner-only store for a folder, whichever link leads there', () => {
    symlinkSync(join(scratch, 'a'), join(scratch, 'link'));
    const folder = storeFolderOf(home, join(scratch, 'a'));
    expect(storeFolderOf(home, join(scratch, 'link'))).toBe(folder);
    expect(storeFolderOf(home, join(scratch, 'b'))).not.toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('gives the store of the same folder under another path without a link', () => {
    const folder = storeFolderOf(home, join(scratch, 'a'));
    // Stands for a bind mount: another path was recorded, and it is still the same folder.
    const file = join(folder, 'root.json');
    const root = JSON.parse(readFileSync(file, 'utf8')) as object;
    symlinkSync(join(scratch, 'a'), join(scratch, 'mount'));
    const other = join(home, 'history', 'f'.repeat(32));
    renameSync(folder, other);
    writeFileSync(
      join(other, 'root.json'),
      JSON.stringify({ ...root, path: join(scratch, 'mount') }),
    );
    expect(storeFolderOf(home, join(scratch, 'a'))).toBe(other);
  });

  it('does not take over the store of a folder that is gone or moved', () => {
    const folder = storeFolderOf(home, join(scratch, 'a'));
    renameSync(join(scratch, 'a'), join(scratch, 'c'));
    expect(storeFolderOf(home, join(scratch, 'c'))).not.toBe(folder);
  });

  it('finds the history of a folder that was deleted and made again', () => {
    const folder = storeFolderOf(home, join(scratch, 'a'));
    rmSync(join(scratch, 'a'), { recursive: true });
    mkdirSync(join(scratch, 'between'));
    mkdirSync(join(scratch, 'a'));
    expect(storeFolderOf(home, join(scratch, 'a'))).toBe(folder);
  });

  it('is not led astray by damage', () => {
    storeFolderOf(home, join(scratch, 'a'));
    mkdirSync(join(home, 'history', 'other'));
    for (const text of ['', 'null', '{"path":1}', '{']) {
      writeFileSync(join(home, 'history', 'other', 'root.json'), text);
      const folder = storeFolderOf(home, join(scratch, 'b'));
      expect(folder).not.toContain('other');
      rmSync(folder, { recursive: true });
    }
  });
});

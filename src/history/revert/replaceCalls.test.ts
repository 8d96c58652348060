import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Files from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemReplaces } from './replaceCalls';

/** Set for a file system that renames nothing over an open file, as network drives may be. */
let minds = false;

vi.mock('node:fs', async original => {
  const files = await original<typeof Files>();
  const renameSync: typeof files.renameSync = (from, to) => {
    if (minds && held().includes(String(to))) {
      throw Object.assign(new Error('open'), { code: 'EACCES' });
    }
    files.renameSync(from, to);
  };
  return { ...files, renameSync };
});

const FILES = 100;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replace-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Replaced files that this process still holds. */
function held(): string[] {
  return readdirSync('/proc/self/fd').flatMap(name => {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      return target.startsWith(folder) ? [target] : [];
    } catch {
      return [];
    }
  });
}

describe('renaming', () => {
  it('replaces many files at once and soon lets go of all it replaced', async () => {
    for (let n = 0; n < FILES; n += 1) {
      writeFileSync(join(folder, `${n}`), 'old');
      writeFileSync(join(folder, `${n}.new`), 'new');
    }
    for (let n = 0; n < FILES; n += 1) {
      systemReplaces.rename(join(folder, `${n}.new`), join(folder, `${n}`));
    }
    for (let n = 0; n < FILES; n += 1) {
      expect(readFileSync(join(folder, `${n}`), 'utf8')).toBe('new');
    }
    if (process.platform === 'linux') await expect.poll(held).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(FILES);
  });

  it.runIf(process.platform === 'linux')(
    'lets go first where the system minds that a file is open',
    () => {
      writeFileSync(join(folder, 'a'), 'old');
      writeFileSync(join(folder, 'a.new'), 'new');
      minds = true;
      try {
        systemReplaces.rename(join(folder, 'a.new'), join(folder, 'a'));
      } finally {
        minds = false;
      }
      expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
      expect(held()).toEqual([]);
    },
  );

  it('takes a name where nothing stands', () => {
    writeFileSync(join(folder, 'a'), 'a');
    systemReplaces.rename(join(folder, 'a'), join(folder, 'b'));
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('a');
    expect(() => {
      systemReplaces.rename(join(folder, 'a'), join(folder, 'b'));
    }).toThrow('ENOENT');
  });
});

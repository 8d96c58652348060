import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findKiroCli } from './kiroCliSettings';

let scratch: string;
beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-kiro-cli-')));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function put(path: string, text: string): string {
  const file = join(scratch, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

it('is never taken from the workspace', () => {
  const program = (path: string): string => {
    const file = put(path, '#!/bin/sh\n');
    chmodSync(file, 0o755);
    return file;
  };
  const outside = program('bin/kiro-cli');
  program('ws/bin/kiro-cli');
  mkdirSync(join(scratch, 'ws/links'));
  symlinkSync(outside, join(scratch, 'ws/links/kiro-cli'));
  mkdirSync(join(scratch, 'linked'));
  symlinkSync(join(scratch, 'ws/bin/kiro-cli'), join(scratch, 'linked/kiro-cli'));
  put('plain/kiro-cli', 'not executable');
  const find = (...folders: string[]): string | undefined =>
    findKiroCli({
      path: folders.map(folder => (folder === '.' ? '.' : join(scratch, folder))).join(delimiter),
      platform: 'linux',
      roots: [join(scratch, 'ws')],
    });
  expect(find('.', 'ws/bin', 'ws/links', 'linked', 'plain')).toBeUndefined();
  expect(find('ws/bin', 'bin')).toBe(outside);
});

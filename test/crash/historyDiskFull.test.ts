import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { crashProgram } from './program';

/** A small disk of one process alone, gone with it: made by root, or by anyone in a name space. */
const WAYS = [
  ['unshare', '-m'],
  ['unshare', '-Urm'],
];
const MOUNT = 'mount -t tmpfs -o size=4m,mode=700 small "$1" && shift && exec "$@"';

const way = WAYS.find(
  ([command = '', ...options]) =>
    spawnSync(command, [...options, '/bin/sh', '-c', MOUNT, 'sh', tmpdir(), 'true']).status === 0,
);
if (!way) {
  const why = 'No small disk can be mounted here: a full disk is not tested for real.';
  if (process.env['CI'] === 'true') throw new Error(why);
  console.warn(why);
}

const built = crashProgram('diskFullUser');

interface Said {
  readonly room: number;
  readonly words: readonly string[];
}

/** What each try said, the last of which had all the room it needed. */
async function runFull(phase: string): Promise<Said[]> {
  const [disk, work] = [join(built.scratch, `${phase}-disk`), join(built.scratch, `${phase}-work`)];
  mkdirSync(disk);
  mkdirSync(work);
  const [mounter = '', ...options] = way ?? [];
  const args = [
    '/bin/sh',
    '-c',
    MOUNT,
    'sh',
    disk,
    process.execPath,
    built.program,
    disk,
    work,
    phase,
  ];
  const env = { PATH: process.env['PATH'], HOME: work };
  const { stdout } = await promisify(execFile)(mounter, [...options, ...args], { env });
  return JSON.parse(stdout) as Said[];
}

describe.skipIf(!way)('a disk that is really full', () => {
  it.each(['first', 'end', 'call', 'restore', 'workspace', 'collection'])(
    'whatever room is left, loses and tears nothing, says so, and goes on with room again: %s',
    { timeout: 180_000 },
    async phase => {
      const said = await runFull(phase);
      expect(said.length).toBeGreaterThan(1);
      expect(said.at(-1)?.words).toEqual([]);
    },
  );
});

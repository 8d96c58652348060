import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { effectivePolicy } from './effectivePolicy';
import { PolicyFiles, type PolicyFilesState } from './policyFiles';
import { policyPlaces, type PolicyPlace } from './policyPlaces';

const MKFIFO = '/usr/bin/mkfifo';
const isRoot = process.getuid?.() === 0;

let scratch: string;
let file: string;
let places: readonly PolicyPlace[];
let files: PolicyFiles;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-policy-'));
  chmodSync(scratch, 0o755);
  file = join(scratch, 'settings.json');
  places = [{ scope: 'user', file }];
  files = new PolicyFiles();
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const write = (value: unknown, to = file): void => writeFileSync(to, JSON.stringify(value));
const instead = (make: () => void): void => {
  rmSync(file, { force: true });
  make();
};
/** When a file system says that every file was written. */
const AT_MS = 1_700_000_000_000;
const AT_NS = BigInt(AT_MS) * 1_000_000n;
const GOOD = { trustedCommands: ['npm test'], deniedCommands: ['rm *'] };

/** What the files trust, deny and whether they make everything ask. */
function brief(state: PolicyFilesState = files.read(places)) {
  const { policy } = effectivePolicy({ files: state, editor: [], consents: new Set() });
  const texts = (rules: readonly { pattern: string }[] = []) => rules.map(({ pattern }) => pattern);
  return {
    trusted: texts(policy.commands.trusted),
    denied: texts(policy.commands.denied),
    blocked: policy.blockedBecause !== undefined,
  };
}

const ALL = { trusted: ['npm test'], denied: ['rm *'], blocked: false };
const NOTHING = { trusted: [], denied: [], blocked: false };
/** After a break: what asked for more stays, what let pass does not. */
const TIGHT = { trusted: [], denied: ['rm *'], blocked: false };
const BLOCKED = { trusted: [], denied: [], blocked: true };

describe('PolicyFiles', () => {
  it('gives the very same object as long as nothing changed', () => {
    expect(files.read(places)).toBe(files.read(places));
    write(GOOD);
    const state = files.read(places);
    expect(files.read(places)).toBe(state);
    write({ trustedCommands: ['npm lint'], deniedCommands: ['rm *'] });
    expect(files.read(places)).not.toBe(state);
  });

  it('sees an edit, an atomic rename, a delete and a file that comes back', () => {
    expect(brief()).toEqual(NOTHING);
    write(GOOD);
    expect(brief()).toEqual(ALL);
    write({ ...GOOD, trustedCommands: ['npm lint'] });
    expect(brief().trusted).toEqual(['npm lint']);
    const other = join(scratch, 'new.json');
    write(GOOD, other);
    renameSync(other, file);
    expect(brief()).toEqual(ALL);
    unlinkSync(file);
    expect(brief()).toEqual(NOTHING);
    write(GOOD);
    expect(brief()).toEqual(ALL);
  });

  it('sees an edit that leaves size and coarse times as they were', () => {
    // As file systems do that keep whole seconds, and any within one tick of the clock.
    const stat = (path: string): BigIntStats =>
      Object.assign(statSync(path, { bigint: true }), { mtimeNs: AT_NS, ctimeNs: AT_NS });
    let now = AT_MS + 10;
    files = new PolicyFiles({ stat, now: () => now });
    write(GOOD);
    expect(brief()).toEqual(ALL);
    write({ ...GOOD, trustedCommands: ['npm lint'] });
    expect(brief().trusted).toEqual(['npm lint']);
    const state = files.read(places);
    expect(files.read(places)).toBe(state);
    write(GOOD);
    // A look much later still knows that the last one came too early to be sure.
    now += 60_000;
    expect(brief()).toEqual(ALL);
  });

  it('sees a link that leads elsewhere, and what changes behind one', () => {
    const [one, two] = [join(scratch, 'one.json'), join(scratch, 'two.json')];
    write(GOOD, one);
    write({ ...GOOD, trustedCommands: ['npm lint'] }, two);
    symlinkSync(one, file);
    expect(brief()).toEqual(ALL);
    unlinkSync(file);
    symlinkSync(two, file);
    expect(brief().trusted).toEqual(['npm lint']);
    write(GOOD, two);
    expect(brief()).toEqual(ALL);
    unlinkSync(two);
    expect(brief()).toEqual(NOTHING);
  });

  it.each<[string, () => void]>([
    ['a broken edit', () => writeFileSync(file, '{"trustedCommands": [')],
    ['an empty file', () => writeFileSync(file, '')],
    ['a wrong type', () => write({ trustedCommands: ['*'], sandbox: 7 })],
    ['a misspelt key', () => write({ trustedCommands: ['*'], denyedCommands: [] })],
    ['bytes that are no text', () => writeFileSync(file, Buffer.from([0x7b, 0xff, 0x7d]))],
    ['a file larger than 4 MB', () => writeFileSync(file, ' '.repeat(4 * 1024 * 1024 + 1))],
    ['a folder', () => instead(() => mkdirSync(file))],
    ['a link that leads to itself', () => instead(() => symlinkSync(file, file))],
    ['a device', () => instead(() => symlinkSync('/dev/zero', file))],
    ['a pipe that nobody writes to', () => instead(() => void execFileSync(MKFIFO, [file]))],
  ])(
    '%s keeps the tightening and drops the loosening; without a good state it blocks',
    (_, spoil) => {
      write(GOOD);
      expect(brief()).toEqual(ALL);
      spoil();
      expect(brief()).toEqual(TIGHT);
      expect(brief(new PolicyFiles().read(places))).toEqual(BLOCKED);
      expect(files.read(places).problems[0]).toMatchObject({ file, severity: 'error' });
      rmSync(file, { recursive: true, force: true });
      write(GOOD);
      expect(brief()).toEqual(ALL);
    },
  );

  it('remembers the last good state over several breaks, but not over a delete', () => {
    write(GOOD);
    brief();
    writeFileSync(file, '{');
    expect(brief()).toEqual(TIGHT);
    writeFileSync(file, '{{');
    expect(brief()).toEqual(TIGHT);
    unlinkSync(file);
    expect(brief()).toEqual(NOTHING);
    writeFileSync(file, '{');
    expect(brief()).toEqual(BLOCKED);
  });

  it('blocks for a file that is there and cannot be read', () => {
    // A link to itself: root too cannot read it, as it could a file without rights.
    symlinkSync(file, file);
    expect(brief()).toEqual(BLOCKED);
  });

  it('takes a folder that is a file for a place without settings', () => {
    writeFileSync(join(scratch, 'plain'), '');
    const state = files.read([{ scope: 'project', file: join(scratch, 'plain', 'settings.json') }]);
    expect(brief(state)).toEqual(NOTHING);
  });

  it('does not confuse the states of several places', () => {
    const second = join(scratch, 'second.json');
    const both: PolicyPlace[] = [...places, { scope: 'project', file: second }];
    write(GOOD);
    write({ deniedCommands: ['dd *'] }, second);
    expect(brief(files.read(both)).denied).toEqual(['rm *', 'dd *']);
    expect(brief(files.read(places)).denied).toEqual(['rm *']);
    writeFileSync(second, '{');
    expect(brief(files.read(both))).toEqual({ ...ALL, denied: ['rm *', 'dd *'] });
  });
});

describe("an organisation's file", () => {
  const managed = (): readonly PolicyPlace[] => [{ scope: 'managed', file }];
  const readManaged = (options = {}) => brief(new PolicyFiles(options).read(managed()));

  /** Only root can give a file away; to everybody else it is not root's to begin with. */
  const giveAway = (path: string): void => {
    if (isRoot) chownSync(path, 1000, 1000);
  };

  it('counts when it is root’s and only root can write to it, and blocks else', () => {
    write(GOOD);
    chmodSync(file, 0o644);
    expect(readManaged()).toEqual(isRoot ? ALL : BLOCKED);
  });

  it.each<[string, () => void]>([
    ['belongs to somebody else', () => giveAway(file)],
    ['can be written by a group', () => chmodSync(file, 0o664)],
    ['can be written by everybody', () => chmodSync(file, 0o646)],
    ['lies in a folder of somebody else', () => giveAway(scratch)],
    ['lies in a folder that everybody can write to', () => chmodSync(scratch, 0o777)],
  ])('blocks everything when it %s', (_, spoil) => {
    write(GOOD);
    chmodSync(file, 0o644);
    spoil();
    expect(readManaged()).toEqual(BLOCKED);
  });

  it('lets nothing pass where its owner cannot be told, and asks for all it asks', () => {
    write({ ...GOOD, lock: ['trustedCommands'] });
    expect(readManaged({ ownersUnknown: true })).toEqual(TIGHT);
    const state = new PolicyFiles({ ownersUnknown: true }).read(managed());
    expect(state.layers[0]?.lock).toEqual(['trustedCommands']);
    expect(state.problems[0]?.severity).toBe('warning');
  });

  it('may lock keys and the mode also there, without a word where nothing is left out', () => {
    const lock = ['trustedCommands', 'agentAutonomy'];
    write({ agentAutonomy: 'Supervised', trustAll: false, lock });
    const state = new PolicyFiles({ ownersUnknown: true }).read(managed());
    expect(state.problems).toEqual([]);
    const { limits } = effectivePolicy({ files: state, editor: [], consents: new Set() });
    expect(limits).toEqual({ supervisedOnly: true, noTrustAll: 'managed' });
    expect(state.layers[0]?.lock).toEqual(lock);
    writeFileSync(file, '{');
    expect(brief(new PolicyFiles({ ownersUnknown: true }).read(managed()))).toEqual(BLOCKED);
  });

  it('blocks when it breaks, even though its last good state is known', () => {
    const own = new PolicyFiles({ anyManagedOwner: true });
    write(GOOD);
    expect(brief(own.read(managed()))).toEqual(ALL);
    writeFileSync(file, '{');
    expect(brief(own.read(managed()))).toEqual({ ...TIGHT, blocked: true });
  });
});

describe('policyPlaces', () => {
  it.each<[NodeJS.Platform, string, string]>([
    ['linux', '/etc/checkrein/policy.json', '/home/me/.kiro/settings.json'],
    [
      'darwin',
      '/Library/Application Support/Checkrein/policy.json',
      '/home/me/.kiro/settings.json',
    ],
  ])('on %s', (platform, managed, user) => {
    const all = policyPlaces({ platform, home: '/home/me', roots: ['/a', '/b', '/a', '/home/me'] });
    expect(all).toEqual([
      { scope: 'managed', file: managed },
      { scope: 'user', file: user },
      { scope: 'project', file: '/a/.kiro/settings.json' },
      { scope: 'project', file: '/b/.kiro/settings.json' },
    ]);
  });

  it('on Windows', () => {
    const all = policyPlaces({ platform: 'win32', home: 'C:\\Users\\me', roots: ['D:\\w'] });
    expect(all.map(place => place.file)).toEqual([
      'C:\\ProgramData\\Checkrein\\policy.json',
      'C:\\Users\\me\\.kiro\\settings.json',
      'D:\\w\\.kiro\\settings.json',
    ]);
  });
});

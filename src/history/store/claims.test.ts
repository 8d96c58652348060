import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProcesses } from '../../../test/support/historyProcesses';
import { Claims } from './claims';
import { type Liveness, systemProcesses } from './processTable';

let folder: string;
let processes: FakeProcesses;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-claims-'));
  processes = new FakeProcesses();
});
afterEach(() => rmSync(folder, { recursive: true }));

const MINUTE = 60_000;
const claims = (): Claims =>
  new Claims(folder, processes.newWriterName(), processes, () => Date.now());
const ageAll = (age: number): void => {
  const then = new Date(Date.now() - age);
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), then, then);
};

describe('a lease', () => {
  it('is held by one at a time and can be taken again after its release', () => {
    const [one, two] = [claims(), claims()];
    const lease = one.lease('restore');
    expect(lease?.renew()).toBe(true);
    expect(two.lease('restore')).toBeUndefined();
    expect(one.lease('restore')).toBeUndefined();
    expect(two.lease('collect')).toBeDefined();
    lease?.release();
    expect(lease?.renew()).toBe(false);
    const next = two.lease('restore');
    expect(next).toBeDefined();
    lease?.release();
    expect(next?.renew()).toBe(true);
  });

  it.each<[Liveness, number, boolean]>([
    ['alive', 24 * 60 * MINUTE, false],
    ['dead', 0, true],
    ['exists', 1 * MINUTE, false],
    ['exists', 3 * MINUTE, true],
    ['foreign', 1 * MINUTE, false],
    ['foreign', 3 * MINUTE, true],
  ])('of a process that is %s and silent for %i ms can be taken over: %s', (liveness, age, can) => {
    const lost = claims().lease('collect');
    processes.allBecome(liveness);
    ageAll(age);
    const other = claims();
    expect(other.someoneCollects).toBe(!can);
    const taken = other.lease('collect');
    expect(taken !== undefined).toBe(can);
    // Whoever lost it learns so before it does harm.
    expect(lost?.renew()).toBe(!can);
    taken?.release();
  });
});

describe('a writer', () => {
  it.each<[Liveness, number, boolean]>([
    ['alive', 365 * 24 * 60 * MINUTE, true],
    ['dead', 0, false],
    ['exists', 365 * 24 * 60 * MINUTE, true],
    ['foreign', 23 * 60 * MINUTE, true],
    ['foreign', 25 * 60 * MINUTE, false],
  ])('that is %s and silent for %i ms counts as living: %s', (liveness, age, lives) => {
    claims().claimWriting();
    processes.allBecome(liveness);
    ageAll(age);
    const other = claims();
    expect(other.livingWriters().size).toBe(lives ? 1 : 0);
    other.removeDead();
    expect(readdirSync(folder)).toHaveLength(lives ? 1 : 0);
  });

  it('is known only while it writes', () => {
    const one = claims();
    expect(one.livingWriters().size).toBe(0);
    one.claimWriting();
    one.claimWriting();
    expect([...claims().livingWriters()]).toEqual([one.self]);
    one.endWriting();
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('names that are no claims are left alone and count for nothing', () => {
  const names = ['restore', 'restore@', 'restore@me', 'other@1-1-00000000-00000000', '.x'];
  for (const name of names) writeFileSync(join(folder, name), '');
  const one = claims();
  one.removeDead();
  expect(one.lease('restore')).toBeDefined();
  expect(readdirSync(folder)).toHaveLength(names.length + 1);
});

describe('processes of this system', () => {
  it('are alive until they end, even when nobody has waited for them', async () => {
    const own = systemProcesses.newWriterName();
    expect(own).not.toBe(systemProcesses.newWriterName());
    expect(['alive', 'exists']).toContain(systemProcesses.livenessOf(own));
    const [, start = '', space = ''] = own.split('-');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    await once(child, 'spawn');
    const childName = `${child.pid ?? 0}-${start}-${space}-00000000`;
    // On Linux the start tells that the number now belongs to another process.
    expect(systemProcesses.livenessOf(childName)).toBe(
      process.platform === 'linux' ? 'dead' : 'exists',
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(systemProcesses.livenessOf(childName)).toBe('dead');
  });

  it('of another boot, container or machine cannot be asked', () => {
    const [pid, start] = systemProcesses.newWriterName().split('-');
    expect(systemProcesses.livenessOf(`${pid ?? ''}-${start ?? ''}-00000000-00000000`)).toBe(
      'foreign',
    );
    expect(systemProcesses.livenessOf('anything')).toBe('foreign');
  });
});

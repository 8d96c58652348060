import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProcesses } from '../../../test/support/historyProcesses';
import { type DiskCalls, realDisk } from './appendFile';
import {
  type EventId,
  type Hash,
  type HistoryStore,
  StoreFull,
  type Thinned,
} from './historyStore';
import { openHistoryStore } from './openHistoryStore';

let scratch: string;
let processes: FakeProcesses;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-full-'));
  processes = new FakeProcesses();
});
afterEach(() => rmSync(scratch, { recursive: true }));

class SmallDisk implements DiskCalls {
  /** Bytes that may still be written, and syncs that still succeed. */
  room = Infinity;
  syncs = Infinity;

  write(descriptor: number, bytes: Uint8Array, position: number): number {
    if (this.room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const part = bytes.subarray(0, this.room);
    this.room -= part.length;
    return realDisk.write(descriptor, part, position);
  }

  sync(): void {
    this.syncs -= 1;
    if (this.syncs < 0) throw Object.assign(new Error('no quota'), { code: 'EDQUOT' });
  }

  freeBytes(): number {
    return 1e9;
  }
}

const base = Buffer.concat([randomBytes(150), Buffer.from('text '.repeat(60))]);
const changed = Buffer.concat([base.subarray(0, 100), Buffer.from('new'), base.subarray(120)]);
const other = randomBytes(100);
const long = { text: randomBytes(5000).toString('hex') };

/** What an honest user does: puts, then records; everything that was acknowledged goes into `done`. */
function work(store: HistoryStore, done: { event: object; refs: Hash[] }[]): void {
  const record = (event: object, refs: Hash[]): void => {
    store.record(event, refs);
    done.push({ event, refs });
  };
  const first = store.put(base);
  record({ n: 1 }, [first]);
  record({ n: 2 }, [store.put(changed, first), store.put(other)]);
  record(long, []);
}

function check(store: HistoryStore, done: readonly { event: object; refs: Hash[] }[]): void {
  expect(store.events().map(({ event, refs }) => ({ event, refs }))).toEqual(done);
  for (const { refs } of done) for (const hash of refs) store.get(hash);
}

/** Runs into the full disk, then makes room: nothing may be lost, half-recorded or in the way. */
function runFull(name: string, fill: (disk: SmallDisk) => void): boolean {
  const folder = join(scratch, name);
  const disk = new SmallDisk();
  const store = openHistoryStore(folder, { disk, processes });
  const done: { event: object; refs: Hash[] }[] = [];
  fill(disk);
  let wasFull = false;
  try {
    work(store, done);
  } catch (error) {
    expect(error).toBeInstanceOf(StoreFull);
    expect(error).toMatchObject({ reason: 'disk' });
    wasFull = true;
  }
  check(store, done);
  const reader = openHistoryStore(folder, { processes });
  check(reader, done);
  disk.room = Infinity;
  disk.syncs = Infinity;
  work(store, done);
  check(store, done);
  check(reader, done);
  reader.close();
  store.close();
  const again = openHistoryStore(folder, { processes });
  check(again, done);
  expect(again.verify()).toMatchObject({ lost: [], torn: [] });
  again.close();
  rmSync(folder, { recursive: true });
  return wasFull;
}

describe('a full disk', () => {
  it('at any byte loses nothing and leaves nothing half-written', { timeout: 90_000 }, () => {
    let bytes = 0;
    // Every byte of records and lines; inside the long event, which is one record, some.
    while (runFull('bytes', disk => (disk.room = bytes))) bytes += bytes < 1400 ? 1 : 97;
    expect(bytes).toBeGreaterThan(5000);
  });

  it('at any sync loses nothing and leaves nothing half-recorded', () => {
    let syncs = 0;
    while (runFull('syncs', disk => (disk.syncs = syncs))) syncs += 1;
    expect(syncs).toBeGreaterThan(4);
  });

  it('at any byte of a collection loses nothing, and the next one does the rest', async () => {
    let bytes = 0;
    for (let wasFull = true; wasFull; bytes += 13) {
      const folder = join(scratch, 'collect');
      const disk = new SmallDisk();
      const first = openHistoryStore(folder, { processes });
      const kept = first.put(base);
      first.record({ n: 1 }, [kept]);
      first.record({ n: 2 }, [first.put(randomBytes(2000))]);
      first.close();
      const store = openHistoryStore(folder, { processes, disk });
      const [one, two] = store.events();
      const shorter = { event: { n: 1, padding: 'x'.repeat(500) }, refs: [kept] };
      disk.room = bytes;
      const plan = new Map<EventId, Thinned>([
        [one?.id ?? '', shorter],
        [two?.id ?? '', 'drop'],
      ]);
      const thin = () => plan;
      const report = await store.collect(thin).catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreFull);
        return undefined;
      });
      wasFull = report === undefined || report.unfinished;
      expect(store.get(kept).equals(base)).toBe(true);
      expect([1, 2]).toContain(store.events().length);
      disk.room = Infinity;
      expect(await store.collect(thin)).toMatchObject({ unfinished: false });
      expect(store.events()).toMatchObject([shorter]);
      expect(store.usage().stored).toBeLessThan(1500);
      expect(store.verify()).toMatchObject({ lost: [], torn: [], contents: 1 });
      store.close();
      rmSync(folder, { recursive: true });
    }
    expect(bytes).toBeGreaterThan(700);
  });

  it.skipIf(process.platform === 'win32')(
    'of the real kind is told apart and survived',
    async () => {
      const program = join(scratch, 'fill.mjs');
      await build({
        stdin: {
          contents: `
          import { randomBytes } from 'node:crypto';
          import { openHistoryStore } from './openHistoryStore';
          const store = openHistoryStore(process.argv[2]);
          const done = [];
          let caught;
          while (!caught) {
            try {
              const hash = store.put(randomBytes(3000));
              store.record({ n: done.length }, [hash]);
              done.push(hash);
            } catch (error) {
              caught = error;
            }
          }
          for (const hash of done) store.get(hash);
          console.log(JSON.stringify({
            error: [caught.name, caught.reason], done, events: store.events().length,
          }));`,
          resolveDir: import.meta.dirname,
        },
        outfile: program,
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
      });
      const folder = join(scratch, 'store');
      // A limit on the size of files: like a full disk, the kernel refuses or shortens the write.
      const limited = 'ulimit -f 100; exec "$0" "$@"';
      const output = execFileSync('/bin/sh', ['-c', limited, process.execPath, program, folder]);
      const { error, done, events } = JSON.parse(output.toString()) as {
        error: string[];
        done: Hash[];
        events: number;
      };
      expect(error).toEqual(['StoreFull', 'disk']);
      expect(done.length).toBeGreaterThan(10);
      expect(events).toBe(done.length);
      const store = openHistoryStore(folder);
      expect(store.events()).toHaveLength(done.length);
      for (const hash of done) store.get(hash);
      expect(store.verify()).toMatchObject({ lost: [], torn: [] });
      store.record({}, [store.put(randomBytes(3000))]);
      store.close();
    },
  );
});

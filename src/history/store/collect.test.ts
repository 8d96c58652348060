import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScratchStore } from '../../../test/support/scratchStore';
import { realDisk } from './appendFile';
import { type Hash, type HistoryStore, LostContent, type Thin } from './historyStore';
import type { StoreOptions } from './openHistoryStore';
import { encodeLine } from './journalLine';
import { HEADER_BYTES, sha256 } from './packRecord';

let scratch: ScratchStore;
let folder: string;
let time: number;
const open = (options: StoreOptions = {}): HistoryStore =>
  scratch.open({ now: () => time, ...options });
const names = (part: 'packs' | 'journal' | 'claims'): string[] => readdirSync(join(folder, part));
const isWhole = (store: HistoryStore, hash: Hash): boolean => sha256(store.get(hash)) === hash;

/** Drops the events whose `n` is among these. */
const dropping =
  (...numbers: number[]): Thin =>
  events =>
    new Map(
      events
        .filter(({ event }) => numbers.includes((event as { n: number }).n))
        .map(({ id }) => [id, 'drop'] as const),
    );

/** One process's life: an event for each content, `n` counting from `from`. */
function fill(count: number, from = 0, size = 5000): Hash[] {
  const store = open();
  const hashes = Array.from({ length: count }, (_, at) => {
    const hash = store.put(randomBytes(size));
    store.record({ n: from + at }, [hash]);
    return hash;
  });
  store.close();
  return hashes;
}

beforeEach(() => {
  scratch = new ScratchStore();
  folder = scratch.folder;
  time = Date.now();
});
afterEach(() => {
  scratch.dispose();
});

describe('collecting', () => {
  it('frees what no event names any more and keeps the rest', async () => {
    const hashes = fill(10);
    const store = open();
    const report = await store.collect(dropping(0, 1, 2, 3, 4, 5, 6, 7));
    expect(report).toMatchObject({ droppedEvents: 8, busyEvents: 0, unfinished: false });
    expect(report?.freed).toBeGreaterThan(40_000);
    expect(hashes.map(hash => store.has(hash))).toEqual(hashes.map((_, at) => at >= 8));
    for (const hash of hashes.slice(8)) expect(isWhole(store, hash)).toBe(true);
    expect(store.events().map(({ event }) => event)).toEqual([{ n: 8 }, { n: 9 }]);
    expect(store.verify()).toEqual({ contents: 2, events: 2, lost: [], torn: [] });
    expect(names('claims')).toEqual([]);
    store.close();
    const again = open();
    expect(again.verify()).toEqual({ contents: 2, events: 2, lost: [], torn: [] });
    again.close();
  });

  it('removes everything when nothing is named', async () => {
    fill(3);
    const store = open();
    await store.collect(dropping(0, 1, 2));
    expect([names('packs'), names('journal')]).toEqual([[], []]);
    store.close();
  });

  it('leaves a pack alone that is mostly alive', async () => {
    fill(4);
    const before = names('packs');
    const store = open();
    await store.collect(dropping(0));
    expect(names('packs')).toEqual(before);
    store.close();
  });

  it('keeps what a difference stands on', async () => {
    const first = open();
    let bytes: Buffer = randomBytes(20_000);
    let hash = first.put(bytes);
    first.put(randomBytes(30_000));
    for (let n = 0; n < 50; n += 1) {
      bytes = Buffer.from(bytes);
      randomBytes(30).copy(bytes, (n * 7919) % 19_000);
      hash = first.put(bytes, hash);
      first.record({ n }, [hash]);
    }
    first.close();
    const store = open();
    await store.collect(dropping(...Array.from({ length: 49 }, (_, n) => n)));
    expect(store.get(hash).equals(bytes)).toBe(true);
    expect(store.usage().stored).toBeLessThan(25_000);
    store.close();
  });

  it('shortens events, which keep their place and their names', async () => {
    const hashes = fill(3);
    const store = open();
    const before = store.events();
    const long = { n: 1, short: 'x'.repeat(20_000) };
    const report = await store.collect(
      events => new Map([[events[1]?.id ?? '', { event: long, refs: [hashes[2] ?? ''] }]]),
    );
    expect(report).toMatchObject({ condensedEvents: 1, droppedEvents: 0 });
    const after = store.events();
    expect(after.map(({ id, time }) => [id, time])).toEqual(
      before.map(({ id, time }) => [id, time]),
    );
    expect(after[1]).toMatchObject({ event: long, refs: [hashes[2]] });
    store.close();
    const again = open();
    expect(again.events()).toEqual(after);
    again.close();
  });

  it('leaves alone what a living process has written, recorded or not', async () => {
    const other = open();
    const recorded = other.put(randomBytes(5000));
    other.record({ n: 1 }, [recorded]);
    const put = other.put(randomBytes(5000));
    const store = open();
    const report = await store.collect(dropping(1));
    expect(report).toMatchObject({ droppedEvents: 0, busyEvents: 1, freed: 0 });
    expect(isWhole(other, put)).toBe(true);
    other.record({ n: 2 }, [put]);
    expect(store.events()).toHaveLength(2);
    other.close();
    expect(await store.collect(dropping(1))).toMatchObject({ droppedEvents: 1, busyEvents: 0 });
    expect(isWhole(store, put)).toBe(true);
    store.close();
  });

  it('keeps what a living process relies on but has not recorded', async () => {
    const [hash = ''] = fill(1);
    const other = open();
    const bytes = other.get(hash);
    expect(other.put(bytes)).toBe(hash);
    const changed = other.put(Buffer.concat([bytes, Buffer.from('!')]), hash);
    const store = open();
    await store.collect(dropping(0));
    other.record({ n: 1 }, [hash, changed]);
    expect(isWhole(store, hash) && isWhole(store, changed)).toBe(true);
    other.close();
    const later = open();
    await later.collect();
    expect(later.verify()).toMatchObject({ events: 1, lost: [] });
    later.close();
    store.close();
  });

  it('does not free what is put again while it runs', async () => {
    const [hash = ''] = fill(1);
    const [other, same] = [open(), open()];
    const bytes = other.get(hash);
    const collecting = same.collect(dropping(0));
    // Between two of its steps, by another process and by the one that collects.
    other.record({ n: 2 }, [other.put(bytes)]);
    same.record({ n: 3 }, [same.put(bytes)]);
    await collecting;
    expect(isWhole(other, hash) && isWhole(same, hash)).toBe(true);
    other.close();
    same.close();
    const later = open();
    expect(later.verify()).toMatchObject({ events: 2, lost: [] });
    later.close();
  });

  it('frees what this very process has recorded, but not what it may still record', async () => {
    const store = open({ packBytes: 5000 });
    const old = store.put(randomBytes(5000));
    store.record({ n: 1 }, [old]);
    store.put(randomBytes(5000));
    const pending = store.put(randomBytes(5000));
    store.record({ n: 2 }, [store.put(randomBytes(5000))]);
    await store.collect(dropping(1, 2));
    expect(store.has(old)).toBe(true);
    time += 2 * 3_600_000;
    const report = await store.collect();
    expect(report?.freed).toBeGreaterThan(5000);
    expect(() => store.get(old)).toThrow(LostContent);
    expect(isWhole(store, pending)).toBe(true);
    store.record({ n: 3 }, [pending]);
    expect(store.verify()).toMatchObject({ events: 1, lost: [] });
    store.close();
  });

  it('does not rely on packs of its own that it is about to remove', async () => {
    const store = open({ packBytes: 5000 });
    const bytes = randomBytes(5000);
    const hash = store.put(bytes);
    store.record({ n: 1 }, [hash]);
    store.record({ n: 2 }, [store.put(randomBytes(5000))]);
    time += 2 * 3_600_000;
    const collecting = store.collect(dropping(1));
    store.put(bytes);
    await collecting;
    store.record({ n: 3 }, [hash]);
    expect(store.get(hash).equals(bytes)).toBe(true);
    store.close();
  });

  it('puts many small packs and journals together', async () => {
    const hashes = Array.from({ length: 40 }, (_, n) => fill(1, n, 100)[0] ?? '');
    const store = open();
    const events = store.events();
    await store.collect();
    expect([names('packs').length, names('journal').length]).toEqual([1, 1]);
    for (const hash of hashes) expect(isWhole(store, hash)).toBe(true);
    expect(store.events()).toEqual(events);
    store.close();
  });

  it('keeps one of several copies', async () => {
    const bytes = randomBytes(50_000);
    const stores = [open(), open(), open()];
    for (const [n, store] of stores.entries()) store.record({ n }, [store.put(bytes)]);
    for (const store of stores) store.close();
    const store = open();
    expect((await store.collect())?.freed).toBeGreaterThan(99_000);
    expect(store.get(sha256(bytes)).equals(bytes)).toBe(true);
    expect(store.verify()).toMatchObject({ events: 3, lost: [] });
    store.close();
  });

  it('is done by one process at a time', async () => {
    const [one, two] = [open(), open()];
    const lease = one.lease('collect');
    expect(await two.collect()).toBeUndefined();
    lease?.release();
    expect(await two.collect()).toBeDefined();
    one.close();
    two.close();
  });

  it('does not stop who reads meanwhile', async () => {
    const hashes = fill(10);
    const reader = open();
    for (const hash of hashes) expect(isWhole(reader, hash)).toBe(true);
    const store = open();
    await store.collect(dropping(0, 1, 2, 3, 4, 5, 6, 7));
    expect(isWhole(reader, hashes[9] ?? '')).toBe(true);
    expect(reader.events()).toHaveLength(2);
    expect(reader.has(hashes[0] ?? '')).toBe(true);
    expect(reader.put(store.get(hashes[8] ?? ''))).toBe(hashes[8]);
    reader.record({ n: 20 }, [hashes[8] ?? '']);
    store.close();
    reader.close();
    const again = open();
    expect(again.verify()).toMatchObject({ events: 3, lost: [] });
    again.close();
  });

  it('calls nothing lost that no event names, though what it stood on was freed', async () => {
    const bytes = randomBytes(1000);
    const first = open();
    first.record({ n: 0 }, [first.put(bytes)]);
    first.close();
    const next = Buffer.concat([bytes, Buffer.from('!')]);
    const second = open();
    const version = second.put(next, sha256(bytes));
    second.record({ n: 1 }, [version]);
    second.record({ n: 2 }, [second.put(randomBytes(5000))]);
    second.close();
    const store = open();
    await store.collect(dropping(0, 1));
    expect(names('packs')).toHaveLength(1);
    expect(store.verify()).toMatchObject({ events: 1, lost: [] });
    store.record({ n: 3 }, [store.put(next)]);
    expect(store.get(version).equals(next)).toBe(true);
    expect(store.verify()).toMatchObject({ events: 2, lost: [] });
    store.close();
  });

  it('does nothing when a newer version has written here', async () => {
    fill(1);
    const line = encodeLine({ v: 1, t: 1, writer: 'w', n: 1, refs: [], event: {} });
    const json = line.toString().slice(18, -1).replace('"v":1', '"v":2');
    const newer = encodeLine(JSON.parse(json) as never);
    writeFileSync(join(folder, 'journal', 'kept-1.jsonl'), newer, { mode: 0o600 });
    const store = open();
    expect(await store.collect(dropping(0))).toMatchObject({ hasNewer: true, freed: 0 });
    expect(store.events()).toHaveLength(1);
    store.close();
  });
});

describe('collecting in steps', () => {
  it('copies no more than it may in one run', async () => {
    for (let n = 0; n < 6; n += 1) fill(3, n * 3, 6 * 2 ** 20);
    const drop = dropping(...Array.from({ length: 18 }, (_, n) => n).filter(n => n % 3 > 0));
    const store = open({ copyBytes: 20 * 2 ** 20, budget: 2 ** 40, diskShare: 1 });
    expect(await store.collect(drop)).toMatchObject({ unfinished: true, droppedEvents: 12 });
    let runs = 1;
    while ((await store.collect())?.unfinished) runs += 1;
    expect(runs).toBeGreaterThan(1);
    expect(store.usage().stored).toBeLessThan(37 * 2 ** 20);
    expect(store.verify()).toMatchObject({ events: 6, lost: [] });
    store.close();
  });

  it('needs free space for little more than the living bytes of one pack', async () => {
    fill(10, 0, 100_000);
    let free = 0;
    const store = open({ disk: { ...realDisk, freeBytes: () => free } });
    const drop = dropping(0, 1, 2, 3, 4, 5, 6, 7);
    expect(await store.collect(drop)).toMatchObject({ unfinished: true, droppedEvents: 8 });
    expect(store.usage().stored).toBeGreaterThan(1_000_000);
    free = 2 ** 20 + 200_000 + 2 * HEADER_BYTES;
    expect(await store.collect()).toMatchObject({ unfinished: false });
    expect(store.usage().stored).toBeLessThan(201_000);
    store.close();
  });
});

describe('what a killed collection leaves', () => {
  it('is removed when the store is opened next', () => {
    const store = open();
    store.record({ n: 1 }, [store.put(randomBytes(10))]);
    store.lease('collect');
    for (const part of ['packs', 'journal'] as const) {
      const [claim = ''] = names('claims');
      const writer = claim.slice(claim.indexOf('@') + 1);
      writeFileSync(join(folder, part, `tmp-${writer}`), 'half');
    }
    const other = open();
    expect(names('packs')).toHaveLength(2);
    other.close();
    scratch.processes.allBecome('dead');
    const later = open();
    expect(names('claims')).toEqual([]);
    expect([names('packs').length, names('journal').length]).toEqual([1, 1]);
    later.close();
  });

  it('of a process that cannot be asked is removed after an hour', () => {
    open().close();
    const file = join(folder, 'packs', 'tmp-someone');
    writeFileSync(file, 'half');
    time = Date.now();
    open().close();
    expect(existsSync(file)).toBe(true);
    const then = new Date(time - 61 * 60_000);
    utimesSync(file, then, then);
    open().close();
    expect(existsSync(file)).toBe(false);
  });

  it('does not count twice: journals that were put together are not read again', async () => {
    fill(2);
    const [source = ''] = names('journal');
    const bytes = statSync(join(folder, 'journal', source)).size;
    expect(bytes).toBeGreaterThan(0);
    const store = open();
    const lines = store.events().map(({ refs, event }, at) => {
      const line = { v: 1, t: 5, writer: 'w', n: at, refs, event } as const;
      return encodeLine(line);
    });
    const kept = [encodeLine({ v: 1, replaces: [source] }), ...lines.slice(0, 1)];
    writeFileSync(join(folder, 'journal', 'kept-1.jsonl'), Buffer.concat(kept));
    expect(store.events().map(({ event }) => event)).toEqual([{ n: 0 }]);
    await store.collect();
    expect(names('journal')).toEqual(['kept-1.jsonl']);
    store.close();
  });
});

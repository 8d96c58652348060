import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScratchStore } from '../../../test/support/scratchStore';
import { NotOwnerOnlyError } from '../../files/ownerOnly';
import { realDisk } from './appendFile';
import { type HistoryStore, StoreFull } from './historyStore';
import { encodeLine } from './journalLine';
import type { StoreOptions } from './openHistoryStore';

let scratch: ScratchStore;
beforeEach(() => {
  scratch = new ScratchStore();
});
afterEach(() => {
  scratch.dispose();
});

const open = (options?: StoreOptions): HistoryStore => scratch.open(options);
const files = (part: 'packs' | 'journal' | 'claims'): string[] => scratch.files(part);
const only = (part: 'packs' | 'journal'): string => scratch.only(part);
const text = (value: string): Buffer => Buffer.from(value);

describe('events', () => {
  it('of all processes come in one order, also when a clock is set back', () => {
    let time = 100;
    const now = (): number => time;
    const [one, two] = [open({ now }), open({ now })];
    const ids = [one.record({ n: 1 }, [])];
    time = 200;
    ids.push(two.record({ n: 2 }, []), two.record({ n: 3 }, []));
    time = 50;
    ids.push(two.record({ n: 4 }, []));
    time = 150;
    ids.splice(1, 0, one.record({ n: 1.5 }, []));
    for (const store of [one, two]) {
      expect(store.events().map(({ id }) => id)).toEqual(ids);
      expect(store.events().map(({ event }) => event)).toEqual([1, 1.5, 2, 3, 4].map(n => ({ n })));
    }
    const writers = one.events().map(({ writer }) => writer);
    expect(new Set(writers).size).toBe(2);
    one.close();
    two.close();
  });

  it('are given as the same objects until something is recorded', () => {
    const store = open();
    store.record({ n: 1 }, []);
    const before = store.events();
    expect(store.events()).toBe(before);
    store.record({ n: 2 }, []);
    expect(store.events()[0]).toBe(before[0]);
    // Whoever else looks at the journals takes nothing away.
    store.usage();
    expect(store.events()).toHaveLength(2);
    store.close();
  });

  it('may be long: then they are kept like contents', () => {
    const store = open();
    const refs = Array.from({ length: 2000 }, (_, n) => store.put(text(`file ${n}`)));
    const event = { paths: refs.map((_, n) => `src/some/folder/file${n}.ts`) };
    store.record(event, refs);
    const stored = store.usage().stored;
    store.record({ ...event, n: 2 }, refs);
    // The second one differs in a few bytes.
    expect(store.usage().stored - stored).toBeLessThan(1000);
    store.close();
    expect(statSync(only('journal')).size).toBeLessThan(1000);
    const again = open();
    expect(again.events()).toMatchObject([
      { refs, event },
      { refs, event: { ...event, n: 2 } },
    ]);
    again.close();
  });

  it('before a torn or damaged line are whole, those after it too', () => {
    const store = open();
    for (let n = 0; n < 5; n += 1) store.record({ n }, []);
    store.close();
    const journal = only('journal');
    const whole = readFileSync(journal);
    const eventsNow = (): unknown[] => {
      const again = open();
      const events = again.events().map(({ event }) => event);
      expect(again.verify().torn.length).toBeGreaterThan(0);
      again.close();
      return events;
    };
    for (let size = whole.length - 1; size > whole.length - 50; size -= 1) {
      truncateSync(journal, size);
      expect(eventsNow()).toEqual([0, 1, 2, 3].map(n => ({ n })));
    }
    const third = whole.indexOf('"n":2}') - 3;
    for (let at = third; at > third - 60; at -= 1) {
      writeFileSync(journal, Buffer.from(whole).fill(1, at, at + 1));
      expect(eventsNow()).toEqual([0, 1, 3, 4].map(n => ({ n })));
    }
  });

  it('of another process are not read before they are whole', () => {
    const [one, two] = [open(), open()];
    one.record({ n: 1 }, []);
    const journal = only('journal');
    const line = encodeLine({ v: 1, t: 1e15, writer: 'w', n: 2, refs: [], event: { n: 2 } });
    appendFileSync(journal, line.subarray(0, 20));
    expect(two.events()).toHaveLength(1);
    expect(two.verify().torn).toEqual([]);
    appendFileSync(journal, line.subarray(20));
    expect(two.events()).toHaveLength(2);
    one.close();
    two.close();
  });

  it('that cannot be written as JSON are not recorded', () => {
    const store = open();
    const ring: Record<string, unknown> = {};
    ring['ring'] = ring;
    expect(() => store.record(ring, [])).toThrow(TypeError);
    expect(store.events()).toEqual([]);
    store.close();
  });
});

describe('the folder', () => {
  it('and all files in it are for their owner alone', () => {
    const store = open();
    store.record({}, [store.put(text('x'))]);
    expect(statSync(scratch.folder).mode & 0o777).toBe(0o700);
    for (const part of ['packs', 'journal', 'claims'] as const) {
      expect(files(part)).toHaveLength(1);
      for (const file of files(part)) expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    store.close();
  });

  it('is refused when others can enter it or any part of it', () => {
    open().close();
    for (const path of [
      scratch.folder,
      join(scratch.folder, 'packs'),
      join(scratch.folder, 'journal'),
    ]) {
      chmodSync(path, 0o750);
      expect(() => open()).toThrow(NotOwnerOnlyError);
      chmodSync(path, 0o700);
    }
    renameSync(join(scratch.folder, 'packs'), join(scratch.folder, 'elsewhere'));
    symlinkSync(join(scratch.folder, 'elsewhere'), join(scratch.folder, 'packs'));
    expect(() => open()).toThrow(NotOwnerOnlyError);
  });

  it('is not read through links, and other names in it are left alone', () => {
    const store = open();
    const hash = store.put(text('outside'));
    store.record({}, [hash]);
    store.close();
    for (const part of ['packs', 'journal'] as const) {
      const file = only(part);
      renameSync(file, join(scratch.folder, 'moved'));
      symlinkSync(join(scratch.folder, 'moved'), file);
      mkdirSync(join(scratch.folder, part, 'README'));
    }
    const again = open();
    expect(again.has(hash)).toBe(false);
    expect(again.events()).toEqual([]);
    again.close();
  });

  it('holds nothing but data once its users are gone', () => {
    const store = open();
    store.record({}, [store.put(text('x'))]);
    const lease = store.lease('restore');
    expect(files('claims')).toHaveLength(2);
    lease?.release();
    store.close();
    expect(files('claims')).toEqual([]);
    open().close();
    expect(readdirSync(join(scratch.folder, 'packs'))).toHaveLength(1);
  });
});

describe('the budget', () => {
  it('stops contents, not events, and opens again when there is room', () => {
    const store = open({ budget: 10_000 });
    const hash = store.put(randomBytes(8000));
    const more = randomBytes(8000);
    expect(() => store.put(more)).toThrow(
      expect.objectContaining({ name: 'StoreFull', reason: 'budget' }),
    );
    store.record({ paused: true }, [hash]);
    expect(store.put(store.get(hash))).toBe(hash);
    store.close();
    const larger = open({ budget: 20_000 });
    expect(larger.get(larger.put(more)).equals(more)).toBe(true);
    larger.close();
  });

  it('is a share of the free disk where that is smaller', () => {
    let free = 100_000;
    let time = 0;
    const disk = { ...realDisk, freeBytes: () => free };
    const store = open({ disk, now: () => time, diskShare: 0.1 });
    store.put(randomBytes(8000));
    expect(() => store.put(randomBytes(8000))).toThrow(StoreFull);
    expect(store.usage()).toEqual({ stored: 8056, allowed: 10_805 });
    free = 1_000_000;
    time += 60_000;
    store.put(randomBytes(8000));
    store.close();
  });
});

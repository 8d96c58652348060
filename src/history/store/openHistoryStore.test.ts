import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProcesses } from '../../../test/support/historyProcesses';
import { NotOwnerOnlyError } from '../../files/ownerOnly';
import { type HistoryStore, LostContent, StoreFull } from './historyStore';
import { realDisk } from './appendFile';
import { encodeLine } from './journalLine';
import { openHistoryStore, type StoreOptions } from './openHistoryStore';
import { encodeRecord, KINDS, sha256 } from './packRecord';

let folder: string;
let processes: FakeProcesses;
const open = (options: StoreOptions = {}): HistoryStore =>
  openHistoryStore(folder, { processes, ...options });
const files = (part: 'packs' | 'journal' | 'claims'): string[] =>
  readdirSync(join(folder, part)).map(name => join(folder, part, name));
const only = (part: 'packs' | 'journal'): string => {
  const [file, ...more] = files(part);
  if (file === undefined || more.length > 0) throw new Error(`${1 + more.length} files`);
  return file;
};
const text = (value: string): Buffer => Buffer.from(value);

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'checkrein-store-')), 'store');
  processes = new FakeProcesses();
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

describe('contents', () => {
  it('are given back after the store is opened again', () => {
    const first = open();
    const versions: Buffer[] = [randomBytes(30_000)];
    const hashes = [first.put(versions[0] ?? text(''))];
    for (let edit = 1; edit < 60; edit += 1) {
      const next = Buffer.concat([...versions.slice(-1), text(`line ${edit}\n`)]);
      versions.push(next);
      hashes.push(first.put(next, hashes.at(-1)));
    }
    for (const bytes of [text(''), text('short'), text('long '.repeat(5000))]) {
      versions.push(bytes);
      hashes.push(first.put(bytes));
    }
    const check = (store: HistoryStore): void => {
      hashes.forEach((hash, at) => {
        expect(hash).toBe(sha256(versions[at] ?? text('')));
        expect(store.get(hash).equals(versions[at] ?? text('?'))).toBe(true);
      });
    };
    check(first);
    first.close();
    const second = open();
    check(second);
    expect(statSync(only('packs')).size).toBeLessThan(45_000);
    expect(second.verify()).toEqual({ contents: 63, events: 0, lost: [], torn: [] });
    second.close();
  });

  it('that are stored take no room again, in this process or in a later one', () => {
    const first = open();
    const bytes = randomBytes(10_000);
    const hash = first.put(bytes);
    first.put(bytes);
    expect(first.usage().stored).toBeLessThan(10_100);
    first.close();
    const second = open();
    second.record({}, [second.put(bytes)]);
    expect(second.usage().stored).toBeLessThan(10_500);
    second.close();
    const third = open();
    expect(third.get(hash)).toEqual(bytes);
    third.close();
  });

  it('of another living process can be read, and are written again when put', () => {
    const [one, two] = [open(), open()];
    const bytes = randomBytes(10_000);
    const hash = one.put(bytes);
    expect(two.has(hash)).toBe(true);
    expect(two.get(hash)).toEqual(bytes);
    two.record({}, [two.put(bytes)]);
    // The pack of the other may still lose its end in a power cut.
    for (const file of files('packs').slice(0, 1)) rmSync(file);
    expect(two.get(hash)).toEqual(bytes);
    two.close();
  });

  it('of other processes that an event names are written again while those live', () => {
    const [one, two] = [open(), open()];
    const hash = one.put(randomBytes(10_000));
    two.has(hash);
    two.record({}, [hash]);
    expect(files('packs').map(file => statSync(file).size > 10_000)).toEqual([true, true]);
    one.close();
    two.close();
  });

  it('do not change when the caller changes its buffers', () => {
    const store = open();
    const first = Buffer.from('a'.repeat(1000));
    const one = store.put(first);
    first.fill('b');
    const second = text(`${'a'.repeat(1000)}c`);
    const two = store.put(second, one);
    second.fill('d');
    store.get(one).fill('e');
    expect(store.get(one).toString()).toBe('a'.repeat(1000));
    expect(store.get(two).toString()).toBe(`${'a'.repeat(1000)}c`);
    store.close();
  });

  it('go into a new pack when one has grown large', () => {
    const store = open({ packBytes: 10_000 });
    const hashes = Array.from({ length: 10 }, () => store.put(randomBytes(4000)));
    store.record({}, hashes);
    expect(files('packs').length).toBe(4);
    store.close();
    const again = open();
    for (const hash of hashes) expect(sha256(again.get(hash))).toBe(hash);
    again.close();
  });

  it('that are not stored are missing', () => {
    const store = open();
    const hash = sha256(text('never'));
    expect(store.has(hash)).toBe(false);
    expect(() => store.get(hash)).toThrow(
      expect.objectContaining({ name: 'LostContent', hash, reason: 'missing' }),
    );
    expect(() => store.record({}, [hash])).toThrow(LostContent);
    expect(store.events()).toEqual([]);
    store.close();
  });

  it('whose pack somebody deleted are missing, also to the process that wrote it', () => {
    const store = open();
    const lost = store.put(text('lost'));
    store.record({ n: 1 }, [lost]);
    rmSync(only('packs'));
    expect(() => store.record({ n: 2 }, [store.put(text('more'))])).toThrow();
    const hash = store.put(text('kept'));
    store.record({ n: 3 }, [hash]);
    expect(() => store.record({ n: 4 }, [lost])).toThrow(LostContent);
    expect(store.verify()).toMatchObject({ lost: [{ hash: lost, reason: 'missing' }] });
    store.close();
    const again = open();
    expect(again.get(hash).toString()).toBe('kept');
    again.close();
  });

  it('never come back wrong, whichever byte of a pack changes', () => {
    const first = open();
    const base = Buffer.concat([text('some text '.repeat(20)), randomBytes(80)]);
    const hashes = [first.put(base), first.put(randomBytes(100)), first.put(text('x'))];
    hashes.push(first.put(Buffer.concat([base, text('!')]), hashes[0]));
    first.close();
    const pack = only('packs');
    const whole = readFileSync(pack);
    const outcomes = { right: 0, lost: 0 };
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at & 7));
      writeFileSync(pack, damaged);
      const store = open();
      for (const hash of hashes) {
        try {
          expect(sha256(store.get(hash))).toBe(hash);
          outcomes.right += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(LostContent);
          outcomes.lost += 1;
        }
      }
      const report = store.verify();
      expect(report.lost.length + report.torn.length).toBeGreaterThan(0);
      // What is lost can be stored anew, and is then found beside the damage.
      expect(store.get(store.put(base)).equals(base)).toBe(true);
      store.close();
      for (const file of files('packs')) if (file !== pack) rmSync(file);
    }
    // A changed byte takes one content with it, or two when a difference stands on it.
    expect(outcomes.lost).toBeGreaterThanOrEqual(whole.length);
    expect(outcomes.lost).toBeLessThan(2 * whole.length);
    expect(outcomes.right).toBeGreaterThan(2 * whole.length);
  });

  it('before a torn end are whole, and the end is left as it is', () => {
    const first = open();
    const hash = first.put(randomBytes(1000));
    first.record({}, [hash]);
    first.put(randomBytes(1000));
    first.close();
    const pack = only('packs');
    const whole = readFileSync(pack);
    for (let size = 1056; size < whole.length; size += 7) {
      truncateSync(pack, size);
      const store = open();
      expect(sha256(store.get(hash))).toBe(hash);
      expect(store.verify().torn).toHaveLength(size === 1056 ? 0 : 1);
      store.close();
      expect(statSync(pack).size).toBe(size);
      writeFileSync(pack, whole);
    }
  });

  it('and events that their writer cut off again are gone for readers too', () => {
    const [one, two] = [open(), open()];
    const kept = one.put(randomBytes(1000));
    one.record({ n: 1 }, [kept]);
    const [pack, journal] = [only('packs'), only('journal')];
    const [packSize, journalSize] = [statSync(pack).size, statSync(journal).size];
    const cut = one.put(randomBytes(1000));
    one.record({ n: 2 }, []);
    expect(two.has(cut)).toBe(true);
    expect(two.events()).toHaveLength(2);
    truncateSync(pack, packSize);
    truncateSync(journal, journalSize);
    two.usage();
    expect(two.has(cut)).toBe(false);
    expect(sha256(two.get(kept))).toBe(kept);
    expect(two.events().map(({ event }) => event)).toEqual([{ n: 1 }]);
    two.close();
    one.close();
  });

  it('that somebody deleted do not stop what comes after', () => {
    const first = open();
    const bytes = randomBytes(1000);
    const hash = first.put(bytes);
    first.record({ n: 1 }, [hash]);
    first.close();
    const store = open();
    store.put(bytes);
    rmSync(files('packs').sort()[0] ?? '');
    expect(() => store.record({ n: 2 }, [hash])).toThrow();
    expect(() => store.record({ n: 2 }, [hash])).toThrow(LostContent);
    store.record({ n: 2 }, [store.put(bytes)]);
    expect(store.verify()).toMatchObject({ events: 2, lost: [] });
    store.close();
  });

  it('outlive a copy of them that is damaged', () => {
    const [one, two] = [open(), open()];
    const bytes = randomBytes(1000);
    const hash = one.put(bytes);
    two.put(bytes);
    one.close();
    two.close();
    for (const pack of files('packs')) {
      const whole = readFileSync(pack);
      writeFileSync(pack, Buffer.from(whole).fill(0, 500, 600));
      const store = open();
      expect(store.get(hash)).toEqual(bytes);
      store.close();
      writeFileSync(pack, whole);
    }
  });

  it('that claim to be larger than they are do not fill the memory', () => {
    open().close();
    const hash = sha256(text('bomb'));
    const zeros = encodeRecord(KINDS.deflate, hash, 2 ** 30, text('no deflate'));
    writeFileSync(join(folder, 'packs', 'kept-1.kzp'), zeros);
    const store = open();
    expect(() => store.get(hash)).toThrow(LostContent);
    store.close();
  });
});

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
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const part of ['packs', 'journal', 'claims'] as const) {
      expect(files(part)).toHaveLength(1);
      for (const file of files(part)) expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    store.close();
  });

  it('is refused when others can enter it or any part of it', () => {
    open().close();
    for (const path of [folder, join(folder, 'packs'), join(folder, 'journal')]) {
      chmodSync(path, 0o750);
      expect(() => open()).toThrow(NotOwnerOnlyError);
      chmodSync(path, 0o700);
    }
    renameSync(join(folder, 'packs'), join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'packs'));
    expect(() => open()).toThrow(NotOwnerOnlyError);
  });

  it('is not read through links, and other names in it are left alone', () => {
    const store = open();
    const hash = store.put(text('outside'));
    store.record({}, [hash]);
    store.close();
    for (const part of ['packs', 'journal'] as const) {
      const file = only(part);
      renameSync(file, join(folder, 'moved'));
      symlinkSync(join(folder, 'moved'), file);
      mkdirSync(join(folder, part, 'README'));
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
    expect(readdirSync(join(folder, 'packs'))).toHaveLength(1);
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

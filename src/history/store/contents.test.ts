import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScratchStore } from '../../../test/support/scratchStore';
import { type HistoryStore, LostContent } from './historyStore';
import type { StoreOptions } from './openHistoryStore';
import { encodeRecord, KINDS, sha256 } from './packRecord';

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
    first.record({}, hashes);
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

  it('behind a damaged header are still found', () => {
    const first = open();
    const hashes = Array.from({ length: 20 }, () => first.put(randomBytes(50_000)));
    first.close();
    const pack = only('packs');
    writeFileSync(pack, readFileSync(pack).fill(0, 20, 30));
    const store = open();
    expect(hashes.map(hash => store.has(hash))).toEqual(hashes.map((_, at) => at > 0));
    for (const hash of hashes.slice(1)) expect(sha256(store.get(hash))).toBe(hash);
    expect(store.verify()).toMatchObject({ contents: 19, torn: [{ offset: 0 }] });
    store.close();
  });

  it('that are not what they claim to be are damaged, also as the base of others', () => {
    const first = open();
    const base = randomBytes(500);
    const hash = first.put(base);
    const next = Buffer.concat([base, text('!')]);
    const nextHash = first.put(next, hash);
    first.close();
    const pack = only('packs');
    const forged = encodeRecord(KINDS.full, hash, 500, randomBytes(500));
    writeFileSync(pack, Buffer.concat([forged, readFileSync(pack).subarray(forged.length)]));
    const store = open();
    for (const lost of [hash, nextHash]) {
      expect(() => store.get(lost)).toThrow(expect.objectContaining({ reason: 'damaged' }));
    }
    store.put(base);
    expect(store.get(nextHash).equals(next)).toBe(true);
    store.close();
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

  it('are found when what they stand on turns up later', () => {
    const first = open();
    const base = randomBytes(1000);
    const hash = first.put(base);
    first.close();
    const pack = only('packs');
    const second = open();
    const next = Buffer.concat([base, text('!')]);
    const nextHash = second.put(next, hash);
    renameSync(pack, `${pack}.away`);
    const reader = open();
    renameSync(`${pack}.away`, pack);
    expect(reader.get(nextHash).equals(next)).toBe(true);
    reader.close();
    second.close();
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
    writeFileSync(join(scratch.folder, 'packs', 'kept-1.kzp'), zeros);
    const store = open();
    expect(() => store.get(hash)).toThrow(LostContent);
    store.close();
  });
});

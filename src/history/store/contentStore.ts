import type { Claims } from './claims';
import type { ContentIndex } from './contentIndex';
import { type Hash, LostContent } from './historyStore';
import { type DeltaBase, encodeContent } from './packContent';
import { type Pack, type PackFiles, PackVanished } from './packFiles';
import { encodeRecord, KINDS, MAX_CONTENT, sha256 } from './packRecord';
import type { PackWriter } from './packWriter';
import { RecentContents } from './recentContents';

/** What was put but not recorded yet is kept; what was recorded this long after its last `put`. */
const GRACE = 3_600_000;

/** So many puts are remembered before those of long ago are looked for. */
const MANY = 10_000;

const NO_PAYLOAD = Buffer.alloc(0);

/**
 * Puts contents into packs of this process and sees to it that what this process relies on stays.
 *
 * Bytes in a pack of an ended process may be removed by a collection, so before relying on them
 * this process writes a pin into its own pack and looks second whether anyone collects; a
 * collection claims first and reads the pins second. One of them always sees the other. Packs of
 * other living processes are not relied on: their ends may not be durable.
 */
export class ContentStore {
  readonly #pinned = new Set<Hash>();
  readonly #toSync = new Set<Pack>();
  readonly #puts = new Map<Hash, { time: number; recorded: boolean }>();
  #pendingSize = MANY;
  readonly #recent = new RecentContents();

  constructor(
    private readonly index: ContentIndex,
    private readonly packs: PackFiles,
    private readonly writer: PackWriter,
    private readonly claims: Claims,
    private readonly now: () => number,
  ) {}

  /** `room` is asked before anything is written; it throws when there is none. */
  put(bytes: Buffer, near: Hash | undefined, room: (length: number) => void): Hash {
    if (bytes.length > MAX_CONTENT) throw new RangeError('a content may take 1 GiB at most');
    const hash = sha256(bytes);
    if (!this.#relyOn(hash)) {
      room(bytes.length);
      this.#append(hash, bytes, near);
    }
    this.#recent.add(hash, bytes);
    this.#puts.set(hash, { time: this.now(), recorded: false });
    if (this.#puts.size > 2 * this.#pendingSize) this.pending();
    return hash;
  }

  /** What was put or read a moment ago is at hand as long as it is stored. @throws LostContent */
  get(hash: Hash): Buffer {
    const recent = this.index.has(hash) ? this.#recent.get(hash) : undefined;
    // A copy: the caller may change its buffer.
    if (recent) return Buffer.from(recent);
    const bytes = this.index.get(hash);
    this.#recent.add(hash, bytes);
    return bytes;
  }

  /** Makes sure that a content stays for as long as this process lives. @throws LostContent */
  keep(hash: Hash): void {
    if (!this.#relyOn(hash)) this.#append(hash, this.index.get(hash), undefined);
  }

  /** Makes durable all that was put or kept. */
  sync(): void {
    for (const pack of this.#toSync) {
      this.#toSync.delete(pack);
      try {
        this.packs.syncFrozen(pack);
      } catch (error) {
        // Nothing that was relied on is sure any more: all of it is looked at anew.
        this.#pinned.clear();
        this.index.refresh();
        throw error;
      }
    }
    this.writer.sync();
  }

  /** From now on the event that names these contents keeps them. */
  recorded(hashes: readonly Hash[]): void {
    for (const hash of hashes) {
      const put = this.#puts.get(hash);
      if (put) put.recorded = true;
    }
  }

  /** What no event may name yet but this process will. */
  pending(): Set<Hash> {
    const pending = new Set<Hash>();
    for (const [hash, { time, recorded }] of this.#puts) {
      if (recorded && Math.abs(this.now() - time) > GRACE) this.#puts.delete(hash);
      else pending.add(hash);
    }
    this.#pendingSize = Math.max(pending.size, MANY);
    return pending;
  }

  /** A collection by this process may drop pins: they are written anew when needed. */
  forgetPins(): void {
    this.#pinned.clear();
  }

  #append(hash: Hash, bytes: Buffer, near: Hash | undefined): void {
    const base = near === undefined ? undefined : this.#baseFor(near);
    this.index.add(this.writer.append(encodeContent(hash, bytes, base)));
  }

  #baseFor(near: Hash): DeltaBase | undefined {
    if (!this.#relyOn(near)) return undefined;
    const copies = this.index.copiesOf(near);
    const copy =
      copies.find(({ pack }) => this.#isOwn(pack)) ?? copies.find(({ pack }) => pack.frozen);
    if (!copy) return undefined;
    try {
      const bytes = this.#recent.get(near) ?? this.index.get(near);
      return { hash: near, chain: copy.chain, bytes, delta: this.index.deltaOf(copy) };
    } catch (error) {
      if (error instanceof LostContent || error instanceof PackVanished) return undefined;
      throw error;
    }
  }

  /** True when the content is stored and will stay; false when it must be written (again). */
  #relyOn(hash: Hash): boolean {
    const copies = this.index.copiesOf(hash);
    if (copies.length === 0) return false;
    if (copies.some(({ pack }) => this.#isOwn(pack))) return true;
    if (this.#pinned.has(hash)) return true;
    const packs = this.index.packsOf(hash);
    for (const pack of packs) if (!pack.frozen && !this.#isOwn(pack)) return false;
    if (!this.#isReadable(hash)) return false;
    this.writer.append(encodeRecord(KINDS.pin, hash, 0, NO_PAYLOAD));
    if (this.claims.someoneCollects) return false;
    for (const pack of packs) {
      if (!this.packs.stands(pack)) return false;
      if (pack.frozen) this.#toSync.add(pack);
    }
    this.#pinned.add(hash);
    return true;
  }

  /** Own packs stay, except those that a collection by this process may be rewriting just now. */
  #isOwn(pack: Pack): boolean {
    if (pack.writer !== this.claims.self) return false;
    return pack === this.writer.current || !this.claims.collects;
  }

  #isReadable(hash: Hash): boolean {
    try {
      this.index.get(hash);
      return true;
    } catch (error) {
      if (error instanceof LostContent) return false;
      throw error;
    }
  }
}

import { type Hash, LostContent } from './historyStore';
import { decodeContent, decodeStoredDelta, type StoredDelta } from './packContent';
import {
  holdsContent,
  type Pack,
  PackVanished,
  type PackFiles,
  type StoredRecord,
} from './packFiles';
import { KINDS, MAX_CHAIN, sha256 } from './packRecord';

/** How often to look again when packs vanish while they are read. */
const ATTEMPTS = 4;

/**
 * Which record holds which content. Two processes may store the same content; all its copies are
 * known, those that stand on fewer others first.
 *
 * A delta always stands on a copy with a smaller chain number. Reading goes down only, and a
 * collection keeps the copy with the smallest, so copies never come to stand on each other in a ring.
 */
export class ContentIndex {
  readonly #copies = new Map<Hash, StoredRecord | StoredRecord[]>();
  /** True when a newer version has written records that this one cannot read. */
  hasNewer = false;

  constructor(private readonly packs: PackFiles) {}

  hashes(): IterableIterator<Hash> {
    return this.#copies.keys();
  }

  refresh(): void {
    this.packs.refresh(
      record => {
        this.add(record);
      },
      packs => {
        this.drop(record => packs.has(record.pack));
      },
    );
  }

  add(record: StoredRecord): void {
    if (!holdsContent(record)) {
      if (record.kind !== KINDS.pin) this.hasNewer = true;
      return;
    }
    const known = this.#copies.get(record.hash);
    if (known === undefined) this.#copies.set(record.hash, record);
    else {
      const copies = [...(Array.isArray(known) ? known : [known]), record];
      this.#copies.set(
        record.hash,
        copies.sort((a, b) => a.chain - b.chain),
      );
    }
  }

  drop(isGone: (record: StoredRecord) => boolean): void {
    for (const [hash, known] of this.#copies) {
      if (!Array.isArray(known)) {
        if (isGone(known)) this.#copies.delete(hash);
        continue;
      }
      const left = known.filter(record => !isGone(record));
      if (left.length === 0) this.#copies.delete(hash);
      else if (left.length < known.length) this.#copies.set(hash, left);
    }
  }

  copiesOf(hash: Hash): readonly StoredRecord[] {
    const known = this.#copies.get(hash);
    return known === undefined ? [] : Array.isArray(known) ? known : [known];
  }

  /** Looks at what other processes have stored only when nothing is known of the content. */
  has(hash: Hash): boolean {
    if (this.#copies.has(hash)) return true;
    this.refresh();
    return this.#copies.has(hash);
  }

  /** @throws LostContent */
  get(hash: Hash): Buffer {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (!this.#copies.has(hash)) throw new LostContent(hash, 'missing');
        return this.#quick(hash) ?? this.#search(hash);
      } catch (error) {
        // What is not found may have been stored, or put elsewhere, since the last look.
        const again =
          error instanceof PackVanished
            ? attempt < ATTEMPTS
            : error instanceof LostContent && attempt === 1;
        if (!again) throw error;
        this.refresh();
      }
    }
  }

  /** How a copy is told, when it is a delta. @throws PackVanished */
  deltaOf(copy: StoredRecord): StoredDelta | undefined {
    const record = copy.kind === KINDS.delta ? this.packs.read(copy) : undefined;
    return record && decodeStoredDelta(record.payload);
  }

  /** The packs a content is read from, by its best copies. */
  packsOf(hash: Hash): Set<Pack> {
    const packs = new Set<Pack>();
    let copy = this.copiesOf(hash)[0];
    while (copy) {
      packs.add(copy.pack);
      const { base, chain }: StoredRecord = copy;
      copy = base === undefined ? undefined : this.copiesOf(base).find(one => one.chain < chain);
    }
    return packs;
  }

  #quick(hash: Hash): Buffer | undefined {
    try {
      const content = this.#resolve(hash, MAX_CHAIN + 1);
      return sha256(content) === hash ? content : undefined;
    } catch (error) {
      if (error instanceof LostContent) return undefined;
      throw error;
    }
  }

  /** The content by the first copy whose payloads are sound; its hash is still to be compared. */
  #resolve(hash: Hash, below: number): Buffer {
    const copies = this.copiesOf(hash).filter(({ chain }) => chain < below);
    for (const copy of copies) {
      const content = this.#decode(copy, base => this.#resolve(base, copy.chain));
      if (content) return content;
    }
    throw new LostContent(hash, 'damaged');
  }

  /** Slower, but finds the content by any good combination of copies: hashes every step. */
  #search(hash: Hash, above: readonly Hash[] = []): Buffer {
    const path = [...above, hash];
    for (const copy of this.copiesOf(hash)) {
      if (copy.base !== undefined && path.includes(copy.base)) continue;
      const content = this.#decode(copy, base => this.#search(base, path));
      if (content && sha256(content) === hash) return content;
    }
    throw new LostContent(hash, 'damaged');
  }

  #decode(copy: StoredRecord, baseOf: (hash: Hash) => Buffer): Buffer | undefined {
    const record = this.packs.read(copy);
    if (!record) return undefined;
    try {
      return decodeContent(record.header, record.payload, baseOf);
    } catch (error) {
      if (error instanceof LostContent) return undefined;
      throw error;
    }
  }
}

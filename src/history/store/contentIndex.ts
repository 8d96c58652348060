import { type Hash, LostContent } from './historyStore';
import { decodeContent } from './packContent';
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

  get size(): number {
    return this.#copies.size;
  }

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
        if (!this.has(hash)) throw new LostContent(hash, 'missing');
        const content = this.#resolve(hash, MAX_CHAIN + 1);
        if (sha256(content) === hash) return content;
        return this.#getChecked(hash);
      } catch (error) {
        if (!(error instanceof PackVanished) || attempt === ATTEMPTS) throw error;
        this.refresh();
      }
    }
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

  /** The content by the first copy whose payloads are sound; its hash is still to be compared. */
  #resolve(hash: Hash, below: number): Buffer {
    const copies = this.copiesOf(hash).filter(({ chain }) => chain < below);
    for (const copy of copies) {
      const content = this.#decode(copy, (base, chain) => this.#resolve(base, chain));
      if (content) return content;
    }
    throw new LostContent(hash, copies.length === 0 ? 'missing' : 'damaged');
  }

  /** As `#resolve`, with the hash compared at every step: slower, but finds any good combination. */
  #getChecked(hash: Hash, below = MAX_CHAIN + 1): Buffer {
    for (const copy of this.copiesOf(hash)) {
      if (copy.chain >= below) continue;
      const content = this.#decode(copy, (base, chain) => this.#getChecked(base, chain));
      if (content && sha256(content) === hash) return content;
    }
    throw new LostContent(hash, 'damaged');
  }

  #decode(copy: StoredRecord, baseOf: (hash: Hash, below: number) => Buffer): Buffer | undefined {
    const payload = this.packs.payload(copy);
    if (!payload) return undefined;
    try {
      return decodeContent(copy, payload, base => baseOf(base, copy.chain));
    } catch (error) {
      if (error instanceof LostContent) return undefined;
      throw error;
    }
  }
}

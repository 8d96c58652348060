import { setImmediate } from 'node:timers/promises';
import type { Hash } from './historyStore';
import { holdsContent, type Pack, type StoredRecord } from './packFiles';
import { type Found, scanPack } from './packScan';
import type { StoreParts } from './storeParts';

/** A pack that may be rewritten, and what of it must stay. */
export interface Candidate {
  readonly pack: Pack;
  readonly living: readonly Found[];
  /** The bytes of those records. */
  readonly bytes: number;
}

/**
 * Tells what must stay: what events name, all that packs hold or pin whose processes may still
 * record it, and the contents these stand on.
 */
export class LivingContents {
  readonly #living = new Set<Hash>();
  readonly #free = new Set<Pack>();

  constructor(private readonly parts: StoreParts) {}

  /** Marks everything; gives the packs that may be rewritten. */
  async markAll(): Promise<ReadonlySet<Pack>> {
    const { log, journals, contents, packs, claims, packWriter } = this.parts;
    for (const { refs } of log.events()) for (const hash of refs) this.#living.add(hash);
    for (const { entries } of journals.all) {
      for (const { body } of entries) if (body !== undefined) this.#living.add(body);
    }
    const pending = contents.pending();
    for (const pack of [...packs.all]) {
      const isOwn = pack.writer === claims.self && pack !== packWriter.current;
      const isFree = pack.frozen || (isOwn && !this.#records(pack).some(r => pending.has(r.hash)));
      if (isFree) this.#free.add(pack);
      else for (const { hash } of this.#records(pack)) this.#living.add(hash);
      await setImmediate();
    }
    this.#markBases();
    return this.#free;
  }

  candidate(pack: Pack): Candidate {
    const living = this.#records(pack).filter(
      record =>
        holdsContent(record) &&
        this.#living.has(record.hash) &&
        this.#copiesToKeep(record.hash).some(
          copy => copy.pack === pack && copy.offset === record.offset,
        ),
    );
    const bytes = living.reduce((sum, record) => sum + record.length, 0);
    return { pack, living, bytes };
  }

  /**
   * Of several sound copies the one that stands on the fewest others. Those in packs of living
   * processes do not count: they may not be durable yet.
   */
  #copiesToKeep(hash: Hash): readonly StoredRecord[] {
    const copies = this.parts.index.copiesOf(hash).filter(({ pack }) => this.#free.has(pack));
    if (copies.length < 2 || copies.some(copy => !this.parts.packs.read(copy))) return copies;
    return copies.slice(0, 1);
  }

  #markBases(): void {
    // A set hands out what is added while it is walked.
    for (const hash of this.#living) {
      for (const { base } of this.parts.index.copiesOf(hash)) {
        if (base !== undefined) this.#living.add(base);
      }
    }
  }

  #records(pack: Pack): Found[] {
    const records: Found[] = [];
    scanPack(this.parts.packs.descriptorOf(pack), 0, pack.end, record => records.push(record));
    return records;
  }
}

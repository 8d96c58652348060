import type { Hash } from './historyStore';

const TOTAL = 16 * 2 ** 20;
const LARGEST = 8 * 2 ** 20;

/**
 * The contents put or read last, so that the next version of a file can be written as a difference,
 * and what was planned with need not be unpacked again to be written.
 */
export class RecentContents {
  readonly #contents = new Map<Hash, Buffer>();
  #total = 0;

  /** Takes a copy: the caller may change its buffer. */
  add(hash: Hash, bytes: Buffer): void {
    if (bytes.length > LARGEST || this.#contents.has(hash)) return;
    this.#contents.set(hash, Buffer.from(bytes));
    this.#total += bytes.length;
    for (const [oldest, { length }] of this.#contents) {
      if (this.#total <= TOTAL) return;
      this.#contents.delete(oldest);
      this.#total -= length;
    }
  }

  get(hash: Hash): Buffer | undefined {
    return this.#contents.get(hash);
  }
}

import type { Liveness, ProcessTable, WriterName } from '../../src/history/store/processTable';

/** Processes for stores that are opened side by side in one test: each store is one of them. */
export class FakeProcesses implements ProcessTable {
  readonly #liveness = new Map<WriterName, Liveness>();
  #count = 0;

  newWriterName(): WriterName {
    this.#count += 1;
    const name = `${this.#count}-1-00000000-${String(this.#count).padStart(8, '0')}`;
    this.#liveness.set(name, 'alive');
    return name;
  }

  livenessOf(writer: WriterName): Liveness {
    return this.#liveness.get(writer) ?? 'dead';
  }

  /** All processes so far end (or become unsure) without closing their stores. */
  allBecome(liveness: Liveness): void {
    for (const name of this.#liveness.keys()) this.#liveness.set(name, liveness);
  }
}

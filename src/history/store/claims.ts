import { closeSync, lstatSync, openSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, orFull } from './appendFile';
import type { Lease, LeaseName } from './historyStore';
import { isWriterName, type ProcessTable, type WriterName } from './processTable';

type ClaimKind = 'writer' | LeaseName;

const CLAIM = /^(writer|restore|collect)@(.+)$/;

/** After this long without a sign of life a lease is lost, unless its holder is known to live. */
const LEASE_SILENCE = 2 * 60_000;
/** The same for a writer whose process cannot be asked: it may be idle for long. */
const WRITER_SILENCE = 24 * 3_600_000;
/** How often a writer renews its sign of life, at most. */
const WRITER_BEAT = 10 * 60_000;

/**
 * Who is at work in a store: one empty file a claim, named `kind@writer`, made whole by its creation
 * alone and removed at the end. A claim of a dead process counts for nothing.
 *
 * A lease is taken by making the own claim first and looking for others second: of two at the same
 * time at least one sees the other and steps back, so two never hold it.
 */
export class Claims {
  #beat: number | undefined;
  readonly #leases = new Set<LeaseName>();

  constructor(
    private readonly folder: string,
    readonly self: WriterName,
    private readonly processes: ProcessTable,
    private readonly now: () => number,
  ) {}

  /**
   * Says that this process writes files of its own, which others leave alone from now on; to be
   * called before each write. Renews the sign of life now and then.
   */
  claimWriting(): void {
    if (this.#beat !== undefined && Math.abs(this.now() - this.#beat) < WRITER_BEAT) return;
    if (!this.#create('writer')) this.#renew('writer');
    this.#beat = this.now();
  }

  /** Says that the files of this process are complete. */
  endWriting(): void {
    this.#remove('writer', this.self);
    this.#beat = undefined;
  }

  /** All writers that may still write, this one among them. List their files before asking. */
  livingWriters(): Set<WriterName> {
    const writers = this.#list().filter(({ kind }) => kind === 'writer');
    return new Set(writers.filter(claim => this.#holds(claim)).map(({ writer }) => writer));
  }

  /** True while any process, this one too, may be removing contents. */
  get someoneCollects(): boolean {
    return this.#list().some(claim => claim.kind === 'collect' && this.#holds(claim));
  }

  /** True while this process itself holds the lease to collect. */
  get collects(): boolean {
    return this.#leases.has('collect');
  }

  lease(name: LeaseName): Lease | undefined {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (this.#take(name)) return this.#held(name);
      // Two that stepped back from each other must not do so again at the same moment.
      pause(1 + Math.floor(Math.random() * 10));
    }
    return undefined;
  }

  /** Removes the claims of processes that have ended. */
  removeDead(): void {
    for (const claim of this.#list()) {
      if (!this.#holds(claim)) this.#remove(claim.kind, claim.writer);
    }
  }

  #held(name: LeaseName): Lease {
    this.#leases.add(name);
    let released = false;
    return {
      renew: () => !released && this.#renew(name),
      release: () => {
        if (released) return;
        released = true;
        this.#leases.delete(name);
        this.#remove(name, this.self);
      },
    };
  }

  #take(name: LeaseName): boolean {
    if (this.#leases.has(name) || !this.#create(name)) return false;
    for (const claim of this.#list()) {
      if (claim.kind !== name || claim.writer === this.self) continue;
      if (this.#holds(claim)) {
        this.#remove(name, this.self);
        return false;
      }
      this.#remove(name, claim.writer);
    }
    return true;
  }

  #create(kind: ClaimKind): boolean {
    try {
      closeSync(orFull(() => openSync(this.#path(kind, this.self), 'wx', 0o600)));
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  #renew(kind: ClaimKind): boolean {
    try {
      utimesSync(this.#path(kind, this.self), new Date(), new Date());
      return true;
    } catch {
      return false;
    }
  }

  #holds({ kind, writer, changed }: Claim): boolean {
    if (writer === this.self) return true;
    const silence = Math.abs(this.now() - changed);
    switch (this.processes.livenessOf(writer)) {
      case 'alive':
        return true;
      case 'dead':
        return false;
      case 'exists':
        return kind === 'writer' || silence < LEASE_SILENCE;
      case 'foreign':
        return silence < (kind === 'writer' ? WRITER_SILENCE : LEASE_SILENCE);
    }
  }

  #list(): Claim[] {
    return readdirSync(this.folder).flatMap(name => {
      const [, kind, writer] = CLAIM.exec(name) ?? [];
      if (kind === undefined || writer === undefined || !isWriterName(writer)) return [];
      const stat = lstatSync(join(this.folder, name), { throwIfNoEntry: false });
      return stat ? [{ kind: kind as ClaimKind, writer, changed: stat.mtimeMs }] : [];
    });
  }

  #remove(kind: ClaimKind, writer: WriterName): void {
    rmSync(this.#path(kind, writer), { force: true });
  }

  #path(kind: ClaimKind, writer: WriterName): string {
    return join(this.folder, `${kind}@${writer}`);
  }
}

interface Claim {
  readonly kind: ClaimKind;
  readonly writer: WriterName;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

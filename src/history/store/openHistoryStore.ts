import { realDisk } from './appendFile';
import { collectStore } from './collect';
import {
  type CollectReport,
  type EventId,
  type Hash,
  type HistoryStore,
  type Lease,
  type LeaseName,
  type StoredEvent,
  StoreFull,
  type Thin,
  type Usage,
  type VerifyReport,
} from './historyStore';
import { systemProcesses } from './processTable';
import { openParts, type StoreParts, type StoreSettings } from './storeParts';
import { removeTemporary } from './temporaryFiles';
import { verifyStore } from './verify';

export type StoreOptions = Partial<StoreSettings>;

const DEFAULTS: StoreSettings = {
  now: Date.now,
  disk: realDisk,
  processes: systemProcesses,
  budget: 2 ** 30,
  diskShare: 0.05,
  packBytes: 64 * 2 ** 20,
  copyBytes: 200 * 2 ** 20,
};

/**
 * Opens the store in a folder, made when absent, and removes what processes that were killed have
 * left besides their data.
 * @throws NotOwnerOnlyError when others could have written into the folder
 */
export function openHistoryStore(folder: string, options: StoreOptions = {}): HistoryStore {
  const parts = openParts(folder, { ...DEFAULTS, ...options });
  const { claims, folders, processes, now, index } = parts;
  claims.removeDead();
  for (const path of [folders.packs, folders.journal]) removeTemporary(path, processes, now());
  index.refresh();
  return new FileStore(parts);
}

/** How long a look at the free disk holds, in milliseconds and in bytes put. */
const LOOK_TIME = 5000;
const LOOK_BYTES = 8 * 2 ** 20;

class FileStore implements HistoryStore {
  #look: { readonly time: number; readonly stored: number; readonly allowed: number } | undefined;

  constructor(private readonly parts: StoreParts) {}

  put(bytes: Buffer, near?: Hash): Hash {
    return this.parts.contents.put(bytes, near, length => {
      this.#makeSureOfRoom(length);
    });
  }

  has(hash: Hash): boolean {
    return this.parts.index.has(hash);
  }

  get(hash: Hash): Buffer {
    return this.parts.contents.get(hash);
  }

  record(event: object, refs: readonly Hash[]): EventId {
    return this.parts.log.record(event, refs);
  }

  sync(): void {
    this.parts.contents.sync();
  }

  events(): readonly StoredEvent[] {
    return this.parts.log.events();
  }

  lease(name: LeaseName): Lease | undefined {
    return this.parts.claims.lease(name);
  }

  usage(): Usage {
    this.parts.index.refresh();
    this.parts.journals.refresh();
    this.#look = undefined;
    return { stored: this.#stored, allowed: this.#allowed };
  }

  async collect(thin?: Thin): Promise<CollectReport | undefined> {
    const lease = this.lease('collect');
    if (!lease) return undefined;
    try {
      return await collectStore(this.parts, lease, thin);
    } finally {
      lease.release();
    }
  }

  verify(): VerifyReport {
    return verifyStore(this.parts);
  }

  close(): void {
    const { contents, packWriter, journalWriter, packs, claims } = this.parts;
    try {
      contents.sync();
    } finally {
      packWriter.close();
      journalWriter.finish();
      packs.close();
      claims.endWriting();
    }
  }

  #makeSureOfRoom(length: number): void {
    if (this.#stored + length > this.#allowed) throw new StoreFull('budget');
  }

  get #stored(): number {
    return this.parts.packs.totalSize + this.parts.journals.totalSize;
  }

  get #allowed(): number {
    const { now, disk, folders, budget, diskShare } = this.parts;
    const stored = this.#stored;
    const look = this.#look;
    const isFresh =
      look && Math.abs(now() - look.time) < LOOK_TIME && stored - look.stored < LOOK_BYTES;
    if (isFresh) return look.allowed;
    const share = (disk.freeBytes(folders.packs) + stored) * diskShare;
    const allowed = Math.min(budget, Math.floor(share));
    this.#look = { time: now(), stored, allowed };
    return allowed;
  }
}

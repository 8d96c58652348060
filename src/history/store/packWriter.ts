import { join } from 'node:path';
import { AppendFile, type DiskCalls, syncFolder } from './appendFile';
import type { Claims } from './claims';
import { type Pack, PACK_SUFFIX, type PackFiles, type StoredRecord } from './packFiles';
import { recordAt } from './packScan';

/** Appends records to packs of this process. */
export class PackWriter {
  #file: AppendFile | undefined;
  #pack: Pack | undefined;
  #folderSynced = true;
  #count = 0;

  constructor(
    private readonly folder: string,
    private readonly packs: PackFiles,
    private readonly claims: Claims,
    private readonly disk: DiskCalls,
    private readonly packBytes: number,
    /** Gets the records of a pack, from an offset on, that are not stored after all. */
    private readonly lost: (pack: Pack, from: number) => void,
  ) {}

  /** The pack that is being written; none before the first record and after an error. */
  get current(): Pack | undefined {
    return this.#pack;
  }

  /**
   * Appends an encoded record and says where it stands.
   * @throws StoreFull, with nothing appended
   */
  append(record: Buffer): StoredRecord {
    this.claims.claimWriting();
    const { file, pack } = this.#writable();
    const offset = file.append(record);
    pack.end = pack.size = file.size;
    const found = recordAt(record, offset, file.size);
    if (!found) throw new Error('a record was not encoded whole');
    return { ...found, pack };
  }

  /** Makes all records durable; those that cannot be are reported as lost. */
  sync(): void {
    const [file, pack] = [this.#file, this.#pack];
    if (!file || !pack) return;
    if (file.removed) {
      this.#abandon();
      this.lost(pack, 0);
      throw new Error(`the pack ${pack.name} was removed`);
    }
    try {
      file.sync();
      if (!this.#folderSynced) syncFolder(this.folder);
      this.#folderSynced = true;
    } catch (error) {
      this.#abandon();
      this.lost(pack, file.syncedSize);
      throw error;
    }
  }

  /** Ends the current pack after syncing it, so that a collection may rewrite it. */
  finish(): void {
    this.sync();
    this.#abandon();
  }

  /** Lets go of the current pack as it is. */
  close(): void {
    this.#abandon();
  }

  #abandon(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#pack = undefined;
  }

  #writable(): { file: AppendFile; pack: Pack } {
    const full = this.#file && (this.#file.size >= this.packBytes || this.#file.broken);
    if (full || this.#file?.removed) this.finish();
    if (!this.#file || !this.#pack) {
      this.#count += 1;
      const name = `${this.claims.self}-${this.#count}${PACK_SUFFIX}`;
      this.#file = AppendFile.create(join(this.folder, name), this.disk);
      this.#folderSynced = false;
      this.#pack = this.packs.begin(name);
    }
    return { file: this.#file, pack: this.#pack };
  }
}

import { closeSync, constants, fdatasyncSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, openStored, orFull } from './appendFile';
import { crc32 } from './crc32';
import type { Claims } from './claims';
import { decodeHeader, HEADER_BYTES, KINDS, type RecordHeader } from './packRecord';
import { type Found, readFully, scanPack } from './packScan';
import { isWriterName, type WriterName } from './processTable';
import { listStable } from './stableList';

/** One pack as far as it has been read. */
export interface Pack {
  readonly name: string;
  /** The process that wrote it; `undefined` for what a collection put together. */
  readonly writer: WriterName | undefined;
  /** Up to here it has been scanned. */
  end: number;
  /** On disk, in bytes. */
  size: number;
  /** Its writer has ended: it never changes again, and what is not synced in it may be. */
  frozen: boolean;
  synced: boolean;
  torn: readonly number[];
}

/** A record that holds a content (or stands for one, when it is a pin). */
export interface StoredRecord extends Found {
  readonly pack: Pack;
}

export interface ReadRecord {
  readonly header: RecordHeader;
  readonly payload: Buffer;
}

export const PACK_SUFFIX = '.kzp';
const PACK = /^(kept|\d.*)-(\w+)\.kzp$/;
const OPEN_PACKS = 32;

/** Thrown when a pack is gone: a collection put its contents elsewhere, or it was deleted. */
export class PackVanished extends Error {
  override readonly name = 'PackVanished';
}

/** The packs in the folder: finding them, scanning what is new in them, reading from them. */
export class PackFiles {
  readonly #packs = new Map<string, Pack>();
  /** In order of use, the latest last. */
  readonly #open = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly claims: Claims,
  ) {}

  get all(): IterableIterator<Pack> {
    return this.#packs.values();
  }

  /** Bytes on disk. */
  get totalSize(): number {
    let total = 0;
    for (const { size } of this.#packs.values()) total += size;
    return total;
  }

  /** Takes up what other processes have done. `found` gets each new record, `gone` lost packs. */
  refresh(found: (record: StoredRecord) => void, gone: (packs: ReadonlySet<Pack>) => void): void {
    const names = new Set(listStable(this.folder).filter(name => PACK.test(name)));
    // After listing the files: whoever made one of them had made its claim before.
    const living = this.claims.livingWriters();
    const vanished = new Set([...this.#packs.values()].filter(({ name }) => !names.has(name)));
    for (const pack of vanished) this.forget(pack);
    if (vanished.size > 0) gone(vanished);
    for (const name of names) {
      const pack = this.#packs.get(name) ?? this.#add(name);
      if (pack.frozen || pack.writer === this.claims.self) continue;
      const size = this.#sizeOf(pack);
      // Its writer has cut off what it could not make durable, or it is gone altogether.
      if (size === undefined || size < pack.end) {
        gone(new Set([pack]));
        pack.end = 0;
      }
      if (size === undefined || !this.#scan(pack, size, found)) this.forget(pack);
      else pack.frozen = pack.writer === undefined || !living.has(pack.writer);
    }
  }

  /** A pack this process begins to write. */
  begin(name: string): Pack {
    const pack = this.#add(name);
    pack.synced = true;
    return pack;
  }

  /** The header and payload of a record; `undefined` when damaged. @throws PackVanished */
  read({ pack, offset, length, hash }: StoredRecord): ReadRecord | undefined {
    const bytes = Buffer.allocUnsafe(length);
    if (readFully(this.descriptorOf(pack), bytes, offset) < length) return undefined;
    const header = decodeHeader(bytes);
    const payload = bytes.subarray(HEADER_BYTES);
    if (header?.hash !== hash || crc32(payload) !== header.payloadCrc) return undefined;
    return { header, payload };
  }

  /** True while the pack stands in the folder. */
  stands(pack: Pack): boolean {
    return this.#sizeOf(pack) !== undefined;
  }

  /** Makes a pack of an ended process durable: a kill leaves written but unsynced bytes. */
  syncFrozen(pack: Pack): void {
    if (pack.synced) return;
    // Windows syncs only what is open for writing.
    const descriptor = openStored(join(this.folder, pack.name), constants.O_RDWR);
    try {
      orFull(() => {
        fdatasyncSync(descriptor);
      });
    } finally {
      closeSync(descriptor);
    }
    pack.synced = true;
  }

  forget(pack: Pack): void {
    this.#packs.delete(pack.name);
    const descriptor = this.#open.get(pack.name);
    this.#open.delete(pack.name);
    if (descriptor !== undefined) closeSync(descriptor);
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  /** Open for reading until others have been used more. @throws PackVanished */
  descriptorOf(pack: Pack): number {
    const known = this.#open.get(pack.name);
    this.#open.delete(pack.name);
    const descriptor = known ?? this.#openPack(pack.name);
    this.#open.set(pack.name, descriptor);
    if (this.#open.size > OPEN_PACKS) {
      const [oldest] = this.#open;
      if (oldest) {
        this.#open.delete(oldest[0]);
        closeSync(oldest[1]);
      }
    }
    return descriptor;
  }

  #openPack(name: string): number {
    try {
      return openStored(join(this.folder, name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw new PackVanished(name);
      throw error;
    }
  }

  #add(name: string): Pack {
    const [, owner = ''] = PACK.exec(name) ?? [];
    const writer = isWriterName(owner) ? owner : undefined;
    const pack = { name, writer, end: 0, size: 0, frozen: false, synced: false, torn: [] };
    this.#packs.set(name, pack);
    return pack;
  }

  #sizeOf({ name }: Pack): number | undefined {
    const stat = lstatSync(join(this.folder, name), { throwIfNoEntry: false });
    return stat?.isFile() ? stat.size : undefined;
  }

  /** False when the pack is gone by now and nothing was known of it. */
  #scan(pack: Pack, size: number, found: (record: StoredRecord) => void): boolean {
    pack.size = size;
    if (size === pack.end) return true;
    try {
      const scan = scanPack(this.descriptorOf(pack), pack.end, size, record => {
        const { hash, kind, chain, offset, length, base } = record;
        found({ hash, kind, chain, offset, length, base, pack });
      });
      pack.torn = [...pack.torn.filter(at => at < pack.end), ...scan.torn];
      pack.end = scan.end;
      return true;
    } catch (error) {
      // The next refresh sees that it is missing.
      if (error instanceof PackVanished) return pack.end > 0;
      throw error;
    }
  }
}

/** Records that hold a content; others are kept but not read. */
export function holdsContent(record: Pick<Found, 'kind'>): boolean {
  return record.kind === KINDS.full || record.kind === KINDS.deflate || record.kind === KINDS.delta;
}

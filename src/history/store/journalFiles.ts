import { closeSync, fstatSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, openStored } from './appendFile';
import type { Claims } from './claims';
import { decodeLine, type Envelope, type Line, MAX_LINE } from './journalLine';
import { readFully } from './packScan';
import { isWriterName, type WriterName } from './processTable';
import { listStable } from './stableList';

/** One journal as far as it has been read. */
export interface JournalFile {
  readonly name: string;
  /** The process that wrote it; `undefined` for what a collection put together. */
  readonly writer: WriterName | undefined;
  readonly entries: Envelope[];
  readonly replaces: string[];
  /** Where lines stand that are not whole. */
  readonly torn: number[];
  hasNewer: boolean;
  /** Up to here it has been read. */
  end: number;
  size: number;
  /** Its writer has ended. */
  frozen: boolean;
}

export const JOURNAL_SUFFIX = '.jsonl';
const JOURNAL = /^(kept|\d.*)-(\w+)\.jsonl$/;
const CHUNK = 2 * MAX_LINE;
/** What lies beyond in one journal is not read: no process of ours lets one grow so large. */
const MAX_JOURNAL = 256 * 2 ** 20;

/** The journals in the folder: finding them and reading what is new in them. */
export class JournalFiles {
  readonly #files = new Map<string, JournalFile>();
  #hidden = new Set<string>();
  #version = 0;

  constructor(
    private readonly folder: string,
    private readonly claims: Claims,
  ) {}

  /** Those that count: without the ones whose entries a collection has put elsewhere. */
  get all(): readonly JournalFile[] {
    return [...this.#files.values()].filter(({ name }) => !this.#hidden.has(name));
  }

  /** Journals that are still there although another stands for them. */
  get replaced(): readonly string[] {
    return [...this.#hidden].filter(name => this.#files.has(name));
  }

  get totalSize(): number {
    let total = 0;
    for (const { size } of this.#files.values()) total += size;
    return total;
  }

  /** Grows with every change that a refresh has found. */
  get version(): number {
    return this.#version;
  }

  /** Takes up what all processes have recorded. */
  refresh(): void {
    for (let again = true; again;) {
      again = false;
      const names = listStable(this.folder).filter(name => JOURNAL.test(name));
      // After listing the files: whoever made one of them had made its claim before.
      const living = this.claims.livingWriters();
      const present = new Set(names);
      for (const name of this.#files.keys()) {
        if (!present.has(name) && this.#files.delete(name)) this.#version += 1;
      }
      for (const name of names) {
        const file = this.#files.get(name) ?? newFile(name);
        if (file.frozen) continue;
        const lives = file.writer !== undefined && living.has(file.writer);
        const before = file.end;
        // A file that vanished has been put elsewhere since the listing.
        if (!this.#read(file, !lives)) again ||= !this.#stands(name);
        else this.#files.set(name, file);
        if (file.end !== before) this.#version += 1;
      }
    }
    this.#hidden = new Set([...this.#files.values()].flatMap(({ replaces }) => replaces));
  }

  #stands(name: string): boolean {
    return lstatSync(join(this.folder, name), { throwIfNoEntry: false }) !== undefined;
  }

  /** False when there is no such file. */
  #read(file: JournalFile, ended: boolean): boolean {
    let descriptor: number;
    try {
      descriptor = openStored(join(this.folder, file.name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP') return false;
      throw error;
    }
    try {
      const { size } = fstatSync(descriptor);
      // Its writer has cut off what it could not make durable.
      if (size < file.end) Object.assign(file, newFile(file.name));
      file.size = size;
      readLines(descriptor, file, Math.min(file.size, MAX_JOURNAL));
    } finally {
      closeSync(descriptor);
    }
    if (ended && file.end < file.size) file.torn.push(file.end);
    file.frozen = ended;
    return true;
  }
}

function newFile(name: string): JournalFile {
  const [, owner = ''] = JOURNAL.exec(name) ?? [];
  const writer = isWriterName(owner) ? owner : undefined;
  const empty = { entries: [], replaces: [], torn: [], hasNewer: false };
  return { ...empty, name, writer, end: 0, size: 0, frozen: false };
}

function readLines(descriptor: number, file: JournalFile, size: number): void {
  while (file.end < size) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - file.end));
    const bytes = chunk.subarray(0, readFully(descriptor, chunk, file.end));
    let start = 0;
    for (let stop = bytes.indexOf(10); stop !== -1; stop = bytes.indexOf(10, start)) {
      take(file, decodeLine(bytes.subarray(start, stop)), file.end + start);
      start = stop + 1;
    }
    if (start === 0) {
      if (bytes.length < CHUNK) return;
      // No line is as long: damage, stepped over.
      file.torn.push(file.end);
      start = bytes.length;
    }
    file.end += start;
  }
}

function take(file: JournalFile, line: Line, offset: number): void {
  if (line === 'torn') file.torn.push(offset);
  else if (line === 'newer') file.hasNewer = true;
  else if ('replaces' in line) file.replaces.push(...line.replaces);
  else file.entries.push(line);
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requireOwnerOnlyFolder } from '../../files/ownerOnly';
import { type DiskCalls, orFull } from './appendFile';
import { Claims } from './claims';
import { ContentIndex } from './contentIndex';
import { ContentStore } from './contentStore';
import { EventLog } from './eventLog';
import { JournalFiles } from './journalFiles';
import { JournalWriter } from './journalWriter';
import { PackFiles } from './packFiles';
import { PackWriter } from './packWriter';
import type { ProcessTable } from './processTable';

/** What a store needs from outside; all sizes in bytes. */
export interface StoreSettings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly disk: DiskCalls;
  readonly processes: ProcessTable;
  /** What the history of one workspace may take. */
  readonly budget: number;
  /** What part of the disk's free bytes (with its own) it may take, at most. */
  readonly diskShare: number;
  /** A pack larger than this is closed and a new one begun. */
  readonly packBytes: number;
  /** How much one collection copies at most. */
  readonly copyBytes: number;
}

/** The parts of one open store. */
export interface StoreParts extends StoreSettings {
  readonly folders: StoreFolders;
  readonly claims: Claims;
  readonly packs: PackFiles;
  readonly index: ContentIndex;
  readonly packWriter: PackWriter;
  readonly contents: ContentStore;
  readonly journals: JournalFiles;
  readonly journalWriter: JournalWriter;
  readonly log: EventLog;
}

type StoreFolders = Readonly<Record<'packs' | 'journal' | 'claims', string>>;

function foldersOf(folder: string): StoreFolders {
  return {
    packs: join(folder, 'packs'),
    journal: join(folder, 'journal'),
    claims: join(folder, 'claims'),
  };
}

/** False once someone has removed the folders of a store. */
export function storeStands(folder: string): boolean {
  return Object.values(foldersOf(folder)).every(path => existsSync(path));
}

/** @throws NotOwnerOnlyError when others could have written into the folder. */
export function openParts(folder: string, settings: StoreSettings): StoreParts {
  const { now, disk, processes, packBytes } = settings;
  const folders = foldersOf(folder);
  orFull(() => {
    for (const path of [folder, ...Object.values(folders)]) requireOwnerOnlyFolder(path);
  });
  const claims = new Claims(folders.claims, processes.newWriterName(), processes, now);
  const packs = new PackFiles(folders.packs, claims);
  const index = new ContentIndex(packs);
  const packWriter = new PackWriter(folders.packs, packs, claims, disk, packBytes, (pack, from) => {
    index.drop(record => record.pack === pack && record.offset >= from);
  });
  const contents = new ContentStore(index, packs, packWriter, claims, now);
  const journals = new JournalFiles(folders.journal, claims);
  const journalWriter = new JournalWriter(folders.journal, claims, disk, now);
  const log = new EventLog(journals, journalWriter, contents, index);
  const reading = { claims, packs, index, journals };
  return { ...settings, ...reading, folders, packWriter, contents, journalWriter, log };
}

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeFileAtomic } from '../../files/atomicFile';
import { sha256 } from '../../files/foreignFile';
import { ensureOwnerOnlyFolder } from '../../files/ownerOnly';
import { readJsonIfThere } from '../../files/readIfThere';

const RecordSchema = z.object({
  kind: z.enum(['permissions', 'agent']),
  path: z.string(),
  workspace: z.optional(z.string()),
  /** The file's text without Checkrein's part, or null where there was no file. */
  before: z.nullable(z.string()),
  afterSha256: z.string(),
  ours: z.array(z.string()),
});

/** What is kept of a write, so that it can be told from other people's and taken back. */
export type EnforcementRecord = z.infer<typeof RecordSchema>;

const ENDING = '.kiro.json';

/** The records of everything that was written into Kiro's files, in the folder of backups. */
export class EnforcementRecords {
  constructor(private readonly folder: string) {}

  /** The record of a file; undefined when there is none, or none that can be read. */
  find(path: string): EnforcementRecord | undefined {
    const record = parseRecord(this.#fileOf(path));
    return record?.path === path ? record : undefined;
  }

  all(): readonly EnforcementRecord[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter(name => name.endsWith(ENDING))
      .flatMap(name => parseRecord(join(this.folder, name)) ?? []);
  }

  keep(record: EnforcementRecord): void {
    ensureOwnerOnlyFolder(this.folder);
    writeFileAtomic(this.#fileOf(record.path), JSON.stringify(record));
  }

  forget(path: string): void {
    rmSync(this.#fileOf(path), { force: true });
  }

  #fileOf(path: string): string {
    return join(this.folder, `${sha256(path).slice(0, 16)}${ENDING}`);
  }
}

/** The former text of a file, as large as may be written, with every character escaped. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

function parseRecord(file: string): EnforcementRecord | undefined {
  return RecordSchema.safeParse(readJsonIfThere(file, MAX_RECORD_BYTES)).data;
}

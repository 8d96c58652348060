import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeFileAtomic } from '../files/atomicFile';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';

const RecordSchema = z.object({
  /** True when the person has said that an enterprise plan decides. */
  enterprisePlan: z.optional(z.boolean()),
  /** When the person said that the autonomous agent was switched off (ISO 8601). */
  autonomousAgentOptedOut: z.optional(z.string()),
});

/** What only the person can know, as the person recorded it. */
export type PrivacyRecord = z.infer<typeof RecordSchema>;

/** The record in the state folder; an empty one where there is none that can be read. */
export function readPrivacyRecord(stateHome: string): PrivacyRecord {
  try {
    const value: unknown = JSON.parse(readFileSync(fileIn(stateHome), 'utf8'));
    return RecordSchema.safeParse(value).data ?? {};
  } catch {
    return {};
  }
}

export function writePrivacyRecord(stateHome: string, record: PrivacyRecord): void {
  ensureOwnerOnlyFolder(stateHome);
  writeFileAtomic(fileIn(stateHome), `${JSON.stringify(record)}\n`);
}

function fileIn(stateHome: string): string {
  return join(stateHome, 'privacy.json');
}

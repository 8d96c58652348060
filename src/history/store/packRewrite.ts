import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StoreFull } from './historyStore';
import { type Candidate, LivingContents } from './livingContents';
import { type Pack, PACK_SUFFIX } from './packFiles';
import { type Found, readFully } from './packScan';
import type { StoreParts } from './storeParts';
import { writeWhole } from './temporaryFiles';

/** A pack is rewritten when less than this part of it is alive. */
const WORTH = 0.5;
/** Packs smaller than this are put together when there are many. */
const SMALL = 2 ** 20;
const MANY = 16;
/** Sources are put together up to this many living bytes, so that little free space is needed. */
const BATCH_BYTES = 16 * 2 ** 20;

/**
 * Frees the bytes that no event names. `goOn` is asked before anything is removed.
 * Gives true when another run could free more.
 */
export async function freePacks(parts: StoreParts, goOn: () => boolean): Promise<boolean> {
  parts.contents.forgetPins();
  // After the lease was taken: whatever other processes rely on from here on they have pinned.
  parts.index.refresh();
  const living = new LivingContents(parts);
  const free: Candidate[] = [];
  for (const pack of await living.markAll()) {
    free.push(living.candidate(pack));
    await setImmediate();
  }
  const dead = free.filter(({ bytes }) => bytes === 0).map(({ pack }) => pack);
  if (!goOn()) return true;
  remove(parts, dead);
  return copyOver(parts, worthRewriting(free), goOn);
}

function worthRewriting(candidates: readonly Candidate[]): Candidate[] {
  const isSmall = ({ pack }: Candidate): boolean => pack.size < SMALL;
  const many = candidates.filter(isSmall).length > MANY;
  return candidates
    .filter(({ bytes }) => bytes > 0)
    .filter(one => one.bytes < one.pack.size * WORTH || (many && isSmall(one)))
    .sort((a, b) => a.bytes - b.bytes);
}

/** Copies what lives into new packs, then removes the old ones. True when something is left. */
async function copyOver(
  parts: StoreParts,
  candidates: readonly Candidate[],
  goOn: () => boolean,
): Promise<boolean> {
  let copied = 0;
  for (let at = 0; at < candidates.length;) {
    const batch: Candidate[] = [];
    let bytes = 0;
    for (; at < candidates.length; at += 1) {
      const next = candidates[at];
      if (!next || (batch.length > 0 && bytes + next.bytes > BATCH_BYTES)) break;
      batch.push(next);
      bytes += next.bytes;
    }
    if (copied > 0 && copied + bytes > parts.copyBytes) return true;
    if (parts.disk.freeBytes(parts.folders.packs) < bytes + SMALL || !goOn()) return true;
    try {
      writeBatch(parts, batch);
    } catch (error) {
      if (error instanceof StoreFull) return true;
      throw error;
    }
    if (!goOn()) return true;
    remove(
      parts,
      batch.map(({ pack }) => pack),
    );
    copied += bytes;
    await setImmediate();
  }
  return false;
}

function writeBatch(parts: StoreParts, batch: readonly Candidate[]): void {
  const owner = { writer: parts.claims.self, disk: parts.disk };
  const name = `kept-${randomBytes(8).toString('hex')}${PACK_SUFFIX}`;
  writeWhole(parts.folders.packs, name, owner, file => {
    for (const { pack, living } of batch) {
      const descriptor = parts.packs.descriptorOf(pack);
      for (const record of living) file.append(recordBytes(descriptor, record));
    }
  });
}

function recordBytes(descriptor: number, { offset, length }: Found): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  if (readFully(descriptor, bytes, offset) < bytes.length) throw new Error('a pack was cut short');
  return bytes;
}

function remove(parts: StoreParts, packs: readonly Pack[]): void {
  for (const { name } of packs) rmSync(join(parts.folders.packs, name), { force: true });
  parts.index.refresh();
}

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Hash } from './historyStore';
import { DELTA_HEAD, encodeRecord, KINDS, MAX_CHAIN, type RecordHeader } from './packRecord';

/** Below this, neither compression nor differences pay. */
const SMALL = 64;

/** Contents above this are tried on a part first: compressing what is compressed takes long. */
const LARGE = 2 ** 20;
const SAMPLE = 2 ** 16;

/** A stored former version that a new content may be written against. */
export interface DeltaBase {
  readonly hash: Hash;
  readonly chain: number;
  readonly bytes: Buffer;
}

/** The shortest sensible record of a content: difference, compressed or as it is. */
export function encodeContent(hash: Hash, bytes: Buffer, base?: DeltaBase): Buffer {
  if (base && base.chain < MAX_CHAIN && bytes.length > SMALL) {
    const prefix = commonPrefix(base.bytes, bytes);
    const suffix = commonSuffix(base.bytes, bytes, prefix);
    const middle = bytes.subarray(prefix, bytes.length - suffix);
    if (middle.length <= bytes.length / 2) {
      const head = Buffer.alloc(DELTA_HEAD);
      head.write(base.hash, 0, 'hex');
      head.writeUInt32LE(prefix, 32);
      head.writeUInt32LE(suffix, 36);
      const payload = Buffer.concat([head, deflated(middle) ?? middle]);
      return encodeRecord(KINDS.delta, hash, bytes.length, payload, base.chain + 1);
    }
  }
  const short = deflated(bytes);
  if (short) return encodeRecord(KINDS.deflate, hash, bytes.length, short);
  return encodeRecord(KINDS.full, hash, bytes.length, bytes);
}

/** The deflated bytes when they are shorter. */
function deflated(bytes: Buffer): Buffer | undefined {
  if (bytes.length < SMALL) return undefined;
  if (bytes.length > LARGE) {
    const middle = bytes.length >>> 1;
    const sample = deflateRawSync(bytes.subarray(middle, middle + SAMPLE), { level: 1 });
    if (sample.length > SAMPLE * 0.97) return undefined;
  }
  const short = deflateRawSync(bytes, { level: 1 });
  return short.length < bytes.length ? short : undefined;
}

/**
 * The content of a record, or `undefined` when the payload cannot be one. `baseOf` gives the
 * content a delta stands on. The caller compares the hash.
 */
export function decodeContent(
  header: Pick<RecordHeader, 'kind' | 'contentLength'>,
  payload: Buffer,
  baseOf: (hash: Hash) => Buffer,
): Buffer | undefined {
  if (header.kind === KINDS.full) return payload;
  if (header.kind === KINDS.deflate) return inflated(payload, header.contentLength);
  if (header.kind !== KINDS.delta || payload.length < DELTA_HEAD) return undefined;
  const prefix = payload.readUInt32LE(32);
  const suffix = payload.readUInt32LE(36);
  const length = header.contentLength - prefix - suffix;
  if (length < 0) return undefined;
  const stored = payload.subarray(DELTA_HEAD);
  const middle = stored.length === length ? stored : inflated(stored, length);
  if (!middle) return undefined;
  const base = baseOf(payload.toString('hex', 0, 32));
  if (prefix > base.length || suffix > base.length) return undefined;
  return Buffer.concat([base.subarray(0, prefix), middle, base.subarray(base.length - suffix)]);
}

function inflated(bytes: Buffer, length: number): Buffer | undefined {
  try {
    const content = inflateRawSync(bytes, { maxOutputLength: Math.max(length, 1) });
    return content.length === length ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Compared in blocks by native code; only the block that differs is walked. */
const BLOCK = 4096;

function commonPrefix(a: Buffer, b: Buffer): number {
  const limit = Math.min(a.length, b.length);
  let at = 0;
  while (at + BLOCK <= limit && a.compare(b, at, at + BLOCK, at, at + BLOCK) === 0) at += BLOCK;
  while (at < limit && a[at] === b[at]) at += 1;
  return at;
}

/** The common end, not reaching into the first `prefix` bytes of either. */
function commonSuffix(a: Buffer, b: Buffer, prefix: number): number {
  const limit = Math.min(a.length, b.length) - prefix;
  let at = 0;
  for (; at + BLOCK <= limit; at += BLOCK) {
    const [endA, endB] = [a.length - at, b.length - at];
    if (a.compare(b, endB - BLOCK, endB, endA - BLOCK, endA) !== 0) break;
  }
  while (at < limit && a[a.length - 1 - at] === b[b.length - 1 - at]) at += 1;
  return at;
}

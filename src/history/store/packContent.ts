import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  applyDelta,
  composeDeltas,
  decodeDelta,
  deltaBetween,
  type DeltaStep,
  encodeDelta,
} from './contentDelta';
import type { Hash } from './historyStore';
import { encodeRecord, KINDS, MAX_CHAIN, MAX_CONTENT, type RecordHeader } from './packRecord';

/** First bytes of a delta's payload: base hash (32), length of the steps before compression (4). */
const DELTA_HEAD = 36;

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
  /** How the former version is itself told, when it is a delta. */
  readonly delta?: StoredDelta | undefined;
}

export interface StoredDelta {
  readonly base: Hash;
  readonly steps: readonly DeltaStep[];
}

/** The shortest sensible record of a content: difference, compressed or as it is. */
export function encodeContent(hash: Hash, bytes: Buffer, former?: DeltaBase): Buffer {
  const delta = former && bytes.length > SMALL ? deltaRecord(hash, bytes, former) : undefined;
  if (delta) return delta;
  const short = deflated(bytes);
  if (short) return encodeRecord(KINDS.deflate, hash, bytes.length, short);
  return encodeRecord(KINDS.full, hash, bytes.length, bytes);
}

/** As many times the size of one difference, differences are joined instead of stacked. */
const JOINED = 16;

function deltaRecord(hash: Hash, bytes: Buffer, former: DeltaBase): Buffer | undefined {
  const steps = deltaBetween(former.bytes, bytes);
  const single = encodeDelta(steps);
  if (former.delta) {
    const joined = encodeDelta(composeDeltas(former.delta.steps, steps));
    // The longest stack does not grow: what comes on top is joined for as long as that is shorter.
    const limit = former.chain < MAX_CHAIN ? JOINED * single.length : bytes.length / 4;
    if (joined.length <= Math.min(limit, bytes.length / 2)) {
      return asRecord(hash, bytes.length, former.delta.base, joined, former.chain);
    }
  }
  if (former.chain >= MAX_CHAIN || single.length > bytes.length / 2) return undefined;
  return asRecord(hash, bytes.length, former.hash, single, former.chain + 1);
}

function asRecord(hash: Hash, length: number, base: Hash, steps: Buffer, chain: number): Buffer {
  const head = Buffer.alloc(DELTA_HEAD);
  head.write(base, 0, 'hex');
  head.writeUInt32LE(steps.length, 32);
  const payload = Buffer.concat([head, deflated(steps) ?? steps]);
  return encodeRecord(KINDS.delta, hash, length, payload, chain);
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
  { kind, contentLength }: RecordHeader,
  payload: Buffer,
  baseOf: (hash: Hash) => Buffer,
): Buffer | undefined {
  if (kind === KINDS.full) return payload;
  if (kind === KINDS.deflate) return inflated(payload, contentLength);
  const delta = kind === KINDS.delta ? decodeStoredDelta(payload) : undefined;
  return delta && applyDelta(baseOf(delta.base), delta.steps, contentLength);
}

/** Reads the payload of a delta; `undefined` when it cannot be one. */
export function decodeStoredDelta(payload: Buffer): StoredDelta | undefined {
  if (payload.length < DELTA_HEAD) return undefined;
  const length = payload.readUInt32LE(32);
  const stored = payload.subarray(DELTA_HEAD);
  const bytes = stored.length === length ? stored : inflated(stored, length);
  const steps = bytes && decodeDelta(bytes);
  return steps && { base: payload.toString('hex', 0, 32), steps };
}

function inflated(bytes: Buffer, length: number): Buffer | undefined {
  if (length > MAX_CONTENT) return undefined;
  try {
    const content = inflateRawSync(bytes, { maxOutputLength: Math.max(length, 1) });
    return content.length === length ? content : undefined;
  } catch {
    return undefined;
  }
}

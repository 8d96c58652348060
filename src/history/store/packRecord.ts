import { createHash } from 'node:crypto';
import { crc32 } from './crc32';
import type { Hash } from './historyStore';

/**
 * A pack is a row of records, each a header of 56 bytes and its payload (numbers little-endian):
 *
 *     0  magic 'KZR1'           4  kind          5  chain        6  zero (2 bytes)
 *     8  payload length        12  content length
 *    16  sha256 of the content 48  crc32 of the payload  52  crc32 of the header before this
 */
export const HEADER_BYTES = 56;

/** What one content may take: 1 GiB, so that lengths fit and a damaged one is seen. */
export const MAX_CONTENT = 2 ** 30;

/** How many differences may stand on each other before a content is written in full again. */
export const MAX_CHAIN = 16;

const MAGIC = 0x31525a4b;
export const MAGIC_BYTES = Buffer.from('KZR1');

export const KINDS = {
  /** The content as it is. */
  full: 1,
  /** The content, raw deflate. */
  deflate: 2,
  /** Hash of another content, then how to make this one of it (deflated when that is shorter). */
  delta: 3,
  /** No payload: this process needs the content, which another pack holds. */
  pin: 4,
} as const;
type Kind = (typeof KINDS)[keyof typeof KINDS];

export interface RecordHeader {
  /** A number outside of `KINDS` comes from a newer version. */
  readonly kind: number;
  /** How many deltas must be applied; 0 unless the kind is delta. */
  readonly chain: number;
  readonly payloadLength: number;
  readonly contentLength: number;
  readonly hash: Hash;
  readonly payloadCrc: number;
}

export function sha256(bytes: Uint8Array): Hash {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A whole record, ready to be appended. */
export function encodeRecord(
  kind: Kind,
  hash: Hash,
  contentLength: number,
  payload: Buffer,
  chain = 0,
): Buffer {
  const record = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  record.writeUInt32LE(MAGIC, 0);
  record.writeUInt8(kind, 4);
  record.writeUInt8(chain, 5);
  record.writeUInt16LE(0, 6);
  record.writeUInt32LE(payload.length, 8);
  record.writeUInt32LE(contentLength, 12);
  record.write(hash, 16, 'hex');
  record.writeUInt32LE(crc32(payload), 48);
  record.writeUInt32LE(crc32(record.subarray(0, 52)), 52);
  payload.copy(record, HEADER_BYTES);
  return record;
}

/** The header that bytes begin with, or `undefined` when no whole and sound one stands there. */
export function decodeHeader(bytes: Buffer): RecordHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  if (crc32(bytes.subarray(0, 52)) !== bytes.readUInt32LE(52)) return undefined;
  const payloadLength = bytes.readUInt32LE(8);
  const contentLength = bytes.readUInt32LE(12);
  if (payloadLength > MAX_CONTENT || contentLength > MAX_CONTENT) return undefined;
  return {
    kind: bytes.readUInt8(4),
    chain: bytes.readUInt8(5),
    payloadLength,
    contentLength,
    hash: bytes.toString('hex', 16, 48),
    payloadCrc: bytes.readUInt32LE(48),
  };
}

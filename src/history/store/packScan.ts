import { readSync } from 'node:fs';
import type { Hash } from './historyStore';
import { decodeHeader, HEADER_BYTES, KINDS, MAGIC_BYTES } from './packRecord';

/** Where a record stands in a pack; kept in memory for every record, so it holds little. */
export interface Found {
  readonly hash: Hash;
  readonly kind: number;
  readonly chain: number;
  readonly offset: number;
  /** Of the header and the payload together. */
  readonly length: number;
  /** The content a delta stands on. */
  readonly base: Hash | undefined;
}

export interface Scan {
  /** Where the next scan of a growing pack begins: after the last whole record. */
  readonly end: number;
  /** Places where something else than a record stands: damage, or an end cut short. */
  readonly torn: readonly number[];
}

/** Read at once. Records larger than this are stepped over. */
const WINDOW = 256 * 1024;
const NEEDED = HEADER_BYTES + 32;

/** Calls `found` for each record from `from` to `size`; reads headers, not payloads. */
export function scanPack(
  descriptor: number,
  from: number,
  size: number,
  found: (record: Found) => void,
): Scan {
  const window = new Window(descriptor, from, size);
  const torn: number[] = [];
  let at = from;
  while (at < size) {
    const bytes = window.at(at, NEEDED);
    const record = recordAt(bytes, at, size);
    if (record) {
      found(record);
      at += record.length;
      continue;
    }
    torn.push(at);
    const next = nextHeader(window, at + 1, size);
    if (next === undefined) return { end: at, torn };
    at = next;
  }
  return { end: at, torn };
}

/** The record whose header `bytes` begin with, when all of it stands before `size`. */
export function recordAt(bytes: Buffer, offset: number, size: number): Found | undefined {
  const header = decodeHeader(bytes);
  if (!header) return undefined;
  const { hash, kind, chain, payloadLength } = header;
  const length = HEADER_BYTES + payloadLength;
  if (offset + length > size) return undefined;
  const base = kind === KINDS.delta ? bytes.toString('hex', HEADER_BYTES, NEEDED) : undefined;
  return { hash, kind, chain, offset, length, base };
}

/** Beyond damage: where the next sound header with its whole payload stands. */
function nextHeader(window: Window, from: number, size: number): number | undefined {
  for (let at = from; at + HEADER_BYTES <= size;) {
    const bytes = window.at(at, WINDOW);
    const hit = bytes.indexOf(MAGIC_BYTES);
    if (hit === -1) {
      // The magic may begin at the end of this window.
      at += Math.max(bytes.length - MAGIC_BYTES.length + 1, 1);
      continue;
    }
    at += hit;
    if (recordAt(window.at(at, NEEDED), at, size)) return at;
    at += 1;
  }
  return undefined;
}

/** A moving view of a file, so that small records cost no call each. */
class Window {
  readonly #buffer: Buffer;
  #start = 0;
  #length = 0;

  constructor(
    private readonly descriptor: number,
    from: number,
    private readonly size: number,
  ) {
    this.#buffer = Buffer.allocUnsafe(Math.min(WINDOW, size - from));
  }

  /** The bytes from `at`: at least `wanted`, or all up to the end. */
  at(at: number, wanted: number): Buffer {
    const end = Math.min(at + wanted, this.size);
    if (at < this.#start || end > this.#start + this.#length) {
      this.#start = at;
      this.#length = readFully(this.descriptor, this.#buffer, at);
    }
    return this.#buffer.subarray(at - this.#start, this.#length);
  }
}

/** Fills a buffer from a place in a file; gives how many bytes there were. */
export function readFully(descriptor: number, buffer: Buffer, position: number): number {
  let done = 0;
  while (done < buffer.length) {
    const read = readSync(descriptor, buffer, done, buffer.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

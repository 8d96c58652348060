import { createReadStream } from 'node:fs';
import { JsonSplitter, type JsonPiece } from './jsonSplitter';

/** One record of a chat, as it stands in its file. */
export interface ChatRecord {
  /** 1-based. */
  readonly index: number;
  /** The key of the document it stands under, if it does. */
  readonly key?: string;
  /** The parsed record; absent when there is a fault. */
  readonly value?: unknown;
  /** The record's own text, only where it has a fault: nothing is lost. */
  readonly raw?: string;
  readonly fault?: string;
}

/** Longer records come in parts; a person never wrote one, and no more is held in memory. */
const MAX_RECORD_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a chat's file record by record, never as a whole: lines (`.jsonl`), or one document, of
 * which the entries of its lists are records. A record that does not parse comes with its text.
 */
export async function* readRecords(
  file: string,
  maxBytes = MAX_RECORD_BYTES,
): AsyncIterable<ChatRecord> {
  const pieces = file.endsWith('.jsonl') ? new LineSplitter(maxBytes) : new JsonSplitter(maxBytes);
  let index = 0;
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (const piece of pieces.push(chunk)) yield parsePiece(piece, (index += 1));
  }
  for (const piece of pieces.end()) yield parsePiece(piece, (index += 1));
}

/** A piece of a chat as a record, with its own text where it does not parse. */
export function parsePiece({ key, text, fault }: JsonPiece, index: number): ChatRecord {
  const place = { index, ...(key !== undefined && { key }) };
  if (fault !== undefined) return { ...place, raw: text, fault };
  try {
    return { ...place, value: JSON.parse(text) as unknown };
  } catch {
    return { ...place, raw: text, fault: 'not valid JSON' };
  }
}

/** Cuts bytes into lines; what is longer than `maxBytes` comes in several pieces with a fault. */
class LineSplitter {
  readonly #parts: Buffer[] = [];
  #length = 0;
  #isCut = false;

  constructor(private readonly maxBytes: number) {}

  push(chunk: Buffer): readonly JsonPiece[] {
    const pieces: JsonPiece[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      pieces.push(...this.#take());
      this.#isCut = false;
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    if (this.#length > this.maxBytes) {
      this.#isCut = true;
      pieces.push(...this.#take());
    }
    return pieces;
  }

  end(): readonly JsonPiece[] {
    return this.#take();
  }

  #keep(part: Buffer): void {
    // A copy: the chunk belongs to the stream.
    this.#parts.push(Buffer.from(part));
    this.#length += part.length;
  }

  #take(): readonly JsonPiece[] {
    const text = Buffer.concat(this.#parts.splice(0)).toString('utf8').trim();
    this.#length = 0;
    if (text === '') return [];
    const fault = 'larger than a record may be: it comes in parts';
    return [{ text, ...(this.#isCut && { fault }) }];
  }
}

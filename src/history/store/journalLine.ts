import { crc32 } from './crc32';
import type { Hash } from './historyStore';

/**
 * A line of a journal: length and crc32 of the JSON in hexadecimal (8 digits each), the JSON, a
 * newline. The JSON is an envelope around the caller's event.
 */
export interface Envelope {
  readonly v: 1;
  /** Time, milliseconds since 1970. */
  readonly t: number;
  readonly writer: string;
  /** Counts the events of a writer. */
  readonly n: number;
  readonly refs?: readonly Hash[];
  readonly event?: unknown;
  /** Instead of the two above: the content that holds them, because they are long. */
  readonly body?: Hash;
}

/** The first line of a journal that a collection wrote: the journals it stands for. */
export interface Replaces {
  readonly v: 1;
  readonly replaces: readonly string[];
}

/** An event whose JSON is longer is put into a pack, so that journals stay quick to read. */
export const MAX_INLINE = 8 * 1024;

/** A line longer than this is damage: long events have their body in a pack. */
export const MAX_LINE = 2 ** 20;

const FRAME = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/;
const FRAME_BYTES = 18;
const HASH = /^[0-9a-f]{64}$/;

export function encodeLine(content: Envelope | Replaces): Buffer {
  const json = Buffer.from(JSON.stringify(content));
  const frame = [json.length, crc32(json)].map(value => value.toString(16).padStart(8, '0'));
  return Buffer.concat([Buffer.from(`${frame.join(' ')} `), json, Buffer.from('\n')]);
}

/** What a line says; `newer` when only a later version knows, `torn` when it is not whole. */
export type Line = Envelope | Replaces | 'newer' | 'torn';

/** Reads one line, without its newline. */
export function decodeLine(line: Buffer): Line {
  const [, length, crc] = FRAME.exec(line.toString('latin1', 0, FRAME_BYTES)) ?? [];
  if (length === undefined || crc === undefined) return 'torn';
  const json = line.subarray(FRAME_BYTES);
  if (json.length !== parseInt(length, 16) || crc32(json) !== parseInt(crc, 16)) return 'torn';
  const value = parsed(json.toString());
  if (value?.['v'] !== 1) return 'newer';
  if (isReplaces(value) || isEnvelope(value)) return value;
  return 'torn';
}

/** The refs and the event of an envelope or of the content that stands in for them. */
export interface Body {
  readonly refs: readonly Hash[];
  readonly event: unknown;
}

export function decodeBody(bytes: Buffer): Body | undefined {
  const value = parsed(bytes.toString());
  return value && isRefs(value['refs'])
    ? { refs: value['refs'], event: value['event'] }
    : undefined;
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isReplaces(value: object): value is Replaces {
  const { replaces } = value as Partial<Replaces>;
  return Array.isArray(replaces) && replaces.every(name => typeof name === 'string');
}

function isEnvelope(value: object): value is Envelope {
  const { t, writer, n, refs, body } = value as Partial<Envelope>;
  if (!Number.isFinite(t) || !Number.isInteger(n) || typeof writer !== 'string') return false;
  return body === undefined ? isRefs(refs) : HASH.test(body);
}

function isRefs(value: unknown): value is readonly Hash[] {
  return Array.isArray(value) && value.every(ref => typeof ref === 'string' && HASH.test(ref));
}

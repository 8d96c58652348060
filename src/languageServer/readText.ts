import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** What a file holds, why it cannot be read, or that there is none. */
export type TextReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly problem: string };

const MAX_BYTES = 4 * 1024 * 1024;
// Never waits for a writer, should somebody have put a pipe there.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Reads a text of at most 4 MB, whatever a repository has put at its place. */
export function readText(path: string): TextReading {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, FLAGS);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { kind: 'problem', problem: 'it is not a file' };
    if (stat.size > MAX_BYTES) return { kind: 'problem', problem: 'it is larger than 4 MB' };
    const bytes = Buffer.alloc(stat.size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(descriptor, bytes, read, bytes.length - read, read);
      if (count === 0) break;
      read += count;
    }
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { kind: 'text', text: decoder.decode(bytes.subarray(0, read)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'none' };
    const problem =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
        ? 'it is not UTF-8 text'
        : `it cannot be read (${code ?? message})`;
    return { kind: 'problem', problem };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The text of a file that may be missing; undefined when it is, or cannot be read. */
export function textIfAny(path: string): string | undefined {
  const reading = readText(path);
  return reading.kind === 'text' ? reading.text : undefined;
}

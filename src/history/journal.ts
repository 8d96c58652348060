import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';

/** A step on the way of a tool call, or something a person did. */
export interface JournalEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event:
    | 'call'
    | 'decision'
    | 'approval'
    | 'late-approval'
    | 'mode'
    | 'hook'
    | 'trusted'
    | 'consent'
    | 'tools'
    | 'repair'
    | 'kiro'
    | 'checkpoint'
    | 'revert';
  readonly [field: string]: unknown;
}

/** What a day's file holds: whole entries, and the lines a crash cut short. */
export interface JournalContent {
  readonly entries: readonly JournalEntry[];
  readonly torn: readonly { readonly file: string; readonly line: number; readonly text: string }[];
}

/** A new file is begun when the day's file has grown to this many bytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Append-only record, one JSON object a line, one file a day (`2026-11-21.jsonl`, then `.1`, `.2`
 * when it grows too large), owner-only. Several windows append to the same file: each entry is one
 * write in append mode. Never holds file contents or values of environment variables: callers pass
 * summaries (see `summarizeCall`).
 */
export class Journal {
  constructor(
    private readonly folder: string,
    private readonly now: () => Date = () => new Date(),
    private readonly maxBytes: number = MAX_BYTES,
  ) {
    ensureOwnerOnlyFolder(folder);
  }

  /** Appends one entry; throws when it cannot be written, so that a caller can refuse to go on. */
  append(entry: Omit<JournalEntry, 'time'> & Pick<JournalEntry, 'event'>): void {
    const time = this.now().toISOString();
    const file = this.#fileFor(time.slice(0, 10));
    const descriptor = openSync(file, 'a+', 0o600);
    try {
      const line = `${JSON.stringify({ time, ...entry })}\n`;
      // A crash may have left half a line; closing it keeps the next entry whole.
      const bytes = Buffer.from(endsInsideLine(descriptor) ? `\n${line}` : line);
      if (writeSync(descriptor, bytes) !== bytes.length) {
        throw new Error(`the journal ${file} could not be written whole`);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** The file that entries of today go to; it need not exist yet. */
  get currentFile(): string {
    return this.#fileFor(this.now().toISOString().slice(0, 10));
  }

  #fileFor(day: string): string {
    for (let part = 0; ; part += 1) {
      const file = join(this.folder, part === 0 ? `${day}.jsonl` : `${day}.${part}.jsonl`);
      if (sizeOf(file) < this.maxBytes) return file;
    }
  }
}

/** Reads the journal of a day (`YYYY-MM-DD`), all its parts in order. */
export function readJournal(folder: string, day: string): JournalContent {
  const part = (name: string): number => Number(/\.(\d+)\.jsonl$/.exec(name)?.[1] ?? 0);
  const files = readdirSync(folder)
    .filter(name => name.startsWith(`${day}.`) && name.endsWith('.jsonl'))
    .sort((a, b) => part(a) - part(b));
  const entries: JournalEntry[] = [];
  const torn: { file: string; line: number; text: string }[] = [];
  for (const file of files) {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    lines.forEach((text, index) => {
      if (text === '') return;
      const entry = parseEntry(text);
      if (entry) entries.push(entry);
      else torn.push({ file, line: index + 1, text });
    });
  }
  return { entries, torn };
}

function parseEntry(text: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isEntry = typeof value === 'object' && value !== null && 'time' in value;
    return isEntry ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return fstatSync(descriptor).size;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return 0;
  }
}

function endsInsideLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

import { readIfThere } from '../../files/readIfThere';
import { writeFileAtomic } from '../../files/atomicFile';
import type { FileState } from '../fileState';
import type { RelativePath } from '../names';
import type { Remembered, StatKey, StateRead } from './readState';

/** Larger than this, in bytes, the file of remembered states is not read. */
const LIMIT = 256 * 1024 * 1024;

/**
 * By which size, times and number each known state was read, so that an unchanged file is not read
 * again. It can be lost at any time: then files are read once more.
 */
export class RememberedStates {
  readonly #keys = new Map<RelativePath, { key: StatKey; print: string }>();
  #changed = false;

  constructor(private readonly file: string) {
    for (const [path, key, print] of load(file)) this.#keys.set(path, { key, print });
  }

  /** What was read for a path, as long as `known` is still what is known of it. */
  get(path: RelativePath, known: FileState | undefined): Remembered | undefined {
    const found = known && this.#keys.get(path);
    return known && found?.print === printOf(known) ? { key: found.key, state: known } : undefined;
  }

  set(path: RelativePath, { key, state }: StateRead): void {
    const old = this.#keys.get(path);
    if (key === undefined) {
      this.forget(path);
      return;
    }
    const print = printOf(state);
    if (old?.key === key && old.print === print) return;
    this.#keys.set(path, { key, print });
    this.#changed = true;
  }

  /** What a path holds is to be read again, whatever its size and times say. */
  forget(path: RelativePath): void {
    if (this.#keys.delete(path)) this.#changed = true;
  }

  save(): void {
    if (!this.#changed) return;
    const entries = Array.from(this.#keys, ([path, { key, print }]) => [path, key, print]);
    try {
      writeFileAtomic(this.file, JSON.stringify(entries));
    } catch {
      // What is not remembered is read again. The disk may have room the next time.
      return;
    }
    this.#changed = false;
  }
}

function printOf(state: FileState): string {
  switch (state.kind) {
    case 'file':
      return `${state.hash}${state.mode}`;
    case 'link':
      return state.target;
    case 'unkept':
      return state.print;
    default:
      return state.kind;
  }
}

function load(file: string): [RelativePath, StatKey, string][] {
  const bytes = readIfThere(file, LIMIT);
  if (!Buffer.isBuffer(bytes)) return [];
  try {
    const entries: unknown = JSON.parse(bytes.toString('utf8'));
    if (!Array.isArray(entries)) return [];
    return entries.filter(
      (entry): entry is [string, string, string] =>
        Array.isArray(entry) && entry.length === 3 && entry.every(part => typeof part === 'string'),
    );
  } catch {
    return [];
  }
}

import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import type { FileRef } from '../../protocol/changesView';

const STORED = 'keptChanges';
/** More are not remembered; the oldest are forgotten and show as open again. */
const MOST = 20_000;

/** What the person said may stay. A file that is changed again by the same prompt is open again. */
export class KeptChanges {
  readonly #kept: Set<string>;

  constructor(private readonly memento: vscode.Memento) {
    this.#kept = new Set(memento.get<string[]>(STORED, []));
  }

  has(prompt: string, file: FileRef, left: string): boolean {
    return this.#kept.has(keyOf(prompt, file, left));
  }

  /** `left` tells apart what the prompt left in the file. */
  set(changes: readonly { prompt: string; file: FileRef; left: string }[], kept: boolean): void {
    for (const { prompt, file, left } of changes) {
      const key = keyOf(prompt, file, left);
      if (kept) this.#kept.add(key);
      else this.#kept.delete(key);
    }
    const all = [...this.#kept];
    for (const old of all.slice(0, Math.max(0, all.length - MOST))) this.#kept.delete(old);
    void this.memento.update(STORED, [...this.#kept]);
  }
}

function keyOf(prompt: string, { root, path }: FileRef, left: string): string {
  const text = [prompt, root, path, left].join('\0');
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

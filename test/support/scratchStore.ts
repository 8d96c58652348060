import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryStore } from '../../src/history/store/historyStore';
import { openHistoryStore, type StoreOptions } from '../../src/history/store/openHistoryStore';
import { FakeProcesses } from './historyProcesses';

/** A folder for one history store; each time it is opened counts as a process of its own. */
export class ScratchStore {
  readonly processes = new FakeProcesses();
  readonly #parent = mkdtempSync(join(tmpdir(), 'checkrein-store-'));
  readonly folder = join(this.#parent, 'store');

  open(options: StoreOptions = {}): HistoryStore {
    return openHistoryStore(this.folder, { processes: this.processes, ...options });
  }

  /** The paths of all files in a part of the store. */
  files(part: 'packs' | 'journal' | 'claims'): string[] {
    return readdirSync(join(this.folder, part)).map(name => join(this.folder, part, name));
  }

  /** The path of the one file there. */
  only(part: 'packs' | 'journal'): string {
    const [file, ...more] = this.files(part);
    if (file === undefined || more.length > 0) throw new Error(`${1 + more.length} files`);
    return file;
  }

  dispose(): void {
    rmSync(this.#parent, { recursive: true });
  }
}

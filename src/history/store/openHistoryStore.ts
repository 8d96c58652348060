import { createHash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type CollectReport,
  type EventId,
  type Hash,
  type HistoryStore,
  type Lease,
  type LeaseName,
  LostContent,
  type StoredEvent,
  type Usage,
  type VerifyReport,
} from './historyStore';

export interface StoreOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Opens the store in a folder, made when absent. For now: one file a content. */
export function openHistoryStore(folder: string, options: StoreOptions = {}): HistoryStore {
  return new SimpleStore(folder, options.now ?? Date.now);
}

class SimpleStore implements HistoryStore {
  readonly #writer = randomUUID();
  #sequence = 0;

  constructor(
    private readonly folder: string,
    private readonly now: () => number,
  ) {
    mkdirSync(join(folder, 'packs'), { recursive: true });
    mkdirSync(join(folder, 'journal'), { recursive: true });
  }

  put(bytes: Buffer): Hash {
    const hash = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(this.#file(hash), bytes);
    return hash;
  }

  has(hash: Hash): boolean {
    return existsSync(this.#file(hash));
  }

  get(hash: Hash): Buffer {
    if (!this.has(hash)) throw new LostContent(hash, 'missing');
    return readFileSync(this.#file(hash));
  }

  record(event: object, refs: readonly Hash[]): EventId {
    for (const hash of refs) if (!this.has(hash)) throw new LostContent(hash, 'missing');
    this.#sequence += 1;
    const id = `${this.#writer}.${this.#sequence}`;
    const line = { id, time: this.now(), writer: this.#writer, refs, event };
    appendFileSync(join(this.folder, 'journal', this.#writer), `${JSON.stringify(line)}\n`);
    return id;
  }

  sync(): void {
    // Nothing to do while each content is a file.
  }

  events(): readonly StoredEvent[] {
    const folder = join(this.folder, 'journal');
    return readdirSync(folder)
      .flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
      .map(line => JSON.parse(line) as StoredEvent)
      .sort((a, b) => a.time - b.time || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0));
  }

  lease(name: LeaseName): Lease | undefined {
    const file = join(this.folder, `lease-${name}`);
    if (existsSync(file)) return undefined;
    writeFileSync(file, '');
    return { renew: () => existsSync(file), release: () => rmSync(file) };
  }

  usage(): Usage {
    return { stored: 0, allowed: 2 ** 30 };
  }

  collect(): Promise<CollectReport | undefined> {
    return Promise.resolve({
      droppedEvents: 0,
      condensedEvents: 0,
      busyEvents: 0,
      freed: 0,
      unfinished: false,
    });
  }

  verify(): VerifyReport {
    return { records: 0, events: this.events().length, lost: [], torn: [] };
  }

  close(): void {
    // Nothing is held open.
  }

  #file(hash: Hash): string {
    return join(this.folder, 'packs', hash);
  }
}

import { join } from 'node:path';
import { AppendFile, type DiskCalls, syncFolder } from './appendFile';
import type { Claims } from './claims';
import { JOURNAL_SUFFIX } from './journalFiles';
import { encodeLine, type Envelope } from './journalLine';

/** A journal larger than this is closed and a new one begun. */
const JOURNAL_BYTES = 8 * 2 ** 20;

/** Appends events to journals of this process, each durable before `append` returns. */
export class JournalWriter {
  #file: AppendFile | undefined;
  #folderSynced = true;
  #files = 0;
  #events = 0;
  #time = 0;

  constructor(
    private readonly folder: string,
    private readonly claims: Claims,
    private readonly disk: DiskCalls,
    private readonly now: () => number,
  ) {}

  /** Gives the envelope the next event gets: its time never falls, its number is new. */
  next(body: Pick<Envelope, 'refs' | 'event' | 'body'>): Envelope {
    this.#time = Math.max(this.#time, this.now());
    return { v: 1, t: this.#time, writer: this.claims.self, n: this.#events + 1, ...body };
  }

  /** @throws StoreFull or the disk's error, with nothing recorded */
  append(envelope: Envelope): void {
    this.claims.claimWriting();
    const file = this.#writable();
    if (!this.#folderSynced) syncFolder(this.folder);
    this.#folderSynced = true;
    file.append(encodeLine(envelope));
    file.sync();
    this.#events = envelope.n;
  }

  /** Ends the current journal, so that a collection may rewrite it. */
  finish(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #writable(): AppendFile {
    const file = this.#file;
    if (file && (file.size >= JOURNAL_BYTES || file.broken || file.removed)) this.finish();
    if (!this.#file) {
      this.#files += 1;
      const name = `${this.claims.self}-${this.#files}${JOURNAL_SUFFIX}`;
      this.#file = AppendFile.create(join(this.folder, name), this.disk);
      this.#folderSynced = false;
    }
    return this.#file;
  }
}

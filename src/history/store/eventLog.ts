import type { ContentIndex } from './contentIndex';
import type { ContentStore } from './contentStore';
import { type EventId, type Hash, LostContent, type StoredEvent } from './historyStore';
import type { JournalFiles } from './journalFiles';
import { type Body, decodeBody, type Envelope, MAX_INLINE } from './journalLine';
import type { JournalWriter } from './journalWriter';

/** Records events and reads those of all processes. */
export class EventLog {
  readonly #known = new WeakMap<Envelope, StoredEvent>();
  #sorted: { version: number; events: readonly StoredEvent[] } = { version: 0, events: [] };
  #lastBody: Hash | undefined;

  constructor(
    private readonly journals: JournalFiles,
    private readonly writer: JournalWriter,
    private readonly contents: ContentStore,
    private readonly index: ContentIndex,
  ) {}

  record(event: object, refs: readonly Hash[]): EventId {
    const envelope = this.writer.next(this.bodyOf(event, refs));
    this.contents.sync();
    this.writer.append(envelope);
    this.contents.recorded(refs);
    if (envelope.body !== undefined) this.contents.recorded([envelope.body]);
    return idOf(envelope);
  }

  /** What an envelope says about an event; what it names is kept from here on. */
  bodyOf(event: object, refs: readonly Hash[]): Pick<Envelope, 'refs' | 'event' | 'body'> {
    const body: Body = { refs: [...new Set(refs)], event };
    for (const hash of body.refs) this.contents.keep(hash);
    const json = Buffer.from(JSON.stringify(body));
    if (json.length <= MAX_INLINE) return body;
    // Events are small beside contents and say what those are: the budget does not hold them up.
    this.#lastBody = this.contents.put(json, this.#lastBody, () => undefined);
    return { body: this.#lastBody };
  }

  events(): readonly StoredEvent[] {
    this.journals.refresh();
    const { version, all } = this.journals;
    if (this.#sorted.version !== version) {
      const envelopes = all.flatMap(({ entries }) => entries).sort(inOrder);
      this.#sorted = { version, events: envelopes.flatMap(one => this.#read(one) ?? []) };
    }
    return this.#sorted.events;
  }

  /** `undefined` when the content that holds the event is lost. */
  #read(envelope: Envelope): StoredEvent | undefined {
    const known = this.#known.get(envelope);
    if (known) return known;
    const body = envelope.body === undefined ? inlineBody(envelope) : this.#bodyAt(envelope.body);
    if (!body) return undefined;
    const { t: time, writer } = envelope;
    const stored = { id: idOf(envelope), time, writer, refs: body.refs, event: body.event };
    this.#known.set(envelope, stored);
    return stored;
  }

  #bodyAt(hash: Hash): Body | undefined {
    try {
      return decodeBody(this.index.get(hash));
    } catch (error) {
      if (error instanceof LostContent) return undefined;
      throw error;
    }
  }
}

export function idOf({ writer, n }: Envelope): EventId {
  return `${writer}.${n}`;
}

export function inOrder(a: Envelope, b: Envelope): number {
  return a.t - b.t || compare(a.writer, b.writer) || a.n - b.n;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function inlineBody({ refs = [], event }: Envelope): Body {
  return { refs, event };
}

import type { Decision } from '../policy/decision';
import type { AllowedView } from '../protocol/changesView';
import { type JournalEntry, readJournal } from './journal';

/** What let each tool call through: as the gate told it, and for earlier ones from the journal. */
export class AllowedCalls {
  readonly #known = new Map<string, AllowedView>();
  readonly #daysRead = new Set<string>();

  constructor(private readonly journalFolder: string) {}

  /** Notes what the gate decided. */
  saw(callId: string, { effect, code, rule }: Decision): void {
    if (effect === 'allow') this.#known.set(callId, viewOf(code, rule?.pattern, rule?.source.file));
  }

  /** `time` is when the call began, in milliseconds since 1970. */
  of(callId: string, time: number): AllowedView | undefined {
    const known = this.#known.get(callId);
    if (known) return known;
    const day = new Date(time).toISOString().slice(0, 10);
    if (this.#daysRead.has(day)) return undefined;
    this.#daysRead.add(day);
    this.#readDay(day);
    return this.#known.get(callId);
  }

  #readDay(day: string): void {
    try {
      for (const entry of readJournal(this.journalFolder, day).entries) this.#readEntry(entry);
    } catch {
      // A journal that is gone or unreadable says nothing; the changes themselves stand.
    }
  }

  #readEntry(entry: JournalEntry): void {
    const { event, callId, effect, code, rule } = entry;
    if ((event !== 'call' && event !== 'decision') || effect !== 'allow') return;
    if (typeof callId !== 'string' || typeof code !== 'string' || this.#known.has(callId)) return;
    const { pattern, source } = (rule ?? {}) as { pattern?: unknown; source?: { file?: unknown } };
    const isRule = typeof pattern === 'string' && typeof source?.file === 'string';
    this.#known.set(callId, isRule ? viewOf(code, pattern, source.file as string) : viewOf(code));
  }
}

const BY_PERSON = new Set(['approvedOnce', 'approvedForSession', 'approvedAlways']);

function viewOf(code: string, pattern?: string, file?: string): AllowedView {
  return {
    code,
    byPerson: BY_PERSON.has(code),
    ...(pattern !== undefined && file !== undefined && { rule: { pattern, file } }),
  };
}

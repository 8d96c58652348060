import type { HistoryEvent } from './historyEvents';
import { parseHistoryEvent, refsOfEvent } from './historyEvents';
import type { EventId, Hash, HistoryStore, StoredEvent } from './store/historyStore';
import { LostContent } from './store/historyStore';
import { Timeline } from './timeline';

/** Entries of one recorded event, at most: a first look at a large folder is cut into several. */
const ENTRIES = 5000;

/** The events of one workspace folder and what they say; recording goes through here alone. */
export class RootRecords {
  #timeline = new Timeline();
  /** How many events the timeline was made of, and the first of them: a clean-up drops that one. */
  #count = 0;
  #first: EventId | undefined;

  constructor(private readonly store: HistoryStore) {
    this.refresh();
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  /** Takes in what other processes recorded. */
  refresh(): void {
    const events = this.store.events();
    if (events.length === this.#count && events[0]?.id === this.#first) return;
    this.#timeline = timelineOf(events);
    this.#count = events.length;
    this.#first = events[0]?.id;
  }

  /** Everything up to (without) an event, as it was then. */
  before(order: number): Timeline {
    return timelineOf(this.store.events().slice(0, order - 1));
  }

  /** @throws StoreFull, with nothing recorded */
  record(event: HistoryEvent): EventId {
    const id = this.#store(event, new Set(refsOfEvent(event)));
    this.#timeline.apply(id, Date.now(), 'self', event);
    this.#count += 1;
    this.#first ??= id;
    return id;
  }

  /** Contents that are lost cannot be kept: the event goes without them, and undoing says so. */
  #store(event: HistoryEvent, refs: Set<Hash>): EventId {
    for (;;) {
      try {
        return this.store.record(event, [...refs]);
      } catch (error) {
        if (!(error instanceof LostContent) || !refs.delete(error.hash)) throw error;
      }
    }
  }

  /** Records a look; only the last of its parts says where all areas stand. */
  recordLook(look: Extract<HistoryEvent, { type: 'look' }>): void {
    const { seen, groups } = look;
    const entries = groups.reduce((sum, { files }) => sum + files.length, seen.length);
    if (entries <= ENTRIES) {
      this.record(look);
      return;
    }
    const part = { ...look, seen: [], groups: [], bases: [], uncovered: undefined };
    for (const some of pieces(seen)) this.record({ ...part, seen: some });
    for (const group of groups) {
      for (const files of pieces(group.files))
        this.record({ ...part, groups: [{ ...group, files }] });
    }
    this.record({ ...look, seen: [], groups: [] });
  }
}

/** An event that cannot be read still counts, so that orders agree everywhere. */
function timelineOf(events: readonly StoredEvent[]): Timeline {
  const timeline = new Timeline();
  for (const { id, time, writer, event } of events) {
    timeline.apply(id, time, writer, parseHistoryEvent(event) ?? NOTHING);
  }
  return timeline;
}

const NOTHING: HistoryEvent = { type: 'turn-end', turn: '' };

function pieces<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / ENTRIES) }, (_, index) =>
    all.slice(index * ENTRIES, (index + 1) * ENTRIES),
  );
}

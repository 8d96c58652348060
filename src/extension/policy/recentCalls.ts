import { readJournal, type JournalEntry } from '../../history/journal';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Older calls say little about what an agent does now. */
const MAX_DAYS = 7;

/** The last entries of the journal that are wanted, oldest first, however many days they took. */
export function recentEntries(
  folder: string,
  now: Date,
  wanted: (entry: JournalEntry) => boolean,
  most: number,
): readonly JournalEntry[] {
  let found: readonly JournalEntry[] = [];
  for (let back = 0; back < MAX_DAYS && found.length < most; back += 1) {
    const day = new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 10);
    found = [...entriesOf(folder, day).filter(wanted), ...found];
  }
  return found.slice(-most);
}

function entriesOf(folder: string, day: string): readonly JournalEntry[] {
  try {
    return readJournal(folder, day).entries;
  } catch {
    // A day that cannot be read is one of which nothing can be said.
    return [];
  }
}

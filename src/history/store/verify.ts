import { type Hash, LostContent, type LostReason, type VerifyReport } from './historyStore';
import type { StoreParts } from './storeParts';

/** See `HistoryStore.verify`. */
export function verifyStore({ index, packs, journals, log }: StoreParts): VerifyReport {
  index.refresh();
  const events = log.events();
  const lost = new Map<Hash, LostReason>();
  const check = (hash: Hash): void => {
    try {
      index.get(hash);
    } catch (error) {
      if (!(error instanceof LostContent)) throw error;
      lost.set(hash, error.reason);
    }
  };
  const stored = [...index.hashes()];
  stored.forEach(check);
  const known = new Set(stored);
  const named = new Set(events.flatMap(({ refs }) => refs));
  for (const { entries } of journals.all) {
    for (const { body } of entries) if (body !== undefined) named.add(body);
  }
  for (const hash of named) if (!known.has(hash)) check(hash);
  // The end of a file that is being written may be on its way.
  const ended = [...[...packs.all].filter(({ frozen }) => frozen), ...journals.all];
  return {
    contents: stored.length,
    events: events.length,
    lost: [...lost].map(([hash, reason]) => ({ hash, reason })),
    torn: ended.flatMap(({ name, torn }) => torn.map(offset => ({ file: name, offset }))),
  };
}

import type { CollectReport, Lease, Thin } from './historyStore';
import { thinJournals } from './journalRewrite';
import { freePacks } from './packRewrite';
import type { StoreParts } from './storeParts';

/** See `HistoryStore.collect`. The lease is the caller's to release. */
export async function collectStore(
  parts: StoreParts,
  lease: Lease,
  thin: Thin | undefined,
): Promise<CollectReport> {
  const { log, index, journals, packs } = parts;
  const size = (): number => packs.totalSize + journals.totalSize;
  index.refresh();
  const events = log.events();
  // What a newer version names is not known, so nothing can be said to be unused.
  if (index.hasNewer || journals.all.some(({ hasNewer }) => hasNewer)) {
    return { ...NOTHING, hasNewer: true };
  }
  const before = size();
  const thinned = thinJournals(parts, thin?.(events) ?? new Map());
  const unfinished = await freePacks(parts, () => lease.renew());
  return {
    droppedEvents: thinned.dropped,
    condensedEvents: thinned.condensed,
    busyEvents: thinned.busy,
    freed: before - size(),
    unfinished,
    hasNewer: false,
  };
}

const NOTHING = {
  droppedEvents: 0,
  condensedEvents: 0,
  busyEvents: 0,
  freed: 0,
  unfinished: false,
};

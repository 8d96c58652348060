import type { ContentIndex } from './contentIndex';
import { type Hash, type Loss, LostContent, type VerifyReport } from './historyStore';
import type { StoreParts } from './storeParts';

/** See `HistoryStore.verify`. */
export function verifyStore({ index, packs, journals, log }: StoreParts): VerifyReport {
  index.refresh();
  const events = log.events();
  const named = new Set(events.flatMap(({ refs }) => refs));
  for (const { entries } of journals.all) {
    for (const { body } of entries) if (body !== undefined) named.add(body);
  }
  // What nothing names may stand on what a collection has freed: it is waste, and no loss.
  const lost = [...named].flatMap(hash => lossOf(index, hash) ?? []);
  // The end of a file that is being written may be on its way.
  const ended = [...[...packs.all].filter(({ frozen }) => frozen), ...journals.all];
  return {
    contents: [...index.hashes()].length,
    events: events.length,
    lost,
    torn: ended.flatMap(({ name, torn }) => torn.map(offset => ({ file: name, offset }))),
  };
}

/** Why a content cannot be given back; `undefined` when it can. */
export function lossOf(index: ContentIndex, hash: Hash): Loss | undefined {
  try {
    index.get(hash);
    return undefined;
  } catch (error) {
    if (!(error instanceof LostContent)) throw error;
    return { hash, reason: error.reason };
  }
}

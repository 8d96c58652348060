import { expect, it } from 'vitest';
import type { HistoryEvent } from './historyEvents';
import { RootRecords } from './rootRecords';
import type { HistoryStore, StoredEvent } from './store/historyStore';

function stored(id: string, turn: string): StoredEvent {
  const event: HistoryEvent = { type: 'turn', turn, session: 's', whole: true, title: undefined };
  return { id, time: 1, writer: 'w', refs: [], event };
}

it('sees that a clean-up dropped as many events as another process recorded', () => {
  let events = [stored('a.1', 'one'), stored('a.2', 'two'), stored('a.3', 'three')];
  const store: Partial<HistoryStore> = { events: () => events };
  const records = new RootRecords(store as HistoryStore);
  expect([...records.timeline.turns.keys()]).toEqual(['one', 'two', 'three']);
  events = [stored('a.2', 'two'), stored('a.3', 'three'), stored('b.1', 'four')];
  records.refresh();
  expect([...records.timeline.turns.keys()]).toEqual(['two', 'three', 'four']);
});

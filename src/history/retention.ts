import { refsOf } from './fileState';
import { type HistoryEvent, parseHistoryEvent, refsOfEvent } from './historyEvents';
import type { EventId, StoredEvent, Thin, Thinned } from './store/historyStore';
import { Timeline } from './timeline';

/** What happened longer ago than this can no longer be undone, in milliseconds. */
export const KEPT = 30 * 24 * 3_600_000;

/**
 * Says which events a clean-up drops: those of turns that ended a month ago and more. What is known
 * of the folder by then is kept as one event in the place of the last of them.
 */
export function thinOldTurns(now: number, kept: number = KEPT): Thin {
  return events => {
    const count = oldOnes(events, now - kept);
    const thinned = new Map<EventId, Thinned>();
    if (count < 2) return thinned;
    const timeline = new Timeline();
    for (const { id, time, writer, event } of events.slice(0, count)) {
      const parsed = parseHistoryEvent(event);
      // A newer version may need it.
      if (!parsed) return new Map();
      timeline.apply(id, time, writer, parsed);
      thinned.set(id, 'drop');
    }
    const last = events[count - 1];
    if (last) thinned.set(last.id, summaryOf(timeline));
    return thinned;
  };
}

/** How many events from the first on are old, cut where no turn, call or restore is under way. */
function oldOnes(events: readonly StoredEvent[], before: number): number {
  let count = 0;
  const open = new Set<string>();
  for (const [index, { time, event }] of events.entries()) {
    if (time >= before) break;
    const parsed = parseHistoryEvent(event);
    if (parsed) follow(open, parsed);
    if (open.size === 0) count = index + 1;
  }
  return count;
}

function follow(open: Set<string>, event: HistoryEvent): void {
  switch (event.type) {
    case 'turn':
      open.add(event.turn);
      return;
    case 'turn-end':
      open.delete(event.turn);
      return;
    case 'call':
      open.add(event.call);
      return;
    case 'call-end':
      open.delete(event.call);
      return;
    case 'restore':
      open.add(event.restore);
      return;
    case 'restore-end':
      open.delete(event.restore);
      return;
    case 'look':
      return;
  }
}

function summaryOf({ states, bases, uncovered, problems }: Timeline): Thinned {
  const seen = [...states].filter(([, state]) => state.kind !== 'absent');
  const event: HistoryEvent = {
    type: 'look',
    seen,
    groups: [],
    bases: [...bases],
    uncovered,
    problems,
  };
  return { event, refs: [...new Set([...refsOfEvent(event), ...refsOf(...states.values())])] };
}

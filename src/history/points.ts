import { isAgents, type RestoreKind } from './historyEvents';
import type { RelativePath } from './names';
import { pointOf } from './revert/selection';
import type { Timeline } from './timeline';

/** A moment one can go back to: right before a prompt or a restore. */
export interface HistoryPoint {
  readonly id: string;
  readonly what: 'prompt' | RestoreKind;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Of a prompt: its session, and what was asked where that is known. */
  readonly session?: string;
  readonly title?: string | undefined;
}

/** A file that changed since a point, and who changed it. */
export interface ChangedFile {
  readonly path: RelativePath;
  readonly by: 'agent' | 'yours' | 'both';
}

export function pointsOf({ turns, restores }: Timeline): HistoryPoint[] {
  return [
    ...Array.from(turns.values(), ({ id, session, title, start }) => ({
      ...{ id, session, title },
      what: 'prompt' as const,
      time: start,
    })),
    ...Array.from(restores.values(), ({ id, what, start }) => ({ id, what, time: start })),
  ];
}

/** What was restored counts with what it took back: it is the agent's unless the person changed it too. */
export function changedSince(timeline: Timeline, point: string): ChangedFile[] {
  const order = pointOf(timeline, point);
  if (order === undefined) return [];
  const changed = new Map<RelativePath, ChangedFile['by']>();
  const add = (path: RelativePath, by: 'agent' | 'yours'): void => {
    const known = changed.get(path);
    changed.set(path, known === undefined || known === by ? by : 'both');
  };
  for (const { path, source, mixed, order: at } of timeline.transitions) {
    if (at < order) continue;
    add(path, isAgents(source) ? 'agent' : 'yours');
    if (mixed) add(path, 'yours');
  }
  for (const restore of timeline.restores.values()) {
    if (restore.order < order) continue;
    for (const { path } of restore.changes) {
      if (!changed.has(path)) changed.set(path, 'agent');
    }
  }
  return Array.from(changed, ([path, by]) => ({ path, by }));
}

import { isAgents } from '../historyEvents';
import { isWithin, type RelativePath } from '../names';
import type { Timeline, Transition } from '../timeline';
import type { KeptReason } from './plan';

/** Which of the agent's changes are to be taken back. */
export interface Selection {
  /** A turn by its id, the last one that still has changes, or all. */
  readonly turn?: string;
  readonly call?: string;
  readonly session?: string;
  /** Everything since a turn, call or restore began. */
  readonly since?: string;
  /** Files, or folders with all they hold. Naming a file includes what is not the agent's alone. */
  readonly paths?: readonly RelativePath[];
  /** Hunks of the one file that `paths` names. */
  readonly hunks?: ReadonlySet<number>;
}

/** The choice of the last turn that still has changes, and of all turns. */
export const LAST_TURN = 'last';
export const ALL_TURNS = 'all';

/** Changes chosen, newest first, and those that were meant but are left for a reason. */
export interface Selected {
  readonly changes: readonly Transition[];
  readonly left: readonly { readonly path: RelativePath; readonly reason: KeptReason }[];
  /** Chosen paths whose changes were all taken back before. */
  readonly already: readonly RelativePath[];
}

/** `undefined` when the selection names a turn, call or point that is not known. */
export function select(timeline: Timeline, selection: Selection): Selected | undefined {
  const since = selection.since === undefined ? 0 : pointOf(timeline, selection.since);
  if (since === undefined) return undefined;
  const turn = selection.turn === LAST_TURN ? lastTurn(timeline, selection.paths) : selection.turn;
  if (turn !== undefined && turn !== ALL_TURNS && !timeline.turns.has(turn)) return undefined;
  if (selection.call !== undefined && !timeline.calls.has(selection.call)) return undefined;
  const meant = timeline.transitions.filter(
    change =>
      (turn === undefined || turn === ALL_TURNS || change.turn === turn) &&
      change.order >= since &&
      isAgents(change.source) &&
      (selection.call === undefined || change.calls.includes(selection.call)) &&
      (selection.session === undefined || sessionsOf(timeline, change).has(selection.session)) &&
      isMeant(change.path, selection.paths),
  );
  const standing = meant.filter(({ undone }) => !undone);
  const left = new Map<RelativePath, KeptReason>();
  const changes = standing.filter(change => {
    const reason = selection.paths?.includes(change.path)
      ? undefined
      : reasonToLeave(timeline, change, selection);
    if (reason) left.set(change.path, reason);
    return !reason;
  });
  const paths = new Set(standing.map(({ path }) => path));
  return {
    changes: changes.reverse(),
    left: Array.from(left, ([path, reason]) => ({ path, reason })),
    already: [...new Set(meant.map(({ path }) => path))].filter(path => !paths.has(path)),
  };
}

/** Where in the timeline a turn, call or restore began. */
export function pointOf(timeline: Timeline, id: string): number | undefined {
  return (timeline.turns.get(id) ?? timeline.calls.get(id) ?? timeline.restores.get(id))?.order;
}

function isMeant(path: RelativePath, paths: readonly RelativePath[] | undefined): boolean {
  return paths === undefined || paths.some(chosen => isWithin(path, chosen));
}

/** The last turn with a change that stands; when there is none, the last with any change at all. */
function lastTurn(timeline: Timeline, paths: readonly RelativePath[] | undefined): string {
  const changes = timeline.transitions.filter(
    ({ source, turn, path }) => isAgents(source) && turn !== undefined && isMeant(path, paths),
  );
  const last = changes.findLast(({ undone }) => !undone) ?? changes.at(-1);
  return last?.turn ?? [...timeline.turns.keys()].at(-1) ?? ALL_TURNS;
}

function sessionsOf(timeline: Timeline, change: Transition): Set<string> {
  const ofTurn = (turn: string | undefined): string | undefined =>
    turn === undefined ? undefined : timeline.turns.get(turn)?.session;
  // A sub-agent has a session of its own within the turn of another.
  const calls = change.calls.flatMap(id => {
    const call = timeline.calls.get(id);
    return call ? [ofTurn(call.turn) ?? call.session] : [];
  });
  const turn = ofTurn(change.turn);
  return new Set(turn === undefined ? calls : [...calls, turn]);
}

function reasonToLeave(
  timeline: Timeline,
  change: Transition,
  { call }: Selection,
): KeptReason | undefined {
  if (change.mixed) return 'mixed';
  const isOneCall = call !== undefined && change.calls.length > 1;
  return isOneCall || sessionsOf(timeline, change).size > 1 ? 'shared' : undefined;
}

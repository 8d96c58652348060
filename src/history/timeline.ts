import type { Base } from './capture/area';
import type { UncoveredFolder } from './capture/walkFolder';
import type { FileState } from './fileState';
import {
  type CallKind,
  type ChangeGroup,
  type HistoryEvent,
  type RecordedChange,
  type RestoredFile,
  type RestoreKind,
  type Source,
} from './historyEvents';
import type { RelativePath } from './names';
import type { EventId } from './store/historyStore';

/** A change of one file as the history knows it. */
export interface Transition extends RecordedChange {
  /** Names it for good. */
  readonly id: string;
  readonly source: Source;
  readonly turn: string | undefined;
  readonly calls: readonly string[];
  /** When it was found, in milliseconds since 1970. */
  readonly time: number;
  /** Rises with each event of the timeline. */
  readonly order: number;
  readonly madeFolders: readonly RelativePath[];
  /** True once it was taken back (and not made again). */
  undone: boolean;
}

export interface Turn {
  readonly id: string;
  readonly session: string;
  readonly title: string | undefined;
  readonly whole: boolean;
  readonly start: number;
  readonly order: number;
  end: number | undefined;
}

export interface Call {
  readonly id: string;
  readonly turn: string | undefined;
  readonly session: string;
  readonly tool: string;
  readonly kind: CallKind;
  readonly paths: readonly RelativePath[];
  readonly start: number;
  readonly order: number;
  end: number | undefined;
}

export interface Restore {
  readonly id: string;
  readonly what: RestoreKind;
  readonly label: string;
  readonly start: number;
  readonly order: number;
  readonly writer: string;
  readonly event: Extract<HistoryEvent, { type: 'restore' }>;
  /** `undefined` while it is going on, or when a crash cut it short. */
  files: readonly RestoredFile[] | undefined;
  changes: readonly RecordedChange[];
  /** True once a redo has made good for it. */
  redone: boolean;
}

/** Everything the events of one workspace folder say, put together in their order. */
export class Timeline {
  readonly turns = new Map<string, Turn>();
  readonly calls = new Map<string, Call>();
  readonly transitions: Transition[] = [];
  readonly restores = new Map<string, Restore>();
  /** See `Known`. */
  readonly states = new Map<RelativePath, FileState>();
  readonly bases = new Map<RelativePath, Base>();
  uncovered: readonly UncoveredFolder[] = [];
  problems: readonly string[] = [];
  /** When the first event was recorded: nothing is known of the time before. */
  begin: number | undefined;
  #order = 0;
  readonly #byId = new Map<string, Transition>();

  apply(id: EventId, time: number, writer: string, event: HistoryEvent): void {
    this.#order += 1;
    this.begin ??= time;
    const order = this.#order;
    switch (event.type) {
      case 'turn': {
        const { turn, session, title, whole } = event;
        this.turns.set(turn, {
          id: turn,
          session,
          title,
          whole,
          start: time,
          order,
          end: undefined,
        });
        return;
      }
      case 'turn-end': {
        const turn = this.turns.get(event.turn);
        if (turn) turn.end ??= time;
        return;
      }
      case 'call': {
        const { type: _type, call, seen, ...facts } = event;
        this.calls.set(call, {
          ...facts,
          turn: facts.turn,
          id: call,
          start: time,
          order,
          end: undefined,
        });
        this.#see(seen);
        return;
      }
      case 'call-end': {
        const call = this.calls.get(event.call);
        if (call) call.end ??= time;
        this.#addGroups(id, time, event.groups);
        return;
      }
      case 'look':
        this.#see(event.seen);
        this.#addGroups(id, time, event.groups);
        for (const [prefix, base] of event.bases) this.bases.set(prefix, base);
        this.uncovered = event.uncovered ?? this.uncovered;
        if (event.bases.length > 0) this.problems = event.problems;
        return;
      case 'restore':
        this.#addRestore(id, time, writer, event);
        return;
      case 'restore-end':
        this.#endRestore(event);
    }
  }

  get openTurns(): Turn[] {
    return [...this.turns.values()].filter(({ end }) => end === undefined);
  }

  get openCalls(): Call[] {
    return [...this.calls.values()].filter(({ end }) => end === undefined);
  }

  transition(id: string): Transition | undefined {
    return this.#byId.get(id);
  }

  #see(seen: readonly (readonly [RelativePath, FileState])[]): void {
    for (const [path, state] of seen) this.states.set(path, state);
  }

  #addGroups(event: EventId, time: number, groups: readonly ChangeGroup[]): void {
    groups.forEach(({ source, turn, calls, files, madeFolders }, group) => {
      files.forEach((change, file) => {
        this.#add(`${event}/${group}/${file}`, time, change, { source, turn, calls, madeFolders });
      });
    });
  }

  #add(
    id: string,
    time: number,
    change: RecordedChange,
    group: Pick<Transition, 'source' | 'turn' | 'calls' | 'madeFolders'>,
  ): void {
    const transition = { ...change, ...group, id, time, order: this.#order, undone: false };
    this.transitions.push(transition);
    this.#byId.set(id, transition);
    this.states.set(change.path, change.post);
  }

  #addRestore(
    id: EventId,
    time: number,
    writer: string,
    event: Extract<HistoryEvent, { type: 'restore' }>,
  ): void {
    const group = { source: 'user', turn: undefined, calls: [], madeFolders: [] } as const;
    event.found.forEach((change, file) => {
      this.#add(`${id}/0/${file}`, time, change, group);
    });
    this.restores.set(event.restore, {
      id: event.restore,
      what: event.what,
      label: event.label,
      start: time,
      order: this.#order,
      writer,
      event,
      files: undefined,
      changes: [],
      redone: false,
    });
  }

  #endRestore(event: Extract<HistoryEvent, { type: 'restore-end' }>): void {
    const restore = this.restores.get(event.restore);
    if (!restore || restore.files) return;
    restore.files = event.files;
    restore.changes = event.changes;
    for (const { path, post } of event.changes) this.states.set(path, post);
    const notDone = new Set(event.notDone);
    const mark = (ids: readonly string[], undone: boolean): void => {
      for (const id of ids) {
        const transition = this.#byId.get(id);
        if (transition && !notDone.has(transition.path)) transition.undone = undone;
      }
    };
    mark(restore.event.undone, true);
    mark(restore.event.redone, false);
    const { redoes } = restore.event;
    const earlier = redoes === undefined ? undefined : this.restores.get(redoes);
    if (earlier) earlier.redone = true;
  }
}

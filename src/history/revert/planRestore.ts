import { type FileState, sameState } from '../fileState';
import { filesIn, isFile } from '../filesIn';
import type { RecordedChange, RestoredFile, RestoreKind } from '../historyEvents';
import type { RelativePath } from '../names';
import type { RootHistory } from '../rootHistory';
import { LostContent } from '../store/historyStore';
import type { Restore, Timeline, Transition } from '../timeline';
import { arrange } from './arrange';
import { type Hunk, hunksOf, type HunkStanding, placeOf, standingOf } from './hunks';
import { type Lines, linesOf } from './lines';
import { type Content, type PathPlan, planPath, type PlanTools, type Step } from './plan';
import { contentOf, runsOf } from './runs';
import { pointOf, select, type Selection } from './selection';

/** The editor, as far as restoring concerns it. */
export interface EditorSide {
  /** What an unsaved editor shows of a file: its bytes as they would be saved. */
  unsaved(path: RelativePath): Buffer | undefined;
  /**
   * Changes unsaved editors as one step that the person can undo, without saving them; gives the
   * paths for which that worked.
   */
  change(files: readonly { path: RelativePath; bytes: Buffer }[]): Promise<readonly RelativePath[]>;
}

export const NO_EDITOR: EditorSide = {
  unsaved: () => undefined,
  change: () => Promise.resolve([]),
};

/** Why a restore does not even begin. */
export type RefusedReason = 'busy' | 'disk-full' | 'nothing-known' | 'nothing-to-redo' | 'failed';

/** A hunk as it can be taken back today. */
export interface StandingHunk extends Hunk {
  readonly standing: HunkStanding;
  /** Lines around it that did not change with it. */
  readonly lead: Lines;
  readonly trail: Lines;
  /** Its lines in the file as it is now, counted from 0, the end left out; absent without lines. */
  readonly now: { readonly from: number; readonly end: number } | undefined;
}

/** How many unchanged lines are shown with a hunk. */
const CONTEXT = 3;

/** What a restore will do. */
export interface Planned {
  readonly what: RestoreKind;
  readonly label: string;
  readonly plans: readonly PathPlan[];
  /** Paths that come with their outcome: nothing is planned for them. */
  readonly settled: readonly RestoredFile[];
  readonly folders: readonly RelativePath[];
  readonly redone: readonly string[];
  readonly redoes?: string;
}

/** The restore that a redo would take back. */
export function lastUndoing(timeline: Timeline): Restore | undefined {
  return [...timeline.restores.values()].findLast(
    ({ what, redone, changes }) => what !== 'redo' && !redone && changes.length > 0,
  );
}

/** How a hunk stands in the text of now, and what stands around it in the text it made. */
function aroundHunk(
  hunk: Hunk,
  left: Lines,
  now: Lines | undefined,
): Pick<StandingHunk, 'standing' | 'lead' | 'trail' | 'now'> {
  const { to, toEnd } = hunk.place;
  return {
    standing: now ? standingOf(hunk, left, now) : 'overlapped',
    lead: left.slice(Math.max(0, to - CONTEXT), to),
    trail: left.slice(toEnd, toEnd + CONTEXT),
    now: now && placeOf(hunk, left, now),
  };
}

/** Plans restores in one workspace folder: reads, and stores what will be written, nothing more. */
export class RestorePlanner {
  constructor(
    private readonly history: RootHistory,
    private readonly editor: EditorSide,
  ) {}

  undo(selection: Selection): Planned | RefusedReason {
    const selected = select(this.#timeline, selection);
    if (!selected) return 'nothing-known';
    const byPath = new Map<RelativePath, Transition[]>();
    for (const change of selected.changes) addTo(byPath, change.path, change);
    const { hunks } = selection;
    const plans = Array.from(byPath, ([path, changes]) => {
      const steps = hunks
        ? this.#hunkSteps(changes, hunks)
        : changes.map(({ id, pre, post }) => ({ ids: [id], before: pre, after: post }));
      return this.#planPath(path, steps);
    });
    return {
      what: 'undo',
      label: labelOf(selection),
      plans: this.#arranged(plans),
      settled: [
        ...selected.left.map(({ path, reason }) => ({ path, result: 'kept' as const, reason })),
        ...selected.already.map(path => ({ path, result: 'already' as const })),
      ],
      folders: foldersOf(selected.changes),
      redone: [],
    };
  }

  /** The hunks of the changes of one file, and how each stands in what is there now. */
  hunks(selection: Selection & { readonly paths: readonly [RelativePath] }): StandingHunk[] {
    const selected = select(this.#timeline, selection);
    const now = this.#now(selection.paths[0]);
    const text = now.bytes ?? contentOf(now.state, hash => this.tools.bytesOf(hash));
    const nowLines = text && linesOf(text);
    const found: StandingHunk[] = [];
    for (const { before, after } of runsOf([...(selected?.changes ?? [])].reverse())) {
      const [old, left] = [before, after].map(state =>
        contentOf(state, hash => this.tools.bytesOf(hash)),
      );
      const leftLines = left && linesOf(left);
      const counted = found.length;
      for (const hunk of (old && left && hunksOf(old, left)) ?? []) {
        const number = counted + hunk.number;
        found.push({ ...hunk, number, ...aroundHunk(hunk, leftLines ?? [], nowLines) });
      }
    }
    return found;
  }

  redo(): Planned | RefusedReason {
    const last = lastUndoing(this.#timeline);
    if (!last) return 'nothing-to-redo';
    const plans = last.changes.map(({ path, pre, post }) =>
      this.#planPath(path, [{ ids: [], before: pre, after: post }]),
    );
    return {
      what: 'redo',
      label: last.label,
      plans: this.#arranged(plans),
      settled: [],
      folders: [],
      redone: last.event.undone,
      redoes: last.id,
    };
  }

  goTo(point: string, paths: readonly RelativePath[] | undefined): Planned | RefusedReason {
    const order = pointOf(this.#timeline, point);
    if (order === undefined) return 'nothing-known';
    const then = this.history.records.before(order);
    const meant = paths && new Set(paths);
    const isMeant = ({ path }: RecordedChange): boolean => !meant || meant.has(path);
    const changes = this.#timeline.transitions.filter(isMeant);
    const later = changes.filter(change => change.order >= order);
    const restored = [...this.#timeline.restores.values()]
      .filter(restore => restore.order >= order)
      .flatMap(restore => restore.changes)
      .filter(isMeant);
    const targets = new Map<RelativePath, FileState>();
    for (const { path, pre } of [...later, ...restored]) {
      if (!targets.has(path)) targets.set(path, then.states.get(path) ?? pre);
    }
    const plans = Array.from(targets, ([path, target]) => this.#planBack(path, target));
    // What was undone then is undone again, and the other way round.
    const undone = new Map<RelativePath, string[]>();
    for (const change of changes) {
      if (change.undone || !isUndoneThen(change, then)) continue;
      addTo(undone, change.path, change.id);
    }
    const redone = changes.filter(change => !isUndoneThen(change, then) && change.undone);
    return {
      what: 'go-to',
      label: point,
      plans: this.#arranged(plans).map(plan => ({
        ...plan,
        done: undone.get(plan.path) ?? [],
      })),
      settled: [],
      folders: foldersOf(later),
      redone: redone.map(({ id }) => id),
    };
  }

  /** The steps for some hunks, newest first: hunks are counted through all runs of changes. */
  #hunkSteps(newestFirst: readonly Transition[], hunks: ReadonlySet<number>): Step[] {
    const steps: Step[] = [];
    let counted = 0;
    for (const { before, after } of runsOf([...newestFirst].reverse())) {
      const [old, now] = [before, after].map(state =>
        contentOf(state, hash => this.tools.bytesOf(hash)),
      );
      const count = (old && now && hunksOf(old, now)?.length) ?? 0;
      const chosen = new Set([...hunks].map(hunk => hunk - counted).filter(hunk => hunk > 0));
      const here = new Set([...chosen].filter(hunk => hunk <= count));
      if (here.size > 0) steps.unshift({ ids: [], before, after, hunks: here });
      counted += count;
    }
    const [newest] = newestFirst;
    if ([...hunks].every(hunk => hunk <= counted) || !newest) return steps;
    // A number that no hunk has: planning says so.
    return [{ ids: [], before: newest.pre, after: newest.post, hunks }];
  }

  #planPath(path: RelativePath, steps: readonly Step[]): PathPlan {
    const plan = planPath(path, this.#now(path), steps, this.tools);
    if (!isLost(plan)) return plan;
    // It may be what stands there that the history has lost: reading it keeps it again.
    this.history.capture.remembered.forget(path);
    return planPath(path, this.#now(path), steps, this.tools);
  }

  /** What stands there now is what is to go, whoever made it; what has no copy may be the person's. */
  #planBack(path: RelativePath, target: FileState): PathPlan {
    const now = this.#now(path);
    if (now.state.kind === 'unkept' && !sameState(now.state, target)) {
      const outcome = { result: 'kept', reason: 'no-copy' } as const;
      return { path, now: now.state, target: now.state, outcome, done: [] };
    }
    return planPath(path, now, [{ ids: [], before: target, after: now.state }], this.tools);
  }

  #arranged(plans: readonly PathPlan[]): PathPlan[] {
    const { root } = this.history.setting;
    return arrange(plans, {
      filesIn: folder => filesIn(root, folder),
      isFile: path => isFile(root, path),
    });
  }

  /** What stands at a path: what an unsaved editor shows counts before the disk. */
  #now(path: RelativePath): Content {
    const unsaved = this.editor.unsaved(path);
    const state = this.history.read(path);
    if (!unsaved) return { state };
    const mode = state.kind === 'file' ? state.mode : 0o644;
    const hash = this.history.setting.store.put(unsaved);
    return { state: { kind: 'file', hash, size: unsaved.length, mode }, bytes: unsaved };
  }

  get tools(): PlanTools {
    const { store } = this.history.setting;
    return {
      bytesOf: hash => {
        try {
          return store.get(hash);
        } catch (error) {
          if (error instanceof LostContent) return undefined;
          throw error;
        }
      },
      keep: bytes => store.put(bytes),
    };
  }

  get #timeline(): Timeline {
    return this.history.records.timeline;
  }
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** True for what had been taken back, or was not made yet, at a point. */
function isUndoneThen({ id }: Transition, then: Timeline): boolean {
  return then.transition(id)?.undone ?? true;
}

function isLost({ outcome }: PathPlan): boolean {
  return outcome.result === 'skipped' && outcome.reason === 'lost';
}

function foldersOf(changes: readonly Transition[]): RelativePath[] {
  return [...new Set(changes.flatMap(({ madeFolders }) => madeFolders))];
}

function labelOf({ turn, call, paths }: Selection): string {
  return [turn && `turn ${turn}`, call && `call ${call}`, paths?.join(', ')]
    .filter(Boolean)
    .join(', ');
}

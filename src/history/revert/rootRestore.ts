import { randomBytes } from 'node:crypto';
import { type FileState, sameState } from '../fileState';
import { filesIn, isFile } from '../filesIn';
import type { HistoryEvent, RecordedChange, RestoredFile, RestoreKind } from '../historyEvents';
import type { RelativePath } from '../names';
import type { RootHistory } from '../rootHistory';
import { LostContent, StoreFull } from '../store/historyStore';
import type { Restore, Timeline, Transition } from '../timeline';
import { arrange, inOrder, writes } from './arrange';
import { Executor, type ReplaceCalls } from './execute';
import { type FileAction, isHalfWritten } from './fileActions';
import {
  type Content,
  type Outcome,
  type PathPlan,
  planPath,
  type PlanTools,
  type Step,
} from './plan';
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

/** What a restore did, or (not `done`) would do. */
export interface RestoreReport {
  /** Names the restore; it is a point to go back to, and what a redo takes back. */
  readonly id: string | undefined;
  readonly files: readonly RestoredFile[];
  /** Why nothing was done at all. */
  readonly refused: RefusedReason | undefined;
}

export type RefusedReason = 'busy' | 'disk-full' | 'nothing-known' | 'nothing-to-redo';

interface Planned {
  readonly what: RestoreKind;
  readonly label: string;
  readonly plans: readonly PathPlan[];
  /** Paths that come with their outcome: nothing is planned for them. */
  readonly settled: readonly RestoredFile[];
  readonly folders: readonly RelativePath[];
  readonly redone: readonly string[];
  readonly redoes?: string;
}

const NO_EDITOR: EditorSide = { unsaved: () => undefined, change: () => Promise.resolve([]) };

/** Takes back changes in one workspace folder. Its calls must not overlap each other or a capture. */
export class RootRestore {
  readonly #executor: Executor;

  constructor(
    private readonly history: RootHistory,
    private readonly editor: EditorSide = NO_EDITOR,
    calls?: ReplaceCalls,
    platform: NodeJS.Platform = process.platform,
  ) {
    const { store, root } = history.setting;
    this.#executor = new Executor({
      root,
      platform,
      reader: history.capture.reader,
      bytesOf: hash => store.get(hash),
      ...(calls ? { calls } : {}),
    });
  }

  /** Takes the agent's changes back; later changes of the person stay. */
  undo(selection: Selection, preview = false): Promise<RestoreReport> {
    return this.#run(() => this.#planUndo(selection), preview);
  }

  /** Takes the last restore back. */
  redo(preview = false): Promise<RestoreReport> {
    return this.#run(() => this.#planRedo(), preview);
  }

  /** Puts every file as it was at a point, the person's own changes since then included. */
  goTo(
    point: string,
    paths: readonly RelativePath[] | undefined,
    preview = false,
  ): Promise<RestoreReport> {
    return this.#run(() => this.#planGoTo(point, paths), preview);
  }

  /** Finishes what a crash cut short. Does nothing while a living process restores. */
  async recover(): Promise<void> {
    const unfinished = [...this.#timeline.restores.values()].filter(({ files }) => !files);
    if (unfinished.length === 0) return;
    const lease = this.history.setting.store.lease('restore');
    if (!lease) return;
    try {
      for (const restore of unfinished) await this.#finish(restore);
    } finally {
      lease.release();
    }
  }

  get #timeline(): Timeline {
    return this.history.records.timeline;
  }

  async #run(plan: () => Planned | RefusedReason, preview: boolean): Promise<RestoreReport> {
    const refused = (reason: RefusedReason): RestoreReport => ({
      id: undefined,
      files: [],
      refused: reason,
    });
    const lease = this.history.setting.store.lease('restore');
    if (!lease) return refused('busy');
    try {
      this.history.records.refresh();
      // Changes of a turn that still runs are not known yet.
      if (this.#timeline.openTurns.length > 0) await this.history.lookNow();
      const planned = plan();
      if (typeof planned === 'string') return refused(planned);
      if (preview) return { id: undefined, files: outcomesOf(planned), refused: undefined };
      return await this.#execute(planned);
    } catch (error) {
      if (error instanceof StoreFull) return refused('disk-full');
      throw error;
    } finally {
      lease.release();
    }
  }

  #planUndo(selection: Selection): Planned | RefusedReason {
    const selected = select(this.#timeline, selection);
    if (!selected) return 'nothing-known';
    const byPath = new Map<RelativePath, Transition[]>();
    for (const change of selected.changes) {
      byPath.set(change.path, [...(byPath.get(change.path) ?? []), change]);
    }
    const hunks = selection.hunks ? { hunks: selection.hunks } : {};
    const plans = Array.from(byPath, ([path, changes]) =>
      this.#planPath(
        path,
        changes.map(({ id, pre, post }) => ({ ids: [id], before: pre, after: post, ...hunks })),
      ),
    );
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

  #planRedo(): Planned | RefusedReason {
    const last = [...this.#timeline.restores.values()].findLast(
      ({ what, redone, changes }) => what !== 'redo' && !redone && changes.length > 0,
    );
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

  #planGoTo(point: string, paths: readonly RelativePath[] | undefined): Planned | RefusedReason {
    const order = pointOf(this.#timeline, point);
    if (order === undefined) return 'nothing-known';
    const then = this.history.records.before(order);
    const isMeant = ({ path }: RecordedChange): boolean => !paths || paths.includes(path);
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
    const plans = Array.from(targets, ([path, target]) => {
      const now = this.#now(path);
      // What stands there now is what is to go, whoever made it.
      return this.#planPath(path, [{ ids: [], before: target, after: now.state }]);
    });
    // What was undone then is undone again, and the other way round.
    const undone = changes.filter(change => isUndoneThen(change, then) && !change.undone);
    const redone = changes.filter(change => !isUndoneThen(change, then) && change.undone);
    return {
      what: 'go-to',
      label: point,
      plans: this.#arranged(plans).map(plan => ({
        ...plan,
        done: undone.filter(({ path }) => path === plan.path).map(({ id }) => id),
      })),
      settled: [],
      folders: foldersOf(later),
      redone: redone.map(({ id }) => id),
    };
  }

  #planPath(path: RelativePath, steps: readonly Step[]): PathPlan {
    return planPath(path, this.#now(path), steps, this.#tools);
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
    const { state } = this.history.capture.reader.read(path);
    if (!unsaved) return { state };
    const mode = state.kind === 'file' ? state.mode : 0o644;
    const hash = this.history.setting.store.put(unsaved);
    return { state: { kind: 'file', hash, size: unsaved.length, mode }, bytes: unsaved };
  }

  get #tools(): PlanTools {
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

  async #execute(planned: Planned): Promise<RestoreReport> {
    const actions = inOrder(planned.plans.filter(writes)).map(toAction);
    const restore = randomBytes(6).toString('hex');
    if (actions.length === 0 && planned.plans.every(({ done }) => done.length === 0)) {
      return { id: undefined, files: outcomesOf(planned), refused: undefined };
    }
    if (!this.#executor.fits(actions)) return { id: undefined, files: [], refused: 'disk-full' };
    const { what, label, folders, redone, redoes } = planned;
    this.history.records.record({
      type: 'restore',
      restore,
      what,
      label,
      found: this.#foundNow(planned.plans),
      actions,
      folders,
      undone: planned.plans.flatMap(({ done }) => done),
      redone,
      redoes,
    });
    const end = await this.#carryOut(restore, actions, folders, outcomesOf(planned));
    return { id: restore, files: end.files, refused: undefined };
  }

  /** What the person changed since the last look, among the paths at hand. */
  #foundNow(plans: readonly PathPlan[]): RecordedChange[] {
    return plans.flatMap(({ path, now }) => {
      if (this.editor.unsaved(path)) return [];
      const known = this.#timeline.states.get(path);
      return known && !sameState(known, now) ? [{ path, pre: known, post: now }] : [];
    });
  }

  async #carryOut(
    restore: string,
    actions: readonly FileAction[],
    folders: readonly RelativePath[],
    outcomes: readonly RestoredFile[],
    written: readonly RecordedChange[] = [],
  ): Promise<Extract<HistoryEvent, { type: 'restore-end' }>> {
    const files = new Map(outcomes.map(file => [file.path, file]));
    const changes: RecordedChange[] = [...written];
    const notDone: RelativePath[] = [];
    const edited = await this.#changeEditors(actions);
    for (const [index, action] of actions.entries()) {
      const { path, from, to } = action;
      const outcome = edited.has(path)
        ? edited.get(path)
        : await this.#executor.apply(action, restore, index);
      if (outcome) {
        files.set(path, { path, ...outcome });
        notDone.push(path);
      } else changes.push({ path, pre: from, post: this.#afterwards(path, to, edited) });
    }
    this.#executor.removeEmpty(folders);
    const end = {
      type: 'restore-end' as const,
      restore,
      files: [...files.values()],
      changes,
      notDone,
    };
    this.history.records.record(end);
    return end;
  }

  #afterwards(
    path: RelativePath,
    to: FileState,
    edited: ReadonlyMap<RelativePath, Outcome | undefined>,
  ): FileState {
    return edited.has(path) ? to : this.history.capture.reader.read(path).state;
  }

  /** Unsaved editors are changed as text; `undefined` in the result means that it worked. */
  async #changeEditors(
    actions: readonly FileAction[],
  ): Promise<Map<RelativePath, Outcome | undefined>> {
    const unsaved = actions.filter(({ path }) => this.editor.unsaved(path) !== undefined);
    const edits = unsaved.flatMap(({ path, to }) =>
      to.kind === 'file' ? [{ path, bytes: this.history.setting.store.get(to.hash) }] : [],
    );
    const changed = new Set(edits.length === 0 ? [] : await this.editor.change(edits));
    return new Map(
      unsaved.map(({ path }) => [
        path,
        changed.has(path) ? undefined : { result: 'kept', reason: 'changed-meanwhile' },
      ]),
    );
  }

  async #finish({ id, event }: Restore): Promise<void> {
    const outcomes: RestoredFile[] = [];
    const actions: FileAction[] = [];
    const written: RecordedChange[] = [];
    for (const [index, { path, from, to }] of event.actions.entries()) {
      this.#executor.removeTemporary(path, id, index);
      const { state } = this.history.capture.reader.read(path);
      outcomes.push({ path, result: 'reverted' });
      if (sameState(state, to)) {
        written.push({ path, pre: from, post: state });
        continue;
      }
      const half = this.#isHalfWritten(state, from, to);
      actions.push({ path, from: half ? state : from, to });
    }
    await this.#carryOut(id, actions, event.folders, outcomes, written);
  }

  #isHalfWritten(now: FileState, from: FileState, to: FileState): boolean {
    if (now.kind !== 'file' || from.kind !== 'file' || to.kind !== 'file') return false;
    const [there, old, wanted] = [now, from, to].map(({ hash }) => this.#tools.bytesOf(hash));
    return !!there && !!old && !!wanted && isHalfWritten(there, old, wanted);
  }
}

/** True for what had been taken back, or was not made yet, at a point. */
function isUndoneThen({ id }: Transition, then: Timeline): boolean {
  return then.transition(id)?.undone ?? true;
}

function toAction({ path, now, target }: PathPlan): FileAction {
  return { path, from: now, to: target };
}

function outcomesOf({ plans, settled }: Planned): RestoredFile[] {
  const planned = plans.map(plan => {
    const partly = plan.outcome.result !== 'reverted' && plan.outcome.result !== 'merged';
    const { path, outcome } = plan;
    return partly && writes(plan) ? { path, ...outcome, partly: true } : { path, ...outcome };
  });
  const paths = new Set(planned.map(({ path }) => path));
  return [...planned, ...settled.filter(({ path }) => !paths.has(path))];
}

function foldersOf(changes: readonly Transition[]): RelativePath[] {
  return [...new Set(changes.flatMap(({ madeFolders }) => madeFolders))];
}

function labelOf({ turn, call, paths }: Selection): string {
  return [turn && `turn ${turn}`, call && `call ${call}`, paths?.join(', ')]
    .filter(Boolean)
    .join(', ');
}

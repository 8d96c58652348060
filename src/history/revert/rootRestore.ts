import { randomBytes } from 'node:crypto';
import { ignoresCase } from '../capture/ignoresCase';
import { type FileState, sameState } from '../fileState';
import { identityOf } from '../filesIn';
import type { HistoryEvent, RecordedChange, RestoredFile } from '../historyEvents';
import type { RelativePath } from '../names';
import type { RootHistory } from '../rootHistory';
import { isDiskFull } from '../store/appendFile';
import { StoreFull } from '../store/historyStore';
import { sha256 } from '../store/packRecord';
import type { Restore, Timeline } from '../timeline';
import { inOrder, writes } from './arrange';
import { Executor } from './execute';
import { type FileAction, isHalfWritten, respellings } from './fileActions';
import type { Outcome, PathPlan } from './plan';
import { type EditorSide, NO_EDITOR, type Planned, type RefusedReason } from './planRestore';
import { RestorePlanner, type StandingHunk } from './planRestore';
import type { ReplaceCalls } from './replaceCalls';
import type { Selection } from './selection';

/** What a restore did, or (not `done`) would do. */
export interface RestoreReport {
  /** Names the restore; it is a point to go back to, and what a redo takes back. */
  readonly id: string | undefined;
  readonly files: readonly RestoredFile[];
  /** Why nothing was done at all. */
  readonly refused: RefusedReason | undefined;
}

/** What became of paths; `undefined` when it worked. */
type Outcomes = ReadonlyMap<RelativePath, Outcome | undefined>;

/** Takes back changes in one workspace folder. Its calls must not overlap each other or a capture. */
export class RootRestore {
  readonly #executor: Executor;
  readonly #planner: RestorePlanner;

  constructor(
    private readonly history: RootHistory,
    private readonly editor: EditorSide = NO_EDITOR,
    calls?: ReplaceCalls,
    platform: NodeJS.Platform = process.platform,
  ) {
    this.#planner = new RestorePlanner(history, editor);
    const { store, root } = history.setting;
    this.#executor = new Executor({
      root,
      platform,
      reader: history.capture.reader,
      bytesOf: hash => store.get(hash),
      isUnsaved: path => editor.unsaved(path) !== undefined,
      ...(calls ? { calls } : {}),
    });
  }

  /** Takes the agent's changes back; later changes of the person stay. */
  undo(selection: Selection, preview = false): Promise<RestoreReport> {
    return this.#run(() => this.#planner.undo(selection), preview);
  }

  /** See `RestorePlanner.hunks`. */
  hunks(path: RelativePath, selection: Selection): StandingHunk[] {
    return this.#planner.hunks({ ...selection, paths: [path] });
  }

  /** Takes the last restore back. */
  redo(preview = false): Promise<RestoreReport> {
    return this.#run(() => this.#planner.redo(), preview);
  }

  /** Puts every file as it was at a point, the person's own changes since then included. */
  goTo(
    point: string,
    paths: readonly RelativePath[] | undefined,
    preview = false,
  ): Promise<RestoreReport> {
    return this.#run(() => this.#planner.goTo(point, paths), preview, true);
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

  /** `lookFirst` where changes of the person count that nobody has seen yet. */
  async #run(
    plan: () => Planned | RefusedReason,
    preview: boolean,
    lookFirst = false,
  ): Promise<RestoreReport> {
    const refused = (reason: RefusedReason): RestoreReport => ({
      id: undefined,
      files: [],
      refused: reason,
    });
    const lease = this.history.setting.store.lease('restore');
    if (!lease) return refused('busy');
    try {
      this.history.records.refresh();
      // Nor are the changes of a turn that still runs known yet.
      if (lookFirst || this.#timeline.openTurns.length > 0) await this.history.lookNow();
      const planned = plan();
      if (typeof planned === 'string') return refused(planned);
      if (preview) return { id: undefined, files: outcomesOf(planned), refused: undefined };
      return await this.#execute(planned);
    } catch (error) {
      if (error instanceof StoreFull || isDiskFull(error)) return refused('disk-full');
      throw error;
    } finally {
      lease.release();
    }
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
    const respelled = this.#respell(restore, actions);
    const onDisk = actions.map(action =>
      edited.has(action.path) ? { ...action, to: action.from } : action,
    );
    await this.#executor.prepare(onDisk, restore);
    for (const [index, action] of actions.entries()) {
      const { path, from, to } = action;
      const settled = [edited, respelled].find(outcomes => outcomes.has(path));
      const outcome = settled
        ? settled.get(path)
        : await this.#executor.apply(action, restore, index);
      if (outcome) {
        files.set(path, { path, ...outcome });
        this.history.capture.remembered.forget(path);
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
    try {
      this.history.records.record(end);
    } catch (error) {
      // The files are as they shall be; the next start finds that and says so.
      if (!(error instanceof StoreFull)) throw error;
    }
    return end;
  }

  /** See `respellings`. */
  #respell(restore: string, actions: readonly FileAction[]): Outcomes {
    const { root } = this.history.setting;
    const removals = actions.filter(({ to }) => to.kind === 'absent').map(({ path }) => path);
    if (removals.length === 0 || !ignoresCase(root)) return new Map();
    const staying = [...this.#timeline.states].filter(([path]) => !removals.includes(path));
    const found = respellings(
      removals,
      staying.map(([path]) => path),
      path => identityOf(root, path),
    );
    return new Map(
      Array.from(found, ([from, to]) => [from, this.#executor.respell(from, to, restore)]),
    );
  }

  #afterwards(path: RelativePath, to: FileState, edited: Outcomes): FileState {
    if (edited.has(path)) return to;
    const placed = this.#executor.placed(path);
    return placed ?? this.history.capture.reader.read(path).state;
  }

  /** Unsaved editors are changed as text, those that show what was planned with. */
  async #changeEditors(actions: readonly FileAction[]): Promise<Outcomes> {
    const { store } = this.history.setting;
    const unsaved = actions.flatMap(action => {
      const bytes = this.editor.unsaved(action.path);
      return bytes ? [{ ...action, bytes }] : [];
    });
    const edits = unsaved.flatMap(({ path, from, to, bytes }) =>
      from.kind === 'file' && to.kind === 'file' && from.hash === sha256(bytes)
        ? [{ path, bytes: store.get(to.hash) }]
        : [],
    );
    // An editor that refuses keeps none of the other files from going on.
    const changed = new Set(
      edits.length === 0 ? [] : await this.editor.change(edits).catch(() => []),
    );
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
      this.#executor.clearUp(path, id, index);
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
    const [there, old, wanted] = [now, from, to].map(({ hash }) =>
      this.#planner.tools.bytesOf(hash),
    );
    return !!there && !!old && !!wanted && isHalfWritten(there, old, wanted);
  }
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
  const files = [...planned, ...settled.filter(({ path }) => !paths.has(path))];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

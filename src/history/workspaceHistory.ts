import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { UserAct } from './attribution';
import { type ChangeFacts, factsOf } from './changeFacts';
import { type FileChange, listChanges, otherChanges, type TurnChanges } from './changes';
import { type CoverageGap, coverageGaps, standingGaps } from './coverage';
import type { CallKind } from './historyEvents';
import { listed, type ListedHunk } from './listedHunk';
import type { RelativePath } from './names';
import { type OpenRoot, openRoot, type OpenRootOptions, pathWithin } from './openRoot';
import { changedSince, type ChangedFile, type HistoryPoint, pointsOf } from './points';
import { KEPT, thinOldTurns } from './retention';
import type { EditorSide } from './revert/planRestore';
import type { RestoreReport } from './revert/rootRestore';
import { lastUndoing } from './revert/planRestore';
import type { Selection } from './revert/selection';
import type { CaptureReport, TurnBegin } from './rootHistory';
import { storeStands } from './store/storeParts';

/** What opening the history of a window's folders needs. */
export interface WorkspaceOptions extends Omit<OpenRootOptions, 'root' | 'storeFolder' | 'editor'> {
  readonly storeFolderOf: (root: string) => string;
  /** The editor, by absolute paths. */
  readonly editor?: WorkspaceEditor;
}

/** The editor's side of restoring; see `EditorSide`. Paths are absolute. */
export interface WorkspaceEditor {
  unsaved(path: string): Buffer | undefined;
  change(files: readonly { path: string; bytes: Buffer }[]): Promise<readonly string[]>;
}

/** A tool call begins; `paths` are absolute, and those outside of all folders are left out. */
export interface ToolBegin {
  readonly sessionId: string;
  readonly toolCallId: string;
  readonly turn?: string | undefined;
  readonly tool: string;
  readonly kind: CallKind;
  readonly paths: readonly string[];
}

/** What happened in one folder of several; one that fails never keeps the others from going on. */
export interface InRoot<T> {
  readonly root: string;
  readonly report: T;
}

/** The changes of one folder. */
export interface RootChanges {
  readonly turns: readonly TurnChanges[];
  readonly others: readonly FileChange[];
  /** What is not covered by undo, in words for people. */
  readonly gaps: readonly string[];
  /** True when there is an undo that can be taken back. */
  readonly canRedo: boolean;
}

/**
 * The undo history of all folders of a window. Each folder has a store, a history and a queue of its
 * own: calls for one folder run one after the other, whatever order they come to an end in.
 */
export class WorkspaceHistory {
  readonly #queues = new Map<OpenRoot, Promise<unknown>>();
  readonly #opened = Date.now();

  private constructor(
    private readonly roots: readonly OpenRoot[],
    /** Folders whose history could not be opened, and why. */
    readonly failures: readonly { readonly root: string; readonly reason: string }[],
  ) {}

  static async open(options: WorkspaceOptions): Promise<WorkspaceHistory> {
    const roots: OpenRoot[] = [];
    const failures: { root: string; reason: string }[] = [];
    for (const root of options.workspaceRoots) {
      try {
        const storeFolder = options.storeFolderOf(root);
        const editor = options.editor ? { editor: editorOf(options.editor, root) } : {};
        roots.push(await openRoot({ ...options, root, storeFolder, ...editor }));
      } catch (error) {
        failures.push({ root, reason: messageOf(error) });
      }
    }
    return new WorkspaceHistory(roots, failures);
  }

  /** False once someone has removed what is kept of a folder: it must be opened anew then. */
  get stands(): boolean {
    return this.roots.every(({ history }) => storeStands(history.setting.storeFolder));
  }

  promptStart(begin: TurnBegin): Promise<InRoot<CaptureReport>[]> {
    return this.#captureAll(({ history }) => history.promptStart(begin));
  }

  /** A file tool concerns the folders its paths lie in, any other may change all of them. */
  beforeTool(begin: ToolBegin): Promise<InRoot<CaptureReport>[]> {
    const { toolCallId: call, sessionId: session, turn, tool, kind } = begin;
    const facts = { call, session, turn, tool };
    return this.#captureAll(async root => {
      const inside = within(root, begin.paths);
      const isFile = kind === 'file' && begin.paths.length > 0;
      if (isFile && inside.length === 0) return NOTHING;
      return root.history.beforeTool({
        ...facts,
        kind: isFile ? kind : otherKind(kind),
        paths: inside,
      });
    });
  }

  afterTool(toolCallId: string): Promise<InRoot<CaptureReport>[]> {
    return this.#captureAll(({ history }) => history.afterTool(toolCallId));
  }

  turnEnd(turn: string): Promise<InRoot<CaptureReport>[]> {
    return this.#captureAll(({ history }) => history.turnEnd(turn));
  }

  /** The person did something with a file or folder (absolute path) in the editor. */
  userActed(path: string, act: UserAct): void {
    for (const root of this.roots) {
      for (const inside of within(root, [path])) root.history.userActed(inside, act);
    }
  }

  changes(): Promise<InRoot<RootChanges>[]> {
    return this.#all(root => {
      root.history.records.refresh();
      const { timeline } = root.history.records;
      return {
        turns: listChanges(timeline),
        others: otherChanges(timeline),
        gaps: standingGaps(timeline),
        canRedo: lastUndoing(timeline) !== undefined,
      };
    }, NO_CHANGES);
  }

  /** What a view shows of a change besides its names. Reads both contents: milliseconds a file. */
  factsOf(root: string, change: FileChange): ChangeFacts {
    const { store } = this.#rootOf(root);
    return factsOf(change, store);
  }

  /** The bytes of a content. @throws LostContent when they are not to be had */
  content(root: string, hash: string): Buffer {
    return this.#rootOf(root).store.get(hash);
  }

  /** The moments one can go back to, in all folders together, newest first. */
  points(): HistoryPoint[] {
    const points = new Map<string, HistoryPoint>();
    for (const { history } of this.roots) {
      for (const point of pointsOf(history.records.timeline)) points.set(point.id, point);
    }
    return [...points.values()].sort((a, b) => b.time - a.time);
  }

  /** The files that changed since a point, up to this moment, and who changed them. */
  changedSince(point: string): Promise<InRoot<readonly ChangedFile[]>[]> {
    return this.#all(
      async ({ history }) => {
        // What the person changed since the last look must not pass for the agent's.
        await history.lookNow();
        return changedSince(history.records.timeline, point);
      },
      () => [],
    );
  }

  /** Ends prompts that an earlier window left open when it closed or crashed. */
  async endLeftTurns(): Promise<void> {
    await this.#captureAll(async ({ history }) => {
      for (const { id } of history.records.timeline.openTurns) await history.turnEnd(id);
      return NOTHING;
    });
  }

  /** Drops what is older than a month (than `keepSince`, milliseconds, when that is earlier). */
  async collect(now: number, keepSince: number | undefined): Promise<void> {
    // A clock that is set forward must not make what this window has seen an old story.
    const kept = Math.max(KEPT, now - this.#opened, now - (keepSince ?? now));
    await this.#all(
      async ({ store }) => {
        await store.collect(thinOldTurns(now, kept));
      },
      () => undefined,
    );
  }

  /** The paths of the selection are absolute. `preview` says what would become of each file and writes nothing. */
  undo(selection: Selection, preview = false): Promise<InRoot<RestoreReport>[]> {
    const { paths } = selection;
    return this.#restoreAll(root => {
      const inside = paths && within(root, paths);
      if (inside?.length === 0) return Promise.resolve(NOT_CONCERNED);
      return root.restore.undo(inside ? { ...selection, paths: inside } : selection, preview);
    });
  }

  /** The hunks of the chosen changes of one file (absolute path), and how each stands today. */
  hunks(path: string, selection: Selection): readonly ListedHunk[] {
    return this.roots.flatMap(root =>
      within(root, [path]).flatMap(inside => root.restore.hunks(inside, selection).map(listed)),
    );
  }

  redo(preview = false): Promise<InRoot<RestoreReport>[]> {
    return this.#restoreAll(({ restore }) => restore.redo(preview));
  }

  /** Paths are absolute; without any, every file that changed since the point is put back. */
  goTo(
    point: string,
    paths: readonly string[] | undefined,
    preview = false,
  ): Promise<InRoot<RestoreReport>[]> {
    return this.#restoreAll(root =>
      root.restore.goTo(point, paths && within(root, paths), preview),
    );
  }

  /** What would be lost for good if these paths (absolute) were changed or removed now. */
  coverageOf(paths: readonly string[], kind: CallKind): InRoot<readonly CoverageGap[]>[] {
    return this.roots.map(root => ({
      root: root.root,
      report: coverageGaps(within(root, paths), {
        root: root.root,
        timeline: root.history.records.timeline,
        looks: root.history.setting.looks,
        named: kind === 'file',
      }),
    }));
  }

  /** Waits for what was begun and closes everything. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#queues.values());
    for (const root of this.roots) {
      try {
        root.close();
      } catch {
        // The store was removed. What was not made durable yet is named by no event: nobody misses it.
      }
    }
  }

  #rootOf(root: string): OpenRoot {
    const found = this.roots.find(open => open.root === root);
    if (!found) throw new Error(`no history of ${root} is open`);
    return found;
  }

  #captureAll(step: (root: OpenRoot) => Promise<CaptureReport>): Promise<InRoot<CaptureReport>[]> {
    return this.#all(step, error => ({ changed: 0, problems: [messageOf(error)] }));
  }

  #restoreAll(step: (root: OpenRoot) => Promise<RestoreReport>): Promise<InRoot<RestoreReport>[]> {
    return this.#all(step, () => ({ id: undefined, files: [], refused: 'failed' }));
  }

  #all<T>(
    step: (root: OpenRoot) => Promise<T> | T,
    failed: (error: unknown) => T,
  ): Promise<InRoot<T>[]> {
    return Promise.all(
      this.roots.map(async root => {
        const before = this.#queues.get(root) ?? Promise.resolve();
        const now = before.then(() => step(root)).catch(failed);
        this.#queues.set(root, now);
        return { root: root.root, report: await now };
      }),
    );
  }
}

const NOTHING: CaptureReport = { changed: 0, problems: [] };
const NOT_CONCERNED: RestoreReport = { id: undefined, files: [], refused: undefined };
const NO_CHANGES = (): RootChanges => ({ turns: [], others: [], gaps: [], canRedo: false });

/** A file tool that names no file may change any. */
function otherKind(kind: CallKind): CallKind {
  return kind === 'file' ? 'shell' : kind;
}

/** The paths that lie in a folder, as the history names them. */
function within(root: OpenRoot, paths: readonly string[]): RelativePath[] {
  return paths.flatMap(path => {
    const inside = pathWithin(root.root, realPlace(path));
    return inside === undefined || inside === '' ? [] : [inside];
  });
}

/** The real path of the folder a file lies in, and the file's name: a link at the end stays. */
export function realPlace(path: string): string {
  const whole = resolve(path);
  const folder = dirname(whole);
  if (folder === whole) return whole;
  try {
    return join(realpathSync.native(folder), basename(whole));
  } catch {
    return join(realPlace(folder), basename(whole));
  }
}

function editorOf(editor: WorkspaceEditor, root: string): EditorSide {
  const place = (path: RelativePath): string => join(root, path);
  return {
    unsaved: path => editor.unsaved(place(path)),
    async change(files) {
      const names = new Map(files.map(({ path }) => [place(path), path]));
      const edits = files.map(({ path, bytes }) => ({ path: place(path), bytes }));
      return (await editor.change(edits)).flatMap(path => names.get(path) ?? []);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

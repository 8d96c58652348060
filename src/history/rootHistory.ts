import { attribute, foldersMade, type UserAct, type Window } from './attribution';
import {
  type CaptureSetting,
  type Difference,
  type Look,
  RootCapture,
  type Known,
} from './capture/rootCapture';
import { ABSENT, type FileState, sameState } from './fileState';
import { filesIn } from './filesIn';
import type { CallKind, ChangeGroup, RecordedChange } from './historyEvents';
import type { RelativePath } from './names';
import { RootRecords } from './rootRecords';
import { isDiskFull } from './store/appendFile';
import { type HistoryStore, StoreFull } from './store/historyStore';

/** A prompt begins. */
export interface TurnBegin {
  readonly turn: string;
  readonly session: string;
  /** True for an agent whose tool calls are not seen one by one. */
  readonly whole: boolean;
  readonly title?: string | undefined;
}

/** A tool call begins. `paths` are those a file tool names; a file tool without any counts as shell. */
export interface CallBegin {
  readonly call: string;
  readonly session: string;
  readonly turn?: string | undefined;
  readonly tool: string;
  readonly kind: CallKind;
  readonly paths: readonly RelativePath[];
}

/** What a capture says of itself. */
export interface CaptureReport {
  /** How many files were found changed. */
  readonly changed: number;
  /** What is not covered, in words for people; empty when everything is. */
  readonly problems: readonly string[];
}

export interface RootSetting extends Omit<CaptureSetting, 'store'> {
  readonly store: HistoryStore;
  /** False for a home folder or a disk: then only what file tools name is held. */
  readonly looks: boolean;
  readonly now: () => number;
}

/** The capture side of the history of one workspace folder. Its calls must not overlap. */
export class RootHistory {
  readonly records: RootRecords;
  readonly capture: RootCapture;
  /** Calls that were open at any time since the last look. */
  readonly #active = new Set<string>();
  /** What the person did in the editor since the last look. */
  #touched = new Map<RelativePath, UserAct>();
  #since: number;

  constructor(readonly setting: RootSetting) {
    this.records = new RootRecords(setting.store);
    this.capture = new RootCapture(setting);
    this.#since = this.records.timeline.openTurns.at(-1)?.start ?? setting.now();
    for (const { id } of this.records.timeline.openCalls) this.#active.add(id);
  }

  /** Before a prompt goes to the agent: what stands now is what one can come back to. */
  async promptStart({ turn, session, whole, title }: TurnBegin): Promise<CaptureReport> {
    this.records.refresh();
    // A turn of the same agent that was never ended has ended now.
    for (const open of this.records.timeline.openTurns) {
      if (open.session === session) await this.turnEnd(open.id);
    }
    const report = await this.#guarded(() => this.#look({ atPrompt: true, withIgnored: true }));
    if (this.records.timeline.openTurns.length === 0) this.capture.dropStalePins();
    return this.#guarded(() => {
      this.records.record({ type: 'turn', turn, session, whole, title });
      return report;
    });
  }

  async beforeTool(begin: CallBegin): Promise<CaptureReport> {
    const kind = begin.kind === 'file' && begin.paths.length === 0 ? 'shell' : begin.kind;
    const looked =
      kind === 'file' ? { changed: 0, problems: [] } : await this.#guarded(() => this.#look({}));
    return this.#guarded(() => {
      const { seen, problems } = kind === 'file' ? this.#readBefore(begin.paths) : NOTHING_READ;
      this.records.record({ type: 'call', ...begin, kind, seen });
      this.#active.add(begin.call);
      return { ...looked, problems: [...looked.problems, ...problems] };
    });
  }

  async afterTool(call: string): Promise<CaptureReport> {
    const begun = this.records.timeline.calls.get(call);
    if (!begun || begun.end !== undefined) return { changed: 0, problems: [] };
    if (begun.kind === 'file') {
      return this.#guarded(() => {
        const groups = this.#readAfter(call, begun.turn, begun.paths);
        this.records.record({ type: 'call-end', call, groups });
        this.#active.delete(call);
        const files = groups.flatMap(group => group.files);
        const problems = files.flatMap(({ path, post }) => problemOf(path, post));
        return { changed: files.length, problems };
      });
    }
    return this.#guarded(async () => {
      const report = await this.#look({});
      this.records.record({ type: 'call-end', call, groups: [] });
      this.#active.delete(call);
      return report;
    });
  }

  async turnEnd(turn: string): Promise<CaptureReport> {
    return this.#guarded(async () => {
      for (const { id, kind, turn: of } of this.records.timeline.openCalls) {
        if (of === turn && kind === 'file') await this.afterTool(id);
      }
      const report = await this.#look({ withIgnored: true });
      for (const { id, turn: of } of this.records.timeline.openCalls) {
        if (of !== turn) continue;
        this.records.record({ type: 'call-end', call: id, groups: [] });
        this.#active.delete(id);
      }
      this.records.record({ type: 'turn-end', turn });
      return report;
    });
  }

  /**
   * The person saved a file, or made, moved or removed a file or folder: what changes there, or
   * below, until it is looked at is not the agent's alone.
   */
  userActed(path: RelativePath, act: UserAct): void {
    this.#touched.set(path, act);
  }

  /** Brings what is known up to date while an agent may be at work. */
  async lookNow(): Promise<CaptureReport> {
    return this.#guarded(() => this.#look({}));
  }

  close(): void {
    this.capture.close();
  }

  async #look(where: { atPrompt?: boolean; withIgnored?: boolean }): Promise<CaptureReport> {
    if (!this.setting.looks) return { changed: 0, problems: [ONLY_TOOLS] };
    const { timeline } = this.records;
    const touched = this.#touched;
    // What is saved while this look goes on may come after it has read the file.
    this.#touched = new Map();
    const window = this.#window(touched);
    const agentMayHaveActed = window.calls.length > 0 || window.wholeTurn !== undefined;
    const atPrompt = where.atPrompt === true || timeline.bases.size === 0;
    const withIgnored = where.withIgnored === true || atPrompt;
    try {
      const look = await this.capture.look(timeline, { atPrompt, withIgnored, agentMayHaveActed });
      for (const [path, act] of this.#touched) touched.set(path, act);
      const groups = attribute(look.differences, window, files => this.#foldersMade(files));
      if (isNews(look, timeline.bases)) this.records.recordLook({ type: 'look', ...look, groups });
      this.#since = this.setting.now();
      if (timeline.openCalls.length > 0) this.#touched = touched;
      return { changed: look.differences.length, problems: problemsOf(look, timeline) };
    } catch (error) {
      this.#touched = new Map([...touched, ...this.#touched]);
      throw error;
    }
  }

  #window(touched: ReadonlyMap<RelativePath, UserAct> = this.#touched): Window {
    const { timeline } = this.records;
    const calls = [...this.#active].flatMap(id => timeline.calls.get(id) ?? []);
    const last = [...timeline.turns.values()].at(-1);
    return {
      calls,
      wholeTurn: timeline.openTurns.find(({ whole }) => whole)?.id,
      afterShell: [...timeline.calls.values()].some(
        ({ kind, turn }) => kind !== 'file' && turn !== undefined && turn === last?.id,
      ),
      touched,
    };
  }

  #foldersMade(files: readonly RecordedChange[]): RelativePath[] {
    const { root } = this.setting;
    return foldersMade(files, {
      root,
      since: this.#since,
      filesIn: folder => filesIn(root, folder),
    });
  }

  /** Reads what a file tool is about to change. Paths known to be otherwise are someone else's change. */
  #readBefore(paths: readonly RelativePath[]): {
    seen: (readonly [RelativePath, FileState])[];
    problems: string[];
  } {
    const { states } = this.records.timeline;
    const seen: (readonly [RelativePath, FileState])[] = [];
    const differences: Difference[] = [];
    for (const path of paths) {
      const state = this.read(path);
      const known = states.get(path);
      if (known === undefined) seen.push([path, state]);
      else if (!sameState(known, state)) differences.push({ path, pre: known, post: state });
      this.#touched.delete(path);
    }
    if (differences.length > 0) {
      const groups = attribute(differences, this.#window(), () => []);
      this.records.record({ type: 'look', seen: [], groups, bases: [], problems: [] });
    }
    return { seen, problems: seen.flatMap(([path, state]) => problemOf(path, state)) };
  }

  #readAfter(
    call: string,
    turn: string | undefined,
    paths: readonly RelativePath[],
  ): ChangeGroup[] {
    const { states } = this.records.timeline;
    const differences = paths.flatMap(path => {
      const pre = states.get(path) ?? ABSENT;
      const post = this.read(path);
      return sameState(pre, post) ? [] : [{ path, pre, post }];
    });
    // Whatever is made or moved where a file tool writes is its own doing.
    const touched = new Map([...this.#touched].filter(([, act]) => act === 'saved'));
    const window = { calls: [{ id: call, kind: 'file' as const, turn }], wholeTurn: turn };
    return attribute(differences, { ...window, afterShell: false, touched }, files =>
      this.#foldersMade(files),
    );
  }

  /** What stands at a path now; read again only where its size, times or number have changed. */
  read(path: RelativePath): FileState {
    const { reader, remembered } = this.capture;
    const known = this.records.timeline.states.get(path);
    const near = known?.kind === 'file' ? known.hash : undefined;
    const read = reader.read(path, { remembered: remembered.get(path, known), near });
    remembered.set(path, read);
    return read.state;
  }

  /** A full store stops the history, never the agent or the person: it is said instead. */
  async #guarded(action: () => CaptureReport | Promise<CaptureReport>): Promise<CaptureReport> {
    try {
      return await action();
    } catch (error) {
      const full = fullOf(error);
      if (!full) throw error;
      return { changed: 0, problems: [`Nothing can be kept: the ${full} is full.`] };
    }
  }
}

/** What is full, be it for the store or for what lies beside it (our git folder). */
function fullOf(error: unknown): StoreFull['reason'] | undefined {
  if (error instanceof StoreFull) return error.reason;
  return isDiskFull(error) ? 'disk' : undefined;
}

const ONLY_TOOLS = 'This folder is too wide to be watched: only what file tools name is kept.';
const NOTHING_READ = { seen: [], problems: [] };

/** False for a look that found everything as it was: it need not be recorded. */
function isNews(look: Look, bases: ReadonlyMap<RelativePath, string>): boolean {
  return (
    look.seen.length > 0 ||
    look.differences.length > 0 ||
    look.uncovered !== undefined ||
    look.bases.some(([prefix, base]) => bases.get(prefix) !== base)
  );
}

function problemsOf(look: Look, { states, uncovered }: Known): string[] {
  const problems = [...look.problems];
  for (const { path, why } of look.uncovered ?? uncovered)
    problems.push(`${path}: not kept (${why}).`);
  for (const [path, state] of states) problems.push(...problemOf(path, state));
  return problems;
}

function problemOf(path: RelativePath, state: FileState): string[] {
  return state.kind === 'unkept' ? [`${path}: cannot be put back (${state.reason}).`] : [];
}

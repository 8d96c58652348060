import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { findAgent } from '../../agents/knownAgents';
import { agentOfSession } from '../../broker/callHistory';
import type { AllowedCalls } from '../../history/allowedCalls';
import type { ChangeFacts } from '../../history/changeFacts';
import type { FileChange, TurnChanges } from '../../history/changes';
import type { FileState } from '../../history/fileState';
import type { ListedHunk } from '../../history/listedHunk';
import { ALL_TURNS, type Selection } from '../../history/revert/selection';
import type { RootChanges, WorkspaceHistory } from '../../history/workspaceHistory';
import type {
  CallView,
  ChangesView,
  ChangeTarget,
  FileRef,
  FileView,
  PromptView,
} from '../../protocol/changesView';
import { contentUri } from './contentFiles';
import { fileUri, realFolders } from './filePlaces';
import type { KeptChanges } from './keptChanges';
import type { WindowHistory } from './windowHistory';

/** How long counting lines may hold up the window at a time, and what it then waits, in milliseconds. */
const SLICE_MS = 15;
const PAUSE_MS = 10;
/** Several changes shortly after each other are one for whoever watches, in milliseconds. */
const GATHER_MS = 150;

const EMPTY: ChangesView = { prompts: [], others: [], gaps: [], canRedo: false };

/** What all views of the changes show, put together from the history, the journal and what was kept. */
export class ChangesSource implements vscode.Disposable {
  readonly #facts = new Map<string, ChangeFacts>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  #last: Promise<ChangesView> | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #counting = false;
  /** As they were when the last view was put together. */
  #folders: ReturnType<typeof realFolders> = [];
  #uncounted: { readonly root: string; readonly change: FileChange }[] = [];

  constructor(
    private readonly window: Pick<WindowHistory, 'history' | 'texts' | 'onDidChange'>,
    private readonly allowed: AllowedCalls,
    private readonly kept: KeptChanges,
  ) {
    this.#subscription = window.onDidChange(() => this.#gather());
  }

  /** Everything as it is now. The same object until something changes. */
  list(): Promise<ChangesView> {
    this.#last ??= this.#read();
    return this.#last;
  }

  /** The hunks of one file, numbered for the same target. */
  async hunks(target: ChangeTarget & { readonly file: FileRef }): Promise<readonly ListedHunk[]> {
    const history = await this.window.history();
    await this.window.texts.prepare();
    return history?.hunks(pathOf(target.file), selectionOf(target)) ?? [];
  }

  /** The read-only content before or after a change; an empty file where there was none. */
  contentUri(file: FileView, side: 'before' | 'after'): vscode.Uri {
    const at = side === 'before' ? (file.movedFrom ?? file.path) : file.path;
    return contentUri({ root: file.root, path: at }, file[side]);
  }

  /** Where the editor shows the file itself. */
  fileUri(file: FileRef): vscode.Uri {
    return fileUri(file);
  }

  /** Notes that changes may stay, or takes that back; undoing them stays possible. */
  async keep(target: ChangeTarget, kept: boolean): Promise<void> {
    const { prompts } = await this.list();
    const meant = prompts.filter(({ id }) => target.prompt === undefined || target.prompt === id);
    this.kept.set(
      meant.flatMap(prompt =>
        filesMeant(prompt, target).map(file => ({
          ...{ file, prompt: prompt.id },
          left: file.after ?? '',
        })),
      ),
      kept,
    );
    this.#renew();
  }

  dispose(): void {
    clearTimeout(this.#gathering);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #gather(): void {
    this.#gathering ??= globalThis.setTimeout(() => {
      this.#gathering = undefined;
      this.#renew();
    }, GATHER_MS);
  }

  #renew(): void {
    this.#last = undefined;
    this.#changed.fire();
  }

  async #read(): Promise<ChangesView> {
    const history = await this.window.history();
    if (!history) return EMPTY;
    const inRoots = (await history.changes()).map(({ root, report }) => ({ root, ...report }));
    this.#uncounted = [];
    this.#folders = realFolders();
    const prompts = this.#prompts(inRoots);
    const others = inRoots.flatMap(({ root, others: own }) => this.#files(root, own, undefined));
    void this.#count(history);
    return {
      prompts,
      others,
      gaps: [...this.#failures(history), ...inRoots.flatMap(({ gaps }) => gaps)],
      canRedo: inRoots.some(({ canRedo }) => canRedo),
    };
  }

  #failures({ failures }: WorkspaceHistory): string[] {
    return failures.map(({ root, reason }) => `${root}: ${reason}`);
  }

  /** A prompt that changed files in several folders is one. */
  #prompts(inRoots: readonly (RootChanges & { readonly root: string })[]): PromptView[] {
    const prompts = new Map<string, PromptView>();
    for (const { root, turns } of inRoots) {
      for (const turn of turns) {
        if (turn.files.length === 0) continue;
        const own = this.#prompt(root, turn);
        const known = prompts.get(turn.id);
        prompts.set(turn.id, known ? joined(known, own) : own);
      }
    }
    return [...prompts.values()].sort((a, b) => b.start - a.start);
  }

  #prompt(root: string, turn: TurnChanges): PromptView {
    const { id, session, title, start, end } = turn;
    const agent = agentOfSession(session);
    const files = this.#files(root, turn.files, id);
    const kept = new Set(files.filter(({ state }) => state === 'kept').map(({ path }) => path));
    return {
      ...{ id, start, files },
      agent: findAgent(agent)?.displayName ?? agent,
      ...(title !== undefined && { title }),
      ...(end !== undefined && { end }),
      calls: turn.calls
        .filter(call => call.files.length > 0)
        .map((call): CallView => {
          const allowed = this.allowed.of(call.id, call.start);
          const own = this.#files(root, call.files, undefined).map(file =>
            file.state === 'standing' && kept.has(file.path)
              ? { ...file, state: 'kept' as const }
              : file,
          );
          const { tool } = call;
          return { id: call.id, tool, start: call.start, files: own, ...(allowed && { allowed }) };
        }),
    };
  }

  #files(root: string, changes: readonly FileChange[], prompt: string | undefined): FileView[] {
    const moved = new Set(changes.flatMap(({ movedFrom }) => movedFrom ?? []));
    return changes
      .filter(({ path, after }) => after.kind !== 'absent' || !moved.has(path))
      .map(change => this.#file(root, change, prompt));
  }

  #file(root: string, change: FileChange, prompt: string | undefined): FileView {
    const { path, author, movedFrom, undone, after } = change;
    const [beforeHash, afterHash] = [hashOf(change.before), hashOf(after)];
    const ref = { root, path };
    const folders = this.#folders;
    const isKept = prompt !== undefined && this.kept.has(prompt, ref, afterHash ?? '');
    return {
      ...ref,
      ...(folders.length > 1 && { folder: folderName(root, folders) }),
      author,
      status: statusOf(change),
      ...(movedFrom !== undefined && { movedFrom }),
      ...this.#factsOf(root, change),
      state: undone ? 'undone' : isKept ? 'kept' : 'standing',
      ...(beforeHash !== undefined && { before: beforeHash }),
      ...(afterHash !== undefined && { after: afterHash }),
    };
  }

  #factsOf(root: string, change: FileChange): ChangeFacts {
    const known = this.#facts.get(factsKey(root, change));
    if (!known) this.#uncounted.push({ root, change });
    return known ?? { kind: 'text' };
  }

  /** Counts lines a few files at a time, and shows them when all are counted. */
  async #count(history: WorkspaceHistory): Promise<void> {
    if (this.#counting || this.#uncounted.length === 0) return;
    this.#counting = true;
    let began = Date.now();
    for (let next = this.#uncounted.pop(); next; next = this.#uncounted.pop()) {
      const { root, change } = next;
      this.#facts.set(factsKey(root, change), factsIn(history, root, change));
      if (Date.now() - began < SLICE_MS) continue;
      await setTimeout(PAUSE_MS);
      began = Date.now();
    }
    this.#counting = false;
    this.#renew();
  }
}

/** What the history is asked for. */
export function selectionOf({ prompt, call, file, hunks }: ChangeTarget): Selection {
  return {
    turn: prompt ?? ALL_TURNS,
    ...(call !== undefined && { call }),
    ...(file && { paths: [pathOf(file)] }),
    ...(hunks && { hunks: new Set(hunks) }),
  };
}

export function pathOf({ root, path }: FileRef): string {
  return join(root, path);
}

/** The files of a prompt that a target means. */
function filesMeant({ files, calls }: PromptView, { call, file }: ChangeTarget): FileView[] {
  const ofCall = new Set(calls.find(({ id }) => id === call)?.files.map(pathOf));
  const only = file && pathOf(file);
  return files.filter(each => {
    const path = pathOf(each);
    return (call === undefined || ofCall.has(path)) && (only === undefined || path === only);
  });
}

function joined(a: PromptView, b: PromptView): PromptView {
  const calls = new Map(a.calls.map(call => [call.id, call]));
  for (const call of b.calls) {
    const known = calls.get(call.id);
    calls.set(call.id, known ? { ...known, files: [...known.files, ...call.files] } : call);
  }
  return {
    ...a,
    files: [...a.files, ...b.files],
    calls: [...calls.values()].sort((one, other) => one.start - other.start),
  };
}

function factsIn(history: WorkspaceHistory, root: string, change: FileChange): ChangeFacts {
  try {
    return history.factsOf(root, change);
  } catch {
    // The folder is gone from the window.
    return { kind: 'notKept' };
  }
}

function factsKey(root: string, { path, before, after }: FileChange): string {
  return [root, path, keyOf(before), keyOf(after)].join('\0');
}

function keyOf(state: FileState): string {
  return state.kind === 'file' ? state.hash : JSON.stringify(state);
}

function hashOf(state: FileState): string | undefined {
  return state.kind === 'file' ? state.hash : undefined;
}

function statusOf({ before, after, movedFrom }: FileChange): FileView['status'] {
  if (movedFrom !== undefined) return 'moved';
  if (before.kind === 'absent') return 'added';
  return after.kind === 'absent' ? 'deleted' : 'modified';
}

function folderName(root: string, folders: ReturnType<typeof realFolders>): string {
  return folders.find(folder => folder.root === root)?.folder.name ?? basename(root);
}

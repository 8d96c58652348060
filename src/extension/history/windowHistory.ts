import { rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { CallHistory } from '../../broker/callHistory';
import type { StateFolders } from '../../files/stateHome';
import type { UserAct } from '../../history/attribution';
import type { Journal } from '../../history/journal';
import { storeFolderOf } from '../../history/store/storeFolder';
import { WorkspaceHistory } from '../../history/workspaceHistory';
import { workspaceRoots } from '../windowState';
import { EditorTexts } from './editorTexts';

interface WindowHistoryParts {
  readonly folders: StateFolders;
  readonly journal: Journal;
  readonly memento: vscode.Memento;
  /** Milliseconds since 1970 of the oldest point that must stay; see `Checkpoints`. */
  readonly keepSince: () => number | undefined;
  readonly onError: (error: unknown) => void;
}

/** How often it is looked whether it is time to clean up, and how often that is, in milliseconds. */
const LOOK_MS = 10 * 60_000;
const COLLECT_MS = 24 * 3_600_000;
/** Nobody is at work when nothing was changed for as long, in milliseconds. */
const IDLE_MS = 5 * 60_000;
const COLLECTED = 'historyCollected';

/**
 * The undo history of this window's folders: opened when the window is, and anew when folders are
 * added or removed or the workspace becomes trusted, because git is run in trusted folders alone.
 */
export class WindowHistory implements vscode.Disposable {
  /** What the gate feeds. */
  readonly calls: CallHistory;
  readonly texts = new EditorTexts();
  #open: Promise<WorkspaceHistory | undefined> = Promise.resolve(undefined);
  #lastChange = Date.now();
  readonly #changed = new vscode.EventEmitter<void>();
  /** Files may have changed, or what is known of them has. */
  readonly onDidChange = this.#changed.event;
  readonly #timer: NodeJS.Timeout;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(private readonly parts: WindowHistoryParts) {
    const { journal, onError } = parts;
    this.calls = new CallHistory({
      history: () => this.#standing(),
      ...{ journal, onError, now: Date.now },
      onChanged: () => this.changed(),
    });
    this.#timer = setInterval(() => void this.#collectWhenIdle(), LOOK_MS);
    this.#subscriptions = [
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.reopen()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reopen()),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => void this.#acted('saved', [uri])),
      vscode.workspace.onDidSaveNotebookDocument(({ uri }) => void this.#acted('saved', [uri])),
      vscode.workspace.onDidCreateFiles(({ files }) => void this.#acted('moved', files)),
      vscode.workspace.onDidDeleteFiles(({ files }) => void this.#acted('moved', files)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        void this.#acted(
          'moved',
          files.flatMap(({ oldUri, newUri }) => [oldUri, newUri]),
        );
      }),
    ];
  }

  /** The open history; undefined when the window has no folder on disk. */
  history(): Promise<WorkspaceHistory | undefined> {
    return this.#open;
  }

  /** Opens the history of the folders as they are now; what was open is closed first. */
  reopen(): void {
    const before = this.#open;
    this.calls.forgetSessions();
    this.#open = this.#replace(before).catch((error: unknown): undefined => {
      this.parts.onError(error);
      return undefined;
    });
    void this.#open.then(() => this.changed());
  }

  changed(): void {
    this.#lastChange = Date.now();
    this.#changed.fire();
  }

  /** Removes everything that is kept of this window's folders, for good. */
  async deleteAll(): Promise<void> {
    const before = await this.#open;
    this.#open = Promise.resolve(undefined);
    await before?.close();
    try {
      for (const root of workspaceRoots()) {
        rmSync(storeFolderOf(this.parts.folders.home, root), { recursive: true, force: true });
      }
    } finally {
      this.reopen();
    }
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  /** Waits for what was begun. */
  async close(): Promise<void> {
    await (await this.#open)?.close();
  }

  async #replace(
    before: Promise<WorkspaceHistory | undefined>,
  ): Promise<WorkspaceHistory | undefined> {
    await (await before)?.close();
    const roots = workspaceRoots();
    if (roots.length === 0) return undefined;
    const { folders, journal, onError } = this.parts;
    const history = await WorkspaceHistory.open({
      workspaceRoots: roots,
      storeFolderOf: root => storeFolderOf(folders.home, root),
      trusted: vscode.workspace.isTrusted,
      env: process.env,
      editor: this.texts,
    });
    for (const { root, reason } of history.failures) {
      onError(new Error(`no history of ${root}: ${reason}`));
      journal.append({ event: 'checkpoint', root, incomplete: true, problems: [reason] });
    }
    await history.endLeftTurns();
    return history;
  }

  /** Somebody may remove what is kept, from outside: then it begins anew. */
  async #standing(): Promise<WorkspaceHistory | undefined> {
    const open = this.#open;
    // While it was waited for it may have been opened anew already.
    if ((await open)?.stands === false && this.#open === open) this.reopen();
    return this.#open;
  }

  async #acted(act: UserAct, uris: readonly vscode.Uri[]): Promise<void> {
    const places = uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    if (places.length === 0) return;
    const history = await this.#open;
    for (const place of places) history?.userActed(place, act);
    this.changed();
  }

  async #collectWhenIdle(): Promise<void> {
    const { memento, keepSince, onError } = this.parts;
    const now = Date.now();
    const due = now - memento.get<number>(COLLECTED, 0) > COLLECT_MS;
    if (!due || now - this.#lastChange < IDLE_MS) return;
    try {
      await memento.update(COLLECTED, now);
      await (await this.#open)?.collect(now, keepSince());
    } catch (error) {
      onError(error);
    }
  }
}

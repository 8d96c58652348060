import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listChanges } from '../../src/history/changes';
import { type OpenRoot, openRoot, type OpenRootOptions } from '../../src/history/openRoot';
import { StateReader } from '../../src/history/capture/readState';
import { Executor } from '../../src/history/revert/execute';
import { type ReplaceCalls, systemReplaces } from '../../src/history/revert/replaceCalls';
import { openHistoryStore } from '../../src/history/store/openHistoryStore';
import type { RestoreReport } from '../../src/history/revert/rootRestore';
import { LAST_TURN, type Selection } from '../../src/history/revert/selection';
import { Headless } from './headless';

/** A workspace folder whose history is open in this process, as it is in an editor. */
export class Workspace extends Headless {
  #open: OpenRoot | undefined;

  override dispose(): void {
    this.close();
    super.dispose();
  }

  /** Opens the history, again after `close`. */
  async open(options: Partial<OpenRootOptions> = {}): Promise<OpenRoot> {
    this.#open ??= await openRoot({
      root: this.root,
      storeFolder: this.store,
      trusted: true,
      env: this.env,
      workspaceRoots: [this.root],
      ...options,
    });
    return this.#open;
  }

  /** What a restore does after it has planned, with calls during which others act. */
  byHand(calls: Partial<ReplaceCalls> = {}) {
    const store = openHistoryStore(join(this.base, 'by-hand'));
    const reader = new StateReader(this.root, store);
    const executor = new Executor({
      ...{ root: this.root, reader, platform: process.platform },
      bytesOf: hash => store.get(hash),
      isUnsaved: () => false,
      calls: { ...systemReplaces, ...calls },
    });
    const file = (content: string) => {
      const hash = store.put(Buffer.from(content));
      return { kind: 'file' as const, hash, size: content.length, mode: 0o644 };
    };
    return { executor, file };
  }

  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }

  /** A prompt begins; `whole` when single tool calls are not seen. Gives its id. */
  async prompt(whole = false, session = 'agent'): Promise<string> {
    const turn = newId();
    const { history } = await this.open();
    await history.promptStart({ turn, session, whole });
    return turn;
  }

  async endOf(turn: string): Promise<void> {
    await (await this.open()).history.turnEnd(turn);
  }

  /** A whole turn in which the agent does something; gives what the capture before it said. */
  async agent(act: () => unknown): Promise<string> {
    const turn = await this.prompt(true);
    await act();
    await this.endOf(turn);
    return turn;
  }

  /** A command of the agent. */
  async shell(turn: string, act: () => unknown, session = 'agent'): Promise<string> {
    const call = newId();
    const { history } = await this.open();
    await history.beforeTool({ call, session, turn, tool: 'bash', kind: 'shell', paths: [] });
    await act();
    await history.afterTool(call);
    return call;
  }

  /** A file tool of the agent. */
  async tool(turn: string, path: string, content: string): Promise<string> {
    const call = newId();
    const { history } = await this.open();
    const begin = { call, session: 'agent', turn, tool: 'write', kind: 'file' as const };
    await history.beforeTool({ ...begin, paths: [path] });
    this.write(path, content);
    await history.afterTool(call);
    return call;
  }

  async undoing(selection: Selection = { turn: LAST_TURN }): Promise<RestoreReport> {
    return (await this.open()).restore.undo(selection);
  }

  /** Undoes, and gives what became of each file in short: 'a.txt reverted', 'b.txt kept overlap'. */
  async undone(selection?: Selection): Promise<string[]> {
    return inShort(await this.undoing(selection));
  }

  /** The agent acts, its turn is undone, and all is as before, byte for byte. */
  async backAgain(act: () => unknown): Promise<void> {
    const before = this.everything();
    await this.agent(act);
    expect(this.everything()).not.toEqual(before);
    const report = await this.undoing();
    const left = report.files.filter(({ result }) => result === 'kept' || result === 'skipped');
    expect([report.refused, left]).toEqual([undefined, []]);
    expect(this.everything()).toEqual(before);
  }

  async turns() {
    const { history } = await this.open();
    history.records.refresh();
    return listChanges(history.records.timeline);
  }

  place(path: string): string {
    return join(this.root, path);
  }
}

function inShort({ refused, files }: RestoreReport): string[] {
  if (refused) return [refused];
  return files
    .map(file => [file.path, file.result, 'reason' in file ? file.reason : ''].join(' ').trim())
    .sort();
}

export function newId(): string {
  return randomBytes(5).toString('hex');
}

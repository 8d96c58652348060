import * as vscode from 'vscode';
import {
  changedHookClientFiles,
  installHookClient,
  type LauncherParts,
} from '../broker/hookLauncher';
import type { WindowBroker } from '../broker/windowBroker';

const LOOK_EVERY_MS = 5_000;

/**
 * Watches over the files by which hooks find this window and decide without it: the hook client,
 * this window's entry in the registry and its snapshot. Whoever changes them could let calls pass.
 */
export class OwnFiles implements vscode.Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #changed = new vscode.EventEmitter<readonly string[]>();
  #tampered: readonly string[] = [];
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly launcher: LauncherParts,
    private readonly broker: WindowBroker,
  ) {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** The files that are not as this window left them, as of the last look. */
  get tampered(): readonly string[] {
    return this.#tampered;
  }

  look(): void {
    const tampered =
      this.broker.socket === undefined
        ? []
        : [...changedHookClientFiles(this.launcher), ...this.broker.changedFiles()];
    if (tampered.join('\n') === this.#tampered.join('\n')) return;
    this.#tampered = tampered;
    this.#changed.fire(tampered);
  }

  /** Writes all of them anew. */
  repair(): void {
    installHookClient(this.launcher);
    this.broker.refresh();
    this.look();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#changed.dispose();
  }
}

import * as vscode from 'vscode';
import {
  INITIAL_MODE,
  nextMode,
  readStoredMode,
  type ModeEvent,
  type ModeState,
} from '../policy/mode';

const STORED_MODE = 'mode';

/** Holds the window's mode: kept over reloads, watched by the status bar and the broker. */
export class ModeController implements vscode.Disposable {
  #state: ModeState;
  readonly #changed = new vscode.EventEmitter<ModeState>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {
    this.#state = {
      ...INITIAL_MODE,
      ...readStoredMode(memento.get(STORED_MODE)),
      restricted: !vscode.workspace.isTrusted,
    };
    this.#subscription = vscode.workspace.onDidGrantWorkspaceTrust(() =>
      this.dispatch('trustGranted'),
    );
  }

  get state(): ModeState {
    return this.#state;
  }

  dispatch(event: ModeEvent): void {
    const next = nextMode(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    void this.memento.update(STORED_MODE, { mode: next.mode, resumeTo: next.resumeTo });
    this.#changed.fire(next);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

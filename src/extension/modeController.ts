import * as vscode from 'vscode';
import { INITIAL_MODE, nextMode, type ModeEvent, type ModeState } from '../policy/mode';

/** Holds the window's mode, watched by the status bar and the broker. */
export class ModeController implements vscode.Disposable {
  #state: ModeState;
  readonly #changed = new vscode.EventEmitter<ModeState>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  /** `last` is the mode these folders were left in; whether they are trusted is asked anew. */
  constructor(last: Pick<ModeState, 'mode' | 'resumeTo'> | undefined) {
    this.#state = {
      ...INITIAL_MODE,
      ...last,
      restricted: !vscode.workspace.isTrusted,
    };
    this.#subscription = vscode.workspace.onDidGrantWorkspaceTrust(() =>
      this.dispatch({ type: 'trustGranted' }),
    );
  }

  get state(): ModeState {
    return this.#state;
  }

  dispatch(event: ModeEvent): void {
    const next = nextMode(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#changed.fire(next);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

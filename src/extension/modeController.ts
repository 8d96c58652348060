import * as vscode from 'vscode';
import { INITIAL_MODE, nextMode, type ModeEvent, type ModeState } from '../policy/mode';
import type { EffectivePolicy } from '../settings/mergePolicy';
import { isRepositoryScope } from '../settings/policyLayer';

type Autonomy = 'autopilot' | 'supervised' | undefined;

const STORED_AUTONOMY = 'autonomy';
const TICK_MS = 1_000;

/** Holds the window's mode, watched by the status bar and the broker. */
export class ModeController implements vscode.Disposable {
  #state: ModeState;
  #autonomy: Autonomy;
  #ticking: NodeJS.Timeout | undefined;
  readonly #changed = new vscode.EventEmitter<ModeState>();
  readonly #ticked = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  /** Fires every second while trust-all is on. */
  readonly onTick = this.#ticked.event;

  /**
   * `last` is the mode these folders were left in; whether they are trusted is asked anew, and
   * settings that say another mode than when the window closed count.
   */
  constructor(
    last: Pick<ModeState, 'mode' | 'resumeTo'> | undefined,
    policy: EffectivePolicy,
    private readonly memento: vscode.Memento,
  ) {
    this.#autonomy = memento.get<Autonomy>(STORED_AUTONOMY);
    const restricted = !vscode.workspace.isTrusted;
    this.#state = { ...INITIAL_MODE, ...pick(last), restricted };
    this.#subscription = vscode.workspace.onDidGrantWorkspaceTrust(() =>
      this.dispatch({ type: 'trustGranted' }),
    );
    this.follow(policy);
  }

  get state(): ModeState {
    // A computer that slept does not run timers: the end of trust-all is looked for each time.
    this.dispatch({ type: 'clock', now: Date.now() });
    return this.#state;
  }

  /** Takes over what the policy says about modes. */
  follow({ autonomy, limits }: EffectivePolicy): void {
    this.dispatch({ type: 'limits', limits });
    const mode = autonomy?.mode;
    if (mode === this.#autonomy) return;
    this.#autonomy = mode;
    void this.memento.update(STORED_AUTONOMY, mode);
    // Whatever a person once approved of a repository does not undo their click on Supervised, or an
    // agent could with `git checkout`.
    const mayLoosen = autonomy && !isRepositoryScope(autonomy.scope);
    if (mode === 'supervised' || (mode && mayLoosen)) this.dispatch({ type: 'autonomy', mode });
  }

  dispatch(event: ModeEvent): void {
    const next = nextMode(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#tick(next.trustAllUntil !== undefined);
    this.#changed.fire(next);
  }

  dispose(): void {
    this.#tick(false);
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#ticked.dispose();
  }

  #tick(on: boolean): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    if (!on) return;
    this.#ticking = setInterval(() => {
      this.dispatch({ type: 'clock', now: Date.now() });
      this.#ticked.fire();
    }, TICK_MS);
  }
}

function pick(
  last: Pick<ModeState, 'mode' | 'resumeTo'> | undefined,
): Partial<Pick<ModeState, 'mode' | 'resumeTo'>> {
  return last ? { mode: last.mode, resumeTo: last.resumeTo } : {};
}

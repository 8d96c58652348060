import * as vscode from 'vscode';
import type { PolicyReading } from '../../settings/policyLayer';

/**
 * Trust in tools for this session, as Kiro CLI's `/tools trust`, `untrust` and `reset` give it. Held
 * in memory only, so it ends with the window.
 */
export class SessionTools implements vscode.Disposable {
  readonly #said = new Map<string, 'trusted' | 'untrusted'>();
  readonly #changed = new vscode.EventEmitter<void>();
  #reading: PolicyReading | undefined;
  readonly onDidChange = this.#changed.event;

  /** What was said, as one more place of policy; the same object until it changes. */
  get reading(): PolicyReading {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  stateOf(tool: string): 'trusted' | 'untrusted' | undefined {
    return this.#said.get(tool);
  }

  set(tool: string, state: 'trusted' | 'untrusted'): void {
    this.#said.set(tool, state);
    this.#update();
  }

  /** Back to the defaults: only `read` is trusted. */
  reset(): void {
    if (this.#said.size === 0) return;
    this.#said.clear();
    this.#update();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #update(): void {
    this.#reading = undefined;
    this.#changed.fire();
  }

  #read(): PolicyReading {
    const named = (wanted: string): string[] =>
      [...this.#said].filter(([, state]) => state === wanted).map(([tool]) => tool);
    return {
      ok: true,
      layer: {
        scope: 'session',
        file: vscode.l10n.t('this session'),
        values: { trustedTools: named('trusted'), untrustedTools: named('untrusted') },
        lines: new Map(),
      },
      problems: [],
    };
  }
}

import * as vscode from 'vscode';
import type { ApprovalDesk } from '../broker/approvalDesk';
import type { WindowBroker } from '../broker/windowBroker';
import type { Journal } from '../history/journal';
import type { ModeState } from '../policy/mode';
import type { EffectivePolicy } from '../settings/mergePolicy';
import type { ModeController } from './modeController';
import type { OwnFiles } from './ownFiles';
import { tellKiro } from './policy/kiroAutonomy';
import type { PolicyProblems } from './policy/policyProblems';
import type { PolicySource } from './policy/policySource';
import type { StatusBar } from './statusBar';

interface UpkeepParts {
  readonly modes: ModeController;
  readonly policy: PolicySource;
  readonly broker: WindowBroker;
  readonly ownFiles: OwnFiles;
  readonly desk: ApprovalDesk;
  readonly journal: Journal;
  readonly statusBar: StatusBar;
  readonly problems: PolicyProblems;
  readonly onError: (error: unknown) => void;
}

/** Carries every change of mode, policy and folders to hooks, other windows, journal and status bar. */
export class WindowUpkeep implements vscode.Disposable {
  readonly #subscriptions: readonly vscode.Disposable[];
  #trouble: string | undefined;

  constructor(private readonly parts: UpkeepParts) {
    const { modes, policy, ownFiles } = parts;
    this.#subscriptions = [
      modes.onDidChange(state => this.#modeChanged(state)),
      policy.onDidChange(effective => this.#policyChanged(effective)),
      ownFiles.onDidChange(files => this.#ownFilesChanged(files)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#refresh()),
    ];
  }

  /** Starts listening; what goes wrong shows in the status bar, because hooks then block. */
  async start(prepare: () => void): Promise<void> {
    try {
      prepare();
      await this.parts.broker.start();
    } catch (error) {
      this.parts.onError(error);
      this.#trouble = vscode.l10n.t('Checkrein cannot listen');
    }
    this.#show();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #modeChanged(state: ModeState): void {
    const { desk, journal, onError } = this.parts;
    // The journal comes last: a full disk must not keep an agent from being stopped.
    if (state.mode === 'interrupted') desk.denyAll('A person has interrupted the agent.');
    else desk.forgetApprovals();
    this.#refresh();
    const { mode, trustAllUntil } = state;
    this.#attempt(() =>
      journal.append({ event: 'mode', mode, ...(trustAllUntil && { trustAllUntil }) }),
    );
    tellKiro(state).then(undefined, onError);
  }

  #policyChanged(effective: EffectivePolicy): void {
    this.parts.modes.follow(effective);
    this.#refresh();
    this.#show();
  }

  #ownFilesChanged(files: readonly string[]): void {
    if (files.length > 0) {
      this.#attempt(() => this.parts.journal.append({ event: 'repair', changed: files }));
    }
    this.#show();
  }

  #refresh(): void {
    this.#attempt(() => this.parts.broker.refresh());
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.parts.onError(error);
      this.#trouble = vscode.l10n.t('Checkrein cannot write its state');
      this.#show();
    }
  }

  #show(): void {
    const { policy, ownFiles, statusBar, problems } = this.parts;
    const { effective } = policy;
    const changed =
      ownFiles.tampered.length > 0 ? vscode.l10n.t('Checkrein was changed') : undefined;
    const problem = this.#trouble ?? changed;
    const { blockedBecause } = effective.policy;
    statusBar.show({
      ...(problem !== undefined && { problem }),
      ...(blockedBecause !== undefined && { policyProblem: blockedBecause }),
      loosening: effective.waiting.length > 0,
    });
    problems.show(effective);
  }
}

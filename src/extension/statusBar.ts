import * as vscode from 'vscode';
import type { ApprovalDesk } from '../broker/approvalDesk';
import type { ModeState } from '../policy/mode';
import { COMMANDS, type CommandId } from './commandIds';
import type { ChangesSource } from './history/changesSource';
import { openChanges } from './history/openChanges';
import type { ModeController } from './modeController';
import { lockText } from './toggleMode';

/** What the status bar shows besides the mode. */
export interface StatusFacts {
  /** Why the window cannot hold agents; their hooks block until that is mended. */
  readonly problem?: string;
  /** Why every call asks, whatever the mode. */
  readonly policyProblem?: string;
  /** True while a repository's file waits for a person's consent. */
  readonly loosening: boolean;
}

/** The mode, one click to switch it, and beside it a menu. */
export class StatusBar implements vscode.Disposable {
  readonly #mode: vscode.StatusBarItem;
  readonly #menu: vscode.StatusBarItem;
  readonly #review: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable[];
  #facts: StatusFacts = { loosening: false };

  constructor(
    private readonly modes: ModeController,
    private readonly desk: ApprovalDesk,
    private readonly changes: ChangesSource,
  ) {
    const item = (id: string, name: string, priority: number): vscode.StatusBarItem => {
      const created = vscode.window.createStatusBarItem(
        `checkrein.${id}`,
        vscode.StatusBarAlignment.Left,
        priority,
      );
      created.name = name;
      return created;
    };
    this.#mode = item('mode', vscode.l10n.t('Checkrein Mode'), 10);
    this.#menu = item('menu', vscode.l10n.t('Checkrein Menu'), 9.9);
    this.#menu.text = '$(kebab-vertical)';
    this.#menu.tooltip = MENU_TOOLTIP();
    this.#menu.accessibilityInformation = { label: vscode.l10n.t('Checkrein menu') };
    this.#menu.command = COMMANDS.showMenu;
    this.#review = item('review', vscode.l10n.t('Checkrein: Policy of the Repository'), 9.8);
    this.#review.text = `$(law) ${vscode.l10n.t('Review')}`;
    this.#review.tooltip = vscode.l10n.t(
      'The repository wants to let agents do more unasked. It has no effect until you approve it. Click to review.',
    );
    this.#review.command = COMMANDS.reviewLoosening;
    const render = (): void => this.#render();
    this.#subscriptions = [
      new vscode.Disposable(desk.onDidChange(render)),
      modes.onDidChange(render),
      modes.onTick(render),
      changes.onDidChange(() => void this.#countChanges()),
    ];
    this.#render();
    this.#mode.show();
    this.#menu.show();
  }

  dispose(): void {
    const items = [this.#mode, this.#menu, this.#review];
    for (const disposable of [...this.#subscriptions, ...items]) disposable.dispose();
  }

  /** Replaces what is shown besides the mode. */
  show(facts: StatusFacts): void {
    this.#facts = facts;
    this.#render();
  }

  /** Beside the menu, because the item of the mode is for the mode. */
  async #countChanges(): Promise<void> {
    const { prompts } = await this.changes.list();
    const count = openChanges(prompts, Date.now()).length;
    this.#menu.text = count === 0 ? '$(kebab-vertical)' : `$(diff) ${count} $(kebab-vertical)`;
    const files =
      count === 0
        ? []
        : [vscode.l10n.t('Files the agent changed, not yet kept or undone: {0}', count)];
    this.#menu.tooltip = [...files, MENU_TOOLTIP()].join('\n');
    const label = vscode.l10n.t('Checkrein menu');
    this.#menu.accessibilityInformation = { label: [label, ...files].join(', ') };
  }

  #render(): void {
    if (this.#facts.loosening) this.#review.show();
    else this.#review.hide();
    if (this.#facts.problem !== undefined) {
      this.#mode.text = `$(error) ${this.#facts.problem}`;
      this.#mode.tooltip = vscode.l10n.t(
        'Agents with a Checkrein hook may be blocked. Click for the status.',
      );
      this.#mode.command = COMMANDS.showStatus;
      this.#mode.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
      return;
    }
    this.#renderMode();
  }

  #renderMode(): void {
    const { state } = this.modes;
    const waiting = this.desk.waiting().length;
    const { policyProblem } = this.#facts;
    const mode = modeName(state);
    const notes = [
      waiting === 0 ? '' : vscode.l10n.t('{0} waiting', waiting),
      state.trustAllUntil === undefined ? '' : countdown(state.trustAllUntil - Date.now()),
      policyProblem === undefined ? '' : vscode.l10n.t('policy has errors'),
    ].filter(Boolean);
    this.#mode.text = [`$(${modeIcon(state)}) ${mode}`, ...notes].join(' · ');
    this.#mode.tooltip =
      waiting > 0
        ? vscode.l10n.t('Click to answer the calls that wait.')
        : (policyProblem ?? modeTooltip(state));
    this.#mode.command =
      policyProblem !== undefined && waiting === 0
        ? COMMANDS.showPolicy
        : clickCommand(state, waiting);
    this.#mode.accessibilityInformation = {
      label: [vscode.l10n.t('Checkrein: {0}', mode), ...notes].join(', '),
    };
    const warns =
      waiting > 0 ||
      state.mode === 'interrupted' ||
      state.trustAllUntil !== undefined ||
      policyProblem !== undefined;
    this.#mode.backgroundColor = warns
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
  }
}

const MENU_TOOLTIP = (): string => vscode.l10n.t('Interrupt, resume, changes and more');

/** The time left as `14:05`. */
function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function clickCommand({ mode, trustAllUntil }: ModeState, waiting: number): CommandId {
  if (waiting > 0) return COMMANDS.showWaiting;
  if (trustAllUntil !== undefined) return COMMANDS.showMenu;
  return mode === 'interrupted' ? COMMANDS.showMenu : COMMANDS.toggleMode;
}

/** The mode's name for people. */
export function modeName(state: ModeState): string {
  if (state.mode === 'interrupted') return vscode.l10n.t('Agent Interrupted');
  if (state.trustAllUntil !== undefined) return vscode.l10n.t('Trust-all');
  const name =
    state.mode === 'autopilot' ? vscode.l10n.t('Autopilot') : vscode.l10n.t('Supervised');
  return state.restricted ? vscode.l10n.t('{0} (restricted)', name) : name;
}

function modeIcon(state: ModeState): string {
  if (state.mode === 'interrupted') return 'debug-pause';
  if (state.trustAllUntil !== undefined) return 'unlock';
  if (state.restricted) return 'workspace-untrusted';
  if (state.limits.supervisedOnly) return 'lock';
  return state.mode === 'autopilot' ? 'rocket' : 'eye';
}

function modeTooltip(state: ModeState): string {
  if (state.mode === 'interrupted') {
    return vscode.l10n.t('Every tool call is denied until you resume. Click for the menu.');
  }
  if (state.trustAllUntil !== undefined) {
    return vscode.l10n.t(
      'Every tool runs unasked but for the never list, protected paths, secret files and what is denied. Click for the menu.',
    );
  }
  if (state.restricted) {
    return vscode.l10n.t('The workspace is not trusted, so every tool call asks. Click to switch.');
  }
  if (state.limits.supervisedOnly) return lockText();
  return state.mode === 'autopilot'
    ? vscode.l10n.t(
        'The agent may edit files in the workspace and run trusted commands; the rest asks. Click for Supervised.',
      )
    : vscode.l10n.t(
        'Every write, command, web and MCP call of the agent asks. Click for Autopilot.',
      );
}

import * as vscode from 'vscode';
import type { ApprovalDesk } from '../broker/approvalDesk';
import type { ModeState } from '../policy/mode';
import { COMMANDS, type CommandId } from './commandIds';
import type { ModeController } from './modeController';

/** The mode, one click to switch it, and beside it a menu. */
export class StatusBar implements vscode.Disposable {
  readonly #mode: vscode.StatusBarItem;
  readonly #menu: vscode.StatusBarItem;
  readonly #subscription: vscode.Disposable;
  readonly #stopWatching: () => void;
  #problem: string | undefined;

  constructor(
    private readonly modes: ModeController,
    private readonly desk: ApprovalDesk,
  ) {
    this.#mode = vscode.window.createStatusBarItem(
      'checkrein.mode',
      vscode.StatusBarAlignment.Left,
      10,
    );
    this.#mode.name = vscode.l10n.t('Checkrein Mode');
    this.#menu = vscode.window.createStatusBarItem(
      'checkrein.menu',
      vscode.StatusBarAlignment.Left,
      9.9,
    );
    this.#menu.name = vscode.l10n.t('Checkrein Menu');
    this.#menu.text = '$(kebab-vertical)';
    this.#menu.tooltip = vscode.l10n.t('Interrupt, resume and more');
    this.#menu.accessibilityInformation = { label: vscode.l10n.t('Checkrein menu') };
    this.#menu.command = COMMANDS.showMenu;
    this.#stopWatching = desk.onDidChange(() => this.#render());
    this.#subscription = modes.onDidChange(() => this.#render());
    this.#render();
    this.#mode.show();
    this.#menu.show();
  }

  dispose(): void {
    this.#stopWatching();
    this.#subscription.dispose();
    this.#mode.dispose();
    this.#menu.dispose();
  }

  /** Shows that the window cannot hold agents; their hooks block until that is mended. */
  showProblem(problem: string): void {
    this.#problem = problem;
    this.#render();
  }

  #render(): void {
    if (this.#problem !== undefined) {
      this.#mode.text = `$(error) ${this.#problem}`;
      this.#mode.tooltip = vscode.l10n.t(
        'Agents with a Checkrein hook are blocked. Click for the status.',
      );
      this.#mode.command = COMMANDS.showStatus;
      this.#mode.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
      return;
    }
    const { state } = this.modes;
    const waiting = this.desk.waiting().length;
    const mode = modeName(state);
    const count = waiting === 0 ? '' : vscode.l10n.t('{0} waiting', waiting);
    this.#mode.text = [`$(${modeIcon(state)}) ${mode}`, count].filter(Boolean).join(' · ');
    this.#mode.tooltip =
      waiting > 0 ? vscode.l10n.t('Click to answer the calls that wait.') : modeTooltip(state);
    this.#mode.command = clickCommand(state, waiting);
    this.#mode.accessibilityInformation = {
      label: [vscode.l10n.t('Checkrein: {0}', mode), count].filter(Boolean).join(', '),
    };
    this.#mode.backgroundColor =
      waiting > 0 || state.mode === 'interrupted'
        ? new vscode.ThemeColor('statusBarItem.warningBackground')
        : undefined;
  }
}

function clickCommand({ mode }: ModeState, waiting: number): CommandId {
  if (waiting > 0) return COMMANDS.showWaiting;
  return mode === 'interrupted' ? COMMANDS.showMenu : COMMANDS.toggleMode;
}

/** The mode's name for people. */
export function modeName(state: ModeState): string {
  if (state.mode === 'interrupted') return vscode.l10n.t('Agent Interrupted');
  const name =
    state.mode === 'autopilot' ? vscode.l10n.t('Autopilot') : vscode.l10n.t('Supervised');
  return state.restricted ? vscode.l10n.t('{0} (restricted)', name) : name;
}

function modeIcon(state: ModeState): string {
  if (state.mode === 'interrupted') return 'debug-pause';
  if (state.restricted) return 'workspace-untrusted';
  return state.mode === 'autopilot' ? 'rocket' : 'eye';
}

function modeTooltip(state: ModeState): string {
  if (state.mode === 'interrupted') {
    return vscode.l10n.t('Every tool call is denied until you resume. Click for the menu.');
  }
  if (state.restricted) {
    return vscode.l10n.t('The workspace is not trusted, so every tool call asks. Click to switch.');
  }
  return state.mode === 'autopilot'
    ? vscode.l10n.t(
        'The agent may edit files in the workspace and run trusted commands; the rest asks. Click for Supervised.',
      )
    : vscode.l10n.t(
        'Every write, command, web and MCP call of the agent asks. Click for Autopilot.',
      );
}

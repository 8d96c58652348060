import * as vscode from 'vscode';
import type { Journal } from '../../history/journal';
import { trustAllBar, type ModeState } from '../../policy/mode';
import { makeVisible } from '../../policy/visibleText';
import type { ModeController } from '../modeController';
import type { SessionTools } from './sessionTools';

const MINUTES = [1, 5, 15, 30, 60] as const;
const MS_PER_MINUTE = 60_000;
/** More different tools than an agent has. */
const MAX_SEEN = 300;

interface ToolTrustParts {
  readonly modes: ModeController;
  readonly session: SessionTools;
  readonly journal: Journal;
}

interface ToolItem extends vscode.QuickPickItem {
  readonly tool: string;
}

/** Trust in tools as Kiro CLI's `/tools` commands give it: trust, untrust, trust-all, reset. */
export class ToolTrust {
  readonly #seen = new Set<string>();

  constructor(private readonly parts: ToolTrustParts) {}

  /** Notes a tool that an agent used, so that it can be chosen from the list. */
  sawTool(tool: string): void {
    if (this.#seen.size < MAX_SEEN) this.#seen.add(tool);
  }

  /** "Trust All Tools…": for a time the person chooses, an hour at most. */
  async trustAll(): Promise<void> {
    const { modes, journal } = this.parts;
    const bar = barText(modes.state);
    if (bar !== undefined) {
      await vscode.window.showInformationMessage(bar, { modal: true });
      return;
    }
    const items = MINUTES.map(minutes => ({
      label: minutes === 1 ? vscode.l10n.t('1 minute') : vscode.l10n.t('{0} minutes', minutes),
      minutes,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Trust all tools for how long?'),
      placeHolder: vscode.l10n.t(
        'The never list, protected paths, secret files and what is denied still ask or stay denied',
      ),
    });
    if (!picked) return;
    const now = Date.now();
    journal.append({ event: 'tools', change: 'trust-all', minutes: picked.minutes });
    modes.dispatch({ type: 'trustAll', now, until: now + picked.minutes * MS_PER_MINUTE });
  }

  /** "Reset Tools": ends trust-all and forgets what was said for the session. */
  reset(): void {
    const { modes, session, journal } = this.parts;
    journal.append({ event: 'tools', change: 'reset' });
    session.reset();
    modes.dispatch({ type: 'resetTools' });
  }

  /** "Trust or Untrust a Tool…": for this session. */
  async manage(): Promise<void> {
    const { session, journal } = this.parts;
    const names = [...new Set([...CLASSES, ...this.#seen])];
    const picked = await vscode.window.showQuickPick(
      names.map((tool): ToolItem => ({
        tool,
        label: makeVisible(tool, false),
        description: this.#stateText(tool),
      })),
      {
        title: vscode.l10n.t('Trust or untrust which tool?'),
        placeHolder: vscode.l10n.t('For this session; a rule of a file that asks stays'),
      },
    );
    if (!picked) return;
    const trust = vscode.l10n.t('Trust for this session');
    const untrust = vscode.l10n.t('Untrust for this session');
    const answer = await vscode.window.showQuickPick([untrust, trust], { title: picked.label });
    if (answer === undefined) return;
    const state = answer === trust ? 'trusted' : 'untrusted';
    journal.append({ event: 'tools', change: state, tool: picked.tool });
    session.set(picked.tool, state);
  }

  #stateText(tool: string): string {
    const state = this.parts.session.stateOf(tool);
    if (state === 'trusted') return vscode.l10n.t('trusted for this session');
    if (state === 'untrusted') return vscode.l10n.t('untrusted for this session');
    return tool === 'read' ? vscode.l10n.t('trusted by default') : vscode.l10n.t('asks by default');
  }
}

/** Names that every agent's tools fall under. */
const CLASSES = ['read', 'write', 'shell', 'aws', 'web', 'mcp', 'subagent'];

/** Why trust-all cannot be had, in words; undefined when it can. */
function barText(state: ModeState): string | undefined {
  switch (trustAllBar(state)) {
    case 'interrupted':
      return vscode.l10n.t('The agent is interrupted. Resume it first.');
    case 'restricted':
      return vscode.l10n.t('The workspace is not trusted, so nothing can be trusted in it.');
    case 'production':
      return vscode.l10n.t(
        'This folder is marked as production: its tools are never trusted all at once.',
      );
    case 'managed':
      return vscode.l10n.t('Your organisation does not let tools be trusted all at once.');
    default:
      return undefined;
  }
}

import * as vscode from 'vscode';
import { COMMANDS } from './commandIds';
import type { ModeController } from './modeController';

/** Why an organisation's policy keeps the mode as it is. */
export function lockText(): string {
  return vscode.l10n.t('Your organisation’s policy holds this editor to Supervised.');
}

/** Switches between Autopilot and Supervised; where the mode is locked, says why nothing changes. */
export async function toggleMode(modes: Pick<ModeController, 'state' | 'dispatch'>): Promise<void> {
  const { mode, limits } = modes.state;
  modes.dispatch({ type: 'toggle' });
  if (!limits.supervisedOnly || mode !== 'supervised') return;
  const show = vscode.l10n.t('Show Effective Policy');
  const chosen = await vscode.window.showInformationMessage(lockText(), show);
  if (chosen === show) await vscode.commands.executeCommand(COMMANDS.showPolicy);
}

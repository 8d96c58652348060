import * as vscode from 'vscode';
import type { ModeState } from '../../policy/mode';

/** True in Kiro itself, where its agent has settings of its own. */
function isKiro(): boolean {
  return vscode.extensions.getExtension('kiro.kiroAgent') !== undefined;
}

/**
 * Keeps Kiro's own mode switch in step with ours, so that its chat does not say Autopilot while
 * Checkrein holds it to Supervised. Interrupted is no mode of Kiro's.
 */
export async function tellKiro({ mode }: ModeState): Promise<void> {
  if (!isKiro() || mode === 'interrupted') return;
  const configuration = vscode.workspace.getConfiguration('kiroAgent');
  const value = mode === 'supervised' ? 'Supervised' : 'Autopilot';
  if (configuration.get('agentAutonomy') === value) return;
  await configuration.update('agentAutonomy', value, vscode.ConfigurationTarget.Global);
}

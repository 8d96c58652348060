import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';
import type { PrivacySwitches, SwitchOutcome } from './privacySwitches';
import { sayOutcome } from './privacyWords';

/** Says in a message what is off or on now, and offers to take it back. */
export async function tellOutcome(
  outcome: SwitchOutcome,
  switches: PrivacySwitches,
): Promise<void> {
  const { done, problems } = sayOutcome(outcome);
  if (problems !== '') void vscode.window.showErrorMessage(problems);
  if (done === '') return;
  const { step } = outcome;
  const undo = vscode.l10n.t('Undo');
  const picked = await vscode.window.showInformationMessage(done, ...(step ? [undo] : []));
  if (!step || picked !== undo) return;
  const faults = plainText((await switches.undo(step)).join(' '));
  if (faults !== '') void vscode.window.showErrorMessage(faults);
  else void vscode.window.showInformationMessage(vscode.l10n.t('Taken back.'));
}

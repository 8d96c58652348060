import * as vscode from 'vscode';
import type { Journal } from '../../history/journal';
import { refusePattern } from '../../policy/commands/trustedPatterns';
import { SUGGESTED_COMMANDS } from '../../policy/commands/suggestions';
import { plainText } from '../../policy/visibleText';
import type { PolicySource } from './policySource';

/** "Trust a Command…": a pattern is looked at while it is typed, and refused with the reason. */
export async function trustCommand(policy: PolicySource, journal: Journal): Promise<void> {
  const pattern = await vscode.window.showInputBox({
    title: vscode.l10n.t('Trust which command?'),
    prompt: vscode.l10n.t(
      '“npm test” trusts exactly this, “npm *” any arguments, “*” every command.',
    ),
    placeHolder: 'npm run build',
    ignoreFocusOut: true,
    validateInput: text =>
      text.trim() === '' ? '' : plainText(refusePattern(text, 'bash')?.reason ?? ''),
  });
  const trimmed = pattern?.trim() ?? '';
  // An input box can be left with a text it warned about.
  if (trimmed === '' || refusePattern(trimmed, 'bash')) return;
  await policy.trust([trimmed]);
  journal.append({ event: 'trusted', patterns: [trimmed], change: 'added' });
  void vscode.window.showInformationMessage(
    plainText(vscode.l10n.t('Always trusted: {0}. Written to {1}', trimmed, policy.settingsFile)),
  );
}

/** "Suggested Read-only Commands…": shows the list and switches it on or off in one click. */
export async function suggestedCommands(policy: PolicySource, journal: Journal): Promise<void> {
  const isOn = policy.policy.commands.suggestions === true;
  const change = isOn ? vscode.l10n.t('Switch Off') : vscode.l10n.t('Switch On');
  const picked = await vscode.window.showInformationMessage(
    isOn
      ? vscode.l10n.t('These commands run without asking')
      : vscode.l10n.t('Let these commands, which only read, run without asking?'),
    { modal: true, detail: SUGGESTED_COMMANDS.join('\n') },
    change,
  );
  if (picked !== change) return;
  journal.append({ event: 'trusted', suggestions: !isOn, change: isOn ? 'removed' : 'added' });
  await vscode.workspace
    .getConfiguration('checkrein')
    .update('autoAccept', isOn ? undefined : true, vscode.ConfigurationTarget.Global);
}

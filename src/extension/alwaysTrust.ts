import * as vscode from 'vscode';
import type { WaitingCall } from '../broker/approvalDesk';
import { HumanError } from '../files/humanError';
import type { Journal } from '../history/journal';
import { proposePatterns } from '../policy/commands/trustedPatterns';
import { makeVisible, plainText } from '../policy/visibleText';
import type { PolicySource } from './policySource';

interface PatternItem extends vscode.QuickPickItem {
  readonly pattern: string;
}

/** "Always trust…": proposes a pattern, says where it is written, writes it, and offers to undo. */
export class AlwaysTrust {
  constructor(
    private readonly policy: PolicySource,
    private readonly journal: Journal,
  ) {}

  /** True when the person chose a pattern and it stands in the settings. */
  async offer({ call, decision }: WaitingCall): Promise<boolean> {
    if (!call.command) return false;
    // Only the part that asks needs a pattern; the rest of the line is trusted already.
    const { text, dialect } = call.command;
    const [part = { start: 0, end: text.length }] = decision.undecided;
    const patterns = proposePatterns(text.slice(part.start, part.end), dialect);
    if (patterns.length === 0) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t('No pattern can stand for this command. You can allow it once.'),
        { modal: true },
      );
      return false;
    }
    const picked = await vscode.window.showQuickPick(patterns.map(toItem), {
      title: vscode.l10n.t('Always trust which commands?'),
      placeHolder: vscode.l10n.t('Written to {0}', this.policy.settingsFile),
      ignoreFocusOut: true,
    });
    if (!picked) return false;
    try {
      await this.policy.trust(picked.pattern);
    } catch (error) {
      const reason = error instanceof HumanError ? error.message : String(error);
      await vscode.window.showErrorMessage(
        vscode.l10n.t('The pattern could not be saved: {0}', reason),
        { modal: true },
      );
      return false;
    }
    this.journal.append({ event: 'trusted', pattern: picked.pattern, change: 'added' });
    void this.#confirm(picked.pattern);
    return true;
  }

  async #confirm(pattern: string): Promise<void> {
    const undo = vscode.l10n.t('Undo');
    const open = vscode.l10n.t('Open Settings');
    const picked = await vscode.window.showInformationMessage(
      plainText(
        vscode.l10n.t('Always trusted: {0}. Written to {1}', pattern, this.policy.settingsFile),
      ),
      undo,
      open,
    );
    if (picked === undo) {
      await this.policy.distrust(pattern);
      this.journal.append({ event: 'trusted', pattern, change: 'removed' });
    } else if (picked === open) {
      await vscode.commands.executeCommand(
        'workbench.action.openSettings',
        'checkrein.trustedCommands',
      );
    }
  }
}

function toItem(pattern: string): PatternItem {
  return {
    pattern,
    label: makeVisible(pattern, false),
    description: pattern.endsWith(' *')
      ? vscode.l10n.t('this command with any arguments')
      : vscode.l10n.t('exactly this command'),
  };
}

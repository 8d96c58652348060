import * as vscode from 'vscode';
import type { WaitingCall } from '../broker/approvalDesk';
import { HumanError } from '../files/humanError';
import type { Journal } from '../history/journal';
import { proposePatterns } from '../policy/commands/trustedPatterns';
import { makeVisible, plainText } from '../policy/visibleText';
import type { PolicySource } from './policy/policySource';

interface PatternItem extends vscode.QuickPickItem {
  readonly pattern: string;
}

/** "Always trust…": proposes a pattern, says where it is written, writes it, and offers to undo. */
export class AlwaysTrust {
  constructor(
    private readonly policy: PolicySource,
    private readonly journal: Journal,
  ) {}

  /** True when the person chose a pattern for every part that asks and they stand in the settings. */
  async offer({ call, decision }: WaitingCall): Promise<boolean> {
    if (!call.command) return false;
    // Only the parts that ask need a pattern; the rest of the line is trusted already.
    const { text, dialect } = call.command;
    const whole = { start: 0, end: text.length };
    const parts = decision.undecided.length > 0 ? decision.undecided : [whole];
    const proposals = parts.map(({ start, end }) =>
      proposePatterns(text.slice(start, end), dialect),
    );
    const patterns: string[] = [];
    for (const [index, proposed] of proposals.entries()) {
      const step = proposals.length > 1 ? ` (${index + 1}/${proposals.length})` : '';
      const picked = await this.#pick(proposed, step);
      if (picked === undefined) return false;
      patterns.push(picked);
    }
    const saved = await this.#save(patterns);
    if (saved) void this.#confirm(patterns);
    return saved;
  }

  async #pick(proposed: readonly string[], step: string): Promise<string | undefined> {
    if (proposed.length === 0) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t('No pattern can stand for this command. You can allow it once.'),
        { modal: true },
      );
      return undefined;
    }
    const picked = await vscode.window.showQuickPick(proposed.map(toItem), {
      title: vscode.l10n.t('Always trust which commands?') + step,
      placeHolder: vscode.l10n.t('Written to {0}', this.policy.settingsFile),
      ignoreFocusOut: true,
    });
    return picked?.pattern;
  }

  async #save(patterns: readonly string[]): Promise<boolean> {
    try {
      await this.policy.trust(patterns);
      this.journal.append({ event: 'trusted', patterns, change: 'added' });
      return true;
    } catch (error) {
      await showProblem(error);
      return false;
    }
  }

  async #confirm(patterns: readonly string[]): Promise<void> {
    const undo = vscode.l10n.t('Undo');
    const open = vscode.l10n.t('Open Settings');
    const { settingsFile } = this.policy;
    const picked = await vscode.window.showInformationMessage(
      plainText(
        vscode.l10n.t('Always trusted: {0}. Written to {1}', patterns.join(', '), settingsFile),
      ),
      undo,
      open,
    );
    if (picked === undo) {
      try {
        await this.policy.distrust(patterns);
        this.journal.append({ event: 'trusted', patterns, change: 'removed' });
      } catch (error) {
        await showProblem(error);
      }
    } else if (picked === open) {
      await vscode.commands.executeCommand(
        'workbench.action.openSettings',
        'checkrein.trustedCommands',
      );
    }
  }
}

async function showProblem(error: unknown): Promise<void> {
  const reason = error instanceof HumanError ? error.message : String(error);
  await vscode.window.showErrorMessage(
    vscode.l10n.t('The trusted commands could not be changed: {0}', reason),
    { modal: true },
  );
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

import * as vscode from 'vscode';
import type { StateFolders } from '../files/stateHome';
import type { Journal } from '../history/journal';
import { plainText } from '../policy/visibleText';
import type { ApprovalDialog } from './approvalDialog';
import { COMMANDS, type CommandId } from './commandIds';
import { tryCommand } from './commandLab';
import { historyCommands, type HistoryCommandParts } from './history/historyCommands';
import { installHooks, removeHooks } from './hookCommands';
import type { OwnFiles } from './ownFiles';
import type { LoosenReview } from './policy/loosenReview';
import { showDecisions } from './policy/decisionList';
import { showPolicy } from './policy/policyList';
import { suggestedCommands, trustCommand } from './policy/trustCommands';
import type { ToolTrust } from './policy/toolTrust';
import type { Privacy } from './privacy/openPrivacy';
import { openJournal, showMenu, showStatus, type StatusParts } from './statusCommands';
import { toggleMode } from './toggleMode';

/** What the commands work on. */
interface CommandParts extends StatusParts {
  readonly folders: StateFolders;
  readonly privacy: Privacy;
  readonly journal: Journal;
  readonly dialog: ApprovalDialog;
  readonly review: LoosenReview;
  readonly tools: ToolTrust;
  readonly history: HistoryCommandParts;
  readonly view: Parameters<typeof tryCommand>[0];
}

/** Registers every command that package.json declares. */
export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  const { folders, modes, hooks, journal, dialog, policy, view } = parts;
  const { review, tools, enforcement, importTrust, ownFiles } = parts;
  const commands: Record<CommandId, (...args: never[]) => unknown> = {
    ...historyCommands(parts.history),
    ...parts.privacy.commands,
    [COMMANDS.toggleMode]: () => toggleMode(modes),
    [COMMANDS.interrupt]: () => modes.dispatch({ type: 'interrupt' }),
    [COMMANDS.resume]: () => modes.dispatch({ type: 'resume' }),
    [COMMANDS.showWaiting]: () => dialog.showAll(),
    [COMMANDS.tryCommand]: () => tryCommand(view),
    [COMMANDS.showMenu]: () => showMenu(modes),
    [COMMANDS.installHooks]: () => installHooks(hooks),
    [COMMANDS.removeHooks]: () => removeHooks(hooks),
    [COMMANDS.showStatus]: () => showStatus(parts),
    [COMMANDS.openJournal]: () => openJournal(journal),
    [COMMANDS.showPolicy]: () => showPolicy(policy.effective),
    [COMMANDS.showDecisions]: () => showDecisions(folders.journal),
    [COMMANDS.reviewLoosening]: () => review.review(),
    [COMMANDS.trustCommand]: () => trustCommand(policy, journal),
    [COMMANDS.suggestedCommands]: () => suggestedCommands(policy, journal),
    [COMMANDS.writeForKiro]: () => enforcement.write(),
    [COMMANDS.removeFromKiro]: () => enforcement.remove(),
    [COMMANDS.importTrust]: () => importTrust.run(),
    [COMMANDS.trustAll]: () => tools.trustAll(),
    [COMMANDS.manageTools]: () => tools.manage(),
    [COMMANDS.resetTools]: () => tools.reset(),
    [COMMANDS.repair]: () => repair(ownFiles, journal),
  };
  return Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

/** "Repair Protection": writes Checkrein's own files anew and says which. */
function repair(ownFiles: OwnFiles, journal: Journal): void {
  ownFiles.look();
  const files = [...ownFiles.tampered];
  journal.append({ event: 'repair', files });
  ownFiles.repair();
  void vscode.window.showInformationMessage(
    files.length === 0
      ? vscode.l10n.t('Nothing had to be repaired.')
      : plainText(vscode.l10n.t('Written anew: {0}', files.join(', '))),
  );
}

import * as vscode from 'vscode';
import type { Journal } from '../history/journal';
import type { ApprovalDialog } from './approvalDialog';
import { COMMANDS, type CommandId } from './commandIds';
import { tryCommand } from './commandLab';
import { installHooks, removeHooks } from './hookCommands';
import { openJournal, showMenu, showStatus, type StatusParts } from './statusCommands';

/** What the commands work on. */
interface CommandParts extends StatusParts {
  readonly journal: Journal;
  readonly dialog: ApprovalDialog;
  readonly view: Parameters<typeof tryCommand>[0];
}

/** Registers every command that package.json declares. */
export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  const { modes, hooks, journal, dialog, view } = parts;
  const commands: Record<CommandId, () => unknown> = {
    [COMMANDS.toggleMode]: () => modes.dispatch({ type: 'toggle' }),
    [COMMANDS.interrupt]: () => modes.dispatch({ type: 'interrupt' }),
    [COMMANDS.resume]: () => modes.dispatch({ type: 'resume' }),
    [COMMANDS.showWaiting]: () => dialog.showAll(),
    [COMMANDS.tryCommand]: () => tryCommand(view),
    [COMMANDS.showMenu]: () => showMenu(modes),
    [COMMANDS.installHooks]: () => installHooks(hooks),
    [COMMANDS.removeHooks]: () => removeHooks(hooks),
    [COMMANDS.showStatus]: () => showStatus(parts),
    [COMMANDS.openJournal]: () => openJournal(journal),
  };
  return Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { ApprovalDesk } from '../broker/approvalDesk';
import { installHookClient } from '../broker/hookLauncher';
import { WindowBroker } from '../broker/windowBroker';
import { stateFolders, stateHome, type StateFolders } from '../files/stateHome';
import { Journal } from '../history/journal';
import { AgentHooks } from './agentHooks';
import { AlwaysTrust } from './alwaysTrust';
import { ApprovalDialog } from './approvalDialog';
import { COMMANDS, type CommandId } from './commandIds';
import { installHooks, removeHooks } from './hookCommands';
import { ModeController } from './modeController';
import { PolicySource } from './policySource';
import { recordAnswers } from './recordAnswers';
import { StatusBar } from './statusBar';
import { openJournal, showMenu, showStatus } from './statusCommands';
import { WholeCallView } from './wholeCallView';
import { lastMode, windowState } from './windowState';

let stopBroker: (() => Promise<void>) | undefined;

/** Wires the window: broker, approvals, mode, status bar and commands. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const folders = ownFolders();
  const log = vscode.window.createOutputChannel('Checkrein', { log: true });
  const journal = new Journal(folders.journal);
  const desk = new ApprovalDesk();
  const modes = new ModeController(lastMode(folders));
  const policy = new PolicySource(context.globalStorageUri);
  const hooks = new AgentHooks(folders, journal, context.globalState);
  const wholeCall = new WholeCallView();
  const counts = { allow: 0, deny: 0 };
  const broker = new WindowBroker({
    folders,
    desk,
    journal,
    view: () => ({ policy: policy.policy, state: windowState(folders, modes) }),
    onDecided: ({ agent, decision }) => {
      counts[decision.effect === 'allow' ? 'allow' : 'deny'] += 1;
      hooks.sawCall(agent);
    },
    onError: error => log.error(error instanceof Error ? error : String(error)),
  });
  const alwaysTrust = new AlwaysTrust(policy, journal);
  const onAnswered = recordAnswers(journal);
  const dialog = new ApprovalDialog({ desk, wholeCall, alwaysTrust, onAnswered });
  const commands: Record<CommandId, () => unknown> = {
    [COMMANDS.toggleMode]: () => modes.dispatch('toggle'),
    [COMMANDS.interrupt]: () => modes.dispatch('interrupt'),
    [COMMANDS.resume]: () => modes.dispatch('resume'),
    [COMMANDS.showWaiting]: () => dialog.showAll(),
    [COMMANDS.showMenu]: () => showMenu(modes),
    [COMMANDS.installHooks]: () => installHooks(hooks),
    [COMMANDS.removeHooks]: () => removeHooks(hooks),
    [COMMANDS.showStatus]: () => showStatus({ modes, hooks, policy, broker, counts }),
    [COMMANDS.openJournal]: () => openJournal(journal),
  };
  const statusBar = new StatusBar(modes, desk);
  context.subscriptions.push(
    ...[log, modes, policy, hooks, wholeCall, dialog, statusBar],
    modes.onDidChange(({ mode }) => {
      journal.append({ event: 'mode', mode });
      if (mode === 'interrupted') desk.denyAll('A person has interrupted the agent.');
      else desk.forgetApprovals();
      broker.refresh();
    }),
    policy.onDidChange(() => broker.refresh()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => broker.refresh()),
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
  );
  stopBroker = () => broker.stop();
  // The editor gets its thread back first: its start must not wait for our files.
  await setImmediate();
  try {
    const bundles = join(context.extensionPath, 'dist');
    installHookClient({ folders, node: process.execPath, bundles, platform: process.platform });
    await broker.start();
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    statusBar.showProblem(vscode.l10n.t('Checkrein cannot listen'));
  }
}

function ownFolders(): StateFolders {
  const override = process.env['CHECKREIN_HOME'];
  return stateFolders(stateHome({ platform: process.platform, home: homedir(), override }));
}

/** Unregisters the window, so that hooks know at once that nobody can be asked here. */
export async function deactivate(): Promise<void> {
  await stopBroker?.();
}

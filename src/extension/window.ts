import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ApprovalDesk } from '../broker/approvalDesk';
import { installHookClient } from '../broker/hookLauncher';
import { WindowBroker } from '../broker/windowBroker';
import { stateFolders, stateHome, type StateFolders } from '../files/stateHome';
import { Journal } from '../history/journal';
import { AgentHooks } from './agentHooks';
import { AlwaysTrust } from './alwaysTrust';
import { ApprovalDialog } from './approvalDialog';
import { registerCommands } from './commands';
import { ModeController } from './modeController';
import { PolicySource } from './policySource';
import { recordAnswers } from './recordAnswers';
import { StatusBar } from './statusBar';
import { WholeCallView } from './wholeCallView';
import { lastMode, windowState } from './windowState';

/** Wires the window: broker, approvals, mode, status bar and commands. Gives the way to stop it. */
export async function startWindow(context: vscode.ExtensionContext): Promise<() => Promise<void>> {
  const folders = ownFolders();
  const log = vscode.window.createOutputChannel('Checkrein', { log: true });
  const journal = new Journal(folders.journal);
  const desk = new ApprovalDesk();
  const modes = new ModeController(lastMode(folders));
  const policy = new PolicySource(context.globalStorageUri);
  const hooks = new AgentHooks(folders, journal, context.workspaceState);
  const wholeCall = new WholeCallView();
  const view = () => ({ policy: policy.policy, state: windowState(folders, modes) });
  const onError = (error: unknown): void =>
    log.error(error instanceof Error ? error : String(error));
  const counts = { allow: 0, deny: 0 };
  const broker = new WindowBroker({
    folders,
    desk,
    journal,
    view,
    onDecided: ({ agent, decision }) => {
      counts[decision.effect === 'allow' ? 'allow' : 'deny'] += 1;
      hooks.sawCall(agent);
    },
    onError,
  });
  const alwaysTrust = new AlwaysTrust(policy, journal);
  const record = recordAnswers(journal);
  const dialog = new ApprovalDialog({ desk, wholeCall, alwaysTrust, record, onError });
  const statusBar = new StatusBar(modes, desk);
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      onError(error);
      statusBar.showProblem(vscode.l10n.t('Checkrein cannot write its state'));
    }
  };
  const refresh = (): void => attempt(() => broker.refresh());
  context.subscriptions.push(
    ...[log, modes, policy, hooks, wholeCall, dialog, statusBar],
    modes.onDidChange(({ mode }) => {
      // The journal comes last: a full disk must not keep an agent from being stopped.
      if (mode === 'interrupted') desk.denyAll('A person has interrupted the agent.');
      else desk.forgetApprovals();
      refresh();
      attempt(() => journal.append({ event: 'mode', mode }));
    }),
    policy.onDidChange(refresh),
    vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    ...registerCommands({ modes, hooks, policy, broker, counts, journal, dialog, view }),
  );
  try {
    const bundles = join(context.extensionPath, 'dist');
    installHookClient({ folders, node: process.execPath, bundles, platform: process.platform });
    await broker.start();
  } catch (error) {
    onError(error);
    statusBar.showProblem(vscode.l10n.t('Checkrein cannot listen'));
  }
  return () => broker.stop();
}

function ownFolders(): StateFolders {
  const override = process.env['CHECKREIN_HOME'];
  return stateFolders(stateHome({ platform: process.platform, home: homedir(), override }));
}

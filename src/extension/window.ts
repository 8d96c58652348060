import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ApprovalDesk } from '../broker/approvalDesk';
import { installHookClient, type LauncherParts } from '../broker/hookLauncher';
import { WindowBroker } from '../broker/windowBroker';
import { stateFolders, stateHome, type StateFolders } from '../files/stateHome';
import { AllowedCalls } from '../history/allowedCalls';
import { Journal } from '../history/journal';
import type { PolicyView } from '../policy/policy';
import { AgentHooks } from './agentHooks';
import { AlwaysTrust } from './alwaysTrust';
import { ApprovalDialog } from './approvalDialog';
import { factsOfCall } from './callFacts';
import { registerCommands } from './commands';
import { openHistory } from './history/openHistory';
import { ModeController } from './modeController';
import { OwnFiles } from './ownFiles';
import { Consents } from './policy/consents';
import { ImportTrust } from './policy/importTrust';
import { KiroEnforcement } from './policy/kiroEnforcement';
import { KiroLists } from './policy/kiroLists';
import { LoosenReview } from './policy/loosenReview';
import { PolicyLanguage } from './policy/policyLanguage';
import { PolicyProblems } from './policy/policyProblems';
import { PolicySource } from './policy/policySource';
import { SessionTools } from './policy/sessionTools';
import { ToolTrust } from './policy/toolTrust';
import { openPrivacy } from './privacy/openPrivacy';
import { recordAnswers } from './recordAnswers';
import { StatusBar } from './statusBar';
import { VirtualTexts } from './virtualTexts';
import { WholeCallView } from './wholeCallView';
import { WindowUpkeep } from './windowUpkeep';
import { lastMode, windowState } from './windowState';

/** Wires the window: broker, approvals, policy, mode, status bar and commands. Gives the way to stop it. */
export async function startWindow(context: vscode.ExtensionContext): Promise<() => Promise<void>> {
  const folders = ownFolders();
  const log = vscode.window.createOutputChannel('Checkrein', { log: true });
  const onError = (error: unknown): void =>
    log.error(error instanceof Error ? error : String(error));
  const journal = new Journal(folders.journal);
  const desk = new ApprovalDesk();
  const policyParts = openPolicy(context, folders, journal, onError);
  const { policy, modes, tools, view } = policyParts;
  const { review, enforcement, importTrust, texts } = policyParts;
  const launcher = launcherParts(context, folders);
  const counts = { allow: 0, deny: 0 };
  const allowed = new AllowedCalls(folders.journal);
  const { workspaceState: memento, extensionUri } = context;
  const history = openHistory({ folders, journal, allowed, memento, extensionUri, onError });
  const broker = new WindowBroker({
    ...{ folders, desk, journal, view, onError, history: history.window.calls },
    lastingPolicy: () => policy.lastingPolicy,
    onDecided: ({ agent, call, callId, decision }) => {
      counts[decision.effect === 'allow' ? 'allow' : 'deny'] += 1;
      allowed.saw(callId, decision);
      tools.sawTool(call.tool);
      hooks.sawCall(agent);
    },
    onReport: event => {
      hooks.sawCall(event.agent);
      void history.window.calls.report(event);
    },
  });
  const ownFiles = new OwnFiles(launcher, broker);
  const hooks = new AgentHooks(folders, journal, context.workspaceState, () => ownFiles.tampered);
  const privacy = openPrivacy(context, { folders, hooks, texts, onError });
  const wholeCall = new WholeCallView();
  const alwaysTrust = new AlwaysTrust(policy, journal);
  const record = recordAnswers(journal);
  const dialog = new ApprovalDialog({
    ...{ desk, wholeCall, alwaysTrust, record, onError },
    factsOf: ({ call }) => factsOfCall(call, history.window.calls),
  });
  const statusBar = new StatusBar(modes, desk, history.source);
  const upkeep = new WindowUpkeep({
    ...{ modes, policy, broker, ownFiles, desk, journal, statusBar, onError },
    problems: policyParts.problems,
  });
  context.subscriptions.push(
    ...[log, hooks, ownFiles, wholeCall, dialog, statusBar, upkeep],
    ...[...policyParts.disposables, ...history.disposables, ...privacy.disposables],
    ...registerCommands({
      ...{ folders, modes, hooks, policy, broker, ownFiles, counts, journal, dialog, tools, view },
      ...{ history, privacy, review, enforcement, importTrust },
    }),
  );
  // Before the first call can arrive.
  history.window.reopen();
  await upkeep.start(() => installHookClient(launcher));
  return async () => {
    await broker.stop();
    await history.window.close();
  };
}

/** Everything that says what the policy is and lets a person change it. */
function openPolicy(
  { extensionPath, globalState, globalStorageUri, workspaceState }: vscode.ExtensionContext,
  folders: StateFolders,
  journal: Journal,
  onError: (error: unknown) => void,
) {
  const session = new SessionTools();
  const consents = new Consents(globalState);
  const policy = new PolicySource({
    ...{ globalStorageFolder: globalStorageUri.fsPath, consents, session },
  });
  const modes = new ModeController(lastMode(folders), policy.effective, workspaceState);
  const language = new PolicyLanguage({
    ...{ policy, onError, bundles: join(extensionPath, 'dist'), journalFolder: folders.journal },
  });
  const problems = new PolicyProblems({
    covers: file => language.covers(file),
    onDidChange: language.onDidChange,
  });
  const texts = new VirtualTexts();
  const review = new LoosenReview(policy, consents, journal, texts);
  const enforcement = new KiroEnforcement({
    ...{ folders, policy, journal, texts },
    lists: new KiroLists(globalState),
  });
  const importTrust = new ImportTrust({ policy, journal, memento: globalState });
  const tools = new ToolTrust({ modes, session, journal });
  const view = (): PolicyView => ({ policy: policy.policy, state: windowState(folders, modes) });
  const disposables = [modes, policy, consents, session, problems, language, texts];
  const parts = { policy, modes, problems, texts, review, enforcement, importTrust };
  return { ...parts, tools, view, disposables };
}

function launcherParts(context: vscode.ExtensionContext, folders: StateFolders): LauncherParts {
  const bundles = join(context.extensionPath, 'dist');
  return { folders, node: process.execPath, bundles, platform: process.platform };
}

function ownFolders(): StateFolders {
  const override = process.env['CHECKREIN_HOME'];
  return stateFolders(stateHome({ platform: process.platform, home: homedir(), override }));
}

import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { KNOWN_AGENTS } from '../agents/knownAgents';
import type { WindowBroker } from '../broker/windowBroker';
import type { Journal } from '../history/journal';
import { protectionText, type AgentHooks } from './agentHooks';
import { COMMANDS, type CommandId } from './commandIds';
import type { ModeController } from './modeController';
import type { OwnFiles } from './ownFiles';
import type { ImportTrust } from './policy/importTrust';
import type { KiroEnforcement } from './policy/kiroEnforcement';
import type { PolicySource } from './policy/policySource';
import { quickText } from './quickText';
import { modeName } from './statusBar';

interface CommandItem extends vscode.QuickPickItem {
  readonly command?: CommandId;
}

/** What Show Status reports on. */
export interface StatusParts {
  readonly modes: ModeController;
  readonly hooks: AgentHooks;
  readonly policy: PolicySource;
  readonly broker: WindowBroker;
  readonly ownFiles: OwnFiles;
  readonly enforcement: KiroEnforcement;
  readonly importTrust: ImportTrust;
  /** Calls decided since the window opened, by effect. */
  readonly counts: Readonly<Record<'allow' | 'deny', number>>;
}

/** "Show Status": mode, agents, broker and settings; choosing a line goes where it is mended. */
export async function showStatus(parts: StatusParts): Promise<void> {
  const { modes, hooks, broker, ownFiles, counts } = parts;
  ownFiles.look();
  const items: CommandItem[] = [
    { label: `$(shield) ${modeName(modes.state)}`, command: COMMANDS.showMenu },
    separator(vscode.l10n.t('Agents')),
    ...KNOWN_AGENTS.map(agent => {
      const protection = hooks.protection(agent);
      const icon = protection.state === 'verified' ? 'pass' : 'circle-large-outline';
      return {
        label: `$(${protection.state === 'broken' ? 'error' : icon}) ${agent.displayName}`,
        description: protectionText(protection),
        command: COMMANDS.installHooks,
      };
    }),
    separator(vscode.l10n.t('This window')),
    {
      label:
        broker.socket === undefined
          ? `$(error) ${vscode.l10n.t('Not listening: hooks of this window’s agents block')}`
          : `$(plug) ${vscode.l10n.t('Listening')}`,
      description: broker.socket ?? '',
    },
    {
      label: `$(list-ordered) ${vscode.l10n.t('Calls allowed: {0}, denied: {1}', counts.allow, counts.deny)}`,
      description: vscode.l10n.t('since the window opened'),
      command: COMMANDS.openJournal,
    },
    ...ownFiles.tampered.map(file => ({
      label: `$(error) ${vscode.l10n.t('Changed by somebody else: choose to repair')}`,
      description: quickText(file),
      command: COMMANDS.repair,
    })),
    separator(vscode.l10n.t('Policy')),
    ...(await policyItems(parts)),
  ];
  await pickCommand(items, vscode.l10n.t('Checkrein status'));
}

async function policyItems({
  policy,
  enforcement,
  importTrust,
}: StatusParts): Promise<readonly CommandItem[]> {
  const offer = await importTrust.shouldOffer();
  const drifted = await enforcement.drifted();
  const { values, problems, waiting } = policy.effective;
  return [
    ...(waiting.length === 0
      ? []
      : [
          {
            label: `$(law) ${vscode.l10n.t('The repository wants to loosen the policy: review')}`,
            description: quickText(waiting.map(({ file }) => file).join(', ')),
            command: COMMANDS.reviewLoosening,
          },
        ]),
    {
      label:
        problems.length === 0
          ? `$(settings-gear) ${vscode.l10n.t('Values in effect: {0}', values.filter(({ status }) => status === 'inEffect').length)}`
          : `$(error) ${vscode.l10n.t('Problems in the policy: {0}', problems.length)}`,
      description: quickText(problems[0]?.message ?? ''),
      command: COMMANDS.showPolicy,
    },
    ...(offer
      ? [
          {
            label: `$(cloud-download) ${vscode.l10n.t('Commands are trusted elsewhere already: import')}`,
            command: COMMANDS.importTrust,
          },
        ]
      : []),
    ...drifted.map(({ path, state }) => ({
      label: `$(warning) ${vscode.l10n.t('Kiro’s own file differs from the policy: write again')}`,
      description: quickText(`${path} (${state})`),
      command: COMMANDS.writeForKiro,
    })),
  ];
}

/** The menu beside the mode: what fits the mode comes first. */
export async function showMenu(modes: ModeController): Promise<void> {
  const { state } = modes;
  const interrupted = state.mode === 'interrupted';
  const items: CommandItem[] = [
    interrupted
      ? { label: `$(debug-continue) ${vscode.l10n.t('Resume')}`, command: COMMANDS.resume }
      : {
          label: `$(debug-pause) ${vscode.l10n.t('Interrupt Agent')}`,
          command: COMMANDS.interrupt,
        },
    ...(interrupted
      ? []
      : [
          {
            label:
              state.mode === 'autopilot'
                ? `$(eye) ${vscode.l10n.t('Switch to Supervised')}`
                : `$(rocket) ${vscode.l10n.t('Switch to Autopilot')}`,
            command: COMMANDS.toggleMode,
          },
        ]),
    {
      label: `$(diff-multiple) ${vscode.l10n.t('View All Changes')}`,
      command: COMMANDS.viewChanges,
    },
    {
      label: `$(discard) ${vscode.l10n.t('Undo Last Prompt…')}`,
      command: COMMANDS.undoLastPrompt,
    },
    { label: `$(shield) ${vscode.l10n.t('Show Status')}`, command: COMMANDS.showStatus },
    ...(state.trustAllUntil === undefined
      ? [{ label: `$(unlock) ${vscode.l10n.t('Trust All Tools…')}`, command: COMMANDS.trustAll }]
      : [{ label: `$(lock) ${vscode.l10n.t('End Trust-all')}`, command: COMMANDS.resetTools }]),
    {
      label: `$(tools) ${vscode.l10n.t('Trust or Untrust a Tool…')}`,
      command: COMMANDS.manageTools,
    },
    {
      label: `$(list-tree) ${vscode.l10n.t('Show Effective Policy')}`,
      command: COMMANDS.showPolicy,
    },
    { label: `$(beaker) ${vscode.l10n.t('Try a Command…')}`, command: COMMANDS.tryCommand },
    { label: `$(plug) ${vscode.l10n.t('Install Hooks…')}`, command: COMMANDS.installHooks },
    { label: `$(history) ${vscode.l10n.t('Open Journal')}`, command: COMMANDS.openJournal },
  ];
  await pickCommand(items, `Checkrein: ${modeName(state)}`);
}

/** "Open Journal": today's file. */
export async function openJournal(journal: Journal): Promise<void> {
  if (!existsSync(journal.currentFile)) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Nothing has been recorded today. The journal will be {0}',
        journal.currentFile,
      ),
    );
    return;
  }
  await vscode.window.showTextDocument(vscode.Uri.file(journal.currentFile), { preview: true });
}

async function pickCommand(items: readonly CommandItem[], title: string): Promise<void> {
  const picked = await vscode.window.showQuickPick(items, { title });
  if (picked?.command === undefined) return;
  await vscode.commands.executeCommand(picked.command);
}

function separator(label: string): CommandItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

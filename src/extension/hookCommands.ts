import * as vscode from 'vscode';
import { KNOWN_AGENTS } from '../agents/knownAgents';
import type { Agent } from '../agents/agent';
import type { HookFileChange } from '../agents/hookInstaller';
import { plainText } from '../policy/visibleText';
import { protectionText, type AgentHooks } from './agentHooks';

interface AgentItem extends vscode.QuickPickItem {
  readonly agent: Agent;
}

/** "Install Hooks…": choose agents, then say which files were written. */
export async function installHooks(hooks: AgentHooks): Promise<void> {
  const items = KNOWN_AGENTS.map(agent => toItem(hooks, agent));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Install Checkrein hooks'),
    placeHolder: vscode.l10n.t('Which agents shall be held to the policy?'),
  });
  if (!picked || picked.length === 0) return;
  report(
    picked.map(({ agent }) => ({ agent, changes: hooks.install(agent) })),
    vscode.l10n.t(
      'Hooks installed. Agents read them when a chat or session starts: start a new one.',
    ),
  );
}

/** "Remove Hooks": takes out every entry of ours in this window's folders and the home folder. */
export async function removeHooks(hooks: AgentHooks): Promise<void> {
  const remove = vscode.l10n.t('Remove Hooks');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove the hooks of all agents?'),
    {
      modal: true,
      detail: vscode.l10n.t('Without its hook an agent runs tools without asking Checkrein.'),
    },
    remove,
  );
  if (picked !== remove) return;
  report(
    KNOWN_AGENTS.map(agent => ({ agent, changes: hooks.remove(agent) })),
    vscode.l10n.t('Hooks removed.'),
  );
}

interface Attempt {
  readonly agent: Agent;
  readonly changes: readonly HookFileChange[];
}

function report(attempts: readonly Attempt[], success: string): void {
  const changes = attempts.flatMap(({ changes }) => changes);
  const failed = changes.filter(({ change }) => change === 'failed');
  const done = changes.filter(({ change }) => change !== 'failed' && change !== 'unchanged');
  if (failed.length > 0) {
    void vscode.window.showErrorMessage(
      plainText(failed.map(({ path, problem }) => problem ?? path).join(' ')),
    );
  }
  if (failed.length === changes.length) return;
  const written =
    done.length === 0
      ? vscode.l10n.t('Nothing had to be changed.')
      : vscode.l10n.t('Written: {0}', done.map(({ path }) => path).join(', '));
  void vscode.window.showInformationMessage(plainText(`${success} ${written}`));
}

function toItem(hooks: AgentHooks, agent: Agent): AgentItem {
  const protection = hooks.protection(agent);
  return {
    agent,
    label: agent.displayName,
    description: protectionText(protection),
    detail: hooks
      .files(agent)
      .map(({ path }) => path)
      .join(', '),
    picked: protection.state !== 'notInstalled',
  };
}

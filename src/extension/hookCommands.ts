import * as vscode from 'vscode';
import type { Agent } from '../agents/agent';
import type { HookFileChange } from '../agents/hookInstaller';
import { HumanError } from '../files/humanError';
import { protectionText, type AgentHooks } from './agentHooks';

interface AgentItem extends vscode.QuickPickItem {
  readonly agent: Agent;
}

/** "Install Hooks…": choose agents, then say which files were written. */
export async function installHooks(hooks: AgentHooks): Promise<void> {
  const items = hooks.agents().map(agent => toItem(hooks, agent));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Install Checkrein hooks'),
    placeHolder: vscode.l10n.t('Which agents shall be held to the policy?'),
  });
  if (!picked || picked.length === 0) return;
  report(
    picked.map(({ agent }) => attempt(agent, () => hooks.install(agent))),
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
    hooks.agents().map(agent => attempt(agent, () => hooks.remove(agent))),
    vscode.l10n.t('Hooks removed.'),
  );
}

interface Attempt {
  readonly agent: Agent;
  readonly changes: readonly HookFileChange[];
  readonly problem?: string;
}

function attempt(agent: Agent, action: () => readonly HookFileChange[]): Attempt {
  try {
    return { agent, changes: action() };
  } catch (error) {
    const problem = error instanceof HumanError ? error.message : String(error);
    return { agent, changes: [], problem };
  }
}

function report(attempts: readonly Attempt[], success: string): void {
  const failed = attempts.filter(({ problem }) => problem !== undefined);
  const files = attempts
    .flatMap(({ changes }) => changes)
    .filter(({ change }) => change !== 'unchanged')
    .map(({ path }) => path);
  for (const { agent, problem } of failed) {
    void vscode.window.showErrorMessage(`${agent.displayName}: ${problem ?? ''}`);
  }
  if (failed.length === attempts.length) return;
  const written =
    files.length === 0
      ? vscode.l10n.t('Nothing had to be changed.')
      : vscode.l10n.t('Written: {0}', files.join(', '));
  void vscode.window.showInformationMessage(`${success} ${written}`);
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

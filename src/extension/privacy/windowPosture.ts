import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { KNOWN_AGENTS } from '../../agents/knownAgents';
import { checkPosture, type PostureReport } from '../../privacy/posture/checks';
import { installedIdeVersion } from '../../privacy/posture/installedKiro';
import type { AgentProtection, PostureFacts } from '../../privacy/posture/postureFacts';
import type { AgentHooks } from '../agentHooks';
import { workspaceRoots } from '../windowState';
import { windowPrivacyPlaces } from './windowPlaces';

/** The posture of this machine and of the folders of this window. */
export function windowPosture(hooks: AgentHooks): PostureReport {
  return checkPosture(windowFacts(hooks));
}

function windowFacts(hooks: AgentHooks): PostureFacts {
  const { platform, env } = process;
  const home = homedir();
  const trustEnabled = vscode.workspace.getConfiguration('security.workspace.trust');
  const trusted = vscode.workspace.isTrusted ? 'trusted' : 'restricted';
  return {
    ...{ platform, home, env, roots: workspaceRoots(), places: windowPrivacyPlaces() },
    agents: KNOWN_AGENTS.map((agent): AgentProtection => {
      const protection = hooks.protection(agent);
      const detail = detailOf(protection);
      return {
        ...{ id: agent.id, name: agent.displayName, state: protection.state },
        ...(detail !== undefined && { detail }),
      };
    }),
    kiroIdeVersion: installedIdeVersion(platform, home, vscode.env.appRoot),
    extensions: vscode.extensions.all
      .filter(({ id }) => !id.startsWith('vscode.'))
      .map(({ id, packageJSON }) => ({
        id: id.toLowerCase(),
        version: String((packageJSON as { version?: unknown }).version),
      })),
    trust: trustEnabled.get<boolean>('enabled') === false ? 'trustOff' : trusted,
    production: workspaceRoots().filter(isProduction),
    remoteName: vscode.env.remoteName ?? '',
  };
}

function isProduction(root: string): boolean {
  const settings = vscode.workspace.getConfiguration('checkrein', vscode.Uri.file(root));
  return settings.get<boolean>('production') === true;
}

function detailOf(protection: ReturnType<AgentHooks['protection']>): string | undefined {
  switch (protection.state) {
    case 'broken':
      return protection.problem;
    case 'partly':
      return protection.missing.join(', ');
    case 'verified':
      return protection.at;
    default:
      return undefined;
  }
}

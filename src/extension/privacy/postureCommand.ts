import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { KNOWN_AGENTS } from '../../agents/knownAgents';
import { HumanError } from '../../files/humanError';
import type { StateFolders } from '../../files/stateHome';
import { plainText } from '../../policy/visibleText';
import { applyFix } from '../../privacy/posture/applyFix';
import { checkPosture } from '../../privacy/posture/checks';
import type { Finding, Fix } from '../../privacy/posture/finding';
import { installedIdeVersion } from '../../privacy/posture/installedKiro';
import type { AgentProtection, PostureFacts } from '../../privacy/posture/postureFacts';
import { containsPath } from '../../policy/paths';
import type { AgentHooks } from '../agentHooks';
import { quickText } from '../quickText';
import { workspaceRoots } from '../windowState';
import { windowPrivacyPlaces } from './privacyCommands';

interface FindingItem extends vscode.QuickPickItem {
  readonly finding?: Finding;
}

const ICONS: Readonly<Record<Finding['severity'], string>> = {
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
};

/** "Check Security Posture": what was found, the worst first; choosing one mends or opens it. */
export async function showPosture(hooks: AgentHooks, folders: StateFolders): Promise<void> {
  const { findings, checks } = checkPosture(windowFacts(hooks));
  const unclear = checks.filter(check => check.unclear !== undefined);
  const fine = checks.filter(({ state }) => state === 'fine');
  const items: FindingItem[] = [
    ...findings.map(finding => ({
      finding,
      label: `$(${ICONS[finding.severity]}) ${finding.title}`,
      description: finding.fix?.lines ? vscode.l10n.t('can be mended at once') : '',
      detail: quickText([finding.why, ...finding.evidence].join(' ')),
    })),
    { label: vscode.l10n.t('Not clear'), kind: vscode.QuickPickItemKind.Separator },
    ...unclear.map(({ title, unclear: why }) => ({
      label: `$(question) ${title}`,
      description: quickText(why ?? ''),
    })),
    { label: vscode.l10n.t('Nothing found'), kind: vscode.QuickPickItemKind.Separator },
    ...fine.map(({ title }) => ({ label: `$(pass) ${title}` })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Security posture'),
    placeHolder: vscode.l10n.t('Choose a finding to see how to mend it'),
    matchOnDetail: true,
  });
  if (picked?.finding?.fix) await mend(picked.finding.title, picked.finding.fix, folders);
}

async function mend(title: string, fix: Fix, folders: StateFolders): Promise<void> {
  const { file, lines, line, text } = fix;
  const open = vscode.l10n.t('Open File');
  const write = vscode.l10n.t('Mend');
  const buttons = file === undefined ? [] : lines ? [write, open] : [open];
  const picked = await vscode.window.showInformationMessage(
    plainText(`${title}. ${text}`),
    ...buttons,
  );
  if (file === undefined) return;
  if (picked === write) apply(fix, file, folders);
  if (picked === open) {
    const position = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
    const selection = new vscode.Range(position, position);
    await vscode.window.showTextDocument(vscode.Uri.file(file), { selection, preview: true });
  }
}

function apply(fix: Fix, path: string, folders: StateFolders): void {
  const workspace = workspaceRoots().find(root => containsPath(root, path));
  try {
    const place = { path, ...(workspace !== undefined && { workspace }) };
    applyFix(fix, place, folders.backups, new Date());
    void vscode.window.showInformationMessage(plainText(vscode.l10n.t('Mended: {0}', path)));
  } catch (error) {
    const message = error instanceof HumanError ? error.message : String(error);
    void vscode.window.showErrorMessage(plainText(message));
  }
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
    remoteName: vscode.env.remoteName ?? '',
  };
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

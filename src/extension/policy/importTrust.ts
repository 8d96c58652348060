import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { jsonFilesIn } from '../../files/jsonFilesIn';
import { movedKiroHome } from '../../files/kiroHome';
import type { Journal } from '../../history/journal';
import type { ShellDialect } from '../../policy/toolCall';
import type { FoundTrust, TrustFindings } from '../../settings/kiro/findTrusted';
import { quickText } from '../quickText';
import type { PolicySource } from './policySource';

const OFFERED = 'importOffered';
const DIALECT: ShellDialect = process.platform === 'win32' ? 'powershell' : 'bash';

interface PatternItem extends vscode.QuickPickItem {
  readonly pattern?: string;
}

interface ImportParts {
  readonly policy: PolicySource;
  readonly journal: Journal;
  readonly memento: vscode.Memento;
}

/** What a person already trusts in Kiro, Gemini CLI or the editor, for Checkrein to take over. */
export class ImportTrust {
  constructor(private readonly parts: ImportParts) {}

  /** True once, while there is something that could be taken over: it is offered, never pushed. */
  async shouldOffer(): Promise<boolean> {
    return this.parts.memento.get(OFFERED) !== true && this.#patterns(await look()).length > 0;
  }

  /** "Import What Is Already Trusted…": every entry with its place; nothing is picked beforehand. */
  async run(): Promise<void> {
    const { policy, journal, memento } = this.parts;
    await memento.update(OFFERED, true);
    const findings = await look();
    const items = this.#items(findings);
    if (items.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Kiro, Gemini CLI and the editor trust no command that could be taken over.'),
      );
      return;
    }
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Import which trusted commands?'),
      placeHolder: vscode.l10n.t('They are written to your user settings'),
      canPickMany: true,
      matchOnDetail: true,
    });
    const patterns = (picked ?? []).flatMap(({ pattern }) => pattern ?? []);
    if (patterns.length === 0) return;
    await policy.trust(patterns);
    journal.append({ event: 'trusted', patterns, change: 'added', imported: true });
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Trusted commands taken over: {0}', patterns.length),
    );
  }

  /** What is not trusted here yet. */
  #patterns({ found }: TrustFindings): readonly FoundTrust[] {
    const known = new Set(
      this.parts.policy.policy.commands.trusted.map(({ pattern }) => pattern.trim()),
    );
    const seen = new Set<string>();
    return found.filter(({ pattern }) => {
      if (pattern === undefined || known.has(pattern) || seen.has(pattern)) return false;
      seen.add(pattern);
      return true;
    });
  }

  #items(findings: TrustFindings): readonly PatternItem[] {
    const usable = this.#patterns(findings);
    const refused = findings.found.filter(({ pattern }) => pattern === undefined);
    const place = ({ source: { file, line } }: FoundTrust): string =>
      line === undefined ? file : `${file}:${line}`;
    return [
      ...usable.map(trust => ({
        label: quickText(trust.pattern ?? ''),
        ...(trust.why !== undefined && { description: quickText(trust.why) }),
        detail: quickText(place(trust)),
        ...(trust.pattern !== undefined && { pattern: trust.pattern }),
      })),
      ...(refused.length === 0 ? [] : [separator(vscode.l10n.t('Cannot be taken over'))]),
      ...refused.map(trust => ({
        label: `$(circle-slash) ${quickText(trust.entry)}`,
        description: quickText(trust.why ?? ''),
        detail: quickText(place(trust)),
      })),
    ];
  }
}

function separator(label: string): PatternItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function look(): Promise<TrustFindings> {
  // Loaded when it is first needed: it brings a YAML parser, and a window must start fast.
  const { findTrusted } = await import('../../settings/kiro/findTrusted');
  const moved = movedKiroHome(process.env, homedir()) ?? [];
  const homes = [join(homedir(), '.kiro')].concat(moved);
  const user = (section: string, key: string): unknown =>
    vscode.workspace.getConfiguration(section).inspect(key)?.globalValue;
  return findTrusted(
    {
      permissions: homes.map(kiro => join(kiro, 'settings', 'permissions.yaml')),
      agents: homes.flatMap(kiro => jsonFilesIn(join(kiro, 'agents'))),
      gemini: [join(homedir(), '.gemini', 'settings.json')],
    },
    {
      kiroTrustedCommands: user('kiroAgent', 'trustedCommands'),
      terminalAutoApprove: user('chat.tools.terminal', 'autoApprove'),
    },
    DIALECT,
  );
}

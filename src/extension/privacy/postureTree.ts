import * as vscode from 'vscode';
import { HumanError } from '../../files/humanError';
import type { StateFolders } from '../../files/stateHome';
import { containsPath } from '../../policy/paths';
import { makeVisible, plainText } from '../../policy/visibleText';
import { applyFix } from '../../privacy/posture/applyFix';
import type { PostureReport } from '../../privacy/posture/checks';
import { evidencePlace } from '../../privacy/posture/evidencePlace';
import type { Finding } from '../../privacy/posture/finding';
import { postureText } from '../../privacy/posture/postureText';
import { COMMANDS } from '../commandIds';
import type { VirtualTexts } from '../virtualTexts';
import { workspaceRoots } from '../windowState';
import { openPlace } from './openPlace';
import { showReport } from './showReport';

const POSTURE_VIEW = 'checkrein.posture';

/** A row: a finding, what is said of it, or the checks that were fine or not clear. */
type PostureRow =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'text'; readonly icon: string; readonly text: string }
  | { readonly kind: 'place'; readonly text: string }
  | { readonly kind: 'checks'; readonly state: 'fine' | 'unclear' };

interface PostureTreeParts {
  readonly folders: StateFolders;
  readonly texts: VirtualTexts;
  readonly look: () => PostureReport;
}

/** The view "Security Posture": what was found when it was last asked for, the worst first. */
export class PostureTree implements vscode.TreeDataProvider<PostureRow>, vscode.Disposable {
  readonly #view: vscode.TreeView<PostureRow>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #report: PostureReport | undefined;

  constructor(private readonly parts: PostureTreeParts) {
    this.#view = vscode.window.createTreeView(POSTURE_VIEW, { treeDataProvider: this });
  }

  /** "Check Security Posture": looks, and shows what was found. */
  async check(): Promise<void> {
    // Before the view asks for its rows the first time: it would not ask again at once.
    this.#look();
    await vscode.commands.executeCommand(`${POSTURE_VIEW}.focus`);
  }

  /** "Open Posture Report": the same as a text to keep or to pass on. */
  async openReport(): Promise<void> {
    const text = postureText(this.#report ?? this.#look(), new Date());
    await showReport(this.parts.texts, 'Security posture', text);
  }

  /** Mends a finding with one click, where its fix is a matter of lines in a file. */
  mend(row: PostureRow | undefined): void {
    const fix = row?.kind === 'finding' ? row.finding.fix : undefined;
    if (fix?.file === undefined || !fix.lines) return;
    const path = fix.file;
    const workspace = workspaceRoots().find(root => containsPath(root, path));
    try {
      const place = { path, ...(workspace !== undefined && { workspace }) };
      applyFix(fix, place, this.parts.folders.backups, new Date());
      void vscode.window.showInformationMessage(plainText(vscode.l10n.t('Mended: {0}', path)));
    } catch (error) {
      const message = error instanceof HumanError ? error.message : String(error);
      void vscode.window.showErrorMessage(plainText(message));
    }
    this.#look();
  }

  /** Opens the place that a finding's fix names, or that a line of evidence begins with. */
  async open(row: PostureRow | undefined): Promise<void> {
    if (row?.kind === 'finding') {
      const { fix, evidence } = row.finding;
      const [first] = evidence.flatMap(text => evidencePlace(text, workspaceRoots()) ?? []);
      const place = fix?.file === undefined ? first : { file: fix.file, line: fix.line };
      if (place) await openPlace(place.file, place.line);
    }
    if (row?.kind === 'place') {
      const place = evidencePlace(row.text, workspaceRoots());
      if (place) await openPlace(place.file, place.line);
    }
  }

  getChildren(row?: PostureRow): PostureRow[] {
    if (!this.#report) return [];
    const { findings, checks } = this.#report;
    if (!row) {
      const states = (['unclear', 'fine'] as const).filter(state =>
        checks.some(check => check.state === state || (state === 'unclear' && check.unclear)),
      );
      return [
        ...findings.map((finding): PostureRow => ({ kind: 'finding', finding })),
        ...states.map((state): PostureRow => ({ kind: 'checks', state })),
      ];
    }
    if (row.kind === 'finding') return detailsOf(row.finding);
    if (row.kind !== 'checks') return [];
    return checks
      .filter(({ state, unclear }) =>
        row.state === 'fine' ? state === 'fine' : unclear !== undefined,
      )
      .map(({ title, unclear }) => ({
        kind: 'text',
        icon: row.state === 'fine' ? 'pass' : 'question',
        text: row.state === 'fine' ? title : `${title}: ${unclear ?? ''}`,
      }));
  }

  getTreeItem(row: PostureRow): vscode.TreeItem {
    switch (row.kind) {
      case 'finding':
        return findingItem(row);
      case 'checks':
        return checksItem(row.state);
      case 'place':
        return placeItem(row);
      case 'text':
        return leaf(row.text, row.icon);
    }
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  #look(): PostureReport {
    const report = this.parts.look();
    this.#report = report;
    const weighty = report.findings.filter(({ severity }) => severity !== 'info').length;
    const tooltip = vscode.l10n.t('{0} findings', weighty);
    this.#view.badge = weighty === 0 ? undefined : { value: weighty, tooltip };
    this.#changed.fire();
    return report;
  }
}

function detailsOf({ why, evidence, fix }: Finding): PostureRow[] {
  return [
    { kind: 'text', icon: 'info', text: why },
    ...evidence.map((text): PostureRow => ({ kind: 'place', text })),
    ...(fix ? [{ kind: 'text' as const, icon: 'lightbulb', text: fix.text }] : []),
  ];
}

const ICONS: Readonly<Record<Finding['severity'], vscode.ThemeIcon>> = {
  high: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  medium: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  low: new vscode.ThemeIcon('info'),
  info: new vscode.ThemeIcon('circle-small'),
};

function severityText(severity: Finding['severity']): string {
  const words: Readonly<Record<Finding['severity'], string>> = {
    high: vscode.l10n.t('high'),
    medium: vscode.l10n.t('medium'),
    low: vscode.l10n.t('low'),
    info: vscode.l10n.t('for your information'),
  };
  return words[severity];
}

function findingItem(row: Extract<PostureRow, { kind: 'finding' }>): vscode.TreeItem {
  const { severity, title, why, evidence, fix } = row.finding;
  const state = severity === 'high' ? 'Expanded' : 'Collapsed';
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState[state]);
  item.description = severityText(severity);
  item.iconPath = ICONS[severity];
  item.tooltip = makeVisible([title, why, ...evidence].join(' '), false);
  const canOpen =
    fix?.file !== undefined || evidence.some(text => evidencePlace(text, workspaceRoots()));
  item.contextValue = [fix?.lines ? 'mend' : '', canOpen ? 'open' : ''].join(' ').trim();
  item.accessibilityInformation = { label: `${severityText(severity)}: ${title}` };
  return item;
}

function checksItem(state: 'fine' | 'unclear'): vscode.TreeItem {
  const fine = state === 'fine';
  const item = new vscode.TreeItem(
    fine ? vscode.l10n.t('Nothing found') : vscode.l10n.t('Not clear'),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.iconPath = new vscode.ThemeIcon(fine ? 'pass' : 'question');
  return item;
}

function placeItem(row: Extract<PostureRow, { kind: 'place' }>): vscode.TreeItem {
  const place = evidencePlace(row.text, workspaceRoots());
  const item = leaf(row.text, place ? 'go-to-file' : 'dash');
  if (place) {
    const title = vscode.l10n.t('Open File');
    item.command = { command: COMMANDS.openFinding, title, arguments: [row] };
  }
  return item;
}

function leaf(text: string, icon: string): vscode.TreeItem {
  const visible = makeVisible(text, false);
  const item = new vscode.TreeItem(visible);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = visible;
  return item;
}

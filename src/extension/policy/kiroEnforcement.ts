import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { movedKiroHome } from '../../files/kiroHome';
import type { StateFolders } from '../../files/stateHome';
import type { Journal } from '../../history/journal';
import { makeVisible, plainText } from '../../policy/visibleText';
import type { FileChange, FileDrift, FilePlan } from '../../settings/kiro/enforcement';
import type { EnforcementPolicies, KiroPlaces } from '../../settings/kiro/findTargets';
import type { VirtualTexts } from '../virtualTexts';
import { workspaceRoots } from '../windowState';
import type { KiroLists } from './kiroLists';
import type { PolicySource } from './policySource';

const MAX_NOTES = 3;

interface EnforcementParts {
  readonly folders: StateFolders;
  readonly policy: PolicySource;
  readonly journal: Journal;
  readonly texts: VirtualTexts;
  readonly lists: KiroLists;
}

/** Hands the policy to Kiro's own permission files, so that Kiro asks even where no hook runs. */
export class KiroEnforcement {
  constructor(private readonly parts: EnforcementParts) {}

  /** "Write the Policy into Kiro's Own Files…": the difference first, then the question. */
  async write(): Promise<void> {
    const { applyEnforcement, planEnforcement } = await enforcement();
    const plans = planEnforcement(this.#policies(), this.#places());
    const changed = plans.filter(({ before, after }) => before !== after);
    if (changed.length === 0) {
      await this.#nothingToWrite(plans);
      return;
    }
    await this.#showDifference(changed);
    const write = vscode.l10n.t('Write');
    // No modal dialog: it would cover the difference that it asks about.
    const picked = await vscode.window.showInformationMessage(
      plainText(vscode.l10n.t('Write the policy into Kiro’s own files? {0}', summaryOf(changed))),
      write,
      vscode.l10n.t('Cancel'),
    );
    if (picked !== write) return;
    const { journal } = this.parts;
    journal.append({ event: 'kiro', action: 'written', files: changed.map(({ path }) => path) });
    report(applyEnforcement(changed, this.#places()), vscode.l10n.t('Written for Kiro.'));
    const { lists, policy } = this.parts;
    if (lists.exist) await lists.write(policy.userPolicy, this.#places());
  }

  /** "Take the Policy out of Kiro's Own Files": exactly what was written, everywhere, in one step. */
  async remove(): Promise<void> {
    this.parts.journal.append({ event: 'kiro', action: 'removed' });
    const { undoEnforcement } = await enforcement();
    const changes = undoEnforcement(this.#places());
    report(changes, vscode.l10n.t('Taken out of Kiro’s files.'));
    if (this.parts.lists.exist) await this.parts.lists.remove();
  }

  /** The files that are not as the policy wants them, once anything was ever written. */
  async drifted(): Promise<readonly FileDrift[]> {
    const { driftOf, hasWritten } = await enforcement();
    if (!hasWritten(this.#places())) return [];
    return driftOf(this.#policies(), this.#places()).filter(({ state }) => state !== 'inPlace');
  }

  #policies(): EnforcementPolicies {
    const { policy } = this.parts;
    return {
      user: policy.userPolicy,
      workspaces: workspaceRoots().map(root => ({ root, policy: policy.lastingPolicy })),
    };
  }

  #places(): KiroPlaces {
    const { home: stateHome, backups } = this.parts.folders;
    const home = homedir();
    return {
      ...{ home, stateHome, backups, platform: process.platform },
      movedKiroHome: movedKiroHome(process.env, home),
    };
  }

  async #nothingToWrite(plans: readonly FilePlan[]): Promise<void> {
    const problems = plans.flatMap(({ problem }) => problem ?? []);
    await vscode.window.showInformationMessage(
      problems.length === 0
        ? vscode.l10n.t('Kiro’s own files hold the policy already.')
        : vscode.l10n.t('Kiro’s own files cannot be written.'),
      { modal: true, detail: problems.map(problem => makeVisible(problem)).join('\n') },
    );
  }

  async #showDifference(plans: readonly FilePlan[]): Promise<void> {
    const { texts } = this.parts;
    const resources = plans.map(({ path, before = '', after = '' }, index) => [
      vscode.Uri.file(path),
      texts.add(`/kiro/${index}/${basename(path)}`, 'now', before),
      texts.add(`/kiro/${index}/${basename(path)}`, 'then', after),
    ]);
    const title = vscode.l10n.t('What would be written for Kiro');
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  }
}

/** Loaded when it is first needed: it brings a YAML parser, and a window must start fast. */
const enforcement = () => import('../../settings/kiro/enforcement');

function summaryOf(plans: readonly FilePlan[]): string {
  const notes = plans.flatMap(plan => plan.notes);
  const more = notes.length - MAX_NOTES;
  return [
    plans.map(({ path, problem }) => problem ?? path).join(', '),
    ...(notes.length === 0
      ? []
      : [vscode.l10n.t('Kiro cannot be told all of it; the hook holds the rest:')]),
    ...notes.slice(0, MAX_NOTES).map(note => note.slice(0, 160)),
    ...(more > 0 ? [vscode.l10n.t('… and {0} more', more)] : []),
  ].join(' ');
}

function report(changes: readonly FileChange[], success: string): void {
  const failed = changes.filter(({ change }) => change === 'failed');
  if (failed.length > 0) {
    const problems = failed.map(({ path, problem }) => problem ?? path).join(' ');
    void vscode.window.showErrorMessage(plainText(problems));
  }
  const done = changes.filter(({ change }) => change !== 'failed' && change !== 'unchanged');
  if (done.length === 0 && failed.length > 0) return;
  const files = done.map(({ path }) => path).join(', ');
  void vscode.window.showInformationMessage(
    plainText(files === '' ? vscode.l10n.t('Nothing had to be changed.') : `${success} ${files}`),
  );
}

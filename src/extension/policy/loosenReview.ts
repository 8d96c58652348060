import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Journal } from '../../history/journal';
import { makeVisible, plainText } from '../../policy/visibleText';
import type { Loosening } from '../../settings/loosening';
import type { VirtualTexts } from '../virtualTexts';
import type { Consents } from './consents';
import type { PolicySource } from './policySource';

const MAX_LISTED = 12;
const MAX_ITEM = 120;

/**
 * "Review What the Repository Loosens…": shows what has changed since the last approval, and takes
 * an approval for exactly that content. Nothing is ever approved by opening a folder.
 */
export class LoosenReview {
  constructor(
    private readonly policy: PolicySource,
    private readonly consents: Consents,
    private readonly journal: Journal,
    private readonly texts: VirtualTexts,
  ) {}

  async review(): Promise<void> {
    const { waiting } = this.policy.effective;
    if (waiting.length === 0) return this.#withdraw();
    if (!vscode.workspace.isTrusted) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Trust this workspace first: until then every call asks, whatever its files say.',
        ),
        { modal: true },
      );
      return;
    }
    for (const loosening of waiting) if (!(await this.#ask(loosening))) return;
  }

  /** True when the next file may be asked about. */
  async #ask(loosening: Loosening): Promise<boolean> {
    const approve = vscode.l10n.t('Approve');
    const difference = vscode.l10n.t('Show Difference');
    const leave = vscode.l10n.t('Leave It Off');
    const before = this.consents.lastContent(loosening.file);
    // The first button has the focus, so it is one that changes nothing.
    const picked = await vscode.window.showWarningMessage(
      before
        ? vscode.l10n.t('The repository changed what it lets agents do unasked')
        : vscode.l10n.t('The repository wants to let agents do more unasked'),
      { modal: true, detail: detailOf(loosening) },
      { title: difference },
      { title: approve },
      { title: leave, isCloseAffordance: true },
    );
    if (picked?.title === difference) {
      await this.#showDifference(loosening, before);
      return false;
    }
    if (picked?.title !== approve) return picked?.title === leave;
    // Recorded before it counts, as every answer of a person is.
    const { file, hash, content } = loosening;
    this.journal.append({
      event: 'consent',
      change: 'approved',
      file,
      hash,
      keys: Object.keys(content),
    });
    await this.consents.approve(loosening);
    return true;
  }

  async #showDifference(
    { file, hash, whole }: Loosening,
    before: Readonly<Record<string, unknown>> | undefined,
  ): Promise<void> {
    const name = basename(file);
    await vscode.commands.executeCommand(
      'vscode.diff',
      this.texts.add(`/${hash}/${name}`, 'approved', asText(before ?? {})),
      this.texts.add(`/${hash}/${name}`, 'asked', asText(whole)),
      vscode.l10n.t('{0}: approved ↔ asked for', plainText(file)),
    );
  }

  /** With nothing to approve, what was approved can be taken back. */
  async #withdraw(): Promise<void> {
    const files = [
      ...new Set(
        this.policy.effective.values
          .filter(({ file }) => this.consents.lastContent(file) !== undefined)
          .map(({ file }) => file),
      ),
    ];
    if (files.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The files of this workspace loosen nothing.'),
      );
      return;
    }
    const withdraw = vscode.l10n.t('Withdraw Approval');
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t('What this workspace loosens was approved.'),
      { modal: true, detail: files.map(file => makeVisible(file, false)).join('\n') },
      withdraw,
    );
    if (picked !== withdraw) return;
    for (const file of files) {
      this.journal.append({ event: 'consent', change: 'withdrawn', file });
      await this.consents.withdraw(file);
    }
  }
}

function detailOf({ file, content }: Loosening): string {
  const lines = Object.entries(content).flatMap(([key, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map(
      item => `${key}: ${makeVisible(textOf(item), false).slice(0, MAX_ITEM)}`,
    ),
  );
  const more = lines.length - MAX_LISTED;
  return [
    makeVisible(file, false),
    '',
    ...lines.slice(0, MAX_LISTED),
    ...(more > 0 ? [vscode.l10n.t('… and {0} more: see the difference', more)] : []),
    '',
    vscode.l10n.t('Approve only if you know who wrote this. Any change to it asks you again.'),
  ].join('\n');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asText(content: Readonly<Record<string, unknown>>): string {
  return makeVisible(`${JSON.stringify(content, undefined, 2)}\n`);
}

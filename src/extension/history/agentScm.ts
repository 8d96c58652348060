import * as vscode from 'vscode';
import type { FileView } from '../../protocol/changesView';
import { COMMANDS } from '../commandIds';
import type { ChangesSource } from './changesSource';
import { refOf } from './filePlaces';
import { openChanges } from './openChanges';

/**
 * Bars in the margin of files the agent changed, against what stood there before it, through the
 * editor's own source control. It is there only while there are recent changes that nobody kept.
 */
export class AgentScm implements vscode.Disposable, vscode.QuickDiffProvider {
  #control: vscode.SourceControl | undefined;
  #files: readonly FileView[] = [];
  readonly #subscription: vscode.Disposable;
  readonly label = vscode.l10n.t('Agent Changes');

  constructor(private readonly source: ChangesSource) {
    this.#subscription = source.onDidChange(() => void this.#refresh());
  }

  provideOriginalResource(uri: vscode.Uri): vscode.Uri | undefined {
    const ref = refOf(uri);
    const file = this.#files.find(({ root, path }) => root === ref?.root && path === ref.path);
    const shown = file?.kind === 'text' && file.status !== 'deleted';
    return shown ? this.source.contentUri(file, 'before') : undefined;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#control?.dispose();
  }

  async #refresh(): Promise<void> {
    const { prompts } = await this.source.list();
    const files = openChanges(prompts, Date.now());
    const same = sides(files) === sides(this.#files);
    this.#files = files;
    if (same) return;
    // A new one makes the editor ask again what to compare with.
    this.#control?.dispose();
    this.#control = undefined;
    if (files.length > 0) this.#show(files);
  }

  #show(files: readonly FileView[]): void {
    const control = vscode.scm.createSourceControl('checkrein', this.label);
    control.inputBox.visible = false;
    control.count = 0;
    control.quickDiffProvider = this;
    const group = control.createResourceGroup('changes', vscode.l10n.t('Not Yet Kept or Undone'));
    group.resourceStates = files.map(file => ({
      resourceUri: this.source.fileUri(file),
      command: {
        command: COMMANDS.openChange,
        title: vscode.l10n.t('Open Diff'),
        arguments: [file],
      },
      decorations: { strikeThrough: file.status === 'deleted' },
      contextValue: 'file',
    }));
    this.#control = control;
  }
}

function sides(files: readonly FileView[]): string {
  return files
    .map(({ root, path, before, status }) => [root, path, before, status].join())
    .join('\n');
}

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { makeVisible } from '../../policy/visibleText';
import type { FileView, PromptView } from '../../protocol/changesView';
import type { ChangesSource } from './changesSource';
import { standing } from './openChanges';

/** The sides of a file's diff: what was there before, and what is there now. */
interface DiffSides {
  readonly label: vscode.Uri;
  readonly before: vscode.Uri | undefined;
  readonly after: vscode.Uri | undefined;
}

/** The editor loads both sides of every file it is given at once: more than this makes it stand still. */
const TOGETHER = 300;

/** Opens changes in the editor's own diff viewers, side by side with the file as it is now. */
export class ChangeDiffs {
  constructor(private readonly source: ChangesSource) {}

  /** One file: what it was before the change, and what it is now or, if it went on, was after it. */
  async openFile(file: FileView): Promise<void> {
    const now = (await this.#isNewest(file)) ? this.source.fileUri(file) : undefined;
    const after = file.status === 'deleted' || !now ? this.source.contentUri(file, 'after') : now;
    const name = makeVisible(basename(file.path), false);
    await vscode.commands.executeCommand(
      'vscode.diff',
      this.source.contentUri(file, 'before'),
      after,
      vscode.l10n.t('{0} (before the agent ↔ now)', name),
      { preview: true },
    );
  }

  /** All files of a prompt, or of all prompts that stand, in one editor. */
  async openAll(prompt?: Pick<PromptView, 'files'>): Promise<void> {
    const { prompts } = await this.source.list();
    const files = prompt ? prompt.files : standing(prompts);
    const shown = files.filter(({ kind }) => kind !== 'notKept' && kind !== 'folder');
    if (shown.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('The agent has changed nothing.'));
      return;
    }
    if (shown.length > TOGETHER) {
      const text = vscode.l10n.t(
        'The diff editor shows the newest {0} of {1} files; “View All Changes” lists all of them.',
        TOGETHER,
        shown.length,
      );
      void vscode.window.showInformationMessage(text);
    }
    const sides = shown.slice(0, TOGETHER).map(file => this.#sides(file));
    await vscode.commands.executeCommand(
      'vscode.changes',
      vscode.l10n.t('Agent Changes'),
      sides.map(({ label, before, after }) => [label, before, after]),
    );
  }

  #sides(file: FileView): DiffSides {
    const label = this.source.fileUri(file);
    return {
      label,
      before: file.status === 'added' ? undefined : this.source.contentUri(file, 'before'),
      after: file.status === 'deleted' ? undefined : label,
    };
  }

  async #isNewest(file: FileView): Promise<boolean> {
    const { prompts } = await this.source.list();
    const newest = prompts
      .flatMap(({ files }) => files)
      .find(({ root, path }) => root === file.root && path === file.path);
    return newest?.after === file.after;
  }
}

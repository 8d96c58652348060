import * as vscode from 'vscode';
import type { Journal } from '../../history/journal';
import type { RestoreReport } from '../../history/revert/rootRestore';
import { LAST_TURN } from '../../history/revert/selection';
import type { InRoot, WorkspaceHistory } from '../../history/workspaceHistory';
import type { ChangeTarget, FileRef } from '../../protocol/changesView';
import { quickText } from '../quickText';
import { pathOf, selectionOf } from './changesSource';
import { fileUri } from './filePlaces';
import {
  type Outcomes,
  outcomesOf,
  previewText,
  reasonOf,
  reportText,
  resultText,
  type Verb,
} from './restoreText';
import type { WindowHistory } from './windowHistory';

interface ChangeActionsParts {
  readonly window: WindowHistory;
  readonly journal: Journal;
  readonly onError: (error: unknown) => void;
}

type Restore = (history: WorkspaceHistory, preview: boolean) => Promise<InRoot<RestoreReport>[]>;

/** How a restore is announced and written down. */
interface Plan {
  readonly verb: Verb;
  readonly question: string;
  readonly button: string;
  /** True where nothing needs asking as long as nothing is left out: one hunk, one click. */
  readonly quick?: boolean;
  readonly restore: Restore;
}

/** Undo, redo and going back: each says before what it will do and after what became of each file. */
export class ChangeActions {
  constructor(private readonly parts: ChangeActionsParts) {}

  /** Takes the agent's changes back; true when some were. */
  undo(target: ChangeTarget): Promise<boolean> {
    return this.#run({
      verb: 'undo',
      question: questionOf(target),
      button: vscode.l10n.t('Undo'),
      quick: target.hunks !== undefined,
      restore: (history, preview) => history.undo(selectionOf(target), preview),
    });
  }

  undoLastPrompt(): Promise<boolean> {
    return this.#run({
      verb: 'undo',
      question: vscode.l10n.t('Undo what the agent changed for its last prompt?'),
      button: vscode.l10n.t('Undo'),
      restore: (history, preview) => history.undo({ turn: LAST_TURN }, preview),
    });
  }

  /** Takes the last undo, or going back, back. */
  redo(): Promise<boolean> {
    return this.#run({
      verb: 'redo',
      question: vscode.l10n.t('Take the last undo back?'),
      button: vscode.l10n.t('Redo'),
      restore: (history, preview) => history.redo(preview),
    });
  }

  /** Puts files as they were at a point, whoever changed them since. */
  goBack(point: string, files: readonly FileRef[], when: string): Promise<boolean> {
    return this.#run({
      verb: 'go-to',
      question: vscode.l10n.t('Put the chosen files as they were {0}?', when),
      button: vscode.l10n.t('Go Back'),
      restore: (history, preview) => history.goTo(point, files.map(pathOf), preview),
    });
  }

  async #run(plan: Plan): Promise<boolean> {
    const { window, onError } = this.parts;
    const history = await window.history();
    if (!history) {
      void vscode.window.showInformationMessage(vscode.l10n.t('No folder is open.'));
      return false;
    }
    try {
      await window.texts.prepare();
      const preview = outcomesOf(await plan.restore(history, true));
      if (preview.refused !== undefined || preview.done.length === 0) {
        this.#tell(preview, plan.verb);
        return false;
      }
      const whole = preview.left.length === 0;
      if (!(plan.quick && whole) && !(await confirmed(plan, preview))) return false;
      // The person may have typed while the question stood.
      await window.texts.prepare();
      const outcomes = outcomesOf(await plan.restore(history, false));
      this.#record(plan, outcomes);
      window.changed();
      this.#tell(outcomes, plan.verb);
      return outcomes.wrote;
    } catch (error) {
      onError(error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('The files could not be put back. See the log of Checkrein.'),
      );
      return false;
    }
  }

  #record({ verb }: Plan, { done, left, refused }: Outcomes): void {
    const name = ({ root, path }: FileRef): string => pathOf({ root, path });
    try {
      this.parts.journal.append({
        event: 'revert',
        verb,
        ...(refused !== undefined && { refused }),
        files: done.map(name),
        left: left.map(file => ({ path: name(file), why: reasonOf(file) })),
      });
    } catch (error) {
      // The history itself has a record of it.
      this.parts.onError(error);
    }
  }

  /** Says what became of it, and offers the way back where there is one. */
  #tell(outcomes: Outcomes, verb: Verb): void {
    const redo = vscode.l10n.t('Redo');
    const files = vscode.l10n.t('Show Files');
    const buttons = [
      ...(verb !== 'redo' && outcomes.wrote ? [redo] : []),
      ...(outcomes.left.length > 0 ? [files] : []),
    ];
    const text = reportText(outcomes, verb);
    const show =
      outcomes.left.length > 0 || outcomes.refused !== undefined
        ? vscode.window.showWarningMessage
        : vscode.window.showInformationMessage;
    void show(text, ...buttons).then(async picked => {
      if (picked === redo) await this.redo();
      if (picked === files) await showFiles(outcomes);
    });
  }
}

async function confirmed(plan: Plan, preview: Outcomes): Promise<boolean> {
  const picked = await vscode.window.showWarningMessage(
    plan.question,
    { modal: true, detail: previewText(preview, plan.verb) },
    plan.button,
  );
  return picked === plan.button;
}

/** The report of each file; choosing one opens it. */
async function showFiles({ done, left }: Outcomes): Promise<void> {
  const items = [...left, ...done].map(file => ({
    label: quickText(file.path),
    description: resultText(file),
    detail: reasonOf(file),
    file,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('What became of each file'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked) await vscode.commands.executeCommand('vscode.open', fileUri(picked.file));
}

function questionOf({ prompt, call, file, hunks }: ChangeTarget): string {
  if (hunks) return vscode.l10n.t('Undo this change of the agent?');
  if (file) return vscode.l10n.t('Undo what the agent changed in this file?');
  if (call !== undefined) return vscode.l10n.t('Undo what this tool call changed?');
  if (prompt !== undefined) return vscode.l10n.t('Undo what the agent changed for this prompt?');
  return vscode.l10n.t('Undo everything the agent changed?');
}

import * as vscode from 'vscode';
import type { RestoredFile } from '../../history/historyEvents';
import { explain } from '../../history/revert/explain';
import type { RestoreReport } from '../../history/revert/rootRestore';
import type { InRoot } from '../../history/workspaceHistory';
import { makeVisible } from '../../policy/visibleText';
import type { FileRef } from '../../protocol/changesView';

/** As many files as a dialog names of each kind. */
const NAMED = 8;

/** What a restore did, or would do, to one file. */
export type FileOutcome = RestoredFile & FileRef;

/** A restore in all folders of the window together. */
export interface Outcomes {
  /** Files that are, or would be, written. */
  readonly done: readonly FileOutcome[];
  /** Files that stay as they are, for a reason. */
  readonly left: readonly FileOutcome[];
  /** Why nothing was done at all, in a folder where that counts. */
  readonly refused: string | undefined;
  /** True when a folder wrote something. */
  readonly wrote: boolean;
}

/** Puts the reports of all folders together. */
export function outcomesOf(reports: readonly InRoot<RestoreReport>[]): Outcomes {
  const files = reports.flatMap(({ root, report }) =>
    report.files.map((file): FileOutcome => ({ ...file, root })),
  );
  const isDone = ({ result, partly }: FileOutcome): boolean =>
    result === 'reverted' || result === 'merged' || partly === true;
  // What one folder does not know of, another one does.
  const refusals = reports.flatMap(({ report }) => report.refused ?? []);
  const serious = refusals.filter(reason => !reason.startsWith('nothing-'));
  const refused = serious[0] ?? (refusals.length === reports.length ? refusals[0] : undefined);
  return {
    done: files.filter(isDone),
    left: files.filter(file => 'reason' in file),
    refused: refused && explain(refused),
    wrote: reports.some(({ report }) => report.id !== undefined),
  };
}

/** Undo and going back put files back; redo does what was undone once more. */
export type Verb = 'undo' | 'redo' | 'go-to';

/** What is going to happen, for a dialog. */
export function previewText({ done, left }: Outcomes, verb: Verb): string {
  const merged = done.filter(({ result }) => result !== 'reverted');
  const whole = done.filter(({ result }) => result === 'reverted');
  return [
    ...section(verb === 'redo' ? vscode.l10n.t('Redo:') : vscode.l10n.t('Put back:'), whole),
    ...section(vscode.l10n.t('Change in part; your own edits stay:'), merged),
    ...section(vscode.l10n.t('Left as they are:'), left),
  ].join('\n');
}

/** What has happened, on one line. */
export function reportText({ done, left, refused }: Outcomes, verb: Verb): string {
  if (refused !== undefined) return vscode.l10n.t('Nothing was changed: {0}.', refused);
  const [only] = done;
  const what =
    done.length === 1 && only ? oneDone(verb, fileName(only)) : manyDone(verb, done.length);
  if (left.length === 0) return done.length === 0 ? vscode.l10n.t('There is nothing to do.') : what;
  const [first] = left;
  const why = first && left.length === 1 ? ` (${fileName(first)}: ${reasonOf(first)})` : '';
  return `${done.length === 0 ? '' : `${what} `}${vscode.l10n.t('Left as they are: {0}', left.length)}${why}.`;
}

function oneDone(verb: Verb, name: string): string {
  switch (verb) {
    case 'undo':
      return vscode.l10n.t('Undone: {0}.', name);
    case 'redo':
      return vscode.l10n.t('Redone: {0}.', name);
    case 'go-to':
      return vscode.l10n.t('Put back: {0}.', name);
  }
}

function manyDone(verb: Verb, count: number): string {
  switch (verb) {
    case 'undo':
      return vscode.l10n.t('Undone in {0} files.', count);
    case 'redo':
      return vscode.l10n.t('Redone in {0} files.', count);
    case 'go-to':
      return vscode.l10n.t('Put back: {0} files.', count);
  }
}

/** Why a file was left alone; empty when it was not. */
export function reasonOf(file: FileOutcome): string {
  return 'reason' in file ? explain(file.reason) : '';
}

/** What became of a file, in one word or two. */
export function resultText({ result, partly }: FileOutcome): string {
  if (partly) return vscode.l10n.t('put back in part');
  switch (result) {
    case 'reverted':
      return vscode.l10n.t('put back');
    case 'merged':
      return vscode.l10n.t('put back, your edits kept');
    case 'already':
      return vscode.l10n.t('was so already');
    case 'kept':
      return vscode.l10n.t('left as it is');
    case 'skipped':
      return vscode.l10n.t('could not be put back');
  }
}

function section(title: string, files: readonly FileOutcome[]): string[] {
  if (files.length === 0) return [];
  const lines = files.slice(0, NAMED).map(file => {
    const why = reasonOf(file);
    return `  ${fileName(file)}${why === '' ? '' : ` – ${why}`}`;
  });
  const more = files.length - NAMED;
  return [title, ...lines, ...(more > 0 ? [vscode.l10n.t('  … and {0} more', more)] : [])];
}

function fileName({ path }: FileRef): string {
  return makeVisible(path, false);
}

import * as vscode from 'vscode';
import type { ReasonCode } from '../../policy/decision';
import type { PanelStrings } from '../../protocol/changesPanel';
import type { AllowedView } from '../../protocol/changesView';
import type { ImageWords } from './panelDetails';
import type { PanelWords } from './panelTree';

/** What the panel itself shows, in the person's language. */
export function panelStrings(): PanelStrings {
  return {
    ...treeStrings(),
    ...actionStrings(),
    authors: {
      agent: vscode.l10n.t('Agent'),
      shell: vscode.l10n.t('Command'),
      mixed: vscode.l10n.t('Mixed'),
      late: vscode.l10n.t('Late'),
      yours: vscode.l10n.t('Yours'),
    },
    authorHelp: {
      agent: vscode.l10n.t('Changed by a file tool of the agent'),
      shell: vscode.l10n.t('Changed by a command that the agent ran'),
      mixed: vscode.l10n.t('Changed by the agent, and by you at the same time'),
      late: vscode.l10n.t('Changed later, maybe by a command that was left running'),
      yours: vscode.l10n.t('Changed by you'),
    },
    status: {
      added: vscode.l10n.t('Added'),
      modified: vscode.l10n.t('Modified'),
      deleted: vscode.l10n.t('Deleted'),
      moved: vscode.l10n.t('Moved'),
    },
    states: {
      standing: '',
      kept: vscode.l10n.t('Kept'),
      undone: vscode.l10n.t('Undone'),
    },
    standing: {
      intact: '',
      moved: vscode.l10n.t('moved up or down since'),
      overlapped: vscode.l10n.t('later changes touch the same lines'),
      gone: vscode.l10n.t('already taken back'),
    },
    marks: {
      '+': vscode.l10n.t('added:'),
      '-': vscode.l10n.t('removed:'),
      ' ': vscode.l10n.t('unchanged:'),
    },
  };
}

function treeStrings() {
  return {
    title: vscode.l10n.t('All Changes'),
    loading: vscode.l10n.t('Loading …'),
    empty: vscode.l10n.t('No agent has changed anything yet.'),
    nothingFound: vscode.l10n.t('No change matches the filter.'),
    running: vscode.l10n.t('at work'),
    hiddenLines: vscode.l10n.t('{0} more lines: open the diff to see them', '{0}'),
    hiddenHunks: vscode.l10n.t('{0} more hunks: open the diff to see them', '{0}'),
    movedFrom: vscode.l10n.t('moved from {0}', '{0}'),
    fileCount: vscode.l10n.t('{0} files', '{0}'),
    oneFile: vscode.l10n.t('1 file'),
    shown: vscode.l10n.t('{0} of {1} changed files shown.', '{0}', '{1}'),
    before: vscode.l10n.t('Before'),
    after: vscode.l10n.t('After'),
    notCovered: vscode.l10n.t('Not covered by undo'),
  };
}

function actionStrings() {
  return {
    filter: vscode.l10n.t('Filter by path, tool, rule or prompt ( / )'),
    whoChanged: vscode.l10n.t('Show changes by'),
    hideReviewed: vscode.l10n.t('Hide Kept and Undone'),
    undo: vscode.l10n.t('Undo'),
    undoHunk: vscode.l10n.t('Undo Hunk'),
    keep: vscode.l10n.t('Keep'),
    keepNot: vscode.l10n.t('Remove the Mark “Kept”'),
    openDiff: vscode.l10n.t('Open Diff'),
    undoAll: vscode.l10n.t('Undo All Changes'),
    redo: vscode.l10n.t('Redo'),
    openAll: vscode.l10n.t('Open in Diff Editor'),
    collapseAll: vscode.l10n.t('Collapse All'),
    expandAll: vscode.l10n.t('Expand All'),
  };
}

/** Words and times of the tree. */
export function panelWords(): PanelWords {
  const { language } = vscode.env;
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  return {
    momentOf: milliseconds => moment.format(milliseconds),
    timeOf: milliseconds => time.format(milliseconds),
    allowedText,
    untitled: vscode.l10n.t('Prompt'),
    others: vscode.l10n.t('Outside of prompts'),
  };
}

function allowedText({ code, byPerson, rule }: AllowedView): { short: string; full: string } {
  const why = reasonText(code, byPerson);
  if (!rule) return { short: why, full: why };
  const full = vscode.l10n.t('{0}: {1}, from {2}', why, rule.pattern, rule.file);
  return { short: vscode.l10n.t('{0}: {1}', why, rule.pattern), full };
}

function reasonText(code: string, byPerson: boolean): string {
  const words: Readonly<Partial<Record<ReasonCode, string>>> = {
    insideWorkspace: vscode.l10n.t('Inside the workspace'),
    readTool: vscode.l10n.t('Reads only'),
    readOnlyCommand: vscode.l10n.t('Read-only command'),
    trustedCommand: vscode.l10n.t('Trusted command'),
    trustedTool: vscode.l10n.t('Trusted tool'),
    trustAll: vscode.l10n.t('Trust-all'),
    approvedOnce: vscode.l10n.t('Approved once'),
    approvedForSession: vscode.l10n.t('Approved for the session'),
    approvedAlways: vscode.l10n.t('Approved always'),
  };
  const known = new Map<string, string>(Object.entries(words));
  return known.get(code) ?? (byPerson ? vscode.l10n.t('Approved') : vscode.l10n.t('Allowed'));
}

export function imageWords(): ImageWords {
  return {
    none: vscode.l10n.t('not there'),
    notHeld: vscode.l10n.t('its content was not kept'),
    sizeOf: bytes => vscode.l10n.t('{0} bytes', bytes.toLocaleString(vscode.env.language)),
    tooLarge: size => vscode.l10n.t('{0}, too large to show here', size),
  };
}

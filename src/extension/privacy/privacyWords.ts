import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';
import type { PrivacyStrings, SwitchState } from '../../protocol/privacyPanel';
import type { SwitchOutcome } from './privacySwitches';

/** What the panel itself shows, in the person's language. */
export function privacyStrings(): PrivacyStrings {
  return {
    title: vscode.l10n.t('Privacy'),
    intro: vscode.l10n.t(
      'What Kiro may send from this machine, read from the files that Kiro reads. Checkrein itself sends nothing.',
    ),
    loading: vscode.l10n.t('Loading …'),
    optOut: vscode.l10n.t('Opt out of Everything'),
    undo: vscode.l10n.t('Undo: {0}', '{0}'),
    nothingToUndo: vscode.l10n.t('Nothing to Undo'),
    enterprisePlan: vscode.l10n.t('My organisation has an enterprise plan'),
    states: stateWords(),
    switchOn: vscode.l10n.t('Switch On'),
    switchOff: vscode.l10n.t('Switch Off'),
    openSetting: vscode.l10n.t('Open Setting'),
    openFile: vscode.l10n.t('Open File'),
    openBrowser: vscode.l10n.t('Open in Browser'),
    recordDone: vscode.l10n.t('I have switched it off there'),
    ...headings(),
  };
}

function headings() {
  return {
    switches: vscode.l10n.t('Switches'),
    sends: vscode.l10n.t('Sends'),
    where: vscode.l10n.t('To'),
    seenBy: vscode.l10n.t('Seen by'),
    stored: vscode.l10n.t('Stored'),
    readFrom: vscode.l10n.t('Read from'),
    note: vscode.l10n.t('Note'),
    documents: vscode.l10n.t('Source'),
    facts: vscode.l10n.t('What the vendor says about data'),
    about: vscode.l10n.t('About'),
    fact: vscode.l10n.t('Fact'),
    document: vscode.l10n.t('Source'),
  };
}

/** The states of a switch, in the person's language. */
export function stateWords(): Readonly<Record<SwitchState, string>> {
  return {
    on: vscode.l10n.t('on'),
    off: vscode.l10n.t('off'),
    unknown: vscode.l10n.t('unknown'),
    managed: vscode.l10n.t('managed'),
  };
}

/** What a click changed, and what it could not, for people. */
export function sayOutcome({ results, step }: SwitchOutcome): {
  readonly done: string;
  readonly problems: string;
} {
  const words = stateWords();
  const changed = new Set(step?.changes.map(({ id }) => id));
  const done = results
    .filter(({ reading }) => changed.has(reading.row.id))
    .map(({ reading: { row, state } }) => `${row.title}: ${words[state]}`);
  const problems = results.flatMap(({ problem }) => problem ?? []);
  const nothing = problems.length === 0 ? vscode.l10n.t('Nothing had to be changed.') : '';
  return {
    done: plainText(done.length === 0 ? nothing : done.join('. ')),
    problems: plainText([...new Set(problems)].join(' ')),
  };
}

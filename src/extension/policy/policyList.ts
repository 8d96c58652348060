import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';
import type { EffectivePolicy, EffectiveValue } from '../../settings/mergePolicy';
import { refusedPatterns } from '../../settings/refusedPatterns';
import type { PolicyProblem } from '../../settings/policyLayer';
import { COMMANDS } from '../commandIds';
import { quickText } from '../quickText';
import { openPlace, sayPlace, type Place } from './openPlace';

interface PlaceItem extends vscode.QuickPickItem {
  readonly place?: Place;
  readonly review?: true;
}

/** "Show Effective Policy": every value that counts or waits, each leading to its line. */
export async function showPolicy({
  values,
  problems,
  waiting,
  policy,
}: EffectivePolicy): Promise<void> {
  const faults = [...problems, ...refusedPatterns(policy)];
  const items: PlaceItem[] = [
    ...(policy.blockedBecause === undefined
      ? []
      : [
          {
            label: `$(error) ${vscode.l10n.t('Every call asks')}`,
            detail: plainText(policy.blockedBecause),
          },
        ]),
    ...section(vscode.l10n.t('Problems'), faults.map(problemItem)),
    ...section(
      vscode.l10n.t('Waits for your approval'),
      waiting.map(({ file }): PlaceItem => ({
        label: `$(law) ${vscode.l10n.t('Review what the repository loosens…')}`,
        description: plainText(file),
        review: true,
      })),
    ),
    ...byKey(values),
    ...section(vscode.l10n.t('Built in'), [
      {
        label: vscode.l10n.t(
          'The never list, protected paths, secret files and read-only commands always count.',
        ),
      },
    ]),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Effective policy'),
    placeHolder: vscode.l10n.t('Choose a value to open the place it comes from'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked?.review) await vscode.commands.executeCommand(COMMANDS.reviewLoosening);
  else if (picked?.place) await openPlace(picked.place);
}

function section(label: string, items: readonly PlaceItem[]): readonly PlaceItem[] {
  if (items.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function byKey(values: readonly EffectiveValue[]): readonly PlaceItem[] {
  const keys = [...new Set(values.map(({ key }) => key))];
  return keys.flatMap(key =>
    section(key, values.filter(value => value.key === key).map(valueItem)),
  );
}

function valueItem({ text, scope, file, line, status }: EffectiveValue): PlaceItem {
  const place = { file, ...(line !== undefined && { line }) };
  const icons = { inEffect: 'check', needsConsent: 'circle-slash', locked: 'lock' };
  return {
    label: `$(${icons[status]}) ${quickText(text)}`,
    description: quickText(statusText(status)),
    detail: quickText(sayPlace(place)),
    ...(scope !== 'session' && { place }),
  };
}

function statusText(status: EffectiveValue['status']): string {
  switch (status) {
    case 'inEffect':
      return '';
    case 'needsConsent':
      return vscode.l10n.t('no effect until you approve it');
    case 'locked':
      return vscode.l10n.t('no effect: locked by your organisation');
  }
}

function problemItem({ file, line, message, severity }: PolicyProblem): PlaceItem {
  return {
    label: `$(${severity}) ${quickText(message)}`,
    detail: quickText(sayPlace({ file, ...(line !== undefined && { line }) })),
    place: { file, ...(line !== undefined && { line }) },
  };
}

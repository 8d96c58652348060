import * as vscode from 'vscode';
import type { JournalEntry } from '../../history/journal';
import { COMMANDS } from '../commandIds';
import { quickText } from '../quickText';
import { openPlace, sayPlace, type Place } from './openPlace';
import { recentEntries } from './recentCalls';

interface DecisionItem extends vscode.QuickPickItem {
  readonly place?: Place;
}

const MOST = 200;
const ICONS: Readonly<Record<string, string>> = { allow: 'pass', ask: 'question', deny: 'error' };

/** "Why Was This Decided?": the last decisions with their rules, each leading to the rule's line. */
export async function showDecisions(journalFolder: string): Promise<void> {
  const entries = recentEntries(
    journalFolder,
    new Date(),
    ({ event }) => event === 'call' || event === 'decision' || event === 'approval',
    MOST,
  );
  const items = entries.map(decisionItem).reverse();
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('The last decisions'),
    placeHolder:
      items.length === 0
        ? vscode.l10n.t('No call has been decided in the last days')
        : vscode.l10n.t('Choose one to open its rule'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) return;
  if (picked.place && (await openPlace(picked.place))) return;
  // What is built in has no line; the policy says what else counts.
  await vscode.commands.executeCommand(COMMANDS.showPolicy);
}

function decisionItem(entry: JournalEntry): DecisionItem {
  const { time, command, tool, effect, code, agent } = entry;
  const text = [command, tool, agent, ''].find(value => typeof value === 'string') ?? '';
  const rule = ruleOf(entry);
  const icon = typeof effect === 'string' && Object.hasOwn(ICONS, effect) ? ICONS[effect] : 'law';
  return {
    label: `$(${icon ?? 'law'}) ${quickText(text)}`,
    description: quickText([code, time].filter(value => typeof value === 'string').join(' · ')),
    ...(rule && { detail: quickText(`${rule.pattern} – ${sayPlace(rule)}`), place: rule }),
  };
}

/** The rule of an entry; a journal is a file, and a line of it may say anything. */
function ruleOf({ rule }: JournalEntry): (Place & { readonly pattern: string }) | undefined {
  const { pattern, source } = fieldsOf(rule);
  const { file, line } = fieldsOf(source);
  if (typeof pattern !== 'string' || typeof file !== 'string') return undefined;
  return { pattern, file, ...(typeof line === 'number' && { line }) };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

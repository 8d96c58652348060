import * as vscode from 'vscode';
import { PROMPT_LOGGING_PAGE } from '../../privacy/dataFacts';
import { SOURCES } from '../../privacy/source';
import { quickText } from '../quickText';
import type { PrivacySwitches } from './privacySwitches';
import { stateWords } from './privacyWords';
import { tellOutcome } from './tellOutcome';

const ROW = 'ide.codeReferences';
/** The command that the editor makes for each output channel ends in the channel's id. */
const LOG_COMMAND = /^workbench\.action\.output\.show\..*code-?references?/i;

type Item = vscode.QuickPickItem & { readonly run: () => unknown };

/** "Code References": the log, the switch, and what an organisation can decide and see. */
export async function showCodeReferences(switches: PrivacySwitches): Promise<void> {
  const reading = switches.read().find(({ row }) => row.id === ROW);
  if (!reading) return;
  const { state, source, unreadable, decidedBy } = reading;
  const isFree = unreadable !== true && decidedBy === undefined;
  const items: Item[] = [
    { label: `$(output) ${vscode.l10n.t('Open the Log')}`, run: openLog },
    {
      label: `$(${isFree ? 'settings-gear' : 'lock'}) ${vscode.l10n.t('Code references: {0}', stateWords()[state])}`,
      description: isFree ? (state === 'on' ? turnOff() : turnOn()) : '',
      detail: quickText(source),
      run: async () => {
        if (isFree) await tellOutcome(await switches.set(ROW, state !== 'on'), switches);
      },
    },
    {
      label: `$(organization) ${vscode.l10n.t('Opt out for an Organisation')}`,
      detail: vscode.l10n.t(
        'An administrator can opt out of suggestions with references for all users in the Kiro console.',
      ),
      run: () => open(SOURCES.privacy.url),
    },
    {
      label: `$(checklist) ${vscode.l10n.t('Audit Prompts in an Organisation')}`,
      detail: vscode.l10n.t(
        'How an administrator logs prompts of Amazon Q Developer Pro accounts.',
      ),
      run: () => open(PROMPT_LOGGING_PAGE),
    },
  ];
  const title = vscode.l10n.t('Code references');
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDetail: true });
  await picked?.run();
}

function turnOn(): string {
  return vscode.l10n.t('Switch On');
}

function turnOff(): string {
  return vscode.l10n.t('Switch Off');
}

async function open(address: string): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(address));
}

async function openLog(): Promise<void> {
  const known = await vscode.commands.getCommands();
  const own = known.find(command => LOG_COMMAND.test(command));
  if (own === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Kiro’s log “code-references” is not there: it is made with the first reference.',
      ),
    );
  }
  await vscode.commands.executeCommand(own ?? 'workbench.action.showOutputChannels');
}

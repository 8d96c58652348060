import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { StateFolders } from '../../files/stateHome';
import { plainText } from '../../policy/visibleText';
import { privacyPlaces, type PrivacyPlaces } from '../../privacy/privacyPlaces';
import { readPrivacyRecord, writePrivacyRecord } from '../../privacy/privacyRecord';
import { findKiroCli, KiroCliSettings } from '../../privacy/switches/kiroCliSettings';
import { readSwitches, type SwitchReading } from '../../privacy/switches/readSwitch';
import {
  optOutOfEverything,
  setSwitch,
  undoSwitch,
  type SwitchResult,
  type SwitchWriter,
} from '../../privacy/switches/writeSwitch';
import { quickText } from '../quickText';
import { workspaceRoots } from '../windowState';

/** Where the vendor keeps the switch of the autonomous agent. */
const AUTONOMOUS_AGENT_SETTINGS = 'https://app.kiro.dev/agent/settings';
/** How long Kiro CLI may take to write a setting, in milliseconds. */
const PROGRAM_LIMIT_MS = 10_000;

interface SwitchItem extends vscode.QuickPickItem {
  readonly reading: SwitchReading;
}

/** The places of Kiro's files for this window. */
export function windowPrivacyPlaces(): PrivacyPlaces {
  const { platform, env } = process;
  const appData: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: env['APPDATA'],
    linux: env['XDG_CONFIG_HOME'],
  };
  return privacyPlaces({
    ...{ platform, home: homedir(), roots: workspaceRoots() },
    kiroHome: env['KIRO_HOME'],
    appData: appData[platform],
  });
}

/** "Privacy Switches…": every switch with its state; choosing one puts it on or off. */
export async function showPrivacy(folders: StateFolders): Promise<void> {
  const items = readSwitches(windowPrivacyPlaces(), readPrivacyRecord(folders.home)).map(toItem);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('What Kiro may send'),
    placeHolder: vscode.l10n.t('Choose a switch to put it on or off where Kiro reads it'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) return;
  const { row, state } = picked.reading;
  if (row.place === 'web') return openAutonomousAgent(folders);
  const result = await setSwitch(row.id, state === 'off', writerIn(folders));
  report([result], folders);
}

/** "Opt out of Everything": switches off whatever sends something, where it is not off already. */
export async function optOut(folders: StateFolders): Promise<void> {
  const writer = writerIn(folders);
  report(await optOutOfEverything(readSwitches(writer.places, writer.record), writer), folders);
}

function toItem(reading: SwitchReading): SwitchItem {
  const { row, state, source } = reading;
  return {
    reading,
    label: `$(${ICONS[state]}) ${row.title}`,
    description: sayState(state),
    detail: quickText(`${row.sends}. ${row.where}. ${source}`),
  };
}

const ICONS: Readonly<Record<SwitchReading['state'], string>> = {
  on: 'broadcast',
  off: 'circle-slash',
  unknown: 'question',
  managed: 'organization',
};

function sayState(state: SwitchReading['state']): string {
  switch (state) {
    case 'on':
      return vscode.l10n.t('on');
    case 'off':
      return vscode.l10n.t('off');
    case 'unknown':
      return vscode.l10n.t('unknown');
    case 'managed':
      return vscode.l10n.t('managed');
  }
}

function writerIn(folders: StateFolders): SwitchWriter {
  const roots = workspaceRoots();
  const path = process.env['PATH'] ?? '';
  const program = findKiroCli({ path, platform: process.platform, roots });
  return {
    places: windowPrivacyPlaces(),
    record: readPrivacyRecord(folders.home),
    backups: folders.backups,
    kiroCli: program === undefined ? undefined : new KiroCliSettings(program, runProgram),
    now: () => new Date(),
  };
}

/** Never in the workspace, whose files could change what the program does. */
function runProgram(program: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise(resolve => {
    const options = { cwd: homedir(), timeout: PROGRAM_LIMIT_MS, windowsHide: true };
    execFile(program, [...args], options, error => {
      const code = error?.code;
      resolve(error ? (typeof code === 'number' ? code : undefined) : 0);
    });
  });
}

/** Says what is off or on now, and offers to take it back. */
function report(results: readonly SwitchResult[], folders: StateFolders): void {
  const problems = results.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) void vscode.window.showErrorMessage(plainText(problems.join(' ')));
  const changes = results.flatMap(({ change }) =>
    change && change.change !== 'unchanged' ? [change] : [],
  );
  if (changes.length === 0) {
    if (problems.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing had to be changed.'));
    }
    return;
  }
  const said = results
    .filter(({ change }) => change !== undefined)
    .map(({ reading: { row, state } }) => `${row.title}: ${sayState(state)}`);
  const undo = vscode.l10n.t('Undo');
  void vscode.window.showInformationMessage(plainText(said.join('. ')), undo).then(picked => {
    if (picked !== undo) return;
    // The latest first, so that each finds its file as it left it.
    const faults = [...changes]
      .reverse()
      .flatMap(change => undoSwitch(change, folders.backups, new Date()) ?? []);
    if (faults.length > 0) void vscode.window.showErrorMessage(plainText(faults.join(' ')));
    else void vscode.window.showInformationMessage(vscode.l10n.t('Taken back.'));
  });
}

/** The autonomous agent's switch is in the browser; the person says whether it was done. */
async function openAutonomousAgent(folders: StateFolders): Promise<void> {
  const open = vscode.l10n.t('Open in Browser');
  const done = vscode.l10n.t('I Have Switched It Off');
  const picked = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The autonomous agent is switched in the browser: {0}, Data collection. Checkrein cannot read it.',
      AUTONOMOUS_AGENT_SETTINGS,
    ),
    open,
    done,
  );
  if (picked === open) {
    await vscode.env.openExternal(vscode.Uri.parse(AUTONOMOUS_AGENT_SETTINGS));
  } else if (picked === done) {
    const record = readPrivacyRecord(folders.home);
    const autonomousAgentOptedOut = new Date().toISOString();
    writePrivacyRecord(folders.home, { ...record, autonomousAgentOptedOut });
  }
}

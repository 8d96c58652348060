import { readForeignFile } from '../../files/foreignFile';
import type { SwitchState } from '../../protocol/privacyPanel';
import type { PrivacyPlaces, SwitchFile } from '../privacyPlaces';
import type { PrivacyRecord } from '../privacyRecord';
import { findSettings, type FoundSetting } from './switchText';
import { SWITCH_ROWS, type SettingName, type SwitchRow } from './switchTable';

/** What a switch says, and how that is known. */
export interface SwitchReading {
  readonly row: SwitchRow;
  readonly state: SwitchState;
  /** File, line and value that decide, or why it cannot be told. For people. */
  readonly source: string;
  /** The file that decides or that a change goes to; absent for `web`. */
  readonly file?: SwitchFile;
  /** The line of `file` that decides, 1-based. */
  readonly line?: number;
  /** Who decides when it is `managed`. */
  readonly decidedBy?: 'administrator' | 'plan';
  /** True when a file that may decide cannot be read; it is not written either. */
  readonly unreadable?: boolean;
}

/** Reads every switch from its real place. Never throws. */
export function readSwitches(
  places: PrivacyPlaces,
  record: PrivacyRecord,
): readonly SwitchReading[] {
  return SWITCH_ROWS.map(row => readSwitch(row, places, record));
}

/** Reads one switch from its real place. Never throws. */
export function readSwitch(
  row: SwitchRow,
  places: PrivacyPlaces,
  record: PrivacyRecord,
): SwitchReading {
  if (row.place === 'web') return { row, state: 'unknown', source: sayWeb(record) };
  const own = readFiles(row, places[row.place]);
  const managed = row.place === 'kiroSettings' ? undefined : readManaged(row, places);
  if (managed) return { ...own, ...managed };
  if (row.planDecides && record.enterprisePlan === true) {
    const source = `You said that you have an enterprise plan: its content is not used. Here: ${own.state}, ${own.source}`;
    return { ...own, state: 'managed', decidedBy: 'plan', source };
  }
  return own;
}

function sayWeb({ autonomousAgentOptedOut }: PrivacyRecord): string {
  const where = 'Kept by the vendor at app.kiro.dev/agent/settings; cannot be read from here';
  return autonomousAgentOptedOut === undefined
    ? where
    : `${where}. You recorded on ${autonomousAgentOptedOut.slice(0, 10)} that you switched it off`;
}

/** The strongest file that says anything decides; one that cannot be read hides what it says. */
function readFiles(row: SwitchRow, files: readonly SwitchFile[]): SwitchReading {
  for (const file of files) {
    const reading = readFile(row, file);
    if (reading !== 'absent') return { row, file, ...reading };
  }
  if (files.length === 0) return { row, state: 'unknown', unreadable: true, source: ELSEWHERE };
  const file = files.find(({ workspace }) => workspace === undefined);
  const source = `not set in ${files.map(({ path }) => path).join(' or ')}: ${SAY_ABSENT[row.whenAbsent]}`;
  return { row, state: row.whenAbsent, source, ...(file && { file }) };
}

const ELSEWHERE =
  'kept on the machine in front of you; this window works on another one and cannot read it';

const SAY_ABSENT: Readonly<Record<SwitchRow['whenAbsent'], string>> = {
  on: 'then it is on',
  off: 'then it is off',
  unknown: 'what counts then is not documented',
};

type FileReading = Pick<SwitchReading, 'state' | 'source' | 'line' | 'unreadable'>;

function readFile({ names }: SwitchRow, file: SwitchFile): FileReading | 'absent' {
  try {
    const text = readForeignFile(file);
    const found = text === undefined ? [] : findSettings(text, file.path, names);
    return found.length === 0 ? 'absent' : judge(found, file.path);
  } catch (error) {
    return { state: 'unknown', unreadable: true, source: `cannot be read: ${messageOf(error)}` };
  }
}

/** Sending counts when any name says so; "off" only when the name says so that is surely read. */
function judge(found: readonly FoundSetting[], path: string): FileReading {
  const say = ({ name, value, line }: FoundSetting): string =>
    `${path}:${line}: ${name.path.join('.')} = ${JSON.stringify(value).slice(0, 80)}`;
  const meanings = found.map(setting => ({ setting, meaning: meaningOf(setting) }));
  const strange = meanings.find(({ meaning }) => meaning === undefined);
  if (strange) {
    const source = `${say(strange.setting)}, which is not a documented value`;
    return { state: 'unknown', source, line: strange.setting.line };
  }
  const off = meanings.filter(({ meaning }) => meaning === 'off').map(({ setting }) => setting);
  const overruling = off.find(({ name }) => name.kind === 'overruling');
  if (overruling) return { state: 'off', source: say(overruling), line: overruling.line };
  const on = meanings.find(
    ({ meaning, setting }) => meaning === 'on' && setting.name.kind !== 'overruling',
  );
  if (on) return { state: 'on', source: say(on.setting), line: on.setting.line };
  const current = off.find(({ name }) => name.kind === 'current');
  if (current) return { state: 'off', source: say(current), line: current.line };
  const [other] = off;
  if (!other) return { state: 'on', source: found.map(say).join(', ') };
  const source = `${say(other)}: an older or unusual name, and whether your version reads it is not known`;
  return { state: 'unknown', source, line: other.line };
}

function meaningOf({ name, value }: FoundSetting): 'on' | 'off' | undefined {
  const { on, off, alsoOn }: SettingName['values'] = name.values;
  if (value === off) return 'off';
  return value === on || alsoOn?.includes(String(value)) ? 'on' : undefined;
}

/** What the managed settings say of a row; a file that cannot be read may say anything. */
function readManaged(
  row: SwitchRow,
  { managedSettings }: PrivacyPlaces,
): Pick<SwitchReading, 'state' | 'source' | 'decidedBy' | 'unreadable'> | undefined {
  const names = row.names.map(name => ({ ...name, path: ['settings', ...name.path] }));
  try {
    const text = readForeignFile({ path: managedSettings });
    const [found] = text === undefined ? [] : findSettings(text, managedSettings, names);
    if (!found) return undefined;
    const { name, value, line } = found;
    const setting = `${name.path.slice(1).join('.')} = ${JSON.stringify(value).slice(0, 80)}`;
    return {
      state: 'managed',
      decidedBy: 'administrator',
      source: `an administrator decides: ${managedSettings}:${line}: ${setting}`,
    };
  } catch (error) {
    const source = `an administrator’s settings may decide and cannot be read: ${messageOf(error)}`;
    return { state: 'unknown', unreadable: true, source };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

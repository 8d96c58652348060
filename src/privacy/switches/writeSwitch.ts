import { rmSync, statSync } from 'node:fs';
import {
  backUpText,
  readForeignFile,
  sha256,
  targetOf,
  writeForeignFile,
} from '../../files/foreignFile';
import { HumanError } from '../../files/humanError';
import type { PrivacyPlaces, SwitchFile } from '../privacyPlaces';
import type { PrivacyRecord } from '../privacyRecord';
import type { KiroCliSettings } from './kiroCliSettings';
import { readSwitch, type SwitchReading } from './readSwitch';
import { switchRow, type SettingName, type SwitchId, type SwitchRow } from './switchTable';
import { findSettings, withSwitch, withValue } from './switchText';

/** What a change of a switch did; plain data, so that it can be kept and undone later. */
export interface SwitchChange {
  readonly id: SwitchId;
  readonly file: SwitchFile;
  readonly change: 'created' | 'changed' | 'unchanged';
  /** Where the file's former content lies. */
  readonly backup?: string;
  readonly afterSha256: string;
  /** The former values of every name that was written; absent where it did not stand there. */
  readonly former: readonly { readonly path: readonly string[]; readonly value?: unknown }[];
}

/** What happened to a switch that was to be changed, and what it says now. */
export interface SwitchResult {
  readonly change?: SwitchChange;
  /** Read back from the file after the change. */
  readonly reading: SwitchReading;
  /** Why it was not changed, or did not take. */
  readonly problem?: string;
}

/** What changing a switch needs. */
export interface SwitchWriter {
  readonly places: PrivacyPlaces;
  readonly record: PrivacyRecord;
  /** The folder of backups. */
  readonly backups: string;
  /** Writes through Kiro CLI itself, where it is to be had. */
  readonly kiroCli?: KiroCliSettings | undefined;
  readonly now: () => Date;
}

/** Puts a switch on or off where its state was read, and reads it back. Never throws. */
export async function setSwitch(
  id: SwitchId,
  isOn: boolean,
  writer: SwitchWriter,
): Promise<SwitchResult> {
  const row = switchRow(id);
  const read = (): SwitchReading => readSwitch(row, writer.places, writer.record);
  const { file } = read();
  if (!file) return { reading: read(), problem: row.note ?? 'It cannot be switched here.' };
  try {
    const change = await writeSwitch(row, file, isOn, writer);
    const reading = read();
    const wanted = isOn ? 'on' : 'off';
    const took = reading.state === wanted || reading.state === 'managed';
    return { change, reading, ...(!took && { problem: reading.source }) };
  } catch (error) {
    return { reading: read(), problem: sayFailure(file, error) };
  }
}

/** Switches everything off that sends something. One that fails does not keep the others on. */
export async function optOutOfEverything(
  readings: readonly SwitchReading[],
  writer: SwitchWriter,
): Promise<readonly SwitchResult[]> {
  const results: SwitchResult[] = [];
  for (const { row, state } of readings) {
    if (row.shares && row.place !== 'web' && state !== 'off') {
      results.push(await setSwitch(row.id, false, writer));
    }
  }
  return results;
}

async function writeSwitch(
  row: SwitchRow,
  file: SwitchFile,
  isOn: boolean,
  { backups, kiroCli, now }: SwitchWriter,
): Promise<SwitchChange> {
  const before = readForeignFile(file);
  const wanted = withSwitch(before, file.path, row.names, isOn);
  const former = formerValues(before, file, row.names);
  if (before !== wanted) refuseReadOnly(file);
  const kept = before === undefined || before === wanted ? undefined : before;
  const backup = kept === undefined ? undefined : backUpText(backups, file.path, kept, now());
  if (before !== wanted && row.place === 'cliSettings') await kiroCli?.set(row, isOn);
  // Whatever Kiro CLI did, the file has the last word.
  const present = readForeignFile(file);
  const after = withSwitch(present, file.path, row.names, isOn);
  if (after !== present) writeForeignFile(file, after);
  const change = before === undefined ? 'created' : 'changed';
  return {
    id: row.id,
    file,
    change: before === after ? 'unchanged' : change,
    ...(backup !== undefined && { backup }),
    afterSha256: sha256(after),
    former,
  };
}

function formerValues(
  text: string | undefined,
  { path }: SwitchFile,
  names: readonly SettingName[],
): SwitchChange['former'] {
  const found = findSettings(text ?? '', path, names);
  return names.flatMap(name => {
    const setting = found.find(candidate => candidate.name === name);
    if (setting) return [{ path: name.path, value: setting.value }];
    return name.kind === 'current' ? [{ path: name.path }] : [];
  });
}

/**
 * Takes a change back: the very bytes where nobody has touched the file since, else only the values
 * that were changed, so that later edits stay. Gives what was wrong, if anything.
 */
export function undoSwitch(change: SwitchChange, backups: string, now: Date): string | undefined {
  const { file, former, backup, afterSha256 } = change;
  if (change.change === 'unchanged') return undefined;
  try {
    const text = readForeignFile(file);
    if (text === undefined) return `${file.path} is no longer there; nothing was changed.`;
    refuseReadOnly(file);
    const untouched = sha256(text) === afterSha256;
    if (untouched && change.change === 'created') {
      rmSync(targetOf(file));
      return undefined;
    }
    const kept = backup === undefined ? undefined : readBackup(backup);
    const before = former.reduce((result, { path, value }) => withValue(result, path, value), text);
    backUpText(backups, file.path, text, now);
    writeForeignFile(file, untouched && kept !== undefined ? kept : before);
    return undefined;
  } catch (error) {
    return sayFailure(file, error);
  }
}

function readBackup(path: string): string | undefined {
  try {
    return readForeignFile({ path });
  } catch {
    return undefined;
  }
}

/** Renaming over a read-only file would work, but whoever made it read-only meant it. */
function refuseReadOnly(file: SwitchFile): void {
  const stat = statSync(file.path, { throwIfNoEntry: false });
  if (stat && (stat.mode & 0o200) === 0) {
    throw new HumanError(`${file.path} is read-only; it was left alone.`);
  }
}

function sayFailure({ path }: SwitchFile, error: unknown): string {
  if (error instanceof HumanError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return `${path} could not be written (${code ?? message}); it was left alone.`;
}

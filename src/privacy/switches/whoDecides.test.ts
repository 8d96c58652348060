import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privacyPlaces, type PrivacyFacts, type PrivacyPlaces } from '../privacyPlaces';
import { readPrivacyRecord, writePrivacyRecord } from '../privacyRecord';
import { readSwitch, readSwitches, type SwitchReading } from './readSwitch';
import { switchRow, type SwitchId } from './switchTable';
import { setSwitch } from './writeSwitch';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-decides-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const IDE_FILE = 'home/.config/Kiro/User/settings.json';
const CONTENT = 'telemetry.dataSharingAndPromptLogging.contentCollectionForServiceImprovement';

const places = (more: Partial<PrivacyFacts> = {}): PrivacyPlaces =>
  privacyPlaces({
    ...{ platform: 'linux', home: join(scratch, 'home'), roots: [] },
    managedFolder: join(scratch, 'managed'),
    ...more,
  });
const read = (id: SwitchId, at: PrivacyPlaces = places()): SwitchReading =>
  readSwitch(switchRow(id), at, {});
function put(path: string, text: string): void {
  const file = join(scratch, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('who decides', () => {
  it('is said, with the line where a file does', () => {
    put('home/.kiro/settings/cli.json', '{\n"telemetry.enabled": true}');
    expect(read('cli.telemetry')).toMatchObject({ state: 'on', line: 2 });
    put('managed/managed-settings.json', '{"settings": {"telemetry.enabled": false}}');
    expect(read('cli.telemetry')).toMatchObject({ decidedBy: 'administrator' });
    put('managed/managed-settings.json', '{');
    expect(read('cli.telemetry')).toMatchObject({ state: 'unknown', unreadable: true });
    const plan = readSwitch(switchRow('ide.contentCollection'), places(), { enterprisePlan: true });
    expect(plan).toMatchObject({ state: 'unknown' });
    rmSync(join(scratch, 'managed'), { recursive: true });
    expect(
      readSwitch(switchRow('ide.contentCollection'), places(), { enterprisePlan: true }),
    ).toMatchObject({ state: 'managed', decidedBy: 'plan' });
  });

  it('nobody here, where the editor’s settings lie on another machine', async () => {
    put(IDE_FILE, `{"${CONTENT}": false}`);
    const at = places({ editorElsewhere: true });
    expect(read('ide.contentCollection', at)).toMatchObject({ state: 'unknown', unreadable: true });
    const result = await setSwitch('ide.contentCollection', true, {
      ...{ places: at, record: {}, backups: join(scratch, 'backups') },
      now: () => new Date(0),
    });
    expect(result.problem).toBeDefined();
    expect(readFileSync(join(scratch, IDE_FILE), 'utf8')).toBe(`{"${CONTENT}": false}`);
    expect(read('cli.telemetry', at).state).toBe('on');
  });

  it('an administrator', () => {
    put('managed/managed-settings.json', '{"rules": [], "settings": {"telemetry.enabled": false}}');
    put('home/.kiro/settings/cli.json', '{"telemetry.enabled": true}');
    const { state, source } = read('cli.telemetry');
    expect(state).toBe('managed');
    expect(source).toContain('telemetry.enabled = false');
    expect(read('cli.contentSharing').state).toBe('on');
  });

  it('perhaps an administrator, whose file cannot be read', () => {
    put('managed/managed-settings.json', '{');
    put(IDE_FILE, `{"${CONTENT}": false}`);
    expect(read('ide.contentCollection').state).toBe('unknown');
  });

  it('an enterprise plan, as the person has recorded it', () => {
    const state = join(scratch, 'state');
    expect(readPrivacyRecord(state)).toEqual({});
    writePrivacyRecord(state, {
      enterprisePlan: true,
      autonomousAgentOptedOut: '2026-11-21T10:00Z',
    });
    const states = readSwitches(places(), readPrivacyRecord(state));
    const managed = states.filter(reading => reading.state === 'managed').map(({ row }) => row.id);
    expect(managed).toEqual(['ide.contentCollection', 'cli.contentSharing']);
    expect(states.at(-1)).toMatchObject({ state: 'unknown' });
    expect(states.at(-1)?.source).toContain('You recorded on 2026-11-21');
    writeFileSync(join(state, 'privacy.json'), '{"enterprisePlan": "yes"');
    expect(readPrivacyRecord(state)).toEqual({});
  });
});

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'jsonc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutOf, privacyPlaces, type PrivacyPlaces } from '../privacyPlaces';
import { KiroCliSettings } from './kiroCliSettings';
import { readSwitch, readSwitches, type SwitchReading } from './readSwitch';
import { SWITCH_IDS, SWITCH_ROWS, switchRow, type SwitchId } from './switchTable';
import { optOutOfEverything, setSwitch, undoSwitch, type SwitchWriter } from './writeSwitch';

let scratch: string;
beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-switches-')));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

type Layout = 'linux' | 'darwin' | 'win32';
const IDE_USER: Readonly<Record<Layout, string>> = {
  linux: '.config/Kiro/User',
  darwin: 'Library/Application Support/Kiro/User',
  win32: 'AppData/Roaming/Kiro/User',
};

const home = (): string => join(scratch, 'home');
const places = (platform: Layout = 'linux', roots: readonly string[] = []): PrivacyPlaces =>
  privacyPlaces({ platform, home: home(), roots, managedFolder: join(scratch, 'managed') });
const writer = (at: PrivacyPlaces = places()): SwitchWriter => ({
  places: at,
  record: {},
  backups: join(scratch, 'backups'),
  now: () => new Date(0),
});
const read = (id: SwitchId, at: PrivacyPlaces = places()): SwitchReading =>
  readSwitch(switchRow(id), at, {});
function put(path: string, text: string): string {
  const file = join(scratch, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const IDE_FILE = 'home/.config/Kiro/User/settings.json';
const CONTENT = 'telemetry.dataSharingAndPromptLogging.contentCollectionForServiceImprovement';
const OLDER_CONTENT = 'telemetry.dataSharing.contentCollectionForServiceImprovement';

const LOCAL_ROWS = SWITCH_ROWS.filter(({ place }) => place !== 'web');

/** Every local row on every layout, with the file and the setting that the vendor names. */
const TABLE = (['linux', 'darwin', 'win32'] as const).flatMap(platform => {
  const ide = `${IDE_USER[platform]}/settings.json`;
  const rows: readonly (readonly [SwitchId, string, string, unknown, unknown])[] = [
    ['ide.telemetryLevel', ide, 'telemetry.telemetryLevel', 'all', 'off'],
    ['ide.contentCollection', ide, CONTENT, true, false],
    [
      'ide.usageAnalytics',
      ide,
      'telemetry.dataSharingAndPromptLogging.usageAnalyticsAndPerformanceMetrics',
      true,
      false,
    ],
    ['ide.promptLogging', ide, 'telemetry.dataSharingAndPromptLogging.promptLogging', true, false],
    ['ide.codeReferences', ide, 'kiroAgent.codeReferences.referenceTracker', true, false],
    ['cli.telemetry', '.kiro/settings/cli.json', 'telemetry.enabled', true, false],
    [
      'cli.contentSharing',
      '.kiro/settings/cli.json',
      'codeWhisperer.shareCodeWhispererContentWithAWS',
      true,
      false,
    ],
    ['settings.telemetry', '.kiro/settings.json', 'telemetry/enabled', true, false],
    ['settings.usageStatistics', '.kiro/settings.json', 'usageStatisticsEnabled', true, false],
  ];
  return rows.map(row => [platform, ...row] as const);
});

it('has the rows that are promised, each with what a person must know', () => {
  expect(SWITCH_ROWS.map(({ id }) => id)).toEqual([...SWITCH_IDS]);
  expect(new Set(TABLE.map(([, id]) => id)).size).toBe(LOCAL_ROWS.length);
  for (const { sends, where, seenBy, stored, sources, names, place } of SWITCH_ROWS) {
    for (const text of [sends, where, seenBy, stored]) expect(text).not.toBe('');
    expect(sources.length).toBeGreaterThan(0);
    expect(names[0]?.kind ?? place).toBe(place === 'web' ? 'web' : 'current');
  }
});

describe.each(TABLE)('%s: %s', (platform, id, path, key, on, off) => {
  const valueIn = (text: string): unknown =>
    key
      .split('/')
      .reduce<unknown>(
        (value, part) => (value as Record<string, unknown> | undefined)?.[part],
        parse(text),
      );
  const nested = (value: unknown): unknown =>
    key.split('/').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);

  it.each([
    ['on', on, false, 'off', off],
    ['off', off, true, 'on', on],
  ])('is read as %s, switched, read back and undone', async (state, value, target, then, after) => {
    const before = `// mine\n{\n    "other": [1, 2], // kept\n    ${JSON.stringify(nested(value)).slice(1, -1)},\n}\n`;
    const file = put(`home/${path}`, before);
    expect(read(id, places(platform))).toMatchObject({ state });
    expect(read(id, places(platform)).source).toContain(`${file}:4`);
    const { change, reading, problem } = await setSwitch(id, target, writer(places(platform)));
    expect(problem).toBeUndefined();
    expect(reading.state).toBe(then);
    const text = readFileSync(file, 'utf8');
    expect(valueIn(text)).toBe(after);
    expect(text).toContain('// mine\n{\n    "other": [1, 2], // kept\n');
    expect(readFileSync(change?.backup ?? '', 'utf8')).toBe(before);
    if (change) expect(undoSwitch(change, join(scratch, 'backups'), new Date(1))).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('makes a missing file and takes it away again', async () => {
    const file = join(home(), path);
    const { change, reading } = await setSwitch(id, false, writer(places(platform)));
    expect(reading.state).toBe('off');
    expect(valueIn(readFileSync(file, 'utf8'))).toBe(off);
    if (change) undoSwitch(change, join(scratch, 'backups'), new Date(1));
    expect(existsSync(file)).toBe(false);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['malformed', '{ "a": [ }', /cannot be read: .*:1:10: ValueExpected/],
    ['no object', '[]', /not a JSON object/],
    ['a doubled setting', `{"${CONTENT}": false, "${CONTENT}": true}`, /stands there twice/],
    ['a value of a wrong type', `{"${CONTENT}": "false"}`, /not a documented value/],
    ['null', `{"${CONTENT}": null}`, /not a documented value/],
  ])('%s is unknown, never off', (_, text, source) => {
    put(IDE_FILE, text);
    const { state, source: said } = read('ide.contentCollection');
    expect(state).toBe('unknown');
    expect(said).toMatch(source);
  });

  it('a binary file, a folder and a link that leads nowhere are left alone', async () => {
    const file = put(IDE_FILE, '');
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x7b]));
    expect(read('ide.contentCollection').state).toBe('unknown');
    rmSync(file);
    mkdirSync(file);
    expect(read('ide.contentCollection').state).toBe('unknown');
    expect((await setSwitch('ide.contentCollection', false, writer())).problem).toMatch(/file/);
    rmSync(file, { recursive: true });
    symlinkSync(join(scratch, 'nowhere'), file);
    expect((await setSwitch('ide.contentCollection', false, writer())).problem).toMatch(
      /link to a file that does not exist/,
    );
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  });

  it('a malformed file is not written', async () => {
    const file = put(IDE_FILE, '{ "a": [ }');
    const { problem, reading } = await setSwitch('ide.contentCollection', false, writer());
    expect(problem).toMatch(/:1:10/);
    expect(reading.state).toBe('unknown');
    expect(readFileSync(file, 'utf8')).toBe('{ "a": [ }');
  });

  it('a read-only file is read, said and left alone', async () => {
    const file = put(IDE_FILE, `{"${CONTENT}": true}`);
    chmodSync(file, 0o444);
    const { problem, reading } = await setSwitch('ide.contentCollection', false, writer());
    expect(problem).toMatch(/read-only/);
    expect(reading.state).toBe('on');
    expect(readFileSync(file, 'utf8')).toBe(`{"${CONTENT}": true}`);
  });

  it('an empty file and one with comments alone say nothing', async () => {
    put(IDE_FILE, '');
    expect(read('ide.contentCollection').state).toBe('on');
    put(IDE_FILE, '// later\n');
    expect(read('ide.contentCollection')).toMatchObject({ state: 'on' });
    expect((await setSwitch('ide.contentCollection', false, writer())).reading.state).toBe('off');
    expect(readFileSync(join(scratch, IDE_FILE), 'utf8')).toContain('// later');
  });

  it('nothing set anywhere: what the vendor documents, or unknown', () => {
    const states = Object.fromEntries(
      readSwitches(places(), {}).map(({ row, state }) => [row.id, state]),
    );
    expect(states).toMatchObject({
      'ide.telemetryLevel': 'on',
      'ide.contentCollection': 'on',
      'ide.promptLogging': 'unknown',
      'ide.codeReferences': 'off',
      'autonomousAgent.content': 'unknown',
    });
  });
});

describe('several names of one setting', () => {
  it.each([
    [{ [CONTENT]: false, [OLDER_CONTENT]: true }, 'on'],
    [{ [CONTENT]: true, [OLDER_CONTENT]: false }, 'on'],
    [{ [CONTENT]: false, [OLDER_CONTENT]: false }, 'off'],
    [{ [OLDER_CONTENT]: false }, 'unknown'],
    [{ [OLDER_CONTENT]: true }, 'on'],
  ])('%j is %s', (settings, state) => {
    put(IDE_FILE, JSON.stringify(settings));
    expect(read('ide.contentCollection').state).toBe(state);
  });

  it.each([
    [{ 'telemetry.telemetryLevel': 'error' }, 'on'],
    [{ 'telemetry.telemetryLevel': 'crash' }, 'on'],
    [{ 'telemetry.telemetryLevel': 'all', 'telemetry.enableTelemetry': false }, 'off'],
    [{ 'telemetry.telemetryLevel': 'off', 'telemetry.enableTelemetry': true }, 'off'],
    [{ telemetry: { telemetryLevel: 'off' } }, 'unknown'],
  ])('%j is %s', (settings, state) => {
    put(IDE_FILE, JSON.stringify(settings));
    expect(read('ide.telemetryLevel').state).toBe(state);
  });

  it('are written together, and undone together', async () => {
    const before = JSON.stringify({ [OLDER_CONTENT]: true });
    const file = put(IDE_FILE, before);
    const { change } = await setSwitch('ide.contentCollection', false, writer());
    expect(parse(readFileSync(file, 'utf8'))).toEqual({
      [OLDER_CONTENT]: false,
      [CONTENT]: false,
    });
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{"later": 1,'));
    if (change) undoSwitch(change, join(scratch, 'backups'), new Date(1));
    expect(parse(readFileSync(file, 'utf8'))).toEqual({ later: 1, [OLDER_CONTENT]: true });
  });

  it('keeps a byte order mark and the ends of lines', async () => {
    const before = '\uFEFF{\r\n\t"a": 1\r\n}\r\n';
    const file = put(IDE_FILE, before);
    expect((await setSwitch('ide.contentCollection', false, writer())).reading.state).toBe('off');
    expect(readFileSync(file, 'utf8')).toBe(
      `\uFEFF{\r\n\t"a": 1,\r\n\t"${CONTENT}": false\r\n}\r\n`,
    );
  });
});

describe('the settings of a project', () => {
  const withProject = (): PrivacyPlaces => places('linux', [join(scratch, 'ws')]);

  it('win over those of the person, and get the change', async () => {
    put('home/.kiro/settings.json', '{"usageStatisticsEnabled": false}');
    const file = put('ws/.kiro/settings.json', '{"usageStatisticsEnabled": true}');
    expect(read('settings.usageStatistics', withProject()).state).toBe('on');
    await setSwitch('settings.usageStatistics', false, writer(withProject()));
    expect(readFileSync(file, 'utf8')).toBe('{"usageStatisticsEnabled": false}');
  });

  it('hide what they say when they cannot be read', () => {
    put('home/.kiro/settings.json', '{"usageStatisticsEnabled": false}');
    put('ws/.kiro/settings.json', '{');
    expect(read('settings.usageStatistics', withProject()).state).toBe('unknown');
  });

  it('are not written through a link of the repository', async () => {
    const target = put('bashrc', '{"usageStatisticsEnabled": true}');
    mkdirSync(join(scratch, 'ws/.kiro'), { recursive: true });
    symlinkSync(target, join(scratch, 'ws/.kiro/settings.json'));
    const result = await setSwitch('settings.usageStatistics', false, writer(withProject()));
    expect(result.reading.state).toBe('unknown');
    expect(result.problem).toMatch(/symbolic link/);
    expect(readFileSync(target, 'utf8')).toBe('{"usageStatisticsEnabled": true}');
  });
});

describe('opt out of everything', () => {
  it('switches off whatever sends, and keeps going over a file that cannot be written', async () => {
    put('home/.kiro/settings/cli.json', '{');
    const results = await optOutOfEverything(readSwitches(places(), {}), writer());
    const after = readSwitches(places(), {});
    const stateOf = (id: SwitchId): string | undefined =>
      after.find(({ row }) => row.id === id)?.state;
    expect(results.filter(({ problem }) => problem !== undefined)).toHaveLength(2);
    expect(stateOf('cli.telemetry')).toBe('unknown');
    for (const id of ['ide.telemetryLevel', 'ide.promptLogging', 'settings.telemetry'] as const) {
      expect(stateOf(id)).toBe('off');
    }
    expect(readFileSync(join(scratch, IDE_FILE), 'utf8')).not.toContain('referenceTracker');
    expect(readFileSync(join(home(), '.kiro/settings/cli.json'), 'utf8')).toBe('{');
  });

  it('does nothing where everything is off', async () => {
    await optOutOfEverything(readSwitches(places(), {}), writer());
    const text = readFileSync(join(scratch, IDE_FILE), 'utf8');
    expect(await optOutOfEverything(readSwitches(places(), {}), writer())).toEqual([]);
    expect(readFileSync(join(scratch, IDE_FILE), 'utf8')).toBe(text);
  });
});

describe('Kiro CLI', () => {
  const CLI = 'home/.kiro/settings/cli.json';

  it('is asked to write its own setting; what it leaves undone the file gets', async () => {
    const calls: (readonly string[])[] = [];
    const file = put(CLI, '{"telemetry.enabled": true}');
    const kiroCli = new KiroCliSettings('/bin/kiro-cli', (program, args) => {
      calls.push([program, ...args]);
      return Promise.resolve(1);
    });
    const { reading, change } = await setSwitch('cli.telemetry', false, { ...writer(), kiroCli });
    expect(calls).toEqual([['/bin/kiro-cli', 'settings', 'telemetry.enabled', 'false']]);
    expect(reading.state).toBe('off');
    if (change) undoSwitch(change, join(scratch, 'backups'), new Date(1));
    expect(readFileSync(file, 'utf8')).toBe('{"telemetry.enabled": true}');
  });

  it('is left alone for what is no setting of its own', async () => {
    const kiroCli = new KiroCliSettings('/bin/kiro-cli', () => Promise.reject(new Error('asked')));
    const result = await setSwitch('ide.telemetryLevel', false, { ...writer(), kiroCli });
    expect(result.problem).toBeUndefined();
  });

  it('has its settings where KIRO_HOME says', () => {
    const at = privacyPlaces({
      ...{ platform: 'linux', home: home(), roots: [] },
      kiroHome: join(scratch, 'moved'),
      managedFolder: scratch,
    });
    put('moved/settings/cli.json', '{"telemetry.enabled": false}');
    expect(read('cli.telemetry', at).state).toBe('off');
    expect(at.kiroSettings.map(({ path }) => path)).toEqual([
      join(scratch, 'moved/settings.json'),
      join(home(), '.kiro/settings.json'),
    ]);
  });
});

it('recognises the layout of a home folder of another system', () => {
  expect(layoutOf(home(), 'linux')).toBe('linux');
  mkdirSync(join(home(), IDE_USER.darwin), { recursive: true });
  expect(layoutOf(home(), 'linux')).toBe('darwin');
  mkdirSync(join(home(), IDE_USER.linux), { recursive: true });
  expect(layoutOf(home(), 'linux')).toBe('linux');
});

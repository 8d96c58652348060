import { expect, it } from 'vitest';
import type { SwitchReading } from '../../privacy/switches/readSwitch';
import { SWITCH_ROWS, switchRow, type SwitchId } from '../../privacy/switches/switchTable';
import type { PrivacyRow } from '../../protocol/privacyPanel';
import { parsePrivacyRequest } from './privacyRequests';
import { privacyView } from './privacyView';

function reading(id: SwitchId, change: Partial<SwitchReading> = {}): SwitchReading {
  const file = { path: '/home/me/settings.json' };
  return { row: switchRow(id), state: 'on', source: 'a file', file, ...change };
}

function rowOf(one: SwitchReading, inKiro = false): PrivacyRow | undefined {
  return privacyView([one], { record: {}, undo: undefined, inKiro }).rows[0];
}

it.each<[string, SwitchReading, PrivacyRow['control']]>([
  ['on', reading('cli.telemetry'), 'toggle'],
  ['off', reading('cli.telemetry', { state: 'off' }), 'toggle'],
  ['not known', reading('ide.promptLogging', { state: 'unknown' }), 'choose'],
  ['not readable', reading('cli.telemetry', { state: 'unknown', unreadable: true }), 'none'],
  [
    'an administrator’s',
    reading('cli.telemetry', { state: 'managed', decidedBy: 'administrator' }),
    'none',
  ],
  ['a plan’s', reading('cli.contentSharing', { state: 'managed', decidedBy: 'plan' }), 'choose'],
  ['the vendor’s', reading('autonomousAgent.content', { state: 'unknown' }), 'browser'],
])('offers what can be done where the state is %s', (_, one, control) => {
  expect(rowOf(one)?.control).toBe(control);
});

it('opens the setting in Kiro itself, the file elsewhere, and nothing where there is none', () => {
  expect(rowOf(reading('ide.promptLogging'), true)?.opens).toBe('setting');
  expect(rowOf(reading('ide.promptLogging'))?.opens).toBe('file');
  expect(rowOf(reading('cli.telemetry'), true)?.opens).toBe('file');
  const { file: _, ...agent } = reading('autonomousAgent.content');
  expect(rowOf(agent)?.opens).toBe('nothing');
});

it('writes out what a file name or value would hide', () => {
  const source = '/ws/\u202egnp.exe/settings.json:1: x = "\u200b"';
  expect(rowOf(reading('settings.telemetry', { source }))?.source).toBe(
    '/ws/⟨U+202E⟩gnp.exe/settings.json:1: x = "⟨U+200B⟩"',
  );
});

it('offers to opt out while anything sends, for which nobody else decides', () => {
  const canOptOut = (...readings: readonly SwitchReading[]): boolean =>
    privacyView(readings, { record: {}, undo: undefined, inKiro: false }).canOptOut;
  expect(canOptOut(reading('cli.telemetry'))).toBe(true);
  expect(canOptOut(reading('ide.promptLogging', { state: 'unknown' }))).toBe(true);
  expect(
    canOptOut(
      reading('cli.telemetry', { state: 'off' }),
      reading('ide.codeReferences'),
      reading('autonomousAgent.content', { state: 'unknown' }),
      reading('cli.contentSharing', { state: 'managed', decidedBy: 'plan' }),
    ),
  ).toBe(false);
});

it('has every row, every fact with its document, and what the person has noted', () => {
  const record = { enterprisePlan: true, autonomousAgentOptedOut: '2026-11-21T10:00:00Z' };
  const view = privacyView(
    SWITCH_ROWS.map(({ id }) => reading(id)),
    { record, undo: 'Kiro CLI: telemetry', inKiro: false },
  );
  expect(view).toMatchObject({ enterprisePlan: true, undo: 'Kiro CLI: telemetry' });
  expect(view.rows.filter(({ recorded }) => recorded).map(({ id }) => id)).toEqual([
    'autonomousAgent.content',
  ]);
  expect(view.rows.every(({ documents }) => documents.length > 0)).toBe(true);
  expect(view.facts.length).toBeGreaterThan(8);
  for (const { rows } of view.facts) {
    expect(rows.every(({ document }) => /read \d{4}-/.test(document.text))).toBe(true);
    expect(rows.every(({ document: { url } }) => !url || url.startsWith('https://'))).toBe(true);
  }
});

it.each<[unknown, boolean]>([
  [{ type: 'ready' }, true],
  [{ type: 'switch', row: 'cli.telemetry', on: false }, true],
  [{ type: 'recordAgent', done: true }, true],
  [{ type: 'switch', row: 'cli.telemetry', on: 'false' }, false],
  [{ type: 'switch', row: 'cli.telemetry', on: false, file: '/etc/passwd' }, false],
  [{ type: 'open', row: 'x'.repeat(101) }, false],
  [{ type: 'run' }, false],
  ['ready', false],
  [null, false],
])('takes %j for a request: %s', (message, isRequest) => {
  expect(parsePrivacyRequest(message) !== undefined).toBe(isRequest);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DoctorReportSchema } from '../../src/privacy/posture/doctorReport';
import { PrivacyReportSchema } from '../../src/privacy/privacyReport';
import { SWITCH_IDS } from '../../src/privacy/switches/switchTable';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'checkrein-verbs-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

function checkrein(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, [CLI, ...args], { env: { PATH, ...env }, encoding: 'utf8' });
}

describe('checkrein privacy', () => {
  const rows = (env: NodeJS.ProcessEnv = {}): Readonly<Record<string, string>> => {
    const { stdout, status } = checkrein(['privacy', '--json', '--home', home], env);
    expect(status).toBe(0);
    const report = PrivacyReportSchema.parse(JSON.parse(stdout));
    expect(report.rows.map(({ id }) => id)).toEqual([...SWITCH_IDS]);
    return Object.fromEntries(report.rows.map(({ id, state }) => [id, state]));
  };

  it.each(['.config', 'Library/Application Support', 'AppData/Roaming'])(
    'reads a home folder with its settings in %s',
    folder => {
      put(`${folder}/Kiro/User/settings.json`, '{"telemetry.telemetryLevel": "off"}');
      put('.kiro/settings/cli.json', '{"telemetry.enabled": false,');
      put('.kiro/settings.json', '{"telemetry": {"enabled": false}, // mine\n}');
      expect(rows()).toMatchObject({
        'ide.telemetryLevel': 'off',
        'ide.contentCollection': 'on',
        'cli.telemetry': 'unknown',
        'settings.telemetry': 'off',
        'autonomousAgent.content': 'unknown',
      });
    },
  );

  it('honours KIRO_HOME', () => {
    put('moved/settings/cli.json', '{"telemetry.enabled": false}');
    expect(rows({ KIRO_HOME: join(home, 'moved') })['cli.telemetry']).toBe('off');
    expect(rows()['cli.telemetry']).toBe('on');
  });

  it('writes nothing', () => {
    rows();
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('checkrein doctor', () => {
  it('prints a report that follows its schema, without secrets, and says by its end what it means', () => {
    const token = ['gh', 'p_', 'a1'.repeat(18)].join('');
    const workspace = join(home, 'ws');
    put('ws/a.txt', token);
    const run = checkrein(['doctor', '--json', '--home', home, '--workspace', workspace], {
      AWS_ACCESS_KEY_ID: 'AKIAX',
      AWS_SECRET_ACCESS_KEY: 'not-to-be-shown',
    });
    expect(run.stdout).not.toContain(token);
    expect(run.stdout).not.toContain('not-to-be-shown');
    const report = DoctorReportSchema.parse(JSON.parse(run.stdout));
    const high = report.findings.filter(({ severity }) => severity === 'high');
    expect(high.map(({ check }) => check)).toEqual(['aws.environment', 'workspace.secrets']);
    expect(report.agents.map(({ state }) => state)).toContain('notInstalled');
    expect(report.network).toBeUndefined();
    expect(run.status).toBe(1);
  });
});

describe('checkrein chats', () => {
  it('lists, searches and exports', () => {
    put('.kiro/sessions/cli/a.jsonl', '{"role":"user","content":"Mend the test"}\n');
    const [id = ''] = checkrein(['chats', 'list', '--home', home]).stdout.split('\t');
    expect(checkrein(['chats', 'search', 'mend', '--home', home]).stdout).toContain(
      `${id}\t1\tuser`,
    );
    const exported = checkrein(['chats', 'export', id, '--format', 'json', '--home', home]);
    expect(JSON.parse(exported.stdout)).toMatchObject({ malformed: 0, records: [{ index: 1 }] });
    expect(checkrein(['chats', 'export', 'zzz', '--home', home]).status).toBe(1);
  });
});

it.each([
  [['privacy', '--jsn']],
  [['privacy', 'more']],
  [['doctor', '--sso-region', 'a.example.com/x']],
  [['chats']],
  [['chats', 'export']],
  [['chats', 'list', 'more']],
  [['chats', 'export', 'x', '--format', 'pdf']],
])('%j ends with 64', args => {
  expect(checkrein(args).status).toBe(64);
});

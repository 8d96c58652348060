import { describe, expect, it } from 'vitest';
import type { PolicyLayer, PolicyProblem, Scope } from './policyLayer';
import { readPolicyText } from './readPolicyText';

const FILE = '/p/.kiro/settings.json';

function read(text: string, scope: Scope = 'project'): ReturnType<typeof readPolicyText> {
  return readPolicyText(text, { scope, file: FILE });
}

function layer(text: string, scope: Scope = 'project'): PolicyLayer {
  const reading = read(text, scope);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.layer;
}

/** Each problem as `line:column severity message`. */
function problems(text: string, scope: Scope = 'project'): readonly string[] {
  return read(text, scope).problems.map(
    ({ line, column, severity, message }: PolicyProblem) =>
      `${line ?? '-'}:${column ?? '-'} ${severity} ${message}`,
  );
}

describe('readPolicyText', () => {
  it('takes comments, trailing commas and a byte order mark', () => {
    const text = '\uFEFF{ // one\n  /* two */ "trustedCommands": ["npm test", ],\n}';
    expect(layer(text).values).toEqual({ trustedCommands: ['npm test'] });
    expect(read(text).problems).toEqual([]);
  });

  it('takes every key of the vendor and keeps only what is policy', () => {
    const text = JSON.stringify({
      $schema: 'x',
      telemetry: { enabled: false },
      usageStatisticsEnabled: false,
      mcpServers: { github: { command: 'x', env: { GITHUB_TOKEN: '${GITHUB_TOKEN}' } } },
      toolSearch: { enabled: true, minPct: 5 },
      sandbox: 'docker',
      autoAccept: false,
      excludeTools: ['run_shell_command'],
      coreTools: ['all'],
    });
    expect(layer(text).values).toEqual({
      sandbox: 'docker',
      autoAccept: false,
      excludeTools: ['run_shell_command'],
      coreTools: ['all'],
    });
  });

  it('knows the line of every key and entry', () => {
    const text =
      '{\n\n "trustedTools":\n [ "a", "b",\r\n  "c" ],\n "agentAutonomy": "Supervised" }';
    expect(Object.fromEntries(layer(text).lines)).toEqual({
      trustedTools: { line: 3, entries: [4, 4, 5] },
      agentAutonomy: { line: 6, entries: [] },
    });
  });

  it.each([
    ['', '1:1 error'],
    ['   ', '1:4 error'],
    ['[]', '1:1 error the file must hold one { … } object'],
    ['null', '1:1 error'],
    ['{"a":1', '1:7 error this is not valid JSON'],
    ['{} {}', '1:4 error this is not valid JSON'],
    ['{"agentAutonomy": Supervised}', '1:19 error'],
    [
      '{\n  "agentAutonomy": "Supervised"\n  "coreTools": []\n}',
      '3:3 error this is not valid JSON',
    ],
    ["{'agentAutonomy': 'Supervised'}", '1:2 error'],
  ])('refuses %j: %s', (text, expected) => {
    expect(read(text).ok).toBe(false);
    expect(problems(text)[0]).toContain(expected);
  });

  it.each([
    ['{"trustedCommands": "npm test"}', '1:21 error "trustedCommands" must be a list'],
    ['{\n "trustedCommands": ["a",\n  7]}', '3:3 error "trustedCommands.1" must be a text'],
    ['{"trustedCommands": [""]}', '1:22 error "trustedCommands.0" must not be empty'],
    ['{"trustedCommands": null}', '1:21 error "trustedCommands" must be a list'],
    ['{"agentAutonomy": "autopilot"}', '1:19 error "agentAutonomy" must be one of'],
    ['{"autoAccept": "false"}', '1:16 error "autoAccept" must be true or false'],
    ['{"sandbox": 1}', '1:13 error "sandbox" does not have one of the forms'],
    ['{"production": 0}', '1:16 error "production" must be true or false'],
    ['{"telemetry": {"enabled": "no"}}', '1:27 error "telemetry.enabled" must be true or false'],
    ['{"excludeTools": [["a"]]}', '1:19 error "excludeTools.0" must be a text'],
  ])('refuses the whole file for %s', (text, expected) => {
    const whole = text.replace(/\}$/, ', "deniedCommands": ["rm"]}');
    expect(read(whole).ok).toBe(false);
    expect(problems(whole)[0]).toContain(expected);
  });

  it('refuses a key that stands twice, on any level', () => {
    expect(problems('{"coreTools": ["all"],\n "coreTools": []}')).toEqual([
      '2:2 error "coreTools" stands here twice: keep one of them',
    ]);
    expect(problems('{"telemetry": {"enabled": true, "enabled": false}}')[0]).toContain('twice');
    expect(problems('{"foreign": [{"a": 1, "a": 2}]}')[0]).toContain('1:23 error "a" stands');
    expect(problems('{"coreTools": [], "core\\u0054ools": []}')[0]).toContain('twice');
  });

  it.each([
    ['trustedComands', 'trustedCommands'],
    ['TrustedCommands', 'trustedCommands'],
    ['deniedCommand', 'deniedCommands'],
    ['excludeTool', 'excludeTools'],
    ['sandBox', 'sandbox'],
    ['agentAutonmy', 'agentAutonomy'],
  ])('refuses %s and asks whether %s was meant', (name, near) => {
    const text = JSON.stringify({ [name]: [] });
    expect(problems(text)).toEqual([`1:2 error "${name}" is not known: did you mean "${near}"?`]);
  });

  it('passes over keys that Kiro may have, and says so', () => {
    const text = '{"workbench.theme": {"deep": [1]}, "hooks": {}, "coreTools": ["all"]}';
    expect(layer(text).values).toEqual({ coreTools: ['all'] });
    expect(problems(text)).toHaveLength(2);
    expect(problems(text)[0]).toContain('1:2 warning');
  });

  it('passes over nothing in the policy of an organisation', () => {
    expect(read('{"hooks": {}}', 'managed').ok).toBe(false);
    expect(read('{"telemetry": {}}', 'managed').ok).toBe(false);
    expect(read('{"lock": ["nothing"]}', 'managed').ok).toBe(false);
    expect(read('{"lock": ["trustedCommands"]}', 'project').ok).toBe(true);
    expect(layer('{"lock": ["sandbox"]}', 'project').lock).toBeUndefined();
    expect(layer('{"lock": ["sandbox"], "trustAll": false}', 'managed')).toMatchObject({
      lock: ['sandbox'],
      trustAll: false,
    });
  });

  it('takes __proto__ and constructor for keys like any other', () => {
    const text = '{"__proto__": {"trustedCommands": ["*"]}, "constructor": 1, "coreTools": []}';
    const { values } = layer(text);
    expect(values.trustedCommands).toBeUndefined();
    expect(Object.keys(values)).toEqual(['coreTools']);
    layer('{"mcpServers": {"__proto__": {"command": "x"}}, "sandbox": {"__proto__": {"a": 1}}}');
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    expect(({} as Record<string, unknown>)['command']).toBeUndefined();
  });

  it.each([
    ['arrays', '{"x":' + '['.repeat(200_000)],
    ['closed arrays', '{"x":' + '['.repeat(50_000) + ']'.repeat(50_000) + '}'],
    ['objects', '{"x":'.repeat(100_000)],
  ])('gives up on nesting of %s that no person writes', (_, text) => {
    const reading = read(text);
    expect(reading.ok).toBe(false);
    expect(reading.problems[0]?.severity).toBe('error');
  });

  it('says only so much about a file that is wrong all over', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `"k${index}": 1`).join(',');
    expect(problems(`{${many}}`).length).toBeLessThanOrEqual(20);
    expect(problems(`{"trustedCommands": [${'7,'.repeat(5000)}]}`).length).toBeLessThanOrEqual(20);
    const long = 'x'.repeat(100_000);
    expect(problems(`{"${long}": 1}`)[0]?.length).toBeLessThan(200);
    expect(read(`{"trustedCommands": ["${'x'.repeat(1001)}"]}`).ok).toBe(false);
    expect(read(`{"trustedCommands": [${'"a",'.repeat(20_001)}]}`).ok).toBe(false);
  });

  it('finds the misspelt key among thousands that are foreign', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `"k${index}": 1`).join(',');
    expect(read(`{${many}, "deniedComands": ["rm"]}`).ok).toBe(false);
  });
});

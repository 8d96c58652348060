import { describe, expect, it } from 'vitest';
import { looseningOf, onlyTightening } from './loosening';
import type { Scope } from './policyLayer';
import { readPolicyText } from './readPolicyText';

const FILE = '/p/.kiro/settings.json';

function hash(
  text: string,
  options: { readonly file?: string; readonly scope?: Scope } = {},
): string | undefined {
  const { file = FILE, scope = 'project' } = options;
  const reading = readPolicyText(text, { scope, file });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return looseningOf(reading.layer)?.hash;
}

const BASE =
  '{"trustedCommands": ["a", "b"], "trustedTools": ["read"], "allowedPaths": ["/d/x"], "autoAccept": true, "agentAutonomy": "Autopilot"}';

describe('looseningOf', () => {
  it.each([
    '// a comment\n{"trustedCommands": ["a", "b"], /* x */ "trustedTools": ["read"], "allowedPaths": ["/d/x"], "autoAccept": true, "agentAutonomy": "Autopilot",}',
    '{"agentAutonomy": "Autopilot", "autoAccept": true, "allowedPaths": ["/d/x"],\n\n "trustedTools": ["read"], "trustedCommands": ["a", "b"]}',
    BASE.replace('{', '{"mcpServers": {"x": {"command": "y"}}, "foreign": 1, '),
  ])('stays the same with %s', text => {
    expect(hash(text)).toBe(hash(BASE));
  });

  it.each([
    ['"a", "b"', '"a", "b", "c"'],
    ['"a", "b"', '"a"'],
    ['"a", "b"', '"b", "a"'],
    ['"a", "b"', '"a,b"'],
    ['"a", "b"', '"a", "b "'],
    ['"a", "b"', '"a", "B"'],
    ['"read"', '"write"'],
    ['"/d/x"', '"/d"'],
    ['"autoAccept": true', '"autoAccept": false'],
    ['"Autopilot"', '"Supervised"'],
    ['"trustedTools": ["read"]', '"trustedTools": []'],
  ])('changes when %s becomes %s', (before, after) => {
    expect(BASE).toContain(before);
    expect(hash(BASE.replace(before, after))).not.toBe(hash(BASE));
  });

  it.each([
    '"deniedCommands": ["x"]',
    '"sandbox": true',
    '"production": true',
    '"excludeTools": ["y"]',
    '"coreTools": ["read"]',
  ])('changes when %s comes or goes: it is part of what was approved', tightening => {
    expect(hash(BASE.replace('{', `{${tightening}, `))).not.toBe(hash(BASE));
  });

  it('names one file and one place', () => {
    expect(hash(BASE, { file: '/q/.kiro/settings.json' })).not.toBe(hash(BASE));
    expect(hash(BASE, { scope: 'kiroWorkspace' })).not.toBe(hash(BASE));
  });

  it.each<Scope>(['user', 'editorUser', 'kiroUser', 'managed', 'session'])(
    'is nothing in %s, which no repository can write',
    scope => {
      expect(hash(BASE, { scope })).toBeUndefined();
    },
  );

  it.each([
    '{}',
    '{"trustedCommands": [], "autoAccept": false, "agentAutonomy": "Supervised"}',
    '{"deniedCommands": ["x"], "untrustedTools": ["x"], "excludeTools": ["x"], "coreTools": ["all"]}',
    '{"protectedPaths": ["x"], "secretPaths": ["x"], "neverList": ["x"]}',
    '{"production": false, "sandbox": false}',
  ])('is nothing for %s', text => {
    expect(hash(text)).toBeUndefined();
  });
});

describe('onlyTightening', () => {
  it('keeps every key but those that let more pass', () => {
    const text = BASE.replace('{', '{"deniedCommands": ["x"], "sandbox": true, ');
    const reading = readPolicyText(text, { scope: 'project', file: FILE });
    if (!reading.ok) throw new Error('not read');
    expect(onlyTightening(reading.layer).values).toEqual({ deniedCommands: ['x'], sandbox: true });
  });
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_POLICY } from '../policy/policy';
import { runKiroVerb } from './kiroVerb';

let scratch: string;
let out: string[];
let errors: string[];
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-verb-'));
  mkdirSync(join(scratch, 'project'));
  [out, errors] = [[], []];
});
afterEach(() => rmSync(scratch, { recursive: true }));

function run(...args: readonly string[]): number {
  out = [];
  return runKiroVerb(args, {
    home: join(scratch, 'home'),
    cwd: scratch,
    platform: 'linux',
    stateHome: home => join(home, 'state'),
    movedKiroHome: () => undefined,
    loadPolicy: workspace => ({
      ...EMPTY_POLICY,
      commands: {
        trusted:
          workspace === undefined
            ? []
            : [{ effect: 'allow', pattern: 'npm test *', source: { file: join(workspace, 'p') } }],
      },
    }),
    print: line => out.push(line),
    printError: line => errors.push(line),
  });
}

const file = (): string => join(scratch, 'home/.kiro/settings/permissions.yaml');

describe('checkrein kiro', () => {
  it.each([
    [],
    ['plan'],
    ['burn', '--workspace', 'x'],
    ['plan', '--workspace'],
    ['undo', 'x'],
    ['apply', '--all'],
  ])('refuses the words %j', (...args) => {
    expect(run(...args)).toBe(64);
    expect(errors.join('\n')).toContain('Usage: checkrein kiro');
  });

  it('plans, applies, watches and undoes', () => {
    expect(run('plan', '--workspace', 'project')).toBe(0);
    expect(out).toContain(`--- ${file()}`);
    expect(out).toContain('+      - "npm test"');
    expect(out.some(line => line.startsWith('# "npm test *"'))).toBe(true);
    expect(existsSync(file())).toBe(false);

    expect(run('drift', '--workspace', 'project')).toBe(1);
    expect(run('apply', '--workspace', 'project')).toBe(0);
    expect(out[0]).toBe(`created\t${file()}`);
    expect(run('drift', '--workspace', 'project')).toBe(0);
    expect(run('plan', '--workspace', 'project')).toBe(0);
    expect(out.filter(line => /^[+-][^-]/.test(line))).toEqual([]);

    expect(run('undo')).toBe(0);
    expect(out).toEqual(expect.arrayContaining([`deleted\t${file()}`]));
    expect(existsSync(file())).toBe(false);
  });

  it('speaks JSON', () => {
    expect(run('plan', '--workspace', 'project', '--json')).toBe(0);
    const plans = JSON.parse(out.join('\n')) as readonly { path: string; after: string }[];
    expect(plans.map(({ path }) => path)[0]).toBe(file());
    expect(plans[0]?.after).toContain('rules:');
  });

  it('takes another home and agent files of the workspace', () => {
    const agent = join(scratch, 'project/.kiro/agents/a.json');
    mkdirSync(dirname(agent), { recursive: true });
    writeFileSync(agent, '{"allowedTools": []}\n');
    const other = join(scratch, 'other');
    expect(
      run(
        'apply',
        '--workspace',
        'project',
        '--home',
        'other',
        '--agent',
        'project/.kiro/agents/a.json',
      ),
    ).toBe(0);
    expect(existsSync(join(other, '.kiro/settings/permissions.yaml'))).toBe(true);
    expect(readFileSync(agent, 'utf8')).toContain('npm test');
    expect(run('undo', '--home', 'other')).toBe(0);
    expect(readFileSync(agent, 'utf8')).toBe('{"allowedTools": []}\n');
  });

  it('reports a file with a problem, without what a terminal would obey', () => {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), 'rules: []\n"\\e[31mx": 1\n');
    for (const action of ['plan', 'apply', 'drift']) {
      expect([action, run(action, '--workspace', 'project')]).toEqual([action, 1]);
      expect(out.join('\n')).toContain('does not know');
      expect(out.join('\n')).not.toContain('\u001b');
    }
  });
});

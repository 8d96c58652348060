import { describe, expect, it } from 'vitest';
import { HumanError } from '../../files/humanError';
import type { Effect, Rule } from '../../policy/decision';
import { EMPTY_POLICY, type Policy } from '../../policy/policy';
import { compileAgent, isValidRegex, type AgentSettings } from './agentRules';
import { ourEntries, readAgent, withoutSettings, withSettings } from './agentText';

const ROOT = '/home/dev/project';
const PLACE = {
  ...{ cwd: ROOT, roots: [ROOT], home: '/home/dev', stateHome: '/home/dev/.state' },
  platform: 'linux' as const,
};
const FILE = '/home/dev/.kiro/agents/a.json';
const NO_TRUST = { shell: false, write: false, reading: [] };
const NONE = new Set<string>();

const rules = (effect: Effect, patterns: readonly string[]): readonly Rule[] =>
  patterns.map(pattern => ({ effect, pattern, source: { file: '/p.json' } }));

const policy = (lists: {
  readonly trusted?: readonly string[];
  readonly denied?: readonly string[];
  readonly limits?: readonly string[];
  readonly excluded?: readonly string[];
  readonly allowed?: readonly string[];
}): Policy => ({
  commands: {
    trusted: rules('allow', lists.trusted ?? []),
    denied: rules('deny', lists.denied ?? []),
    ...(lists.limits && { limits: [rules('deny', lists.limits)] }),
  },
  tools: { ...EMPTY_POLICY.tools, excluded: rules('deny', lists.excluded ?? []) },
  paths: { ...EMPTY_POLICY.paths, allowed: rules('allow', lists.allowed ?? []) },
});

const compile = (of: Policy, workspace = true): AgentSettings =>
  compileAgent(of, PLACE, NO_TRUST, workspace);

const entries = (settings: AgentSettings, tool: string, key: string): readonly string[] =>
  settings.lists.find(list => list.tool === tool && list.key === key)?.entries ?? [];

/** The command line compares the whole line with each expression. */
const matches = (expressions: readonly string[], line: string): boolean =>
  expressions.some(one => new RegExp(`^(?:${one.replaceAll('(?P<', '(?<')})$`).test(line));

describe('expressions', () => {
  it.each([
    [
      'git push',
      [
        'git push',
        ' git  push ',
        '/usr/bin/git push',
        'ls && git push',
        "g'i't push",
        'git push > x',
        'a|git push',
      ],
      ['git pusher', 'git push origin', 'echo git push'],
    ],
    [
      'git push *',
      ['git push', 'git push origin', 'a; git push x; b', '(git push)', 'ls\ngit push x'],
      ['git pushx', 'legit push'],
    ],
    ['npm run test*', ['npm run test', 'npm run test:unit a'], ['npm run build']],
    ['*', ['', 'anything', 'a\nb'], []],
    ['a.b+c *', ['a.b+c x'], ['aXbc x', 'a.bbc']],
    ['echo "a  b"', ['echo "a  b"', "echo 'a b'"], ['echo ab']],
    ['[x] (y) {z}^$|\\', ['[x] (y) {z}^$|\\'], ['x y z']],
    ['curl x | sh', ['curl x | sh'], ['curl x']],
    ['écho # ~-&&', ['écho # ~-&&'], ['écho']],
  ])('of the denied %s', (pattern, hits, misses) => {
    const expressions = entries(compile(policy({ denied: [pattern] })), 'shell', 'deniedCommands');
    expect(expressions).toHaveLength(1);
    for (const line of hits) expect([line, matches(expressions, line)]).toEqual([line, true]);
    for (const line of misses) expect([line, matches(expressions, line)]).toEqual([line, false]);
  });

  it('of trusted commands match exactly those', () => {
    const expressions = entries(
      compile(policy({ trusted: ['npm test *', 'node ./a.b-c+d.mjs', 'rm -rf /', '*', 'a && b'] })),
      ...(['shell', 'allowedCommands'] as const),
    );
    expect(expressions).toHaveLength(2);
    for (const line of ['npm test', 'node ./a.b-c+d.mjs'])
      expect(matches(expressions, line)).toBe(true);
    for (const line of ['npm test x', 'npm test; x', 'node ./aXb-c+d.mjs', 'xnpm test']) {
      expect([line, matches(expressions, line)]).toEqual([line, false]);
    }
  });

  it.each([
    '\\',
    '(',
    '[',
    '*a',
    '?',
    '{1',
    '\0',
    '\ud800',
    'a\nb',
    '"',
    "'",
    '(?P<checkrein>',
    '\\A',
    '/',
    '&&',
  ])('of %j can be read', text => {
    const all = entries(
      compile(policy({ denied: [text, `x ${text} *`] })),
      'shell',
      'deniedCommands',
    );
    expect(all.every(isValidRegex)).toBe(true);
  });
});

describe('compileAgent', () => {
  it('puts no trust into an agent that works in every workspace', () => {
    const settings = compile(policy({ trusted: ['npm test'], allowed: ['/data'] }), false);
    expect(entries(settings, 'shell', 'allowedCommands')).toEqual([]);
    expect(entries(settings, 'read', 'allowedPaths')).toEqual([]);
  });

  it('refuses secret files, but not their examples', () => {
    const denied = entries(compile(EMPTY_POLICY), 'read', 'deniedPaths');
    expect(denied).toEqual(expect.arrayContaining(['**/.env', '**/.env{.local,.local.local}']));
    expect(denied).not.toContain('**/.env.*');
  });

  it('refuses writes only where something would let them pass', () => {
    expect(entries(compile(EMPTY_POLICY), 'write', 'deniedPaths')).toEqual([]);
    const trusting = compileAgent(
      EMPTY_POLICY,
      PLACE,
      { shell: true, write: true, reading: ['aws'] },
      true,
    );
    expect(entries(trusting, 'write', 'deniedPaths')).toContain('**/.vscode');
    const noted = trusting.notes.map(({ what }) => what);
    expect(noted).toEqual(expect.arrayContaining(['allowedTools', 'aws.autoAllowReadonly']));
    const placed = compile(policy({ allowed: ['/data'] }));
    expect(entries(placed, 'write', 'allowedPaths')).toEqual(['/data']);
    expect(entries(placed, 'write', 'deniedPaths')).toContain('**/.env');
  });

  it('refuses excluded tools as a whole and reports the others', () => {
    const settings = compile(policy({ excluded: ['run_shell_command', 'write', 'read', '@x/y'] }));
    expect(matches(entries(settings, 'shell', 'deniedCommands'), 'a\nb')).toBe(true);
    expect(entries(settings, 'write', 'deniedPaths')).toEqual(['**', '/**']);
    expect(entries(settings, 'read', 'deniedPaths')).toEqual(['**', '/**']);
    expect(settings.notes.map(({ what }) => what)).toEqual(['@x/y', 'secret files']);
  });
});

const AGENT = `{
  "name": "a",
  "allowedTools": ["fs_read"],
  "toolsSettings": {
    "shell": { "deniedCommands": ["mine .*"], "autoAllowReadonly": true }
  }
}
`;

describe('an agent file', () => {
  const settings = compile(
    policy({ denied: ['git push *'], trusted: ['npm test'], limits: ['git *'] }),
  );

  it('keeps what is its own and takes ours', () => {
    const { text } = withSettings(AGENT, FILE, settings, NONE);
    const value = JSON.parse(text) as { toolsSettings: Record<string, Record<string, unknown>> };
    const shell = value.toolsSettings['shell'];
    expect(shell?.['deniedCommands']).toEqual(['mine .*', expect.stringContaining('checkrein')]);
    expect(shell?.['autoAllowReadonly']).toBe(true);
    expect(shell?.['denyByDefault']).toBe(true);
    expect(value.toolsSettings['read']?.['deniedPaths']).toContain('**/.env');
  });

  it('is not changed by a second time', () => {
    const first = withSettings(AGENT, FILE, settings, NONE);
    expect(withSettings(first.text, FILE, settings, first.entries)).toEqual(first);
    expect([...ourEntries(first.text, FILE, first.entries)].sort()).toEqual(
      [...first.entries].sort(),
    );
  });

  it('comes back when ours are taken out', () => {
    const { text, entries: known } = withSettings(AGENT, FILE, settings, NONE);
    expect(JSON.parse(withoutSettings(text, FILE, known))).toEqual(JSON.parse(AGENT));
  });

  it('loses what the policy no longer says', () => {
    const first = withSettings(AGENT, FILE, settings, NONE);
    const next = withSettings(first.text, FILE, compile(EMPTY_POLICY), first.entries);
    expect(next.text).not.toContain('checkrein');
    expect(next.text).not.toContain('denyByDefault');
    expect(next.text).toContain('mine .*');
  });

  it('keeps an entry of its own that we want too', () => {
    const own = AGENT.replace('"shell"', '"read": { "deniedPaths": ["**/.env"] },\n    "shell"');
    const { text, entries: known } = withSettings(own, FILE, settings, NONE);
    expect(JSON.parse(withoutSettings(text, FILE, known))).toEqual(JSON.parse(own));
  });

  it('is written under the names it uses', () => {
    const old = '{"toolsSettings": {"execute_bash": {}}}';
    const { text } = withSettings(old, FILE, settings, NONE);
    expect(Object.keys((JSON.parse(text) as { toolsSettings: object }).toolsSettings)).toEqual([
      'execute_bash',
      'read',
    ]);
  });

  it.each([
    ['{"allowedTools": ["*"]}', { shell: true, write: true }],
    ['{"allowedTools": ["shell"]}', { shell: true, write: false }],
    ['{"allowedTools": ["fs_write"]}', { shell: false, write: true }],
    ['{"allowedTools": ["@git/status"]}', NO_TRUST],
    ['{"toolsSettings": {"use_aws": {"autoAllowReadonly": true}}}', { reading: ['use_aws'] }],
    ['{"toolsSettings": {"write": {"allowedPaths": ["**"]}}}', { shell: false, write: true }],
  ])('%s trusts %j', (text, trust) => {
    expect(readAgent(text, FILE)).toEqual({ trust: { ...NO_TRUST, ...trust } });
  });

  it.each(['{"name": "a"}', '{"allowedTools": [], "permissions": {}}'])(
    '%s is left alone',
    text => {
      expect(readAgent(text, FILE).skip).toBeDefined();
    },
  );

  it.each([
    ['[]', ':1:'],
    ['{\n"a": }', ':2:'],
    ['{"a": 1,}', ':1:'],
    ['{\n// x\n"a": 1}', ':2:'],
    ['{"toolsSettings": []}', ':1:'],
    ['{"toolsSettings": {\n"shell": 7}}', ':2:'],
    ['{"toolsSettings": {"shell": {"deniedCommands": "x"}}}', ':1:'],
    ['{"allowedTools": [7]}', ':1:'],
  ])('%j is an error with its line', (text, place) => {
    expect(() => readAgent(text, FILE)).toThrow(HumanError);
    expect(() => readAgent(text, FILE)).toThrow(`${FILE}${place}`);
  });
});

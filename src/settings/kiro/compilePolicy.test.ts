import { readFileSync } from 'node:fs';
import { Minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kiroDecidesShell } from '../../../test/support/kiroMatcher';
import type { Effect, Rule } from '../../policy/decision';
import { protectedPathRule, secretFileRule } from '../../policy/paths';
import { EMPTY_POLICY, type Policy } from '../../policy/policy';
import { compileLimits, compileWorkspace } from './compilePolicy';
import { fits, KIRO_CAPABILITIES, type PermissionRule } from './permissionRule';
import { withOurs } from './permissionsText';

const ROOT = '/home/dev/project';
const PLACE = {
  ...{ cwd: ROOT, roots: [ROOT], home: '/home/dev', stateHome: '/home/dev/.local/share/checkrein' },
  platform: 'linux' as NodeJS.Platform,
};

const rule =
  (effect: Effect) =>
  (pattern: string): Rule => ({ effect, pattern, source: { file: '/p.json', line: 3 } });

interface Lists {
  readonly trusted?: readonly string[];
  readonly denied?: readonly string[];
  readonly never?: readonly string[];
  readonly limits?: readonly (readonly string[])[];
}

const commands = ({ trusted = [], denied = [], never = [], limits = [] }: Lists): Policy => ({
  ...EMPTY_POLICY,
  commands: {
    trusted: trusted.map(rule('allow')),
    denied: denied.map(rule('deny')),
    never: never.map(rule('ask')),
    limits: limits.map(list => list.map(rule('deny'))),
  },
});
const tools = (lists: Partial<Record<keyof Policy['tools'], readonly string[]>>): Policy => ({
  ...EMPTY_POLICY,
  tools: {
    trusted: (lists.trusted ?? []).map(rule('allow')),
    untrusted: (lists.untrusted ?? []).map(rule('ask')),
    excluded: (lists.excluded ?? []).map(rule('deny')),
    limits: lists.limits ? [lists.limits.map(rule('deny'))] : [],
  },
});
const paths = (lists: Partial<Record<keyof Policy['paths'], readonly string[]>>): Policy => ({
  ...EMPTY_POLICY,
  paths: {
    protected: (lists.protected ?? []).map(rule('ask')),
    secret: (lists.secret ?? []).map(rule('ask')),
    allowed: (lists.allowed ?? []).map(rule('allow')),
  },
});

const BUILT_IN = new Set(compileLimits(EMPTY_POLICY, PLACE).rules.map(one => JSON.stringify(one)));

/** What the policy adds to the rules that stand in every file. */
function added(policy: Policy): readonly PermissionRule[] {
  return compileWorkspace(policy, PLACE).rules.filter(one => !BUILT_IN.has(JSON.stringify(one)));
}

const globs = (
  policy: Policy,
  capability: PermissionRule['capability'],
  effect: Effect,
): readonly string[] =>
  compileWorkspace(policy, PLACE)
    .rules.filter(one => one.capability === capability && one.effect === effect)
    .flatMap(({ match }) => match ?? ['(everything)']);

const why = (policy: Policy): readonly string[] =>
  compileWorkspace(policy, PLACE).notes.map(note => `${note.what}: ${note.why}`);

const ALLOW_ALL: PermissionRule = { capability: 'shell', effect: 'allow' };

describe('trusted commands', () => {
  it.each([
    ['npm test', ['npm test']],
    ['  npm   run  build ', ['npm run build']],
    ['npm run "build:all"', ['npm run build:all']],
    ['npm test *', ['npm test']],
    ['npm run test*', ['npm run test']],
    ['git status *', ['git status']],
    ['make', ['make']],
    ['- capability: shell', ['- capability: shell']],
  ])('%s lets Kiro run %j', (pattern, expected) => {
    expect(globs(commands({ trusted: [pattern] }), 'shell', 'allow')).toEqual(expected);
  });

  it.each([
    ['*', 'never list'],
    ['npm test && npm run lint', 'plain words'],
    ['npm test > out.txt', 'plain words'],
    ['npm run "a b"', 'plain words'],
    ['npm run a\\*b', 'plain words'],
    ["echo '*'", 'plain words'],
    ['echo a\nrm -rf /', 'No list can trust'],
    ['echo "a\nb"', 'plain words'],
    ['echo "a: b # c"', 'plain words'],
    ['echo é', 'plain words'],
    ['rm -rf /', 'No list can trust'],
    ['sudo ls', 'No list can trust'],
    ['bash *', 'it is a shell'],
    ['python3 *', 'interpreter'],
    ['env *', 'another command'],
    ['cd src', 'part of a line'],
    ['curl https://example.com', 'part of a line'],
    ['export', 'part of a line'],
    ['cat README.md', 'depends on the folder'],
    ['cat .env', 'Checkrein itself'],
    [`npm run ${'x'.repeat(80)}`, 'too long'],
  ])('%j gives Kiro nothing, with the reason', (pattern, reason) => {
    const policy = commands({ trusted: [pattern] });
    expect(globs(policy, 'shell', 'allow')).toEqual([]);
    expect(why(policy)).toEqual([expect.stringContaining(reason)]);
  });

  it('say that a star is left out', () => {
    const notes = compileWorkspace(commands({ trusted: ['npm test *'] }), PLACE).notes;
    expect(notes).toEqual([
      {
        what: 'npm test *',
        why: expect.stringContaining('"npm test"') as string,
        source: { file: '/p.json', line: 3 },
      },
    ]);
  });

  it('do not overrule a denied command', () => {
    const policy = commands({ trusted: ['npm test', 'npm ci'], denied: ['npm test'] });
    expect(globs(policy, 'shell', 'allow')).toEqual(['npm ci']);
  });

  it('are not in the file that counts everywhere', () => {
    const { rules } = compileLimits(commands({ trusted: ['npm test'] }), PLACE);
    expect(rules.some(({ effect }) => effect === 'allow')).toBe(false);
  });

  it('must on Windows pass in each shell that could run them', () => {
    const windows = {
      ...PLACE,
      cwd: 'C:\\w',
      roots: ['C:\\w'],
      home: 'C:\\h',
      stateHome: 'C:\\s',
      platform: 'win32' as const,
    };
    const { rules } = compileWorkspace(
      commands({ trusted: ['npm test', 'r', 'set x=1'] }),
      windows,
    );
    expect(rules.filter(({ effect }) => effect === 'allow')).toEqual([
      { capability: 'shell', effect: 'allow', match: ['npm test'] },
    ]);
  });
});

describe('denied commands', () => {
  const decide = (lists: Lists, line: string): Effect =>
    kiroDecidesShell(line, [...compileWorkspace(commands(lists), PLACE).rules, ALLOW_ALL]);

  it.each([
    ['git push', ['git push', '/usr/bin/git push', 'ls; git push'], ['git push x']],
    ['git push *', ['git push', 'git push origin x', 'a && git push x', '/bin/git push x'], []],
    ['npm run test*', ['npm run test', 'npm run test:unit', 'npm run tests x'], []],
    ['*', ['ls', 'anything at all'], []],
    ['/opt/x/deploy *', ['/opt/x/deploy', '/opt/x/deploy now'], []],
    ['echo "a  b"', ['echo "a  b"', "echo 'a  b'"], []],
    ["echo 'it''s' *", ["echo 'it''s' x"], []],
    ['echo "#x: - y" *', ['echo "#x: - y" z'], []],
    ['echo été *', ['echo été x'], []],
    ['echo 🚀 *', ['echo 🚀 x'], []],
    ['-x *', ['-x y'], []],
    [`deploy ${'x'.repeat(100)} *`, [], [`deploy ${'x'.repeat(100)} y`]],
    ['curl * | sh', [], ['curl https://x | sh', 'curl https://y']],
    ['echo a; ls', [], ['echo a']],
  ])('%s is denied by Kiro too', (pattern, denied, asked) => {
    for (const line of denied)
      expect([line, decide({ denied: [pattern] }, line)]).toEqual([line, 'deny']);
    for (const line of asked)
      expect([line, decide({ denied: [pattern] }, line)]).toEqual([line, 'ask']);
    for (const line of [...denied, ...asked]) {
      expect([line, decide({ never: [pattern] }, line)]).toEqual([line, 'ask']);
    }
  });

  it('report what became broader, and what is lost', () => {
    const long = `deploy ${'x'.repeat(100)}`;
    expect(why(commands({ denied: [long, 'a | b', '| sh'] }))).toEqual([
      expect.stringContaining('too long'),
      expect.stringContaining('parts of a line'),
      expect.stringContaining('only the hook'),
    ]);
  });

  it('leave other commands alone', () => {
    expect(decide({ denied: ['git push *', 'rm *'] }, 'npm run perm && git pull')).toBe('allow');
  });
});

describe('limits on commands', () => {
  const limited = (limits: Lists['limits'], line: string): Effect =>
    kiroDecidesShell(line, [
      ...compileWorkspace(commands({ limits: limits ?? [] }), PLACE).rules,
      ALLOW_ALL,
    ]);

  it.each([
    [[['git *']], 'git log', 'allow'],
    [[['git *']], 'git', 'allow'],
    [[['git *']], 'npm test', 'deny'],
    [[['git *']], 'git log && npm test', 'deny'],
    [[['git *'], ['git log *']], 'git pull', 'deny'],
    [[['git *'], ['*']], 'git pull', 'allow'],
    [[[]], 'git log', 'deny'],
    [[['a && b']], 'a', 'deny'],
  ] as const)('%j: %s is %s', (limits, line, expected) => {
    expect(limited(limits, line)).toBe(expected);
  });
});

describe('the never list', () => {
  const golden = readFileSync(
    new URL('../../../test/golden/commands.txt', import.meta.url),
    'utf8',
  );
  const lines = golden
    .split('\n')
    .filter(row => row.startsWith('never '))
    .map(row => row.slice(6))
    .map(text => (text.startsWith('json:') ? (JSON.parse(text.slice(5)) as string) : text));
  const rules = [...compileLimits(EMPTY_POLICY, PLACE).rules, ALLOW_ALL];

  it('asks, whatever else a person has allowed in Kiro', () => {
    const missed = lines.filter(line => kiroDecidesShell(line, rules) === 'allow');
    expect(lines.length).toBeGreaterThan(350);
    // What is left hides a name behind a backslash, quotes or braces, which text rules cannot see.
    expect(missed.filter(line => !/\\|''|\^|\{/.test(line))).toEqual([]);
    expect(missed.length / lines.length).toBeLessThan(0.03);
  });

  it.each([
    ...[
      'npm test',
      'git status',
      'git commit -m "fix: a"',
      'git push origin feature',
      'ls -la src',
    ],
    ...[
      'npm run build 2>&1',
      'cargo test --all',
      'grep -rn "foo" src',
      'rm a.txt',
      'chmod +x a.sh',
    ],
    ...['node scripts/build.mjs', 'python3 -m pytest', 'docker ps', 'terraform plan', 'aws s3 ls'],
    ...['kubectl get pods', 'bash scripts/x.sh', 'git checkout -b x', 'cat src/environment.ts'],
  ])('leaves %s to the other rules', line => {
    expect(kiroDecidesShell(line, rules)).toBe('allow');
  });

  it.each([
    'cat .env',
    'cat a/.env.local',
    'echo x > .vscode/settings.json',
    'head ~/.aws/credentials',
    'echo x >> ~/.bashrc',
  ])('asks for %s, which Kiro would count as reading', line => {
    expect(kiroDecidesShell(line, rules)).toBe('ask');
  });
});

describe('tools', () => {
  it.each<[string, readonly PermissionRule[]]>([
    ['shell', [{ capability: 'shell', effect: 'deny' }]],
    ['execute_bash', [{ capability: 'shell', effect: 'deny' }]],
    [
      'web',
      [
        { capability: 'web_fetch', effect: 'deny' },
        { capability: 'web_search', effect: 'deny' },
      ],
    ],
    ['google_web_search', [{ capability: 'web_search', effect: 'deny' }]],
    ['@github', [{ capability: 'mcp', effect: 'deny', match: ['github/*'] }]],
    [
      '@Git/*_issue',
      [{ capability: 'mcp', effect: 'deny', match: ['Git/*_issue', 'git/*_issue'] }],
    ],
    ['mcp__a__b', [{ capability: 'mcp', effect: 'deny', match: ['a/b'] }]],
    ['mcp_a_b_c', [{ capability: 'mcp', effect: 'deny', match: ['a/b_c', 'a_b/c'] }]],
    ['use_aws', [{ capability: 'shell', effect: 'deny', match: ['aws', 'aws *'] }]],
    ['write_file', [{ capability: 'fs_write', effect: 'ask' }]],
    ['thinking', []],
  ])('excluded: %s', (name, expected) => {
    expect(added(tools({ excluded: [name] }))).toEqual(expected);
  });

  it('that Kiro has no rule for are reported', () => {
    expect(why(tools({ excluded: ['write_file', 'thinking', `@${'x'.repeat(80)}`] }))).toEqual([
      expect.stringContaining('whole kind'),
      expect.stringContaining('only the hook'),
      expect.stringContaining('every MCP tool asks'),
    ]);
  });

  it('that are not trusted ask', () => {
    expect(added(tools({ untrusted: ['read', '@x/y', 'grep'] }))).toEqual([
      { capability: 'fs_read', effect: 'ask' },
      { capability: 'mcp', effect: 'ask', match: ['x/y'] },
    ]);
  });

  it('no list of a limit names are denied', () => {
    expect(added(tools({ limits: ['read', 'write_file', '@x/y'] }))).toEqual([
      ...(['shell', 'web_fetch', 'web_search'] as const).map(capability => ({
        capability,
        effect: 'deny',
      })),
      { capability: 'mcp', effect: 'deny', exclude: ['x/y'] },
      { capability: 'subagent', effect: 'deny' },
    ]);
    expect(added(tools({ limits: ['all'] }))).toEqual([]);
  });

  it.each<[string, readonly PermissionRule[]]>([
    ['web_fetch', [{ capability: 'web_fetch', effect: 'allow' }]],
    ['@x/y', [{ capability: 'mcp', effect: 'allow', match: ['x/y'], exclude: ['*/*/*'] }]],
    ['@x', [{ capability: 'mcp', effect: 'allow', match: ['x/*'], exclude: ['*/*/*'] }]],
    ...['@x*/y', '@x/get_*', 'mcp_a_b_c', 'shell', '*', 'read', 'mcp', 'aws', 'thinking'].map(
      (name): [string, readonly PermissionRule[]] => [name, []],
    ),
  ])('trusted: %s', (name, expected) => {
    expect(added(tools({ trusted: [name] }))).toEqual(expected);
    if (expected.length === 0) expect(why(tools({ trusted: [name] }))).toHaveLength(1);
  });
});

describe('paths', () => {
  const covers = (list: readonly string[], path: string): boolean =>
    list.some(glob =>
      [glob, `${glob}/**`].some(one =>
        new Minimatch(one, { dot: true, noext: true, nonegate: true, nocomment: true }).match(path),
      ),
    );
  const SAMPLES = [
    ...[
      '.env',
      'a/.env.local',
      '.envrc',
      'k/server.pem',
      'x.p12',
      'id_rsa',
      'id_ed25519.pub',
      '.npmrc',
    ],
    ...[
      'credentials',
      'secrets.yml',
      'service-account-x.json',
      '.docker/config.json',
      '.kube/config',
    ],
    ...['.ssh/config', '.aws/x', '.vscode/tasks.json', '.git/hooks/pre-commit', 'a.code-workspace'],
    ...[
      '.kiro/settings/mcp.json',
      '.kiro/hooks/a.json',
      '.kiro/agents/x.json',
      '.kiro/settings.json',
    ],
    ...[
      '.gemini/settings.json',
      '.claude/x',
      '.github/hooks/a',
      '.bashrc',
      '.zshenv',
      '.config/fish/x',
    ],
    ...[
      'Code - Insiders/User/settings.json',
      'User/keybindings.json',
      '.config/systemd/user/x.service',
    ],
    ...['Library/LaunchAgents/x.plist', '.gitconfig', 'mcp.json', 'PowerShell/profile.ps1'],
    ...['src/a.ts', '.env.example', 'README.md', '.kiro/specs/x/tasks.md', 'src/key.ts', 'profile'],
  ];
  const { rules } = compileLimits(EMPTY_POLICY, PLACE);
  const list = (capability: string): readonly string[] =>
    rules.filter(one => one.capability === capability).flatMap(({ match }) => match ?? []);
  const excluded = rules.flatMap(({ exclude }) => exclude ?? []);
  const asks = (capability: string, path: string): boolean =>
    covers(list(capability), path) && !covers(excluded, path);

  it.each(SAMPLES)('%s asks where Checkrein asks', name => {
    const path = `${ROOT}/${name}`;
    const context = { roots: [ROOT], home: '/home/dev', stateHome: PLACE.stateHome };
    const secret = secretFileRule(path, context) !== undefined;
    const kept = protectedPathRule(path, context) !== undefined;
    expect({ read: asks('fs_read', path), write: asks('fs_write', path) }).toEqual({
      read: secret,
      write: secret || kept,
    });
  });

  it("covers Kiro's folder in the home and Checkrein's own", () => {
    expect(asks('fs_write', '/home/dev/.kiro/steering/a.md')).toBe(true);
    expect(asks('fs_write', `${PLACE.stateHome}/x`)).toBe(true);
  });

  it.each([
    ['deploy/*.yml', '**/deploy/*.yml'],
    ['./infra', '**/infra'],
    ['~/notes', '/home/dev/notes'],
    ['/etc/x/', '/etc/x'],
    ['C:\\x\\y', 'C:/x/y'],
    ['a?c', '**/a*c'],
    ['日本', '**/日本'],
  ])('the policy’s %s becomes %s', (pattern, glob) => {
    expect(globs(paths({ protected: [pattern] }), 'fs_write', 'ask')).toContain(glob);
    expect(globs(paths({ secret: [pattern] }), 'fs_read', 'ask')).toContain(glob);
    expect(globs(paths({ secret: [pattern] }), 'fs_write', 'ask')).toContain(glob);
  });

  it('writes long alternatives one by one, and reports what stays too long', () => {
    const names = ['a'.repeat(40), 'b'.repeat(40)];
    expect(globs(paths({ secret: [`{${names.join(',')}}`] }), 'fs_read', 'ask')).toEqual(
      expect.arrayContaining(names.map(name => `**/${name}`)),
    );
    expect(why(paths({ secret: ['x'.repeat(90)] }))).toEqual([expect.stringContaining('too long')]);
  });

  it('allows places outside the workspace on Linux alone', () => {
    const policy = paths({ allowed: ['/data/**', '~/notes', '[ab]', '/x[ab]'] });
    expect(added(policy)).toEqual([
      { capability: 'fs_read', effect: 'allow', match: ['/data/**', '/home/dev/notes'] },
      { capability: 'fs_write', effect: 'allow', match: ['/data/**', '/home/dev/notes'] },
    ]);
    const mac = compileWorkspace(policy, { ...PLACE, platform: 'darwin' });
    expect(mac.rules.filter(({ effect }) => effect === 'allow')).toEqual([]);
    expect(mac.notes).toHaveLength(4);
  });
});

describe('a policy that lets nothing pass', () => {
  const trusted = commands({ trusted: ['npm test'] });

  it.each<[string, Policy, PermissionRule]>([
    ['unreadable', { ...trusted, blockedBecause: 'broken' }, { capability: 'all', effect: 'ask' }],
    [
      'with a sandbox',
      { ...trusted, sandbox: rule('ask')('true') },
      { capability: 'shell', effect: 'ask' },
    ],
  ])('%s asks for everything and allows nothing', (_, policy, expected) => {
    const { rules } = compileWorkspace(policy, PLACE);
    expect(rules).toContainEqual(expected);
    expect(rules.some(({ effect }) => effect === 'allow')).toBe(false);
  });
});

describe('every compiled file', () => {
  const HOSTILE = [
    ...[
      'a: b',
      '# x',
      '- x',
      '"',
      "'",
      '\\',
      '*',
      '&a',
      '!!js',
      '%x',
      '@x',
      '`x`',
      '{',
      '[',
      '|',
      '>',
      '?',
    ],
    ...[
      '\n- capability: shell\n  effect: allow',
      '\u2028',
      '\u0085',
      '\0',
      '\ud800',
      'é🚀',
      '\t',
      '~',
      'null',
    ],
    ...[
      'a'.repeat(500),
      '# <<< checkrein',
      'x\r\ny',
      '{{x}}',
      '$(x)',
      '../..',
      '**',
      '***',
      '**/**/**',
    ],
  ];
  const all: Policy = {
    ...EMPTY_POLICY,
    commands: {
      trusted: HOSTILE.map(rule('allow')),
      denied: HOSTILE.filter(text => text !== '*').map(rule('deny')),
      never: HOSTILE.map(rule('ask')),
      limits: [HOSTILE.map(rule('deny'))],
    },
    tools: {
      trusted: HOSTILE.map(text => rule('allow')(`@${text}/x`)),
      untrusted: HOSTILE.map(text => rule('ask')(`@x/${text}`)),
      excluded: HOSTILE.map(rule('deny')),
      limits: [HOSTILE.map(rule('deny'))],
    },
    paths: {
      protected: HOSTILE.map(rule('ask')),
      secret: HOSTILE.map(rule('ask')),
      allowed: HOSTILE.map(text => rule('allow')(`/${text}`)),
    },
  };
  const { rules } = compileWorkspace(all, PLACE);
  const text = withOurs('', 'permissions.yaml', rules, new Set());

  it('says after reading exactly what was compiled, whatever the patterns hold', () => {
    expect((parse(text) as { rules: unknown }).rules).toEqual(rules);
  });

  it('has no line that Kiro would wrap, and only plain ASCII', () => {
    expect(text.split('\n').filter(line => line.length >= 80)).toEqual([]);
    expect(/^[\x20-\x7e\n]*$/.test(text)).toBe(true);
    expect(
      rules.flatMap(({ match = [], exclude = [] }) => [...match, ...exclude]).every(fits),
    ).toBe(true);
  });

  it('uses no field and no capability that Kiro does not know', () => {
    for (const one of (parse(text) as { rules: Record<string, unknown>[] }).rules) {
      expect(KIRO_CAPABILITIES).toContain(one['capability']);
      expect(['capability', 'effect', 'match', 'exclude']).toEqual(
        expect.arrayContaining(Object.keys(one)),
      );
    }
  });
});

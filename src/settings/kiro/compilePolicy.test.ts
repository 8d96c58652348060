import { Minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  added,
  commands,
  globs,
  paths,
  PLACE,
  ROOT,
  rule,
  tools,
  why,
} from '../../../test/support/kiroPolicies';
import { protectedPathRule, secretFileRule } from '../../policy/paths';
import { EMPTY_POLICY, type Policy } from '../../policy/policy';
import { compileLimits, compileWorkspace } from './compilePolicy';
import { fits, KIRO_CAPABILITIES, type PermissionRule } from './permissionRule';
import { withOurs } from './permissionsText';

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

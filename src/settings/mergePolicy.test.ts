import { describe, expect, it } from 'vitest';
import { looseningOf } from './loosening';
import { mergePolicy, type EffectivePolicy } from './mergePolicy';
import type { PolicyLayer, Scope } from './policyLayer';
import type { PolicyValues } from './policySchema';
import { readPolicyText } from './readPolicyText';

const NOBODY = { consents: new Set<string>() };

function layer(scope: Scope, values: PolicyValues, more: Partial<PolicyLayer> = {}): PolicyLayer {
  return { scope, file: `/${scope}`, values, lines: new Map(), ...more };
}

function merge(...layers: PolicyLayer[]): EffectivePolicy {
  return mergePolicy(layers, NOBODY);
}

function agreed(...layers: PolicyLayer[]): EffectivePolicy {
  const consents = new Set(layers.flatMap(one => looseningOf(one)?.hash ?? []));
  return mergePolicy(layers, { consents });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map(rest => [
      item,
      ...rest,
    ]),
  );
}

const patterns = (list: readonly { pattern: string }[] = []): string[] =>
  list.map(({ pattern }) => pattern);

describe('mergePolicy', () => {
  it('makes the same policy of the same places in every order', () => {
    const layers = [
      layer('user', { trustedCommands: ['u'], agentAutonomy: 'Autopilot', sandbox: true }),
      layer('project', { excludeTools: ['p'], agentAutonomy: 'Supervised', coreTools: ['all'] }),
      layer(
        'project',
        { excludeTools: ['q'], agentAutonomy: 'Autopilot', sandbox: 'docker', coreTools: ['read'] },
        { file: '/other' },
      ),
      layer('editorUser', { trustedTools: ['read'], autoAccept: true }),
      layer('managed', { deniedCommands: ['m'] }, { lock: ['autoAccept'], trustAll: false }),
      layer('session', { untrustedTools: ['read'] }),
    ];
    const expected = agreed(...layers);
    expect(expected.autonomy?.mode).toBe('supervised');
    const all = permutations(layers);
    expect(all).toHaveLength(720);
    for (const order of all) expect(agreed(...order)).toEqual(expected);
  });

  it('gives every rule the file and line it comes from', () => {
    const text = '{\n"trustedCommands": ["a",\n"b"],\n"sandbox": true,\n"coreTools":\n["all"]}';
    const reading = readPolicyText(text, { scope: 'user', file: '/f' });
    if (!reading.ok) throw new Error('not read');
    const { policy, values } = merge(reading.layer);
    const source = (line: number) => ({ source: { file: '/f', line } });
    expect(policy.commands.trusted).toMatchObject([source(2), source(3)]);
    expect(policy.sandbox).toMatchObject(source(4));
    expect(policy.tools.limits).toMatchObject([[source(6)]]);
    expect(values.map(({ key, text: shown, line }) => [key, shown, line])).toEqual([
      ['trustedCommands', 'a', 2],
      ['trustedCommands', 'b', 3],
      ['coreTools', 'all', 6],
      ['sandbox', 'true', 4],
    ]);
  });

  it('takes entries that name commands of the shell tool as commands', () => {
    const { policy } = merge(
      layer('user', {
        trustedTools: ['run_shell_command(git status)', 'read'],
        excludeTools: ['ShellTool(rm)', 'web'],
      }),
    );
    expect(patterns(policy.commands.trusted)).toEqual(['git status *']);
    expect(patterns(policy.tools.trusted)).toEqual(['read']);
    expect(patterns(policy.commands.denied)).toEqual(['rm *']);
    expect(patterns(policy.tools.excluded)).toEqual(['web']);
  });

  it.each<[string[], string[], string[][]]>([
    [['all'], ['all'], []],
    [['read_file', 'run_shell_command(git)'], ['read_file', 'shell'], [['git *']]],
    [['run_shell_command', 'run_shell_command(git)'], ['run_shell_command'], []],
    [['shell(a)', 'shell(b)'], ['shell'], [['a *', 'b *']]],
    [[], [], []],
  ])('coreTools %j limits tools to %j and commands to %j', (coreTools, tools, commands) => {
    const { policy } = merge(layer('project', { coreTools }));
    expect(policy.tools.limits.map(patterns)).toEqual([tools]);
    expect((policy.commands.limits ?? []).map(patterns)).toEqual(commands);
  });
});

describe('what a repository says', () => {
  const loose: PolicyValues = {
    agentAutonomy: 'Autopilot',
    trustedCommands: ['*'],
    trustedTools: ['all'],
    allowedPaths: ['/data/x'],
    autoAccept: true,
    deniedCommands: ['d'],
  };

  it.each<Scope>(['project', 'editorWorkspace', 'kiroWorkspace'])(
    'in %s loosens nothing before a person agreed to exactly that',
    scope => {
      const place = layer(scope, loose);
      const { policy, waiting, values, autonomy } = merge(place);
      expect(policy.commands).toMatchObject({ trusted: [], suggestions: false });
      expect(policy.tools.trusted).toEqual([]);
      expect(policy.paths.allowed).toEqual([]);
      expect(autonomy).toBeUndefined();
      expect(patterns(policy.commands.denied)).toEqual(['d']);
      expect(waiting.map(({ content }) => Object.keys(content).sort())).toEqual([
        ['agentAutonomy', 'allowedPaths', 'autoAccept', 'trustedCommands', 'trustedTools'],
      ]);
      expect(values.filter(({ status }) => status === 'needsConsent')).toHaveLength(5);
      expect(patterns(agreed(place).policy.commands.trusted)).toEqual(['*']);
      expect(agreed(place).waiting).toEqual([]);
    },
  );

  it('counts for the file that was agreed to and no other, and not after a change', () => {
    const here = layer('project', { trustedCommands: ['npm test'] });
    const there = layer('project', { trustedCommands: ['npm test'] }, { file: '/there' });
    const changed = layer('project', { trustedCommands: ['npm test', 'x'] });
    const consents = new Set([looseningOf(here)?.hash ?? '']);
    for (const place of [there, changed]) {
      expect(mergePolicy([place], { consents }).policy.commands.trusted).toEqual([]);
    }
    const both = mergePolicy([here, there], { consents });
    expect(both.policy.commands.trusted).toHaveLength(1);
    expect(both.waiting.map(({ file }) => file)).toEqual(['/there']);
  });

  it('cannot take back what another place asks for', () => {
    const { policy, limits } = agreed(
      layer('user', { sandbox: true, production: true, autoAccept: false, excludeTools: ['x'] }),
      layer('project', { sandbox: false, production: false, autoAccept: true, excludeTools: [] }),
    );
    expect(policy.sandbox).toBeDefined();
    expect(limits.noTrustAll).toBe('production');
    expect(policy.commands.suggestions).toBe(false);
    expect(patterns(policy.tools.excluded)).toEqual(['x']);
  });
});

describe('what an organisation says', () => {
  it('keeps locked keys from being loosened by anybody else', () => {
    const { policy, values } = agreed(
      layer('user', { trustedCommands: ['u'], deniedCommands: ['d'] }),
      layer('session', { trustedCommands: ['s'] }),
      layer('managed', { trustedCommands: ['m'] }, { lock: ['trustedCommands', 'deniedCommands'] }),
    );
    expect(patterns(policy.commands.trusted)).toEqual(['m']);
    expect(patterns(policy.commands.denied)).toEqual(['d']);
    expect(values.filter(({ status }) => status === 'locked').map(({ text }) => text)).toEqual([
      'u',
      's',
    ]);
  });

  it.each(['shell', 'all', '*', 'run_shell_command(git push)'])(
    'does not let trust in %s stand for commands that are locked',
    tool => {
      const { policy } = agreed(
        layer('user', { trustedTools: [tool] }),
        layer('managed', {}, { lock: ['trustedCommands'] }),
      );
      expect(policy.commands.trusted).toEqual([]);
      expect(policy.tools.trusted).toEqual([]);
    },
  );

  it('leaves trusted commands alone where only tools are locked', () => {
    const { policy } = merge(
      layer('user', { trustedCommands: ['npm test'], trustedTools: ['read'] }),
      layer('managed', {}, { lock: ['trustedTools'] }),
    );
    expect(patterns(policy.commands.trusted)).toEqual(['npm test']);
    expect(policy.tools.trusted).toEqual([]);
  });

  it('holds everyone to Supervised, and nobody below it takes that back', () => {
    const managed = layer('managed', { agentAutonomy: 'Supervised' });
    const { autonomy, limits } = agreed(
      managed,
      layer('session', { agentAutonomy: 'Autopilot' }),
      layer('managed', { agentAutonomy: 'Autopilot' }, { file: '/zz' }),
    );
    expect(autonomy?.mode).toBe('supervised');
    expect(limits.supervisedOnly).toBe(true);
    expect(merge(layer('user', { agentAutonomy: 'Supervised' })).limits.supervisedOnly).toBe(false);
  });

  it('forbids trust-all', () => {
    expect(merge(layer('managed', {}, { trustAll: false })).limits.noTrustAll).toBe('managed');
    expect(merge(layer('managed', {}, { trustAll: true })).limits.noTrustAll).toBeUndefined();
  });
});

describe('an entry that cannot count', () => {
  it('makes every call ask when it asked for more, and is left out when it let pass', () => {
    const bad = merge(layer('user', { protectedPaths: ['../x'], trustedCommands: ['a'] }));
    expect(bad.policy.blockedBecause).toContain('protectedPaths');
    const left = merge(layer('user', { allowedPaths: ['/', '/data/x'] }));
    expect(left.policy.blockedBecause).toBeUndefined();
    expect(patterns(left.policy.paths.allowed)).toEqual(['/data/x']);
  });
});

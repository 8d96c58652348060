import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide';
import type { Effect, Rule } from '../../src/policy/decision';
import type { Policy } from '../../src/policy/policy';
import type { Capability, ToolCall } from '../../src/policy/toolCall';
import { looseningOf } from '../../src/settings/loosening';
import { mergePolicy, type EffectivePolicy } from '../../src/settings/mergePolicy';
import { isRepositoryScope, type PolicyLayer, type Scope } from '../../src/settings/policyLayer';
import { POLICY_KEYS, type PolicyKey, type PolicyValues } from '../../src/settings/policySchema';

const ROOT = '/home/me/project';
const at = (path: string) => ({ path, real: path });

function call(tool: string, capability: Capability, more: Partial<ToolCall> = {}): ToolCall {
  return { agent: 'a', sessionId: 's', cwd: ROOT, input: {}, tool, capability, ...more };
}

function shell(text: string): ToolCall {
  return call('execute_bash', 'shell', { command: { text, dialect: 'bash', cwd: at(ROOT) } });
}

const CALLS: readonly ToolCall[] = [
  shell('npm test'),
  shell('git status && npm test'),
  shell('git push'),
  shell('rm -rf build'),
  shell('sudo ls'),
  shell('echo x > src/a.ts'),
  shell('cat /data/shared/x'),
  call('read_file', 'read', { paths: [at(`${ROOT}/src/a.ts`)] }),
  call('read_file', 'read', { paths: [at('/data/shared/x')] }),
  call('fs_write', 'write', { paths: [at(`${ROOT}/src/a.ts`)] }),
  call('fs_write', 'write', { paths: [at(`${ROOT}/.vscode/tasks.json`)] }),
  call('str_replace', 'write', { paths: [at('/data/shared/x')] }),
  call('web_fetch', 'web'),
  call('@git/push', 'mcp'),
  call('mcp_git_push_all', 'mcp'),
  call('use_aws', 'other', { input: { service_name: 's3', operation_name: 'list-buckets' } }),
  call('use_aws', 'other', { input: { service_name: 'ec2', operation_name: 'run-instances' } }),
  call('delegate', 'subagent'),
];

const SCOPES: readonly Scope[] = [
  'kiroUser',
  'user',
  'editorUser',
  'kiroWorkspace',
  'project',
  'editorWorkspace',
  'session',
  'managed',
];

const some = (...texts: string[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...texts), { maxLength: 3 }), { nil: undefined });
const COMMANDS = ['npm *', 'npm test', 'git *', 'git status', '*', 'rm *', 'sudo *', 'echo *'];
const TOOLS = [
  ...['read', 'write', 'shell', 'all', '*', 'web', 'mcp', 'git/*', '@git', 'mcp_git_*', 'aws'],
  ...['run_shell_command(git push)', 'execute_bash', 'read_file', 'write_file', 'str_*'],
];
const PATHS = ['src', '*.ts', '/data/**', '/data/shared', `${ROOT}/src`, '~/project/**', 'a.*'];

const tightening = {
  deniedCommands: some(...COMMANDS),
  neverList: some(...COMMANDS),
  untrustedTools: some(...TOOLS.filter(name => !name.includes('('))),
  excludeTools: some(...TOOLS),
  coreTools: some(...TOOLS),
  protectedPaths: some(...PATHS),
  secretPaths: some(...PATHS),
  production: fc.option(fc.boolean(), { nil: undefined }),
  sandbox: fc.option(fc.constantFrom<boolean | string>(true, false, 'docker'), { nil: undefined }),
};
const loosening = {
  trustedCommands: some(...COMMANDS),
  trustedTools: some(...TOOLS),
  allowedPaths: some('/data/**', '/data/shared', '/srv/x', '/'),
  autoAccept: fc.option(fc.boolean(), { nil: undefined }),
  agentAutonomy: fc.option(fc.constantFrom<'Autopilot' | 'Supervised'>('Autopilot', 'Supervised'), {
    nil: undefined,
  }),
};

function valuesOf(record: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<PolicyValues> {
  return fc
    .record(record)
    .map(values =>
      Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    );
}

const ANY_VALUES = valuesOf({ ...tightening, ...loosening });
/** What asks for more or denies, and nothing else. */
const TIGHT_VALUES = valuesOf(tightening);

function layerOf(
  scope: fc.Arbitrary<Scope>,
  values: fc.Arbitrary<PolicyValues>,
): fc.Arbitrary<PolicyLayer> {
  const lock = fc.option(fc.subarray<PolicyKey>([...POLICY_KEYS]), { nil: undefined });
  return fc.record({ scope, values, lock, file: fc.constantFrom('a', 'b', 'c') }).map(given => {
    const { scope: place, file, lock: keys } = given;
    return {
      scope: place,
      file: `/${place}/${file}`,
      values: given.values,
      lines: new Map(),
      ...(place === 'managed' && keys && { lock: keys }),
    };
  });
}

const ANY_SCOPE = fc.constantFrom(...SCOPES);
/** Places of a policy; no two of them are the same file. */
const LAYERS = fc.uniqueArray(layerOf(ANY_SCOPE, ANY_VALUES), {
  maxLength: 6,
  selector: ({ file }) => file,
});

const merge = (layers: readonly PolicyLayer[], consents: ReadonlySet<string>): EffectivePolicy =>
  mergePolicy(layers, { consents });
const NONE: ReadonlySet<string> = new Set();
const allHashes = (layers: readonly PolicyLayer[]): Set<string> =>
  new Set(layers.flatMap(layer => looseningOf(layer)?.hash ?? []));

const STRICTNESS: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

const STATES = (['autopilot', 'supervised'] as const).flatMap(mode =>
  [false, true].map(trustAll => ({
    mode: { mode, resumeTo: mode, restricted: false, trustAll },
    paths: { roots: [ROOT], home: '/home/me', stateHome: '/home/me/.local/share/checkrein' },
  })),
);

function strictnesses(policy: Policy): readonly number[] {
  return STATES.flatMap(state => CALLS.map(one => STRICTNESS[decide(one, policy, state).effect]));
}

/** The first call that became looser, for the message. */
function looser(before: Policy, after: Policy): string | undefined {
  const old = strictnesses(before);
  const index = strictnesses(after).findIndex((value, at_) => value < (old[at_] ?? 0));
  return index === -1 ? undefined : JSON.stringify(CALLS[index % CALLS.length]);
}

const autonomyOf = ({ autonomy }: EffectivePolicy): string => autonomy?.mode ?? 'autopilot';

describe('merging any places', () => {
  it('gives the same policy in every order', () => {
    fc.assert(
      fc.property(
        LAYERS.chain(layers =>
          fc.tuple(fc.constant(layers), fc.shuffledSubarray(layers, { minLength: layers.length })),
        ),
        ([layers, shuffled]) => {
          const consents = allHashes(layers);
          expect(merge(shuffled, consents)).toEqual(merge(layers, consents));
        },
      ),
    );
  });

  it('gets no looser by a place that only asks for more, wherever it stands', () => {
    fc.assert(
      fc.property(LAYERS, layerOf(ANY_SCOPE, TIGHT_VALUES), (layers, more) => {
        const consents = allHashes(layers);
        const added = [...layers, { ...more, file: '/more' }];
        const before = merge(layers, consents);
        const after = merge(added, consents);
        expect(looser(before.policy, after.policy)).toBeUndefined();
        if (before.limits.noTrustAll) expect(after.limits.noTrustAll).toBeDefined();
        if (before.limits.supervisedOnly) expect(after.limits.supervisedOnly).toBe(true);
      }),
    );
  });

  it('gets no looser by what a repository says that nobody agreed to', () => {
    const repository = fc.constantFrom(...SCOPES.filter(isRepositoryScope));
    const places = fc.uniqueArray(layerOf(repository, ANY_VALUES), {
      minLength: 1,
      maxLength: 3,
      selector: ({ file }) => file,
    });
    fc.assert(
      fc.property(LAYERS, places, (layers, repositories) => {
        const own = layers.filter(({ scope }) => !isRepositoryScope(scope));
        const before = merge(own, NONE);
        const after = merge([...own, ...repositories], NONE);
        expect(looser(before.policy, after.policy)).toBeUndefined();
        if (autonomyOf(before) === 'supervised' && autonomyOf(after) !== 'supervised') {
          throw new Error('the mode became looser');
        }
      }),
    );
  });

  it('counts consent for exactly the places it names', () => {
    fc.assert(
      fc.property(LAYERS, fc.nat(), (layers, pick) => {
        const hashes = [...allHashes(layers)];
        const chosen = new Set(hashes.filter((_, index) => (pick >> index) % 2 === 1));
        const { policy, waiting } = merge(layers, chosen);
        const agreed = layers
          .filter(layer => chosen.has(looseningOf(layer)?.hash ?? ''))
          .map(({ file }) => file);
        const files = (rules: readonly Rule[]) => rules.map(({ source }) => source.file);
        const loose = [
          ...files(policy.commands.trusted),
          ...files(policy.tools.trusted),
          ...files(policy.paths.allowed),
        ];
        for (const file of loose.filter(name => /^\/(?:project|editorW|kiroW)/.test(name))) {
          expect(agreed).toContain(file);
        }
        expect(waiting).toHaveLength(hashes.length - chosen.size);
        expect(looser(policy, merge(layers, NONE).policy)).toBeUndefined();
      }),
    );
  });

  it('lets nobody but the organisation loosen what it locked', () => {
    fc.assert(
      fc.property(LAYERS, layers => {
        const locked = new Set(layers.flatMap(({ lock }) => lock ?? []));
        const { policy, values } = merge(layers, allHashes(layers));
        const foreign = (rules: readonly Rule[]) =>
          rules.filter(({ source }) => !source.file.startsWith('/managed/'));
        if (locked.has('trustedCommands')) {
          expect(foreign(policy.commands.trusted)).toEqual([]);
          expect(foreign(policy.tools.trusted)).toEqual([]);
        }
        if (locked.has('trustedTools')) expect(foreign(policy.tools.trusted)).toEqual([]);
        if (locked.has('allowedPaths')) expect(foreign(policy.paths.allowed)).toEqual([]);
        for (const { key, scope, status } of values) {
          if (status === 'locked') {
            expect(scope).not.toBe('managed');
            expect(locked.has(key) || key === 'trustedTools').toBe(true);
          }
        }
      }),
    );
  });

  it('denies what any place denies', () => {
    fc.assert(
      fc.property(LAYERS, ANY_SCOPE, (layers, scope) => {
        const file = `/${scope}/deny`;
        const values = { excludeTools: ['all'], deniedCommands: ['*'] };
        const { policy } = merge(
          [...layers, { scope, file, values, lines: new Map() }],
          allHashes(layers),
        );
        for (const state of STATES) {
          for (const one of CALLS) expect(decide(one, policy, state).effect).toBe('deny');
        }
      }),
    );
  });

  it('gives every value of every place its status and place', () => {
    fc.assert(
      fc.property(LAYERS, layers => {
        const { values } = merge(layers, NONE);
        const count = layers.reduce(
          (sum, layer) =>
            sum +
            Object.values(layer.values).reduce<number>(
              (many, value) => many + (Array.isArray(value) ? value.length : 1),
              0,
            ),
          0,
        );
        expect(values).toHaveLength(count);
      }),
    );
  });
});

import type { Effect, Rule } from '../../src/policy/decision';
import { EMPTY_POLICY, type Policy } from '../../src/policy/policy';
import { compileLimits, compileWorkspace } from '../../src/settings/kiro/compilePolicy';
import type { PermissionRule } from '../../src/settings/kiro/permissionRule';

export const ROOT = '/home/dev/project';
export const PLACE = {
  ...{ cwd: ROOT, roots: [ROOT], home: '/home/dev', stateHome: '/home/dev/.local/share/checkrein' },
  platform: 'linux' as NodeJS.Platform,
};

export const rule =
  (effect: Effect) =>
  (pattern: string): Rule => ({ effect, pattern, source: { file: '/p.json', line: 3 } });

export interface CommandLists {
  readonly trusted?: readonly string[];
  readonly denied?: readonly string[];
  readonly never?: readonly string[];
  readonly limits?: readonly (readonly string[])[];
}

export const commands = ({
  trusted = [],
  denied = [],
  never = [],
  limits = [],
}: CommandLists): Policy => ({
  ...EMPTY_POLICY,
  commands: {
    trusted: trusted.map(rule('allow')),
    denied: denied.map(rule('deny')),
    never: never.map(rule('ask')),
    limits: limits.map(list => list.map(rule('deny'))),
  },
});
export const tools = (
  lists: Partial<Record<keyof Policy['tools'], readonly string[]>>,
): Policy => ({
  ...EMPTY_POLICY,
  tools: {
    trusted: (lists.trusted ?? []).map(rule('allow')),
    untrusted: (lists.untrusted ?? []).map(rule('ask')),
    excluded: (lists.excluded ?? []).map(rule('deny')),
    limits: lists.limits ? [lists.limits.map(rule('deny'))] : [],
  },
});
export const paths = (
  lists: Partial<Record<keyof Policy['paths'], readonly string[]>>,
): Policy => ({
  ...EMPTY_POLICY,
  paths: {
    protected: (lists.protected ?? []).map(rule('ask')),
    secret: (lists.secret ?? []).map(rule('ask')),
    allowed: (lists.allowed ?? []).map(rule('allow')),
  },
});

const BUILT_IN = new Set(compileLimits(EMPTY_POLICY, PLACE).rules.map(one => JSON.stringify(one)));

/** What the policy adds to the rules that stand in every file. */
export function added(policy: Policy): readonly PermissionRule[] {
  return compileWorkspace(policy, PLACE).rules.filter(one => !BUILT_IN.has(JSON.stringify(one)));
}

export const globs = (
  policy: Policy,
  capability: PermissionRule['capability'],
  effect: Effect,
): readonly string[] =>
  compileWorkspace(policy, PLACE)
    .rules.filter(one => one.capability === capability && one.effect === effect)
    .flatMap(({ match }) => match ?? ['(everything)']);

export const why = (policy: Policy): readonly string[] =>
  compileWorkspace(policy, PLACE).notes.map(note => `${note.what}: ${note.why}`);

export const ALLOW_ALL: PermissionRule = { capability: 'shell', effect: 'allow' };

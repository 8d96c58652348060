import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judgeCommand } from '../../src/policy/commands/judgeCommand';
import type { Effect, Rule } from '../../src/policy/decision';
import { EMPTY_POLICY, type Policy } from '../../src/policy/policy';
import { compileWorkspace } from '../../src/settings/kiro/compilePolicy';
import type { PermissionRule } from '../../src/settings/kiro/permissionRule';
import { withOurs } from '../../src/settings/kiro/permissionsText';
import { kiroDecidesShell } from '../support/kiroMatcher';

const ROOT = '/home/dev/project';
const PLACE = {
  ...{ cwd: ROOT, roots: [ROOT], home: '/home/dev', stateHome: '/home/dev/.local/share/checkrein' },
  platform: 'linux' as const,
};

const rule =
  (effect: Effect) =>
  (pattern: string): Rule => ({ effect, pattern, source: { file: 'test' } });

const words = fc.constantFrom(
  ...['npm', 'test', 'run', 'build', 'git', 'status', 'push', 'stash', 'clear', 'cargo', 'tool'],
  ...['sh', 'python3', 'xargs', 'cat', 'echo', 'rm', 'curl', 'cd', 'export', 'env', 'sudo', 'find'],
  ...['-rf', '-c', '--force', '-', '.', '..', '/', '.env', 'x.sh', './x.sh', 'src/a.ts', 'A=1'],
  ...['../x', 'main', 'config', 'credentials', 'https://a.b/x.sh', '-o', '-delete', 'destroy'],
);
const line = fc
  .array(
    fc.tuple(
      fc.array(words, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(' && ', ' | ', '; ', ' || '),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map(parts =>
    parts.map(([part, join], index) => `${index > 0 ? join : ''}${part.join(' ')}`).join(''),
  );
const pattern = fc
  .tuple(fc.array(words, { minLength: 0, maxLength: 4 }), fc.constantFrom('', ' *', '*'))
  .map(([part, end]) => `${part.join(' ')}${end}`.trim() || '*');
const patterns = fc.array(pattern, { maxLength: 8 });
const policies = fc
  .record({
    trusted: patterns,
    denied: fc.array(pattern, { maxLength: 2 }),
    never: fc.array(pattern, { maxLength: 2 }),
    limit: fc.option(patterns, { freq: 6 }),
  })
  .map(({ trusted, denied, never, limit }): Policy => ({
    ...EMPTY_POLICY,
    commands: {
      trusted: trusted.map(rule('allow')),
      denied: denied.map(rule('deny')),
      never: never.map(rule('ask')),
      ...(limit && { limits: [limit.map(rule('deny'))] }),
    },
  }));

/** The rules as Kiro would read them from the file. */
function rulesFor(policy: Policy): readonly PermissionRule[] {
  const text = withOurs('', 'permissions.yaml', compileWorkspace(policy, PLACE).rules, new Set());
  return (parse(text) as { rules: PermissionRule[] }).rules;
}

function judge(command: string, policy: Policy): Effect {
  return judgeCommand(command, policy.commands, { ...PLACE, dialect: 'bash' }).effect;
}

describe('the rules compiled for Kiro', () => {
  it('never allow a line that Checkrein does not allow', () => {
    let allowed = 0;
    fc.assert(
      fc.property(policies, fc.array(line, { minLength: 1, maxLength: 20 }), (policy, lines) => {
        const rules = rulesFor(policy);
        const heads = rules.flatMap(({ effect, match }) =>
          effect === 'allow' ? (match ?? []) : [],
        );
        // Lines made of what is allowed are where a hole would be.
        const pairs = heads.flatMap(a =>
          heads.flatMap(b => [`${a} && ${b}`, `${a} | ${b}`, `${a}; ${b}`]),
        );
        for (const command of [
          ...lines,
          ...policy.commands.trusted.map(({ pattern: text }) => text),
          ...heads,
          ...pairs,
        ]) {
          if (kiroDecidesShell(command, rules) !== 'allow') continue;
          allowed += 1;
          expect({ command, effect: judge(command, policy) }).toEqual({ command, effect: 'allow' });
        }
      }),
      { numRuns: 200 },
    );
    expect(allowed).toBeGreaterThan(50);
  }, 120_000);

  it('deny what Checkrein denies, as long as it is written plainly', () => {
    fc.assert(
      fc.property(policies, fc.array(words, { minLength: 1, maxLength: 4 }), (policy, command) => {
        const text = command.join(' ');
        if (judge(text, policy) !== 'deny' || /=|^env|^xargs|^find/.test(text)) return;
        expect({ text, kiro: kiroDecidesShell(text, rulesFor(policy)) }).toEqual({
          text,
          kiro: 'deny',
        });
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

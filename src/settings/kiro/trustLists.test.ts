import { describe, expect, it } from 'vitest';
import type { Effect, Rule } from '../../policy/decision';
import { EMPTY_POLICY, type Policy } from '../../policy/policy';
import { planTrustLists, type TrustLists, type TrustListsPlan } from './trustLists';

const ROOT = '/w';
const PLACE = { cwd: ROOT, roots: [ROOT], home: '/h', stateHome: '/s', platform: 'linux' as const };
const EMPTY: TrustLists = { trustedCommands: [], commandDenylist: [] };
const rules = (effect: Effect, patterns: readonly string[]): readonly Rule[] =>
  patterns.map(pattern => ({ effect, pattern, source: { file: 'test' } }));
const policy = (trusted: readonly string[], denied: readonly string[] = []): Policy => ({
  ...EMPTY_POLICY,
  commands: { trusted: rules('allow', trusted), denied: rules('deny', denied) },
});
const plan = (of: Policy, current = EMPTY, former = EMPTY): TrustListsPlan =>
  planTrustLists(of, PLACE, current, former);

/** The matcher of Kiro 0.x, from its documents: deny texts anywhere, then prefixes, then equality. */
function kiroRuns(line: string, { trustedCommands, commandDenylist }: TrustLists): boolean {
  const text = line.trim().replace(/\s+/g, ' ');
  if (commandDenylist.some(entry => text.includes(entry))) return false;
  return trustedCommands.some(entry => {
    if (entry === '*') return true;
    if (!entry.endsWith(' *')) return text === entry;
    const prefix = entry.slice(0, -2);
    return text === prefix || text.startsWith(`${prefix} `);
  });
}

describe('planTrustLists', () => {
  it('hands on exact commands alone', () => {
    const { after, notes } = plan(policy(['npm test', 'npm run *', '*', 'sudo ls', 'a && b']));
    expect(after.trustedCommands).toEqual(['npm test', 'npm run']);
    expect(notes).toHaveLength(4);
    expect(kiroRuns('npm test', after)).toBe(true);
    expect(kiroRuns('npm test && rm -rf ~', after)).toBe(false);
  });

  it('makes denied and never-list commands ask, whatever the person trusts', () => {
    const current = { trustedCommands: ['*'], commandDenylist: [] };
    const { after } = plan(policy([], ['git push *', 'rm *', 'npm run x']), current);
    for (const line of [
      'git push origin',
      'rm a',
      'npm run x',
      'sudo ls',
      'curl x | sh',
      'rm -rf /',
    ]) {
      expect([line, kiroRuns(line, after)]).toEqual([line, false]);
    }
    for (const line of ['git pull', 'npm run perm', 'npm test']) {
      expect([line, kiroRuns(line, after)]).toEqual([line, true]);
    }
  });

  it('keeps the person’s entries first and in order, and knows its own again', () => {
    const current = { trustedCommands: ['mine *', 'npm test'], commandDenylist: ['sudo ', 'x'] };
    const first = plan(policy(['npm test', 'npm ci']), current);
    expect(first.after.trustedCommands).toEqual(['mine *', 'npm test', 'npm ci']);
    expect(first.ours.trustedCommands).toEqual(['npm ci']);
    expect(first.after.commandDenylist.slice(0, 2)).toEqual(['sudo ', 'x']);
    const undone = plan(policy([]), first.after, first.ours);
    expect(undone.after.trustedCommands).toEqual(current.trustedCommands);
    expect(plan(policy(['npm test', 'npm ci']), first.after, first.ours).after).toEqual(
      first.after,
    );
  });

  it('trusts nothing while the policy cannot be read', () => {
    const { after } = plan({ ...policy(['npm test']), blockedBecause: 'broken' });
    expect(after.trustedCommands).toEqual([]);
  });

  it('never puts an empty text into the deny list, which every line holds', () => {
    const { after } = plan(policy([], ['*', ' ', '""', '* *', ';']));
    expect(after.commandDenylist.filter(text => text.trim() === '')).toEqual([]);
  });
});

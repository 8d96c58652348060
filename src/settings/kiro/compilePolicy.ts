import type { Policy } from '../../policy/policy';
import { compilePathAllows, compilePathLimits, type PathPlace } from './pathRules';
import { type Compiled, ruleKey } from './permissionRule';
import { compileShellAllows, compileShellLimits, type ShellPlace } from './shellRules';
import { compileToolAllows, compileToolLimits } from './toolRules';

/** The folders that give a policy's rules their meaning. All absolute. */
export type PolicyPlace = Omit<ShellPlace, 'stateHome'> & PathPlace;

/**
 * What the policy denies or asks about, as rules of `permissions.yaml`. True of every workspace when
 * the policy is one without a workspace: this is the person's own file.
 */
export function compileLimits(policy: Policy, place: PathPlace): Compiled {
  const { blockedBecause } = policy;
  const blocked: Compiled =
    blockedBecause === undefined
      ? { rules: [], notes: [] }
      : {
          rules: [{ capability: 'all', effect: 'ask' }],
          notes: [{ what: 'everything asks', why: blockedBecause }],
        };
  return joined(
    blocked,
    compileToolLimits(policy),
    compileShellLimits(policy),
    compilePathLimits(policy, place),
  );
}

/**
 * The same with what the policy allows in one workspace. Trust is written for that workspace alone:
 * a rule of the person's file would count in workspaces whose policy is stricter.
 */
export function compileWorkspace(policy: Policy, place: PolicyPlace): Compiled {
  const limits = compileLimits(policy, place);
  if (policy.blockedBecause !== undefined || policy.sandbox) return limits;
  return joined(
    limits,
    compileToolAllows(policy),
    compileShellAllows(policy, place),
    compilePathAllows(policy, place),
  );
}

function joined(...parts: readonly Compiled[]): Compiled {
  const rules = parts.flatMap(part => part.rules);
  return {
    rules: [...new Map(rules.map(rule => [ruleKey(rule), rule])).values()],
    notes: parts.flatMap(({ notes }) => notes),
  };
}

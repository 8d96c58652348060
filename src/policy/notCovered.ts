import type { Decision } from './decision';

/** As many things that would be lost as a reason names. */
const NAMED = 3;

/**
 * The decision on a call that would pass, although some of what it changes could not be put back:
 * `losses` are sentences about that. Only a person can say that it is worth it, each time anew;
 * whoever switched trust-all on has said so for its time.
 */
export function unlessLost(
  decision: Decision,
  losses: readonly string[],
  trustAll: boolean,
): Decision {
  if (decision.effect !== 'allow' || losses.length === 0 || trustAll) return decision;
  const more = losses.length - NAMED;
  const rest = more > 0 ? ` And ${more} more.` : '';
  return {
    ...decision,
    effect: 'ask',
    code: 'notCovered',
    reason: `It could not be undone. ${losses.slice(0, NAMED).join(' ')}${rest}`,
    scopes: ['once'],
  };
}

import { refusePattern } from '../policy/commands/trustedPatterns';
import type { Policy } from '../policy/policy';
import type { PolicyProblem } from './policyLayer';

/** Looking at a pattern takes some microseconds; a list longer than this is not for people. */
const MAX_LOOKED_AT = 2_000;

/**
 * Trusted patterns that should not stand where they stand, with the reason: those of the never list
 * have no effect, those that trust whatever a shell or a wrapper is told to run are too wide.
 */
export function refusedPatterns({ commands }: Policy): readonly PolicyProblem[] {
  return commands.trusted
    .slice(0, MAX_LOOKED_AT)
    .flatMap(({ pattern, source }): PolicyProblem[] => {
      const refusal = refusePattern(pattern, 'bash');
      if (!refusal) return [];
      const effect = refusal.kind === 'never' ? 'It has no effect.' : 'It should be narrower.';
      return [{ ...source, message: `${refusal.reason} ${effect}`, severity: 'warning' }];
    });
}

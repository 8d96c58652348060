import type { Decision } from '../policy/decision';
import { explainToAgent } from '../policy/explain';
import type { HookAnswer } from '../protocol/hookProtocol';

/**
 * The answer that blocks in these agents, measured or documented: exit code 2 with the reason on
 * stderr; exit code 0 and silence let the agent's own prompts stay.
 */
export function exitCodeAnswer(decision: Decision): HookAnswer {
  return decision.effect === 'allow'
    ? { exitCode: 0, stdout: '', stderr: '' }
    : { exitCode: 2, stdout: '', stderr: explainToAgent(decision) };
}

import type { Rule } from './decision';
import type { ModeState } from './mode';
import type { PathContext } from './paths';

/** The merged result of everything people wrote, as one window sees it. */
export interface Policy {
  readonly trustedCommands: readonly Rule[];
}

/** What a decision depends on besides the call and the policy. */
export interface DecisionState {
  readonly mode: ModeState;
  readonly paths: PathContext;
}

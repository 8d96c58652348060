import type { CommandRules } from './commands/commandVerdict';
import type { Rule } from './decision';
import type { ModeInEffect } from './mode';
import type { PathContext, PathRules } from './paths';
import type { ToolRules } from './tools';

/** The merged result of everything people wrote, as one window sees it. */
export interface Policy {
  readonly commands: CommandRules;
  readonly tools: ToolRules;
  readonly paths: PathRules;
  /** The rule that asks for a sandbox. None is enforced yet, so shell calls ask. */
  readonly sandbox?: Rule;
  /** Why no rule may let anything pass: an organisation's policy cannot be read. */
  readonly blockedBecause?: string;
}

/** No rule at all: what the built-in lists do not allow asks. */
export const EMPTY_POLICY: Policy = {
  commands: { trusted: [] },
  tools: { trusted: [], untrusted: [], excluded: [], limits: [] },
  paths: { protected: [], secret: [], allowed: [] },
};

/** What a decision depends on besides the call and the policy. */
export interface DecisionState {
  readonly mode: ModeInEffect;
  readonly paths: PathContext;
}

/** All that a decision needs besides the call. */
export interface PolicyView {
  readonly policy: Policy;
  readonly state: DecisionState;
}

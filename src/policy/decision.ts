/** What may happen with a tool call. Over all rules, deny beats ask and ask beats allow. */
export type Effect = 'allow' | 'ask' | 'deny';

/** How far a person's approval may reach. What is missing from a decision is not offered. */
export type ApprovalScope = 'once' | 'session' | 'always';

/** Where a rule was written, so that a person can go and change it. */
interface RuleSource {
  /** A file path, or the name of a built-in list. */
  readonly file: string;
  /** 1-based; absent when the place has no lines. */
  readonly line?: number;
}

/** One line of policy. */
export interface Rule {
  readonly effect: Effect;
  readonly pattern: string;
  readonly source: RuleSource;
}

/** Why a decision is what it is. Stable: the journal, the tests and the dialog key on it. */
export type ReasonCode =
  | 'unreadable'
  | 'interrupted'
  | 'neverList'
  | 'protectedPath'
  | 'secretFile'
  | 'outsideWorkspace'
  | 'unknownPath'
  | 'unknownField'
  | 'restricted'
  | 'supervised'
  | 'insideWorkspace'
  | 'readTool'
  | 'readOnlyCommand'
  | 'trustedCommand'
  | 'untrustedCommand'
  | 'deniedCommand'
  | 'riskyArgument'
  | 'writesFile'
  | 'shellStructure'
  | 'untrustedTool'
  | 'trustedTool'
  | 'excludedTool'
  | 'policyBroken'
  | 'sandbox'
  | 'trustAll'
  | 'notCovered'
  | 'approvedOnce'
  | 'approvedForSession'
  | 'approvedAlways'
  | 'deniedByPerson'
  | 'timedOut'
  | 'abandoned'
  | 'noWindow';

/** A part of a command line: `[start, end)` in UTF-16 units of the text. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** The answer to "may this tool call run?", with everything needed to explain it. */
export interface Decision {
  readonly effect: Effect;
  readonly code: ReasonCode;
  /** One sentence in English, for people and agents. */
  readonly reason: string;
  readonly rule?: Rule;
  /** The parts of a command nobody vouched for; empty unless `effect` is `ask`. */
  readonly undecided: readonly SourceRange[];
  /** What a person may answer; empty unless `effect` is `ask`. */
  readonly scopes: readonly ApprovalScope[];
  /** True for the class that no list can trust: the dialog warns and offers no lasting answer. */
  readonly destructive: boolean;
  /** What Kiro's own string rule would have done with a command line. */
  readonly kiroWouldRun?: boolean;
}

/** How long an approval may last when nothing about the call forbids it. */
export const ALL_SCOPES: readonly ApprovalScope[] = ['once', 'session', 'always'];

/** A settled "yes". */
export function allow(code: ReasonCode, reason: string): Decision {
  return { effect: 'allow', code, reason, undecided: [], scopes: [], destructive: false };
}

/** A settled "no". */
export function deny(code: ReasonCode, reason: string): Decision {
  return { effect: 'deny', code, reason, undecided: [], scopes: [], destructive: false };
}

import type { Effect, ReasonCode, Rule, SourceRange } from '../decision';
import type { ShellDialect } from '../toolCall';

/** The lists a command line is judged by. */
export interface CommandRules {
  readonly trusted: readonly Rule[];
}

/** Where the command would run. All paths absolute. */
export interface CommandContext {
  readonly dialect: ShellDialect;
  readonly cwd: string;
  readonly roots: readonly string[];
}

/** What was found out about a part of a command line. */
interface CommandPart extends SourceRange {
  readonly text: string;
  readonly effect: Effect;
  readonly code: ReasonCode;
  readonly reason: string;
  readonly rule?: Rule;
}

/** The judgement on a whole command line. */
export interface CommandVerdict {
  readonly effect: Effect;
  readonly code: ReasonCode;
  readonly reason: string;
  readonly rule?: Rule;
  /** True for the class that no list can trust, whatever `effect` the lists would give. */
  readonly neverList: boolean;
  readonly parts: readonly CommandPart[];
  /** What Kiro's own string rule would have done. */
  readonly kiroWouldRun: boolean;
}

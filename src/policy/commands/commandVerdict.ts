import type { PathRules } from '../paths';
import type { Effect, ReasonCode, Rule, SourceRange } from '../decision';
import type { ShellDialect } from '../toolCall';

/** The lists a command line is judged by. */
export interface CommandRules {
  readonly trusted: readonly Rule[];
  /** Commands that never run, whatever else trusts them. Same three forms as `trusted`. */
  readonly denied?: readonly Rule[];
  /** Each list limits which commands may run at all (`coreTools` entries): every one must cover it. */
  readonly limits?: readonly (readonly Rule[])[];
  /** Commands that always ask, whatever trusts them: what a person adds to the never list. */
  readonly never?: readonly Rule[];
  /** True once a person has switched on the suggested read-only commands (`wc`, `git status`, …). */
  readonly suggestions?: boolean;
  /** True once a person trusts AWS: `aws` commands that only read run, and no other. */
  readonly readingAws?: boolean;
}

/** Read-only commands beyond Kiro's list, as far as a person has switched them on. */
export type OptionalReading = Pick<CommandRules, 'suggestions' | 'readingAws'>;

/** Where the command would run. All paths absolute. */
export interface CommandContext {
  readonly dialect: ShellDialect;
  readonly cwd: string;
  readonly roots: readonly string[];
  /** Gives `~` and `$HOME` their meaning; without it they mean nothing that can be vouched for. */
  readonly home?: string;
  /** Checkrein's own state folder, protected from writes. */
  readonly stateHome?: string;
  /** What stands for `~/.kiro` where it is moved. */
  readonly movedKiroHome?: string | undefined;
  /** What the policy adds to the built-in path lists. */
  readonly rules?: PathRules;
}

/** A file a command line reads or writes, as far as the text tells. Links are not followed. */
export interface CommandPath extends SourceRange {
  readonly path: string;
  readonly access: 'read' | 'write';
}

/** What was found out about a part of a command line. */
export interface CommandPart extends SourceRange {
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
  /** The files it names; a caller that can follow links should judge where they lead. */
  readonly paths: readonly CommandPath[];
  /** What Kiro's own string rule would have done. */
  readonly kiroWouldRun: boolean;
}

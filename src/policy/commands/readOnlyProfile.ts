import type { Word } from './script';

/** What a read-only command does with its arguments. */
export interface ReadOnlyProfile {
  /** The arguments that name files; the rest is text that does no harm. */
  readonly files: (args: readonly Word[]) => readonly Word[];
  /** True when it shows names only, so that looking outside the workspace gives away little. */
  readonly namesOnly?: boolean;
  /** True when no argument can do harm, not even one that only the shell knows. */
  readonly anyArgument?: boolean;
  /** An argument that makes it more than reading. */
  readonly refuses?: (args: readonly Word[]) => Word | undefined;
}

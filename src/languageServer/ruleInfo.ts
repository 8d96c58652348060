/** How much a finding matters. Only `error` makes `checkrein lint` fail. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What is known about a kind of finding; docs/diagnostics.md is made from this. */
export interface RuleInfo {
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  /** What the quick fix does; absent where only a person can tell. */
  readonly fix?: string;
}

/** One line of the table. */
export const rule = (severity: Severity, title: string, why: string, fix?: string): RuleInfo => ({
  ...{ severity, title, why },
  ...(fix !== undefined && { fix }),
});

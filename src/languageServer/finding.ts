import type { RuleCode } from './ruleTable';
import { withoutSecrets } from './withoutSecrets';

/** One replacement in the text that was looked at. Offsets are UTF-16 code units, end exclusive. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A way to mend a finding, offered to a person and never applied unasked. */
export interface Fix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** Lines to add at the end of another file, which is made where there is none. */
  readonly append?: { readonly file: string; readonly text: string };
}

/** One thing that is wrong in a file, or not what it seems. Its words never hold a secret. */
export interface Finding {
  readonly code: RuleCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** Worked out only when somebody looks at the finding. */
  readonly fixes?: () => readonly Fix[];
}

/** Text of a file as a message may show it: quoted and cut, without what has the form of a secret. */
export function quote(text: string): string {
  const shown = withoutSecrets(text);
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown);
}

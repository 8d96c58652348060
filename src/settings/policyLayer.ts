import type { PolicyKey, PolicyValues } from './policySchema';

/** Where a piece of policy was written; each place may do different things to the whole. */
export type Scope =
  | 'user' // ~/.kiro/settings.json
  | 'project' // .kiro/settings.json
  | 'editorUser' // checkrein.* in the user settings
  | 'editorWorkspace' // checkrein.* in .vscode/settings.json or a workspace file
  | 'kiroUser' // kiroAgent.* in the user settings
  | 'kiroWorkspace' // kiroAgent.* in the workspace's settings
  | 'managed' // an organisation's policy
  | 'session'; // what a person said for this session

/** The scopes that a repository can write: what they loosen needs a person's consent. */
export function isRepositoryScope(scope: Scope): boolean {
  return scope === 'project' || scope === 'editorWorkspace' || scope === 'kiroWorkspace';
}

/** One thing that is wrong in a place, for people: what, where, and what to do. */
export interface PolicyProblem {
  readonly file: string;
  /** 1-based; absent when the place has no lines. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** An error voids the whole place; a warning one entry or nothing. */
  readonly severity: 'error' | 'warning';
}

/** Where a key stands, and each entry of its list; 1-based. Keys without lines are absent. */
export type PolicyLines = ReadonlyMap<
  string,
  { readonly line: number; readonly entries: readonly number[] }
>;

/** The line of an entry of a list, of the key where that is not known, or undefined. */
export function lineOf({ lines }: PolicyLayer, key: PolicyKey, index = -1): number | undefined {
  const known = lines.get(key);
  return known?.entries[index] ?? known?.line;
}

/** The values of one place, whole, with the lines they stand on. */
export interface PolicyLayer {
  readonly scope: Scope;
  readonly file: string;
  readonly values: PolicyValues;
  readonly lines: PolicyLines;
  /** Keys whose loosening values count from an organisation's policy alone. */
  readonly lock?: readonly PolicyKey[];
  /** False where nobody may switch trust-all on. */
  readonly trustAll?: boolean;
}

/** What reading a place gave: its values, or why none of them can be relied on. */
export type PolicyReading =
  | { readonly ok: true; readonly layer: PolicyLayer; readonly problems: readonly PolicyProblem[] }
  | {
      readonly ok: false;
      readonly scope: Scope;
      readonly problems: readonly PolicyProblem[];
      /** What the place asked for and denied when it was last good; absent where that is not known. */
      readonly kept?: PolicyLayer;
    };

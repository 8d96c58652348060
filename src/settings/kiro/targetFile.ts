import type { ForeignFile } from '../../files/foreignFile';
import type { AgentSettings } from './agentRules';
import { ourEntries, readAgent, withoutSettings, withSettings } from './agentText';
import { type PermissionRule, ruleKey } from './permissionRule';
import { isOnlyEmptyList, oursOf, readPermissions, withoutOurs, withOurs } from './permissionsText';

/** The kinds of files of Kiro's that hold something of Checkrein's. */
export type TargetKind = 'permissions' | 'agent';

/** What Checkrein has in a file: rules by their keys, or entries of lists by their names. */
export type OurContent = readonly string[];

/** A file of Kiro's and what the policy wants in it. */
export type Target = ForeignFile & {
  readonly notes: readonly string[];
} & (
    | { readonly kind: 'permissions'; readonly rules: readonly PermissionRule[] }
    // Agent files are only changed, never made.
    | { readonly kind: 'agent'; readonly settings: AgentSettings | undefined }
  );

/** A text and what of it is Checkrein's. */
export interface TargetText {
  readonly text: string;
  readonly ours: OurContent;
  /** What in the file is not Checkrein's and works against the policy. */
  readonly warnings: readonly string[];
}

/** The text that the policy wants. Throws a HumanError where the file cannot be changed safely. */
export function wantedText(
  target: Target,
  before: string | undefined,
  known: OurContent,
): TargetText {
  const { path } = target;
  const names = new Set(known);
  if (target.kind === 'permissions') {
    const text = withOurs(before ?? '', path, target.rules, names);
    const { warnings } = readPermissions(text, path);
    return { text, ours: target.rules.map(ruleKey), warnings };
  }
  if (before === undefined || !target.settings) {
    return {
      text: before === undefined ? '' : withoutSettings(before, path, names),
      ours: [],
      warnings: [],
    };
  }
  const { text, entries } = withSettings(before, path, target.settings, names);
  return { text, ours: [...entries], warnings: [] };
}

/** The text without what is Checkrein's. */
export function bareText(kind: TargetKind, path: string, text: string, known: OurContent): string {
  const names = new Set(known);
  return kind === 'permissions'
    ? withoutOurs(text, path, names)
    : withoutSettings(text, path, names);
}

/** What in a text is Checkrein's. */
export function oursIn(
  kind: TargetKind,
  path: string,
  text: string,
  known: OurContent,
): OurContent {
  const names = new Set(known);
  return kind === 'permissions'
    ? oursOf(readPermissions(text, path), names).map(({ rule }) => ruleKey(rule))
    : [...ourEntries(text, path, names)];
}

/** Throws a HumanError for a text that Kiro would not read. */
export function checkText(kind: TargetKind, path: string, text: string): void {
  if (kind === 'permissions') readPermissions(text, path);
  else readAgent(text, path);
}

/** True when nothing of anybody's is left in a file that Checkrein made. */
export function isLeftEmpty(kind: TargetKind, text: string): boolean {
  return kind === 'permissions' && isOnlyEmptyList(text);
}

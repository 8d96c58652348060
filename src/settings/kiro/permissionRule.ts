import * as z from 'zod/mini';
import type { Rule } from '../../policy/decision';

/** What a rule of Kiro's `permissions.yaml` can be about; the last three stand for several. */
export const KIRO_CAPABILITIES = [
  ...(['fs_read', 'fs_write', 'shell', 'web_fetch', 'web_search', 'mcp', 'subagent'] as const),
  ...(['skill', 'power', 'context', 'diagnostics', 'sandbox_network'] as const),
  ...(['all', 'builtin', 'filesystem'] as const),
] as const;

export type KiroCapability = (typeof KIRO_CAPABILITIES)[number];

/**
 * A rule as Kiro reads it. `match` and `exclude` are globs; without `match` it is about everything.
 * No other field may stand in it: Kiro drops the whole file for one it does not know.
 */
export const PermissionRuleSchema = z.strictObject({
  // Kiro skips a rule about something it does not know, and keeps the others.
  capability: z.string(),
  effect: z.enum(['allow', 'ask', 'deny']),
  match: z.optional(z.array(z.string())),
  exclude: z.optional(z.array(z.string())),
});

export type ForeignRule = z.infer<typeof PermissionRuleSchema>;

/** A rule that Checkrein writes. */
export interface PermissionRule {
  readonly capability: KiroCapability;
  readonly effect: 'allow' | 'ask' | 'deny';
  readonly match?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Names exactly this rule, however it is written. */
export function ruleKey({
  capability,
  effect,
  match,
  exclude,
}: PermissionRule | ForeignRule): string {
  return JSON.stringify([capability, effect, match ?? null, exclude ?? null]);
}

/** Something of the policy that a file of Kiro's does not say, or says more strictly, and why. */
export interface CompileNote {
  /** The pattern, or what else is meant. */
  readonly what: string;
  readonly why: string;
  /** Where the policy says it. */
  readonly source?: Rule['source'];
}

/** What a part of the policy became. */
export interface Compiled {
  readonly rules: readonly PermissionRule[];
  readonly notes: readonly CompileNote[];
}

export function noteOn(rule: Rule, why: string): CompileNote {
  return { what: rule.pattern, why, source: rule.source };
}

/** One rule with all globs that share its capability and effect; none for an empty list. */
export function ruleOf(
  capability: KiroCapability,
  effect: PermissionRule['effect'],
  match: readonly string[],
): readonly PermissionRule[] {
  return match.length === 0 ? [] : [{ capability, effect, match: [...new Set(match)] }];
}

/**
 * Kiro's own writer wraps long lines, and a wrapped glob no longer matches. Written with its indent,
 * dash and quotes, a glob of this length stays below 80 columns.
 */
const MAX_WRITTEN = 66;

/** A glob as it stands in the file: double-quoted, with escapes for all but plain ASCII. */
export function quoteGlob(glob: string): string {
  return JSON.stringify(glob).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** True when a glob is short enough to stand in the file. */
export function fits(glob: string): boolean {
  return quoteGlob(glob).length <= MAX_WRITTEN;
}

import * as z from 'zod/mini';
import type { Rule } from '../policy/decision';

/** The value of `checkrein.trustedCommands`: patterns in Kiro's three forms. */
export const TrustedCommandsSetting = z.array(z.string().check(z.minLength(1), z.maxLength(1_000)));

/** What a setting's value amounts to. */
export interface ReadSetting {
  readonly rules: readonly Rule[];
  /** Why the value was not taken; then no rule of it counts. */
  readonly problem?: string;
}

/** Reads the setting. A value that is not wholly right gives no rule at all: never half a policy. */
export function readTrustedCommands(value: unknown, file: string): ReadSetting {
  if (value === undefined) return { rules: [] };
  const parsed = TrustedCommandsSetting.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue && issue.path.length > 0 ? ` (entry ${String(issue.path[0])})` : '';
    return {
      rules: [],
      problem: `checkrein.trustedCommands must be a list of texts${place}; until then nothing in it is trusted.`,
    };
  }
  return { rules: parsed.data.map(pattern => ({ effect: 'allow', pattern, source: { file } })) };
}

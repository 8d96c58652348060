import * as z from 'zod/mini';
import type { SwitchReading } from './switches/readSwitch';
import { SWITCH_IDS } from './switches/switchTable';

/** The shape of `checkrein privacy --json`. */
export const PrivacyReportSchema = z.strictObject({
  rows: z.array(
    z.strictObject({
      id: z.enum(SWITCH_IDS),
      state: z.enum(['on', 'off', 'unknown', 'managed']),
      source: z.string().check(z.minLength(1)),
      sends: z.string().check(z.minLength(1)),
      where: z.string().check(z.minLength(1)),
    }),
  ),
});

export type PrivacyReport = z.infer<typeof PrivacyReportSchema>;

/** What the switches say, for other programs. */
export function privacyReport(readings: readonly SwitchReading[]): PrivacyReport {
  return {
    rows: readings.map(({ row: { id, sends, where }, state, source }) => ({
      ...{ id, state, source, sends, where },
    })),
  };
}

import * as z from 'zod/mini';
import { NetworkResultSchema } from '../network/networkResult';
import { FindingSchema } from './finding';

/** The shape of `checkrein doctor --json`. */
export const DoctorReportSchema = z.strictObject({
  /** What was found, the worst first. */
  findings: z.array(FindingSchema),
  /** What became of each check; `unclear` in a `found` one says what else was not looked at. */
  checks: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      state: z.enum(['fine', 'found', 'unclear']),
      unclear: z.optional(z.string()),
    }),
  ),
  agents: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      state: z.enum(['notInstalled', 'partly', 'needsNewChat', 'verified', 'broken']),
      detail: z.optional(z.string()),
    }),
  ),
  /** Only with `--network`. */
  network: z.optional(z.array(NetworkResultSchema)),
});

export type DoctorReport = z.infer<typeof DoctorReportSchema>;

import * as z from 'zod/mini';

/** What became of one row of the allow-list. */
export const NetworkResultSchema = z.strictObject({
  /** The row as the vendor writes it. */
  row: z.string(),
  purpose: z.enum(['authentication', 'service', 'telemetry', 'download', 'vpcEndpoint']),
  /** The host that was tried; absent where the row cannot be tried. */
  host: z.optional(z.string()),
  /**
   * `blockedAsWanted`: telemetry that does not get out. `notTried`: a pattern without a host, or a
   * value that is missing.
   */
  outcome: z.enum([
    'reachable',
    'refused',
    'notResolved',
    'blockedAsWanted',
    'tlsFault',
    'notTried',
  ]),
  /** `private` for a VPC endpoint that stays inside the network. */
  addresses: z.optional(z.enum(['private', 'public', 'mixed', 'viaProxy'])),
  /** The TLS version that was agreed on, such as `TLSv1.3`. */
  tls: z.optional(z.string()),
  note: z.optional(z.string()),
});

export type NetworkResult = z.infer<typeof NetworkResultSchema>;

import * as z from 'zod/mini';

const FixSchema = z.strictObject({
  /** What to do, for people. */
  text: z.string(),
  /** The file to go to. */
  file: z.optional(z.string()),
  /** 1-based. */
  line: z.optional(z.number()),
  /** Lines of `file` to add and to take out: this one can be done with one click. */
  lines: z.optional(z.strictObject({ add: z.array(z.string()), remove: z.array(z.string()) })),
});

export const FindingSchema = z.strictObject({
  /** The check that found it. */
  check: z.string(),
  severity: z.enum(['high', 'medium', 'low', 'info']),
  title: z.string(),
  why: z.string(),
  /** Places and masked excerpts; never a secret. */
  evidence: z.array(z.string()),
  fix: z.optional(FixSchema),
});

/** Something about this machine or workspace that a person should know. */
export type Finding = z.infer<typeof FindingSchema>;
export type Fix = z.infer<typeof FixSchema>;

/** A finding before it is known which check it belongs to. */
export type NewFinding = Omit<Finding, 'check'>;

/** What a check says: what it found, or why it could not look. */
export interface CheckResult {
  readonly findings: readonly NewFinding[];
  /** Why something could not be looked at; then "nothing found" does not mean "fine". */
  readonly unclear?: string | undefined;
}

/** No more than this many places are named of one finding. */
const MAX_EVIDENCE = 20;

/** The places in words, and how many more there are; only those that are named are worked out. */
export function evidenceOf<Place>(
  places: readonly Place[],
  say: (place: Place) => string,
): string[] {
  const rest = places.length - MAX_EVIDENCE;
  const named = places.slice(0, MAX_EVIDENCE).map(say);
  return rest > 0 ? [...named, `and ${rest} more`] : named;
}

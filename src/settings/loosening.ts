import { createHash } from 'node:crypto';
import { isRepositoryScope, type PolicyLayer } from './policyLayer';
import type { PolicyKey, PolicyValues } from './policySchema';

/** What a place in a repository would let pass, as a person is asked about it. */
export interface Loosening {
  readonly file: string;
  /** Names exactly this policy of exactly this file. */
  readonly hash: string;
  /** The loosening keys and their values, and nothing else of the file. */
  readonly content: PolicyValues;
  /**
   * The whole policy of the file, which is what is approved: a person who lets `make *` pass beside a
   * denied `make deploy` did not agree to the one without the other.
   */
  readonly whole: PolicyValues;
}

const LOOSENS: readonly PolicyKey[] = [
  'agentAutonomy',
  'trustedCommands',
  'trustedTools',
  'allowedPaths',
  'autoAccept',
];

function loosens(key: PolicyKey, value: unknown): boolean {
  if (!LOOSENS.includes(key)) return false;
  if (key === 'agentAutonomy') return value === 'Autopilot';
  return Array.isArray(value) ? value.length > 0 : value === true;
}

/** Splits a place's values into what lets more pass and what asks for more. */
function split(values: PolicyValues): { loosening: PolicyValues; rest: PolicyValues } {
  const entries = Object.entries(values) as [PolicyKey, unknown][];
  const pick = (wanted: boolean): PolicyValues =>
    Object.fromEntries(entries.filter(([key, value]) => loosens(key, value) === wanted));
  return { loosening: pick(true), rest: pick(false) };
}

/** What a repository's place loosens; undefined for any other place, and when it is nothing. */
export function looseningOf({ scope, file, values }: PolicyLayer): Loosening | undefined {
  const content = split(values).loosening;
  if (!isRepositoryScope(scope) || Object.keys(content).length === 0) return undefined;
  const whole = Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify([scope, file, whole]);
  return { file, hash: createHash('sha256').update(text).digest('hex'), content, whole };
}

/** The same place with only what asks for more or denies. */
export function onlyTightening(layer: PolicyLayer): PolicyLayer {
  return { ...layer, values: split(layer.values).rest };
}

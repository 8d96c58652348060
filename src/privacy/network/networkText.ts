import { markdownTable } from '../markdownText';
import type { NetworkResult } from './networkResult';

const SAY_OUTCOME: Readonly<Record<NetworkResult['outcome'], string>> = {
  reachable: 'reachable',
  refused: 'refused',
  notResolved: 'not resolved',
  blockedAsWanted: 'blocked, as wanted',
  tlsFault: 'TLS fault',
  notTried: 'not tried',
};

const SAY_ADDRESSES: Readonly<Record<NonNullable<NetworkResult['addresses']>, string>> = {
  private: 'private',
  public: 'public',
  mixed: 'private and public',
  viaProxy: 'left to the proxy',
};

const PURPOSES: readonly (readonly [NetworkResult['purpose'], string])[] = [
  ['authentication', 'Authentication'],
  ['service', 'Language servers and services'],
  ['telemetry', 'Telemetry (blocked is what you may want)'],
  ['download', 'Downloads'],
  ['vpcEndpoint', 'VPC endpoints (private addresses keep the traffic inside)'],
];

/** The results as Markdown tables. */
export function networkText(results: readonly NetworkResult[], how: string, now: Date): string {
  const tables = PURPOSES.flatMap(([purpose, title]) => {
    const rows = results
      .filter(result => result.purpose === purpose)
      .map(({ row, host, outcome, addresses, tls, note }) => [
        row,
        SAY_OUTCOME[outcome],
        ...[tls, addresses && SAY_ADDRESSES[addresses], host === row ? undefined : host, note].map(
          text => text ?? '',
        ),
      ]);
    if (rows.length === 0) return [];
    const heads = ['Allow-list', 'Outcome', 'TLS', 'Addresses', 'Tried', 'Note'];
    return [`## ${title}`, markdownTable(heads, rows)];
  });
  const counts = Object.entries(SAY_OUTCOME).flatMap(([outcome, words]) => {
    const count = results.filter(result => result.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return `${[
    '# Firewall and proxy',
    `As of ${now.toISOString()}, ${how}. TLS 1.2 is needed, TLS 1.3 is recommended.`,
    `${counts.join(', ')}.`,
    ...tables,
  ].join('\n\n')}\n`;
}

import { SOURCES, type FactSource } from '../source';
import type { NetworkResult } from './networkResult';

/** One row of the vendor's allow-list for firewalls. */
export interface AllowedHost {
  /** As the vendor writes it: a host, a pattern with `*`, or with a part in angle brackets. */
  readonly row: string;
  readonly purpose: NetworkResult['purpose'];
  /** The host that stands for the row; absent for a pattern that no known host stands for. */
  readonly host?: string;
  readonly source: FactSource;
}

/** What only the person knows of an organisation’s sign-in. */
export interface SignIn {
  /** The region of IAM Identity Center, such as `eu-central-1`. */
  readonly ssoRegion?: string;
  /** The id or alias of its directory. */
  readonly directory?: string;
}

type Row = readonly [row: string, host?: string | undefined];

function rows(
  purpose: AllowedHost['purpose'],
  source: FactSource,
  ...list: readonly Row[]
): readonly AllowedHost[] {
  return list.map(([row, host]) => ({ row, purpose, source, ...(host !== undefined && { host }) }));
}

/** A row that names exactly one host. */
function plain(...hosts: readonly string[]): readonly Row[] {
  return hosts.map((host): Row => [host, host]);
}

/** Every row, with the hosts that the person's sign-in gives to the patterns. */
export function allowList({ ssoRegion, directory }: SignIn = {}): readonly AllowedHost[] {
  const region = (before: string, after: string): string | undefined =>
    ssoRegion === undefined ? undefined : `${before}${ssoRegion}${after}`;
  return [
    ...rows(
      'authentication',
      SOURCES.privacy,
      ['*.kiro.dev', 'app.kiro.dev'],
      [
        '<idc-directory-id-or-alias>.awsapps.com',
        directory === undefined ? undefined : `${directory}.awsapps.com`,
      ],
      ['oidc.<sso-region>.amazonaws.com', region('oidc.', '.amazonaws.com')],
      ['*.sso.<sso-region>.amazonaws.com', region('portal.sso.', '.amazonaws.com')],
      ['*.sso-portal.<sso-region>.amazonaws.com'],
      ['*.aws.dev'],
      ['*.awsstatic.com'],
      ['*.console.aws.a2z.com'],
      ['*.sso.amazonaws.com'],
    ),
    ...rows(
      'service',
      SOURCES.privacy,
      ...plain(
        'aws-toolkit-language-servers.amazonaws.com',
        'aws-language-servers.us-east-1.amazonaws.com',
      ),
    ),
    ...rows(
      'telemetry',
      SOURCES.privacy,
      ...plain(
        'client-telemetry.us-east-1.amazonaws.com',
        'cognito-identity.us-east-1.amazonaws.com',
        'prod.us-east-1.telemetry.desktop.kiro.dev',
      ),
    ),
    // Under "telemetry" in the vendor's list, but by its name it is needed to sign in.
    ...rows('authentication', SOURCES.privacy, ...plain('prod.us-east-1.auth.desktop.kiro.dev')),
    ...rows('service', SOURCES.workshop, ...plain('codewhisperer.us-east-1.amazonaws.com')),
    ...rows('telemetry', SOURCES.workshop, ...plain('prod.us-east-1.telemetry.kiro.aws.dev')),
    ...rows('download', SOURCES.workshop, ...plain('prod.download.desktop.kiro.dev')),
    ...rows(
      'vpcEndpoint',
      SOURCES.privacy,
      // The names that AWS PrivateLink gives to these services.
      ['com.amazonaws.us-east-1.q', 'q.us-east-1.amazonaws.com'],
      ['com.amazonaws.eu-central-1.q', 'q.eu-central-1.amazonaws.com'],
      ['com.amazonaws.us-east-1.codewhisperer', 'codewhisperer.us-east-1.amazonaws.com'],
    ),
  ];
}

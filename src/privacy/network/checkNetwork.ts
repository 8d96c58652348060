import { BlockList, isIP } from 'node:net';
import type { AllowedHost } from './allowList';
import type { NetworkResult } from './networkResult';

/** How an attempt to reach a host ended. */
export type Attempt =
  | { readonly ok: true; readonly tls: string; readonly trusted: boolean; readonly fault?: string }
  | { readonly ok: false; readonly reason: 'refused' | 'tlsFault'; readonly fault: string };

/** A proxy that hosts are reached through. */
export interface Proxy {
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** True when the proxy itself speaks TLS. */
  readonly secure: boolean;
  /** The value of the header `Proxy-Authorization`, if one is needed. */
  readonly authorization?: string;
}

/** The two things that touch the network; handed in, so that a test can stay on this machine. */
export interface NetworkAccess {
  /** The addresses of a host; rejects when it has none. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly connect: (
    host: string,
    proxy: Proxy | undefined,
    signal?: AbortSignal,
  ) => Promise<Attempt>;
}

/** The proxy settings of the editor or the environment. */
export interface ProxySettings {
  /** An address such as `http://proxy:3128`; empty for none. */
  readonly proxy?: string | undefined;
  /** Hosts and endings that are reached without it, as in `NO_PROXY`. */
  readonly noProxy?: readonly string[];
  /** The value of the header `Proxy-Authorization`, where the address of the proxy holds no login. */
  readonly authorization?: string | undefined;
}

/** How a person watches and ends a check. */
export interface CheckWatch {
  /** What is not done when it fires is not tried any more. */
  readonly signal?: AbortSignal;
  /** Called after each row. */
  readonly onRow?: (row: string) => void;
}

const MAX_AT_ONCE = 4;

/**
 * Resolves and reaches each row once: nothing but a TLS handshake is exchanged. Only to be called
 * when a person has asked for it.
 */
export async function checkNetwork(
  rows: readonly AllowedHost[],
  settings: ProxySettings,
  access: NetworkAccess,
  { signal, onRow }: CheckWatch = {},
): Promise<readonly NetworkResult[]> {
  const proxy = withLogin(readProxy(settings.proxy), settings.authorization);
  const ended = whenAborted(signal);
  const results: NetworkResult[] = [];
  const queue = [...rows.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, row] = next;
      const { row: name, purpose } = row;
      const unfinished = { row: name, purpose, outcome: 'notTried', note: 'ended before' } as const;
      results[index] =
        signal?.aborted === true
          ? unfinished
          : ((await Promise.race([
              checkRow(row, { proxy, noProxy: settings.noProxy ?? [], access, signal }),
              ended,
            ])) ?? unfinished);
      onRow?.(name);
    }
  };
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
  return results;
}

/** Resolves when the signal fires; never without one. */
function whenAborted(signal: AbortSignal | undefined): Promise<undefined> {
  return new Promise(resolve => {
    signal?.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function withLogin(
  proxy: Proxy | 'unusable' | undefined,
  authorization: string | undefined,
): Proxy | 'unusable' | undefined {
  if (proxy === undefined || proxy === 'unusable' || authorization === undefined) return proxy;
  return { authorization, ...proxy };
}

/** How rows are reached. */
interface Way {
  readonly proxy: Proxy | 'unusable' | undefined;
  readonly noProxy: readonly string[];
  readonly access: NetworkAccess;
  readonly signal: AbortSignal | undefined;
}

async function checkRow(
  { row, purpose, host }: AllowedHost,
  { proxy, noProxy, access, signal }: Way,
): Promise<NetworkResult> {
  const base = { row, purpose };
  if (host === undefined) {
    return { ...base, outcome: 'notTried', note: 'a pattern; no host is known that stands for it' };
  }
  const named = { ...base, host };
  const used = proxy === undefined || isExempt(host, noProxy) ? undefined : proxy;
  if (used === 'unusable') {
    return { ...named, outcome: 'notTried', note: 'the proxy setting cannot be used' };
  }
  // A VPC endpoint is a matter of names on this side of a proxy.
  const resolved = used && purpose !== 'vpcEndpoint' ? [] : await addressesOf(host, access);
  if (!resolved) return { ...named, outcome: blocked(purpose, 'notResolved') };
  const addresses = used ? ('viaProxy' as const) : kindOf(resolved);
  const attempt = await attemptOf(host, used, access, signal);
  const where = purpose === 'vpcEndpoint' ? kindOf(resolved) : addresses;
  if (!attempt.ok) {
    const outcome = blocked(purpose, attempt.reason);
    return { ...named, outcome, addresses: where, note: attempt.fault };
  }
  const note = noteOf(purpose, where, attempt);
  const outcome = attempt.trusted ? 'reachable' : 'tlsFault';
  return { ...named, outcome, addresses: where, tls: attempt.tls, ...(note && { note }) };
}

/** Telemetry that does not get out is what many people want; it is told apart from a fault. */
function blocked(
  purpose: NetworkResult['purpose'],
  outcome: NetworkResult['outcome'],
): NetworkResult['outcome'] {
  return purpose === 'telemetry' && outcome !== 'tlsFault' ? 'blockedAsWanted' : outcome;
}

function noteOf(
  purpose: NetworkResult['purpose'],
  addresses: NetworkResult['addresses'],
  { tls, trusted, fault }: Attempt & { readonly ok: true },
): string | undefined {
  if (!trusted) return `the certificate is not trusted here: ${fault ?? 'no reason given'}`;
  if (purpose === 'vpcEndpoint' && addresses !== 'private') {
    return 'resolves to a public address: the traffic does not stay inside a VPC';
  }
  if (tls === 'TLSv1.3') return undefined;
  return tls === 'TLSv1.2' ? 'TLS 1.3 is recommended' : 'TLS 1.2 is needed';
}

async function addressesOf(
  host: string,
  { resolve }: NetworkAccess,
): Promise<readonly string[] | undefined> {
  try {
    const addresses = await resolve(host);
    return addresses.length === 0 ? undefined : addresses;
  } catch {
    return undefined;
  }
}

async function attemptOf(
  host: string,
  proxy: Proxy | undefined,
  { connect }: NetworkAccess,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  try {
    return await connect(host, proxy, signal);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: 'refused', fault };
  }
}

const PRIVATE = new BlockList();
for (const [network, prefix, family] of [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['::1', 128, 'ipv6'],
] as const) {
  PRIVATE.addSubnet(network, prefix, family);
}

function kindOf(addresses: readonly string[]): 'private' | 'public' | 'mixed' {
  const isPrivate = (address: string): boolean =>
    PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const count = addresses.filter(isPrivate).length;
  if (count === addresses.length) return 'private';
  return count === 0 ? 'public' : 'mixed';
}

/** The proxy in a setting; `unusable` for one that no connection may silently go around. */
export function readProxy(setting: string | undefined): Proxy | 'unusable' | undefined {
  if (setting === undefined || setting.trim() === '') return undefined;
  try {
    const { protocol, hostname, port, username, password } = new URL(setting);
    if (protocol !== 'http:' && protocol !== 'https:') return 'unusable';
    const secure = protocol === 'https:';
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (secure ? 443 : 80) : Number(port),
      secure,
      ...(username !== '' && {
        authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      }),
    };
  } catch {
    return 'unusable';
  }
}

/** True for a host that the settings exempt from the proxy: `*`, a host, or an ending of one. */
function isExempt(host: string, noProxy: readonly string[]): boolean {
  return noProxy.some(entry => {
    const name = entry
      .trim()
      .toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/^\*?\./, '');
    return entry.trim() === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
  });
}

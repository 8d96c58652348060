import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Attempt, NetworkAccess, Proxy } from './checkNetwork';

/** How long one attempt may take, in milliseconds. */
const DEADLINE_MS = 8_000;
const MAX_REPLY = 16 * 1024;

/** Where the probe connects to; for tests, which have servers of their own. */
export interface ProbeTarget {
  /** TCP port of the hosts. */
  readonly port: number;
  /** Further certificates to trust. */
  readonly ca?: string;
}

/**
 * The real network: the only code of Checkrein that opens a connection to another machine, and only
 * for the network check that a person asked for. It makes a TLS handshake and closes.
 */
export function realNetwork(target: ProbeTarget = { port: 443 }): NetworkAccess {
  return {
    resolve: async host => {
      const found = await lookup(host, { all: true });
      return found.map(({ address }) => address);
    },
    connect: async (host, proxy, signal) => {
      const tunnel = proxy && (await openTunnel(host, target.port, proxy, signal));
      return handshake(host, target, tunnel, signal);
    },
  };
}

/** Resolves with how the handshake ended, or that the host was not reached. */
function handshake(
  host: string,
  target: ProbeTarget,
  tunnel: Socket | undefined,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  return new Promise(resolve => {
    const socket = connectTls({
      ...(tunnel ? { socket: tunnel } : { host, port: target.port }),
      servername: host,
      // Judged below: an untrusted certificate is an answer, not an error.
      rejectUnauthorized: false,
      ...(target.ca !== undefined && { ca: target.ca }),
    });
    let reached = tunnel !== undefined;
    socket.once('connect', () => {
      reached = true;
    });
    const end = (attempt: Attempt): void => {
      socket.destroy();
      tunnel?.destroy();
      resolve(attempt);
    };
    socket.setTimeout(DEADLINE_MS, () =>
      end({ ok: false, reason: reached ? 'tlsFault' : 'refused', fault: 'no answer in time' }),
    );
    whenAborted(signal, () => end({ ok: false, reason: 'refused', fault: 'ended before' }));
    socket.once('secureConnect', () => end(agreed(socket)));
    socket.once('error', ({ message }: Error) =>
      end({ ok: false, reason: reached ? 'tlsFault' : 'refused', fault: message }),
    );
  });
}

/** Also when it has fired already: nothing goes out after the person has ended it. */
function whenAborted(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted === true) act();
  else signal?.addEventListener('abort', act, { once: true });
}

function agreed(socket: TLSSocket): Attempt {
  const fault: unknown = socket.authorizationError;
  const tls = socket.getProtocol() ?? 'unknown';
  if (socket.authorized) return { ok: true, tls, trusted: true };
  return {
    ok: true,
    tls,
    trusted: false,
    fault: fault instanceof Error ? fault.message : 'not trusted',
  };
}

/** A connection to the host through the proxy. Rejects when the proxy does not make one. */
function openTunnel(
  host: string,
  port: number,
  proxy: Proxy,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const where = { host: proxy.host, port: proxy.port };
    const socket = proxy.secure
      ? connectTls({ ...where, servername: proxy.host })
      : connectTcp(where);
    const fail = (what: string): void => {
      socket.destroy();
      reject(new Error(what));
    };
    whenAborted(signal, () => fail('ended before'));
    socket.setTimeout(DEADLINE_MS, () => fail('the proxy gave no answer in time'));
    socket.once('error', ({ message }: Error) => fail(`the proxy cannot be reached: ${message}`));
    socket.once(proxy.secure ? 'secureConnect' : 'connect', () => {
      const login = proxy.authorization;
      const header = login === undefined ? '' : `Proxy-Authorization: ${login}\r\n`;
      socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n${header}\r\n`);
    });
    let reply = '';
    const read = (chunk: Buffer): void => {
      reply += chunk.toString('latin1');
      if (reply.length > MAX_REPLY) fail('the proxy answered something else');
      if (!reply.includes('\r\n\r\n')) return;
      socket.off('data', read);
      const [, status = 'nothing'] = /^HTTP\/1\.[01] (\d{3})/.exec(reply) ?? [];
      if (status.startsWith('2')) resolve(socket);
      else fail(`the proxy answered ${status}`);
    };
    socket.on('data', read);
    socket.once('end', () => fail('the proxy hung up'));
  });
}

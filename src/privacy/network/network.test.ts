import { createServer as createTcpServer, connect, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { allowList, type AllowedHost } from './allowList';
import { checkNetwork, readProxy, type Attempt, type NetworkAccess } from './checkNetwork';
import { NetworkResultSchema } from './networkResult';
import { realNetwork } from './tlsProbe';

/** Of a server of this test alone, for `localhost`, good for a hundred years. */
const KEY = [
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgW34lCADvOVxA73DP+Qo6R/DOAZWB7bY7DmYkxwd85/',
  'ShRANCAAQ6u6O//aR4SDzDFIH+EL2eiCjjmjpqXb60BY7f1C3PUSS60pgUWgbhUWI0/p64pn5gnumPnKMVk6IOoCB2',
  'yAd8',
].join('');
const CERTIFICATE = [
  'MIIBlDCCATugAwIBAgIUZNts0zfocs5i6iGYQ34mWKyRIcAwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3',
  'N0MCAXDTI2MTEyMTEzNDYyM1oYDzIxMjYxMDI4MTM0NjIzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjO',
  'PQIBBggqhkjOPQMBBwNCAAQ6u6O//aR4SDzDFIH+EL2eiCjjmjpqXb60BY7f1C3PUSS60pgUWgbhUWI0/p64pn5gnu',
  'mPnKMVk6IOoCB2yAd8o2kwZzAdBgNVHQ4EFgQUMvKvozYSNb4qLZ0DmPXbsozer/owHwYDVR0jBBgwFoAUMvKvozYS',
  'Nb4qLZ0DmPXbsozer/owDwYDVR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwIDRw',
  'AwRAIgXbIFq7ElW8pHJkNkYpXaySto+nPcwYtBcUTo3+mcNMACIAUseZXFSYw7pzBUZBKetxxsR6tYXVYgP2jQhBSy',
  'a21h',
].join('');

function pem(kind: string, body: string): string {
  return `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;
}

const key = pem('PRIVATE KEY', KEY);
const cert = pem('CERTIFICATE', CERTIFICATE);

const REACHED: Attempt = { ok: true, tls: 'TLSv1.3', trusted: true };

function access(
  addresses: readonly string[] | Error,
  attempt: Attempt | Error = REACHED,
): NetworkAccess & { readonly tried: (readonly [string, string | undefined])[] } {
  const tried: (readonly [string, string | undefined])[] = [];
  const give = <T>(value: T | Error): Promise<T> =>
    value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  return {
    tried,
    resolve: () => give(addresses),
    connect: (host, proxy) => {
      tried.push([host, proxy?.host]);
      return give(attempt);
    },
  };
}

function row(purpose: AllowedHost['purpose'], host?: string): AllowedHost {
  return {
    row: host ?? '*.x',
    purpose,
    source: { title: 't' },
    ...(host !== undefined && { host }),
  };
}

describe('the allow-list', () => {
  it('has what the vendor names, and gives patterns their hosts', () => {
    const list = allowList({ ssoRegion: 'eu-central-1', directory: 'd-123' });
    const hosts = list.map(({ host }) => host);
    for (const host of [
      'oidc.eu-central-1.amazonaws.com',
      'd-123.awsapps.com',
      'codewhisperer.us-east-1.amazonaws.com',
      'prod.us-east-1.telemetry.kiro.aws.dev',
      'prod.download.desktop.kiro.dev',
      'q.eu-central-1.amazonaws.com',
    ]) {
      expect(hosts).toContain(host);
    }
    expect(list).toHaveLength(21);
    expect(allowList().filter(({ host }) => host === undefined)).toHaveLength(8);
  });
});

describe('a check that is watched', () => {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map(host => row('service', host));

  it('tells of each row', async () => {
    const seen: string[] = [];
    const onRow = (name: string): unknown => seen.push(name);
    await checkNetwork(rows, {}, access(['1.2.3.4']), { onRow });
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('tries nothing more once it is ended, and does not wait for what is under way', async () => {
    const ending = new AbortController();
    const tried: string[] = [];
    const hanging: NetworkAccess = {
      resolve: () => Promise.resolve(['1.2.3.4']),
      connect: host => {
        tried.push(host);
        if (tried.length === 4) ending.abort();
        return new Promise<Attempt>(() => undefined);
      },
    };
    const results = await checkNetwork(rows, {}, hanging, { signal: ending.signal });
    expect(tried).toEqual(['a', 'b', 'c', 'd']);
    expect(results.map(({ outcome, note }) => [outcome, note])).toEqual(
      rows.map(() => ['notTried', 'ended before']),
    );
    expect(results.every(result => NetworkResultSchema.safeParse(result).success)).toBe(true);
  });

  it('gives the proxy the login that the editor has, but for one in the address', async () => {
    const logins: unknown[] = [];
    const watching: NetworkAccess = {
      resolve: () => Promise.resolve(['1.2.3.4']),
      connect: (_, proxy) => {
        logins.push(proxy?.authorization);
        return Promise.resolve(REACHED);
      },
    };
    const one = rows.slice(0, 1);
    const authorization = 'Basic editor';
    await checkNetwork(one, { proxy: 'http://p:1', authorization }, watching);
    await checkNetwork(one, { proxy: 'http://u:p@p:1', authorization }, watching);
    await checkNetwork(one, { authorization }, watching);
    expect(logins).toEqual(['Basic editor', 'Basic dTpw', undefined]);
  });
});

describe('checkNetwork', () => {
  it.each([
    [
      'service',
      ['1.2.3.4'],
      REACHED,
      { outcome: 'reachable', addresses: 'public', tls: 'TLSv1.3' },
    ],
    ['service', ['10.0.0.1', '1.1.1.1'], REACHED, { outcome: 'reachable', addresses: 'mixed' }],
    ['service', new Error('none'), REACHED, { outcome: 'notResolved' }],
    ['service', [], REACHED, { outcome: 'notResolved' }],
    ['service', ['1.2.3.4'], new Error('no'), { outcome: 'refused', note: 'no' }],
    ['telemetry', ['1.2.3.4'], new Error('no'), { outcome: 'blockedAsWanted' }],
    ['telemetry', new Error('none'), REACHED, { outcome: 'blockedAsWanted' }],
    ['telemetry', ['1.2.3.4'], REACHED, { outcome: 'reachable' }],
    ['vpcEndpoint', ['172.31.0.9'], REACHED, { outcome: 'reachable', addresses: 'private' }],
    ['vpcEndpoint', ['fd00::1'], REACHED, { outcome: 'reachable', addresses: 'private' }],
    [
      'vpcEndpoint',
      ['3.3.3.3'],
      REACHED,
      {
        addresses: 'public',
        note: expect.stringContaining('does not stay inside a VPC') as string,
      },
    ],
    ['service', ['1.2.3.4'], { ...REACHED, tls: 'TLSv1.2' }, { note: 'TLS 1.3 is recommended' }],
    ['service', ['1.2.3.4'], { ...REACHED, tls: 'TLSv1.1' }, { note: 'TLS 1.2 is needed' }],
    [
      'service',
      ['1.2.3.4'],
      { ok: true, tls: 'TLSv1.3', trusted: false, fault: 'self-signed' },
      { outcome: 'tlsFault', note: 'the certificate is not trusted here: self-signed' },
    ],
    [
      'telemetry',
      ['1.2.3.4'],
      { ok: false, reason: 'tlsFault', fault: 'x' },
      { outcome: 'tlsFault' },
    ],
  ] as const)('%s at %j', async (purpose, addresses, attempt, expected) => {
    const [result] = await checkNetwork([row(purpose, 'a.b')], {}, access(addresses, attempt));
    expect(result).toMatchObject(expected);
    expect(NetworkResultSchema.safeParse(result).success).toBe(true);
  });

  it('does not try a pattern, and keeps the order of many rows', async () => {
    const list = [
      row('service'),
      ...Array.from({ length: 9 }, (_, at) => row('service', `h${at}`)),
    ];
    const network = access(['1.1.1.1']);
    const results = await checkNetwork(list, {}, network);
    expect(results.map(({ host }) => host)).toEqual(list.map(({ host }) => host));
    expect(results[0]?.outcome).toBe('notTried');
    expect(network.tried).toHaveLength(9);
  });

  it('goes through the proxy, but for what is exempt', async () => {
    const network = access(['10.1.1.1']);
    const list = ['a.b', 'c.internal', 'internal'].map(host => row('service', host));
    const settings = { proxy: 'http://u:p@proxy:3128', noProxy: ['.internal:443', ''] };
    const results = await checkNetwork([...list, row('vpcEndpoint', 'q.b')], settings, network);
    expect([...network.tried].sort()).toEqual([
      ['a.b', 'proxy'],
      ['c.internal', undefined],
      ['internal', undefined],
      ['q.b', 'proxy'],
    ]);
    expect(results.map(({ addresses }) => addresses)).toEqual([
      ...['viaProxy', 'private', 'private', 'private'],
    ]);
  });

  it.each(['socks5://x:1', 'not an address', 'http://%zz@x'])(
    'does not silently go around the proxy %s',
    async proxy => {
      const network = access(['1.1.1.1']);
      const [result] = await checkNetwork([row('service', 'a.b')], { proxy }, network);
      expect(result?.outcome).toBe('notTried');
      expect(network.tried).toEqual([]);
    },
  );

  it('reads the login of a proxy', () => {
    expect(readProxy('https://me:a%40b@[::1]')).toEqual({
      ...{ host: '::1', port: 443, secure: true },
      authorization: `Basic ${Buffer.from('me:a@b').toString('base64')}`,
    });
  });
});

describe('the real probe, on this machine alone', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const tls = (options: TlsOptions = {}): Promise<number> =>
    listen(
      createTlsServer({ key, cert, ...options }, socket => socket.on('error', () => undefined)),
    );

  it('tells the TLS version and whether the certificate is trusted', async () => {
    const port = await tls();
    expect(await realNetwork({ port, ca: cert }).connect('localhost', undefined)).toEqual({
      ...{ ok: true, tls: 'TLSv1.3', trusted: true },
    });
    expect(await realNetwork({ port }).connect('localhost', undefined)).toMatchObject({
      ...{ ok: true, trusted: false },
    });
    const older = await tls({ maxVersion: 'TLSv1.2' });
    expect(
      await realNetwork({ port: older, ca: cert }).connect('localhost', undefined),
    ).toMatchObject({ tls: 'TLSv1.2' });
  });

  it('tells a closed port from a server that speaks something else', async () => {
    const plain = await listen(createTcpServer(socket => socket.end('hello\n')));
    expect(await realNetwork({ port: plain }).connect('localhost', undefined)).toMatchObject({
      ...{ ok: false, reason: 'tlsFault' },
    });
    const closed = await listen(createTcpServer());
    await new Promise(resolve => servers.pop()?.close(resolve));
    expect(await realNetwork({ port: closed }).connect('localhost', undefined)).toMatchObject({
      ...{ ok: false, reason: 'refused' },
    });
  });

  it('goes through a proxy, with its login, and says what the proxy refuses', async () => {
    const port = await tls();
    const heads: string[] = [];
    const proxyPort = await listen(
      createTcpServer(client => {
        client.on('error', () => undefined);
        client.once('data', head => {
          heads.push(head.toString());
          if (!head.includes('Basic bWU=')) {
            client.end('HTTP/1.1 407 Login\r\n\r\n');
            return;
          }
          const server = connect(port, '127.0.0.1', () => {
            client.write('HTTP/1.1 200 OK\r\n\r\n');
            client.pipe(server).pipe(client);
          });
          server.on('error', () => undefined);
        });
      }),
    );
    const network = realNetwork({ port, ca: cert });
    const proxy = { host: '127.0.0.1', port: proxyPort, secure: false };
    const login = { ...proxy, authorization: 'Basic bWU=' };
    expect(await network.connect('localhost', login)).toMatchObject({ ok: true, trusted: true });
    expect(heads[0]).toContain(`CONNECT localhost:${port} HTTP/1.1\r\n`);
    await expect(network.connect('localhost', proxy)).rejects.toThrow('the proxy answered 407');
  });

  it.each(['directly', 'through a proxy'])('lets go at once when it is ended, %s', async way => {
    const ending = new AbortController();
    let close = (): void => undefined;
    const closed = new Promise<void>(resolve => {
      close = resolve;
    });
    const port = await listen(
      createTcpServer(socket => {
        socket.on('error', () => undefined).on('close', () => close());
        ending.abort();
      }),
    );
    const proxy = { host: '127.0.0.1', port, secure: false };
    const attempt = realNetwork({ port }).connect(
      'localhost',
      way === 'directly' ? undefined : proxy,
      ending.signal,
    );
    const said = await attempt.then(
      result => ('fault' in result ? result.fault : ''),
      (error: unknown) => (error as Error).message,
    );
    expect(said).toBe('ended before');
    await closed;
  });

  it('resolves names of this machine', async () => {
    expect(await realNetwork().resolve('localhost')).toContain('127.0.0.1');
  });
});

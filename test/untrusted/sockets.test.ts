import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, Server, Socket } from 'node:net';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kiroCommand, runKiroHook } from '../support/kiroContract';
import { openWindow, testPlace, type TestPlace } from '../support/testWindow';

const ROOT = join(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');

/** Modules of Node that can reach another machine. */
const NETWORK_MODULES =
  /^(?:node:)?(?:net|http|https|http2|dgram|tls|dns|inspector|quic)(?:\/.*)?$|^(?:undici|ws)$/;
/** Globals that can. */
const NETWORK_GLOBALS = new Set([
  ...['fetch', 'WebSocket', 'WebSocketStream', 'EventSource', 'XMLHttpRequest'],
  ...['RTCPeerConnection', 'WebTransport', 'sendBeacon'],
]);

/** The only sources that may touch the network, what they take from it, and why. */
const SOURCES: Readonly<Record<string, string>> = {
  'src/broker/forwardCall.ts': 'node:http request: to the socket of another window',
  'src/broker/hookServer.ts':
    'node:http IncomingMessage Server ServerResponse createServer: the local socket',
  'src/broker/windowRegistry.ts': 'node:net connect: is a window’s socket alive',
  'src/hook/hookClient.ts': 'node:net connect: to the local socket',
  'src/privacy/network/checkNetwork.ts': 'node:net BlockList isIP: arithmetic with addresses',
  'src/privacy/network/tlsProbe.ts':
    'node:dns/promises lookup, node:net Socket connect, node:tls TLSSocket connect: the network check that a person asks for',
};

/**
 * The globals and modules that each bundle may use, with the files that it shares with others: those of the
 * sources above that are part of it. The language server's libraries bring `net` for editors that
 * connect by a socket; Checkrein's server and client speak over a pipe of the process alone. `fetch`
 * is in `config` of @vscode/l10n, which loads translations from an address and which nobody calls.
 */
const BUNDLES: Readonly<Record<string, readonly string[]>> = {
  'cli.js': ['fetch', 'net', 'node:dns/promises', 'node:net', 'node:tls'],
  'extension.js': [],
  'hook.js': ['node:net'],
  'languageClient.js': ['net'],
  'offline.js': [],
  'webview/changes.js': [],
  'webview/privacy.js': [],
  'window.js': ['node:dns/promises', 'node:http', 'node:net', 'node:tls'],
};

/** What a file asks of the network, by its syntax: comments and texts do not count. */
function networkUse(file: string): {
  modules: string[];
  globals: string[];
  /** Files of the same folder that it loads, such as `./shared-1.js`. */
  loads: string[];
  nodes: number;
} {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const modules = new Map<string, Set<string>>();
  const globals: string[] = [];
  const loads: string[] = [];
  let nodes = 0;
  const note = (name: string, taken: readonly string[] = []): void => {
    if (/^\.\/[^/]+\.js$/.test(name)) loads.push(join(dirname(file), name));
    if (!NETWORK_MODULES.test(name)) return;
    const before = modules.get(name) ?? new Set<string>();
    modules.set(name, new Set([...before, ...taken]));
  };
  const visit = (node: ts.Node): void => {
    nodes += 1;
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings;
      const names = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
      note(
        node.moduleSpecifier.text,
        [...names].map(name => (name.propertyName ?? name.name).text),
      );
    }
    // Whatever name a bundler gives to `require`.
    if (
      ts.isCallExpression(node) &&
      /require|import|builtin|binding/i.test(node.expression.getText())
    ) {
      const [first] = node.arguments;
      if (first && ts.isStringLiteralLike(first)) note(first.text);
    }
    const isProperty = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && NETWORK_GLOBALS.has(node.text)) {
      const ofGlobal =
        isProperty && /^(globalThis|window|self|navigator)\b/.test(node.parent.getText());
      if (ofGlobal || (!isProperty && !isOwnName(node))) globals.push(node.text);
    }
    node.forEachChild(visit);
  };
  source.forEachChild(visit);
  const said = [...modules].map(([name, taken]) => [name, ...[...taken].sort()].join(' '));
  return { modules: said.sort(), globals, loads, nodes };
}

/** The same of a bundle and every file that it loads. */
function networkUseOfBundle(entry: string): ReturnType<typeof networkUse> {
  const files = new Map<string, ReturnType<typeof networkUse>>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    const use = networkUse(file);
    files.set(file, use);
    use.loads.forEach(follow);
  };
  follow(entry);
  const uses = [...files.values()];
  return {
    modules: [...new Set(uses.flatMap(({ modules }) => modules))].sort(),
    globals: uses.flatMap(({ globals }) => globals),
    loads: [...files.keys()],
    nodes: uses.reduce((sum, { nodes }) => sum + nodes, 0),
  };
}

/** A key, a declared name or a parameter that happens to be called so is no use of the global. */
function isOwnName({ parent }: ts.Identifier): boolean {
  return ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent);
}

describe('the sources', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map(file => join(ROOT, 'src', file));

  it('touch the network only where the list says', () => {
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap(file => {
      const { modules, globals } = networkUse(file);
      const used = [...modules, ...globals];
      return used.length === 0 ? [] : [[relative(ROOT, file), used.join(', ')] as const];
    });
    const allowed = Object.entries(SOURCES).map(([file, use]) => [file, use.split(': ')[0]]);
    expect(found.sort()).toEqual(allowed.sort());
  });
});

describe('the bundles, with every library in them', () => {
  it('are all looked at', () => {
    const built = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
      .map(name => name.replaceAll('\\', '/'))
      .filter(name => name.endsWith('.js'));
    const seen = Object.keys(BUNDLES).flatMap(name => networkUseOfBundle(join(DIST, name)).loads);
    const names = [...new Set(seen)].map(file => relative(DIST, file).replaceAll('\\', '/'));
    expect(names.sort()).toEqual(built.sort());
  });

  it.each(Object.entries(BUNDLES))('%s uses %j and nothing more', (name, allowed) => {
    const { modules, globals, nodes } = networkUseOfBundle(join(DIST, name));
    expect(nodes).toBeGreaterThan(50);
    expect([...globals, ...modules]).toEqual(allowed);
  });

  it('would be caught', () => {
    const place = testPlace();
    try {
      const file = join(place.workspace, 'x.js');
      const bad = `require("https"); globalThis.fetch("x"); new WebSocket("y"); import("node:dgram");`;
      writeFileSync(file, `${bad} const s = { fetch: 1 }; s.fetch; // fetch`);
      const { modules, globals } = networkUse(file);
      expect(modules).toEqual(['https', 'node:dgram']);
      expect(globals).toEqual(['fetch', 'WebSocket']);
    } finally {
      place.dispose();
    }
  });
});

describe('at run time', () => {
  let place: TestPlace;
  beforeEach(() => {
    place = testPlace();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    place.dispose();
  });

  it('a window that decides, passes on and sweeps uses nothing but local sockets', async () => {
    const targets: unknown[] = [];
    const spy = (prototype: object, method: 'connect' | 'listen'): void => {
      const original = (prototype as Record<string, (...args: unknown[]) => unknown>)[method];
      vi.spyOn(prototype as Record<'connect' | 'listen', () => unknown>, method).mockImplementation(
        function (this: unknown, ...args: unknown[]) {
          targets.push(args.flat(2)[0]);
          return original?.apply(this, args);
        },
      );
    };
    spy(Socket.prototype, 'connect');
    spy(Server.prototype, 'listen');
    const inner = join(place.workspace, 'inner');
    mkdirSync(inner);
    const outer = await openWindow(place, { trusted: ['ls'] });
    const other = await openWindow(place, { roots: [inner], trusted: ['ls'] });
    const { hook, home } = place.folders;
    // The hook runs as a process of its own; what counts here is what the windows do for it. It
    // asks the outer window first, which has to pass the call on.
    const run = await runKiroHook(
      `'${process.execPath}' '${join(hook, 'hook.js')}' kiro --home '${home}' --limit 60`,
      kiroCommand(inner, 'ls'),
      { cwd: inner },
    );
    expect(run.toolRuns).toBe(true);
    await Promise.all([outer.broker.stop(), other.broker.stop()]);
    expect(targets.length).toBeGreaterThan(1);
    for (const target of targets) expect(pathOf(target)).toMatch(/[\\/].*\.sock$|^\\\\\.\\pipe\\/);
  });

  it('the spy sees a connection that is not local', async () => {
    const seen = vi.spyOn(Server.prototype, 'listen');
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    expect(seen.mock.calls[0]?.[0]).toBe(0);
    await new Promise(resolve => server.close(resolve));
  });

  /** Cuts a process off from every network and writes down what it tried. */
  const CUT_OFF = `
    const { appendFileSync } = require('node:fs');
    const cut = (object, names, label) => {
      for (const name of names) {
        object[name] = (...args) => {
          appendFileSync(process.env.TRIED, label + '.' + name + '\\n');
          throw new Error('no network here');
        };
      }
    };
    cut(require('node:net').Socket.prototype, ['connect'], 'Socket');
    cut(require('node:net').Server.prototype, ['listen'], 'Server');
    cut(require('node:dgram'), ['createSocket'], 'dgram');
    const dns = require('node:dns');
    cut(dns, ['lookup', 'resolve', 'resolve4', 'resolve6'], 'dns');
    cut(dns.promises, ['lookup', 'resolve', 'resolve4', 'resolve6'], 'dns.promises');
    cut(globalThis, ['fetch', 'WebSocket'], 'globalThis');`;

  function triedBy(...args: readonly string[]): { tried: string; status: number | null } {
    const folder = join(place.workspace, '..');
    const [preload, log] = [join(folder, 'cut-off.cjs'), join(folder, 'tried.txt')];
    writeFileSync(preload, CUT_OFF);
    writeFileSync(log, '');
    const { status } = spawnSync(process.execPath, ['-r', preload, join(DIST, 'cli.js'), ...args], {
      env: { ...process.env, TRIED: log, CHECKREIN_HOME: place.folders.home },
      input: '{}',
    });
    return { tried: readFileSync(log, 'utf8'), status };
  }

  it.each([
    [['privacy', '--json']],
    [['doctor', '--json']],
    [['chats', 'list']],
    [['chats', 'search', 'x']],
    [['policy']],
    [['check', '--', 'curl https://example.com']],
    [['hooks', 'status']],
    [['decide', '--agent', 'kiro']],
  ])('checkrein %j tries nothing', args => {
    const home = ['privacy', 'doctor', 'chats', 'policy', 'decide'].includes(args[0] ?? '');
    const workspace = ['doctor', 'policy', 'decide'].includes(args[0] ?? '');
    const { tried, status } = triedBy(
      ...args,
      ...(home ? ['--home', place.workspace] : []),
      ...(workspace ? ['--workspace', place.workspace] : []),
    );
    expect(tried).toBe('');
    expect(status).not.toBe(64);
  });

  it('checkrein doctor --network tries the network, and only that way is it asked for', () => {
    const { tried, status } = triedBy(
      ...['doctor', '--network', '--home', place.workspace, '--workspace', place.workspace],
    );
    expect(tried).toContain('dns.promises.lookup');
    expect(status).toBe(1);
  });
});

function pathOf(target: unknown): string {
  if (typeof target === 'string') return target;
  const { path } = target as { path?: string };
  return path ?? JSON.stringify(target);
}

import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';

/** A language server in a process of its own and the client that talks to it. */
export interface LanguageClientProcess {
  readonly connection: ProtocolConnection;
  /** Everything the server published, oldest first. */
  readonly published: readonly PublishDiagnosticsParams[];
  /** What the server asked the client to ask for again. */
  readonly refreshed: readonly string[];
  /** The next diagnostics of a version or a later one. */
  diagnostics(uri: string, version: number): Promise<PublishDiagnosticsParams>;
  open(path: string, text: string): Promise<string>;
  /** Replaces the whole text. */
  change(uri: string, version: number, text: string): Promise<void>;
  /** Shuts the server down as the protocol says; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node ARGS --stdio` in a home folder of its own and initializes it. */
export async function startLanguageServer(
  args: readonly string[],
  home: string,
  workspace: string,
): Promise<LanguageClientProcess> {
  const child = spawn(process.execPath, [...args, '--stdio'], {
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published: PublishDiagnosticsParams[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification(
    'textDocument/publishDiagnostics',
    (params: PublishDiagnosticsParams) => {
      published.push(params);
      for (const look of waiting) look();
    },
  );
  const refreshed: string[] = [];
  for (const what of ['workspace/codeLens/refresh', 'workspace/inlayHint/refresh']) {
    connection.onRequest(what, () => {
      refreshed.push(what);
      return null;
    });
  }
  connection.listen();
  const exited = new Promise<number | null>(resolve => child.on('exit', resolve));
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true } },
    },
    workspaceFolders: [{ uri: pathToFileURL(workspace).toString(), name: 'w' }],
    initializationOptions: { commands: true },
  });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    published,
    refreshed,
    diagnostics: (uri, version) =>
      new Promise(resolve => {
        const look = (): void => {
          const found = published.find(
            params => params.uri === uri && (params.version ?? 0) >= version,
          );
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async open(path, text) {
      const uri = pathToFileURL(path).toString();
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'json', version: 1, text },
      });
      return uri;
    },
    change: (uri, version, text) =>
      connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      }),
    async stop() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      const code = await exited;
      connection.dispose();
      return code;
    },
  };
}

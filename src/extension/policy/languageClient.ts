import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import {
  FACTS_NOTIFICATION,
  type LanguageFacts,
  type LanguageOptions,
} from '../../protocol/languageProtocol';

/** A language server that runs. */
export interface RunningLanguageServer {
  /** Tells it what only the editor knows. */
  tell(facts: LanguageFacts): void;
  stop(): Promise<void>;
}

/** Documents by their names; the server looks at the place and leaves alone what is no policy file. */
const SELECTOR = [
  ...['**/.kiro/**', '**/.kiroignore', '**/.gitignore', '**/.vscode/settings.json'],
  ...['**/User/settings.json', '**/*.code-workspace', '**/managed-settings.json'],
  ...['**/{checkrein,Checkrein}/policy.json'],
].map(pattern => ({ scheme: 'file', pattern }));

/**
 * Starts the policy language server with the editor's own Node. This module is a bundle of its own,
 * loaded when the first policy file is opened, because the client library is large.
 */
export async function startLanguageServer(
  module: string,
  facts: LanguageFacts,
): Promise<RunningLanguageServer> {
  const options: LanguageOptions = { commands: true, facts };
  const watcher = vscode.workspace.createFileSystemWatcher(
    '**/{.gitignore,package.json,Makefile,.kiro/settings.json}',
  );
  const client = new LanguageClient(
    'checkrein.policy',
    'Checkrein Policy',
    {
      module,
      args: ['lsp'],
      transport: TransportKind.ipc,
      // Without it the library starts the server inside the workspace.
      options: { cwd: dirname(module) },
    },
    {
      documentSelector: SELECTOR,
      initializationOptions: options,
      synchronize: { fileEvents: watcher },
    },
  );
  await client.start();
  return {
    tell: now => void client.sendNotification(FACTS_NOTIFICATION, now),
    async stop() {
      watcher.dispose();
      await client.dispose();
    },
  };
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { JournalEntry } from '../../history/journal';
import { policyFileAt } from '../../languageServer/fileKinds';
import type { LanguageFacts } from '../../protocol/languageProtocol';
import { policyPlaces } from '../../settings/policyPlaces';
import { workspaceRoots } from '../windowState';
import type { RunningLanguageServer } from './languageClient';
import type { PolicySource } from './policySource';
import { recentEntries } from './recentCalls';

interface PolicyLanguageParts {
  readonly policy: PolicySource;
  /** Where the command line lies, which serves the language. */
  readonly bundles: string;
  readonly journalFolder: string;
  readonly onError: (error: unknown) => void;
}

const MAX_RECENT = 200;
/** More values than a person reads under a cursor are not sent. */
const MAX_VALUES = 2_000;
const MAX_TEXT = 200;

/**
 * Runs the policy language server from the moment the first policy file is open, and tells it what
 * only the editor knows.
 */
export class PolicyLanguage implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #server: Promise<RunningLanguageServer> | undefined;
  #running: RunningLanguageServer | undefined;
  /** Fires when other files are looked at by the server than before. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly parts: PolicyLanguageParts) {
    const look = (): void => {
      if (openFiles().length > 0) this.#start();
      this.#tell();
      this.#changed.fire();
    };
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidCloseTextDocument(look),
      parts.policy.onDidChange(() => this.#tell()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#tell()),
      // The journal grows while a file stays open.
      vscode.window.onDidChangeActiveTextEditor(() => this.#tell()),
    ];
    look();
  }

  /** True while the server looks at a file, so that nobody else has to show what is wrong in it. */
  covers(file: string): boolean {
    return this.#running !== undefined && openFiles().includes(file);
  }

  dispose(): void {
    this.#changed.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    void this.#server?.then(server => server.stop()).catch(this.parts.onError);
  }

  #start(): void {
    if (this.#server) return;
    const module = join(this.parts.bundles, 'cli.js');
    this.#server = import('./languageClient').then(({ startLanguageServer }) =>
      startLanguageServer(module, this.#facts()),
    );
    this.#server.then(
      server => {
        this.#running = server;
        this.#changed.fire();
      },
      // The faults that the policy itself has still show: nothing is covered.
      this.parts.onError,
    );
  }

  #tell(): void {
    if (this.#running && openFiles().length > 0) this.#running.tell(this.#facts());
  }

  #facts(): LanguageFacts {
    const roots = workspaceRoots();
    const { effective } = this.parts.policy;
    const { values } = effective;
    const waiting = new Set(effective.waiting.map(({ file }) => file));
    const projects = policyPlaces({ platform: process.platform, home: homedir(), roots })
      .filter(({ scope }) => scope === 'project')
      .map(({ file }) => file);
    const kiro = vscode.workspace.getConfiguration('kiroAgent');
    const approvedVariables = texts(kiro, 'mcpApprovedEnvVars');
    const honouredIgnoreFiles = texts(kiro, 'agentIgnoreFiles');
    return {
      trusted: vscode.workspace.isTrusted,
      recentCommands: this.#recentCommands(),
      values: values.slice(0, MAX_VALUES).map(({ key, text, file, line, status }) => ({
        ...{ key, text: text.slice(0, MAX_TEXT), file, status },
        ...(line !== undefined && { line }),
      })),
      approvedFiles: projects.filter(file => !waiting.has(file)),
      ...(approvedVariables && { approvedVariables }),
      ...(honouredIgnoreFiles && { honouredIgnoreFiles }),
    };
  }

  #recentCommands(): readonly string[] {
    const isCommand = ({ event, command }: JournalEntry): boolean =>
      event === 'call' && typeof command === 'string';
    return recentEntries(this.parts.journalFolder, new Date(), isCommand, MAX_RECENT).map(
      ({ command }) => String(command),
    );
  }
}

function openFiles(): readonly string[] {
  const folders = { home: homedir(), roots: workspaceRoots() };
  return vscode.workspace.textDocuments
    .filter(({ uri, isClosed }) => uri.scheme === 'file' && !isClosed)
    .map(({ uri }) => uri.fsPath)
    .filter(path => policyFileAt(path, folders) !== undefined);
}

/** A list of texts of Kiro's settings; undefined where it is not set. */
function texts(kiro: vscode.WorkspaceConfiguration, key: string): readonly string[] | undefined {
  const value: unknown = vscode.workspace.isTrusted
    ? kiro.get(key)
    : kiro.inspect(key)?.globalValue;
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : undefined;
}

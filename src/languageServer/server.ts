import { homedir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CodeLensRefreshRequest,
  createConnection,
  DidChangeWorkspaceFoldersNotification,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  FACTS_NOTIFICATION,
  type LanguageFacts,
  type LanguageOptions,
} from '../protocol/languageProtocol';
import { answerQuestions } from './answerQuestions';
import type { OpenFile } from './diagnose';
import { policyFileAt } from './fileKinds';
import { createLanguageService } from './languageService';
import { FactReader } from './readFacts';
import { textIfAny } from './readText';
import { toDiagnostic, type OtherFile } from './toProtocol';

/** How long to wait for the next keystroke. */
const PAUSE_MS = 15;
/** How long facts about the files around are good for. */
const FACTS_MS = 1_000;

/** Serves an editor over standard input and output or Node's channel, as the arguments say. */
export function serveLanguage(): void {
  new LanguageServer(createConnection(ProposedFeatures.all)).listen();
}

class LanguageServer {
  readonly #documents = new TextDocuments(TextDocument);
  readonly #service = createLanguageService();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #facts = new Map<string, { readonly until: number; readonly open: OpenFile }>();
  #roots: readonly string[] = [];
  #refreshes = { lenses: false, hints: false };
  #options: LanguageOptions = {};
  #reader = this.#newReader();

  constructor(private readonly connection: Connection) {}

  listen(): void {
    const { connection } = this;
    connection.onInitialize(params => this.#initialize(params));
    connection.onNotification(FACTS_NOTIFICATION, (facts: LanguageFacts) => {
      this.#options = { ...this.#options, facts };
      this.#reset();
    });
    // Taken as a plain notification: the library's own event throws for clients that have no folders.
    connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
      const { added, removed } = event;
      const gone = removed.map(({ uri }) => pathOf(uri));
      const fresh = added.flatMap(({ uri }) => pathOf(uri) ?? []);
      this.#roots = [...this.#roots.filter(root => !gone.includes(root)), ...fresh];
      this.#reset();
    });
    // What another file says, of which an open one depends, may have changed.
    connection.onDidChangeWatchedFiles(() => this.#reset());
    this.#documents.onDidChangeContent(({ document }) => this.#schedule(document));
    this.#documents.onDidOpen(() => this.#refreshMargins());
    this.#documents.onDidSave(() => this.#reset());
    this.#documents.onDidClose(({ document }) => this.#forget(document));
    answerQuestions(connection, this.#service, {
      open: uri => this.#openFile(uri),
      otherFile: path => this.#otherFile(path),
    });
    this.#documents.listen(connection);
    connection.listen();
  }

  #initialize(params: InitializeParams): InitializeResult {
    const { workspaceFolders, capabilities } = params;
    this.#refreshes = {
      lenses: capabilities.workspace?.codeLens?.refreshSupport === true,
      hints: capabilities.workspace?.inlayHint?.refreshSupport === true,
    };
    this.#roots = (workspaceFolders ?? []).flatMap(({ uri }) => pathOf(uri) ?? []);
    this.#options = (params.initializationOptions as LanguageOptions | undefined) ?? {};
    this.#reader = this.#newReader();
    return {
      serverInfo: { name: 'checkrein' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        completionProvider: { triggerCharacters: ['"', ':', ' '] },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix'] },
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        documentFormattingProvider: true,
        inlayHintProvider: true,
        ...(this.#options.commands === true && { codeLensProvider: {} }),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  #newReader(): FactReader {
    const places = { home: homedir(), platform: process.platform, roots: this.#roots };
    return new FactReader(places, this.#options.facts);
  }

  /** Looks at every open file anew, because what is around it has changed. */
  #reset(): void {
    this.#reader = this.#newReader();
    this.#facts.clear();
    for (const document of this.#documents.all()) this.#schedule(document);
    this.#refreshMargins();
  }

  /**
   * Has the editor ask for what stands beside the text again: it asks by itself only after an edit,
   * and may ask for the first time before it has told that the file is open.
   */
  #refreshMargins(): void {
    const { connection } = this;
    const gone = (): undefined => undefined;
    if (this.#refreshes.lenses) connection.sendRequest(CodeLensRefreshRequest.type).catch(gone);
    if (this.#refreshes.hints) connection.languages.inlayHint.refresh().catch(gone);
  }

  #forget({ uri }: TextDocument): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
    this.#facts.delete(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #schedule(document: TextDocument): void {
    clearTimeout(this.#waiting.get(document.uri));
    const look = (): void => {
      this.#waiting.delete(document.uri);
      void this.#publish(document.uri);
    };
    this.#waiting.set(document.uri, setTimeout(look, PAUSE_MS));
  }

  async #publish(uri: string): Promise<void> {
    const open = this.#openFile(uri);
    if (!open) return;
    const { document } = open;
    const { version } = document;
    const findings = await this.#service.diagnose(open);
    // What was typed in the meantime has its own look.
    if (this.#documents.get(uri)?.version !== version) return;
    const diagnostics = findings.map(finding => toDiagnostic(document, finding));
    await this.connection.sendDiagnostics({ uri, version, diagnostics });
  }

  #openFile(uri: string): OpenFile | undefined {
    const document = this.#documents.get(uri);
    const path = pathOf(uri);
    if (!document || path === undefined) return undefined;
    const known = this.#facts.get(uri);
    if (known && known.until > Date.now() && known.open.document === document) return known.open;
    const file = policyFileAt(path, { home: homedir(), roots: this.#roots });
    if (!file) return undefined;
    const open = { file, document, facts: this.#reader.read(file) };
    this.#facts.set(uri, { until: Date.now() + FACTS_MS, open });
    return open;
  }

  /** Another file as it stands in the editor, else on the disk. */
  #otherFile(path: string): OtherFile {
    const uri = pathToFileURL(path).toString();
    return { uri, text: this.#documents.get(uri)?.getText() ?? textIfAny(path) };
  }
}

/** The path of a file's address; undefined for what is not on the disk. */
function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PanelMessage, PanelRequest } from '../../protocol/changesPanel';
import { panelHtml } from './panelHtml';
import { parsePanelRequest } from './panelRequests';
import { PanelSession, type PanelActions } from './panelSession';
import { imageWords, panelStrings, panelWords } from './panelWords';

/** Names the kind of panel; the editor restores panels by it. */
const VIEW_TYPE = 'checkrein.allChanges';

interface ChangesPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly actions: PanelActions;
  readonly onDidChange: vscode.Event<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * The panel "View All Changes". Its page is drawn anew whenever it comes into sight: nothing is
 * posted before it says that it stands, and nothing while it is hidden.
 */
export class ChangesPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  #session: PanelSession | undefined;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(private readonly parts: ChangesPanelParts) {
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      parts.onDidChange(() => this.#do(this.#session, { type: 'ready' })),
    ];
  }

  /** "View All Changes": opens the panel or brings it to the front. */
  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const title = panelStrings().title;
    this.#adopt(vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel?.dispose();
    this.#adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const folder = vscode.Uri.joinPath(this.parts.extensionUri, 'dist', 'webview');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.#session = undefined;
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#session = undefined;
    });
    webview.onDidReceiveMessage((message: unknown) => this.#receive(panel, message));
    this.#panel = panel;
    const address = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
      script: address('changes.js'),
      style: address('changes.css'),
      title: panel.title,
      language: vscode.env.language,
    });
  }

  #receive(panel: vscode.WebviewPanel, message: unknown): void {
    const request = parsePanelRequest(message);
    if (!request || panel !== this.#panel) {
      this.parts.onError(new Error('the panel of changes asked for something unknown'));
      return;
    }
    if (request.type === 'ready') this.#session = this.#start(panel);
    this.#do(this.#session, request);
  }

  #start({ webview }: vscode.WebviewPanel): PanelSession {
    const post = (message: PanelMessage): void => {
      void webview.postMessage(message);
    };
    const words = { tree: panelWords(), images: imageWords(), session: sessionWords() };
    post({ type: 'start', strings: panelStrings() });
    return new PanelSession(this.parts.actions, words, post);
  }

  #do(session: PanelSession | undefined, request: PanelRequest): void {
    session?.handle(request).catch((error: unknown) => {
      this.parts.onError(error);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('That did not work; the log “Checkrein” has the reason.'),
      );
    });
  }
}

function sessionWords() {
  return {
    changed: vscode.l10n.t('The file has changed; what is shown was brought up to date.'),
    noHunks: vscode.l10n.t('Nothing here is left to undo; open the diff to see what changed.'),
    link: vscode.l10n.t('A link: open the diff to see where it leads.'),
    folder: vscode.l10n.t('An empty folder.'),
    notKept: vscode.l10n.t('Its content was not kept: it cannot be shown or put back.'),
    binary: (before: string, after: string): string =>
      vscode.l10n.t('No text. Before: {0}; after: {1}.', before, after),
  };
}

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelHtml } from './panelHtml';

/** What tells one kind of panel from another. */
interface PanelKind {
  /** Names the kind; the editor restores panels by it. */
  readonly viewType: string;
  /** The name of its script and its style in the folder of bundles. */
  readonly bundle: string;
  readonly title: () => string;
  readonly extensionUri: vscode.Uri;
}

/** What the owner of a panel is told. */
interface PanelEvents {
  /** The page said something, which may be anything; `post` answers that page and no other. */
  readonly onMessage: (message: unknown, post: (message: unknown) => void) => void;
  /** The page is gone or out of sight: what is posted now would be lost. */
  readonly onGone: () => void;
}

/**
 * One panel with a page of our own, under a policy that lets nothing else run or load. The editor
 * draws the page anew whenever it comes into sight, and gives it back after a reload.
 */
export class PanelFrame implements vscode.WebviewPanelSerializer, vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  readonly #registration: vscode.Disposable;

  constructor(
    private readonly kind: PanelKind,
    private readonly events: PanelEvents,
  ) {
    this.#registration = vscode.window.registerWebviewPanelSerializer(kind.viewType, this);
  }

  /** Opens the panel or brings it to the front. */
  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const { viewType, title } = this.kind;
    this.#adopt(vscode.window.createWebviewPanel(viewType, title(), vscode.ViewColumn.Active));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel?.dispose();
    this.#adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#registration.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { extensionUri, bundle } = this.kind;
    const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.events.onGone();
    });
    panel.onDidChangeViewState(() => {
      if (this.#panel === panel && !panel.visible) this.events.onGone();
    });
    const post = (message: unknown): void => {
      void webview.postMessage(message);
    };
    webview.onDidReceiveMessage((message: unknown) => {
      if (this.#panel === panel) this.events.onMessage(message, post);
    });
    this.#panel = panel;
    const address = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
      script: address(`${bundle}.js`),
      style: address(`${bundle}.css`),
      title: panel.title,
      language: vscode.env.language,
    });
  }
}

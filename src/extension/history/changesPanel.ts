import * as vscode from 'vscode';
import type { PanelMessage, PanelRequest } from '../../protocol/changesPanel';
import { PanelFrame } from '../panel/panelFrame';
import { parsePanelRequest } from './panelRequests';
import { PanelSession, type PanelActions } from './panelSession';
import { imageWords, panelStrings, panelWords } from './panelWords';

interface ChangesPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly actions: PanelActions;
  readonly onDidChange: vscode.Event<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * The panel "View All Changes". Nothing is posted to its page before it says that it stands, and
 * nothing while it is hidden.
 */
export class ChangesPanel implements vscode.Disposable {
  readonly #frame: PanelFrame;
  #session: PanelSession | undefined;
  readonly #subscription: vscode.Disposable;

  constructor(private readonly parts: ChangesPanelParts) {
    const { extensionUri } = parts;
    this.#frame = new PanelFrame(
      {
        ...{ viewType: 'checkrein.allChanges', bundle: 'changes', extensionUri },
        title: () => panelStrings().title,
      },
      {
        onMessage: (message, post) => this.#receive(message, post),
        onGone: () => {
          this.#session = undefined;
        },
      },
    );
    this.#subscription = parts.onDidChange(() => this.#do({ type: 'ready' }));
  }

  /** "View All Changes": opens the panel or brings it to the front. */
  show(): void {
    this.#frame.show();
  }

  dispose(): void {
    this.#frame.dispose();
    this.#subscription.dispose();
  }

  #receive(message: unknown, post: (message: PanelMessage) => void): void {
    const request = parsePanelRequest(message);
    if (!request) {
      this.parts.onError(new Error('the panel of changes asked for something unknown'));
      return;
    }
    if (request.type === 'ready') this.#session = this.#start(post);
    this.#do(request);
  }

  #start(post: (message: PanelMessage) => void): PanelSession {
    const words = { tree: panelWords(), images: imageWords(), session: sessionWords() };
    post({ type: 'start', strings: panelStrings() });
    return new PanelSession(this.parts.actions, words, post);
  }

  #do(request: PanelRequest): void {
    this.#session?.handle(request).catch((error: unknown) => {
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

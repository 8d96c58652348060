import * as vscode from 'vscode';
import type { ApprovalAnswer, WaitingCall } from '../broker/approvalDesk';
import { subjectOf } from './approvalText';

const SCHEME = 'checkrein-call';

/**
 * Opens a call that is too long for a dialog as a read-only document and asks there, in a bar that
 * does not cover the text. The document's address holds the ticket only, never the content.
 */
export class WholeCallView implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** Shows the call and waits for the person's answer; going away means deny. */
  async ask(call: WaitingCall): Promise<ApprovalAnswer> {
    const path = `/${call.ticket}`;
    this.#texts.set(path, subjectOf(call));
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    await vscode.window.showTextDocument(uri, { preview: true });
    const picked = await vscode.window.showQuickPick(
      [
        { label: vscode.l10n.t('Deny'), allow: false },
        { label: vscode.l10n.t('Allow Once'), allow: true },
      ],
      {
        title: vscode.l10n.t('Read the whole call, then decide'),
        placeHolder: vscode.l10n.t('Scroll in the editor; this list stays open'),
        ignoreFocusOut: true,
      },
    );
    this.#texts.delete(path);
    return picked?.allow ? { kind: 'allow', scope: 'once' } : { kind: 'deny' };
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

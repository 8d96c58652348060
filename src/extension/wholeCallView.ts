import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ApprovalAnswer, WaitingCall } from '../broker/approvalDesk';
import { makeVisible, wrapVisible } from '../policy/visibleText';
import { subjectOf } from './approvalText';
import type { ProposedEdit } from './callFacts';

const SCHEME = 'checkrein-call';
const COLUMNS = 80;
/** Lines that the list of answers covers at the top of the editor. */
const COVERED_LINES = 5;
/**
 * An answer that comes sooner after it was asked for was meant for whatever had the focus before:
 * it does not count.
 */
export const TOO_SOON_MS = 700;

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

  /** Shows the call and waits for the person's answer; undefined when there was none. */
  async ask(call: WaitingCall): Promise<ApprovalAnswer | undefined> {
    const path = `/${call.ticket}`;
    this.#texts.set(path, wholeText(call));
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    await vscode.window.showTextDocument(uri, { preview: true });
    return this.#decide(path, vscode.l10n.t('Read the whole call, then decide'));
  }

  /** Shows what the call would make of a file beside the file as it is, and waits for the answer. */
  async askBesideDiff(
    { ticket }: WaitingCall,
    { path: file, before, after }: ProposedEdit,
  ): Promise<ApprovalAnswer | undefined> {
    const name = makeVisible(basename(file), false);
    // The name at the end tells the editor the language.
    const [old, proposed] = [
      `/${ticket}/now/${basename(file)}`,
      `/${ticket}/proposed/${basename(file)}`,
    ];
    this.#texts.set(old, before);
    this.#texts.set(proposed, after);
    await vscode.commands.executeCommand(
      'vscode.diff',
      vscode.Uri.from({ scheme: SCHEME, path: old }),
      vscode.Uri.from({ scheme: SCHEME, path: proposed }),
      vscode.l10n.t('{0} (now ↔ as the agent wants it)', name),
      { preview: true },
    );
    const answer = await this.#decide(proposed, vscode.l10n.t('Look at the change, then decide'));
    this.#texts.delete(old);
    return answer;
  }

  async #decide(path: string, title: string): Promise<ApprovalAnswer | undefined> {
    const shownAt = Date.now();
    const picked = await vscode.window.showQuickPick(
      [
        { label: vscode.l10n.t('Deny'), allow: false },
        { label: vscode.l10n.t('Allow Once'), allow: true },
      ],
      {
        title,
        placeHolder: vscode.l10n.t('Scroll in the editor; this list stays open'),
        ignoreFocusOut: true,
      },
    );
    this.#texts.delete(path);
    if (Date.now() - shownAt < TOO_SOON_MS) return undefined;
    return picked?.allow ? { kind: 'allow', scope: 'once' } : picked && { kind: 'deny' };
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function wholeText(call: WaitingCall): string {
  const subject = subjectOf(call);
  return [
    ...Array.from({ length: COVERED_LINES }, () => ''),
    vscode.l10n.t('The whole call of ticket {0}: {1} characters.', call.ticket, subject.length),
    vscode.l10n.t('⏎ is a line break of the call; ↩ is only where this view goes on below.'),
    '',
    wrapVisible(subject, COLUMNS),
  ].join('\n');
}

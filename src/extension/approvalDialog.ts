import * as vscode from 'vscode';
import { findAgent } from '../agents/knownAgents';
import type {
  ApprovalAnswer,
  ApprovalDesk,
  AnswerOutcome,
  WaitingCall,
} from '../broker/approvalDesk';
import { approvalText } from './approvalText';
import type { AlwaysTrust } from './alwaysTrust';
import type { WholeCallView } from './wholeCallView';

/**
 * An answer that comes sooner after the dialog appeared was meant for whatever had the focus
 * before: it does not count, and the dialog comes again.
 */
const TOO_SOON_MS = 700;

type Choice = ApprovalAnswer['kind'] | 'session' | 'always' | 'note' | 'next' | 'view';

interface Button extends vscode.MessageItem {
  readonly choice: Choice;
}

interface DialogParts {
  readonly desk: ApprovalDesk;
  readonly alwaysTrust: AlwaysTrust;
  readonly wholeCall: WholeCallView;
  readonly onAnswered: (outcome: AnswerOutcome) => void;
}

/** Shows the waiting calls one after another, each in a modal dialog, and takes the answers. */
export class ApprovalDialog implements vscode.Disposable {
  #showing = false;
  #disposed = false;
  /** The ticket shown last, so that "next" goes round. */
  #current: string | undefined;
  readonly #stopWatching: () => void;

  constructor(private readonly parts: DialogParts) {
    this.#stopWatching = parts.desk.onDidChange(() => void this.#run());
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopWatching();
  }

  async #run(): Promise<void> {
    if (this.#showing) return;
    this.#showing = true;
    try {
      for (let call = this.#pick(); call && !this.#disposed; call = this.#pick()) {
        await this.#show(call);
      }
    } finally {
      this.#showing = false;
    }
  }

  /** The current call while it waits, else the oldest one. */
  #pick(): WaitingCall | undefined {
    const waiting = this.parts.desk.waiting();
    const call = waiting.find(({ ticket }) => ticket === this.#current) ?? waiting[0];
    this.#current = call?.ticket;
    return call;
  }

  async #show(call: WaitingCall): Promise<void> {
    const waiting = this.parts.desk.waiting();
    const index = waiting.findIndex(({ ticket }) => ticket === call.ticket);
    const name = findAgent(call.call.agent)?.displayName ?? call.call.agent;
    const text = approvalText(call, name, { index, count: waiting.length });
    const shownAt = Date.now();
    const picked = await vscode.window.showWarningMessage<Button>(
      text.message,
      { modal: true, detail: text.detail },
      ...buttons(call, text.complete, waiting.length),
    );
    if (Date.now() - shownAt < TOO_SOON_MS) return;
    await this.#act(picked?.choice ?? 'deny', call);
  }

  async #act(choice: Choice, call: WaitingCall): Promise<void> {
    switch (choice) {
      case 'allow':
        this.#answer(call, { kind: 'allow', scope: 'once' });
        break;
      case 'session':
        this.#answer(call, { kind: 'allow', scope: 'session' });
        break;
      case 'deny':
        this.#answer(call, { kind: 'deny' });
        break;
      case 'note':
        await this.#denyWithNote(call);
        break;
      case 'always':
        if (await this.parts.alwaysTrust.offer(call)) {
          this.#answer(call, { kind: 'allow', scope: 'always' });
        }
        break;
      case 'view':
        this.#answer(call, await this.parts.wholeCall.ask(call));
        break;
      case 'next':
        this.#next();
    }
  }

  async #denyWithNote(call: WaitingCall): Promise<void> {
    const note = await vscode.window.showInputBox({
      title: vscode.l10n.t('Deny and Tell the Agent Why'),
      prompt: vscode.l10n.t('The agent reads this together with the denial.'),
      ignoreFocusOut: true,
    });
    // Escape goes back to the question; nothing has been decided.
    if (note !== undefined) this.#answer(call, { kind: 'deny', note });
  }

  #answer(call: WaitingCall, answer: ApprovalAnswer): void {
    const outcome = this.parts.desk.answer(call.ticket, answer);
    if (outcome) this.parts.onAnswered(outcome);
  }

  #next(): void {
    const waiting = this.parts.desk.waiting();
    const index = waiting.findIndex(({ ticket }) => ticket === this.#current);
    this.#current = waiting[(index + 1) % waiting.length]?.ticket;
  }
}

/**
 * Deny comes first: the first button has the focus, so that Enter or Space never allows, and it is
 * what Escape means. A call that the dialog cannot show whole can be allowed only after it was opened.
 */
function buttons(call: WaitingCall, complete: boolean, count: number): Button[] {
  const { scopes } = call.decision;
  const offered: (Button | false)[] = [
    { title: vscode.l10n.t('Deny'), choice: 'deny', isCloseAffordance: true },
    { title: vscode.l10n.t('Deny with Note…'), choice: 'note' },
    !complete && { title: vscode.l10n.t('Read the Whole Call…'), choice: 'view' },
    complete && { title: vscode.l10n.t('Allow Once'), choice: 'allow' },
    complete &&
      scopes.includes('session') && {
        title: vscode.l10n.t('Allow This Session'),
        choice: 'session',
      },
    complete &&
      scopes.includes('always') && { title: vscode.l10n.t('Always Trust…'), choice: 'always' },
    count > 1 && { title: vscode.l10n.t('Next Call'), choice: 'next' },
  ];
  return offered.filter(button => button !== false);
}

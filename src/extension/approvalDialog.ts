import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { findAgent } from '../agents/knownAgents';
import type { ApprovalAnswer, ApprovalDesk, WaitingCall } from '../broker/approvalDesk';
import { approvalText, type ApprovalText } from './approvalText';
import type { AlwaysTrust } from './alwaysTrust';
import type { CallFacts } from './callFacts';
import { TOO_SOON_MS, type WholeCallView } from './wholeCallView';

type Choice = ApprovalAnswer['kind'] | 'session' | 'always' | 'note' | 'later' | 'view' | 'diff';

interface Button extends vscode.MessageItem {
  readonly choice: Choice;
}

interface DialogParts {
  readonly desk: ApprovalDesk;
  readonly alwaysTrust: AlwaysTrust;
  readonly wholeCall: WholeCallView;
  /** What the call would do to files. Never rejects. */
  readonly factsOf: (call: WaitingCall) => Promise<CallFacts>;
  /** Puts an answer into the journal; throws when it cannot. */
  readonly record: (waiting: WaitingCall, answer: ApprovalAnswer) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Shows the waiting calls one after another, each in a modal dialog, and takes the answers. A call
 * that is put off stays in the queue, where the status bar counts it and brings it back.
 */
export class ApprovalDialog implements vscode.Disposable {
  #showing = false;
  #disposed = false;
  /** The calls the person put off, by ticket and time asked; a repeat by the agent asks anew. */
  readonly #putOff = new Set<string>();
  readonly #stopWatching: () => void;

  constructor(private readonly parts: DialogParts) {
    this.#stopWatching = parts.desk.onDidChange(() => void this.#run());
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopWatching();
  }

  /** Brings back the calls that were put off. */
  showAll(): Promise<void> {
    this.#putOff.clear();
    return this.#run();
  }

  async #run(): Promise<void> {
    if (this.#showing) return;
    this.#showing = true;
    try {
      for (let call = this.#next(); call && !this.#disposed; call = this.#next()) {
        await this.#show(call).catch((error: unknown) => {
          // One call that cannot be shown must not hide the others; it is denied in its time.
          this.#putOff.add(putOffKey(call));
          this.parts.onError(error);
        });
      }
    } finally {
      this.#showing = false;
    }
  }

  #next(): WaitingCall | undefined {
    return this.parts.desk.waiting().find(call => !this.#putOff.has(putOffKey(call)));
  }

  async #show(call: WaitingCall): Promise<void> {
    const facts = await this.parts.factsOf(call);
    const waiting = this.parts.desk.waiting();
    const index = waiting.findIndex(({ ticket }) => ticket === call.ticket);
    // Answered or given up while the facts were being found out.
    if (index === -1) return;
    const name = findAgent(call.call.agent)?.displayName ?? call.call.agent;
    const text = approvalText(call, name, { index, count: waiting.length }, facts);
    const shownAt = Date.now();
    const picked = await vscode.window.showWarningMessage<Button>(
      text.message,
      { modal: true, detail: text.detail },
      ...buttons(call, text.shown, facts),
    );
    const early = TOO_SOON_MS - (Date.now() - shownAt);
    if (early > 0) {
      // Waiting it out also keeps a dialog that cannot be shown from coming up without end.
      await setTimeout(early);
      return;
    }
    await this.#act(picked?.choice ?? 'later', call, facts);
  }

  async #act(choice: Choice, call: WaitingCall, { edit }: CallFacts): Promise<void> {
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
        await this.#askBeside(call, this.parts.wholeCall.ask(call));
        break;
      case 'diff':
        if (edit) await this.#askBeside(call, this.parts.wholeCall.askBesideDiff(call, edit));
        break;
      case 'later':
        this.#putOff.add(putOffKey(call));
    }
  }

  async #askBeside(call: WaitingCall, asked: Promise<ApprovalAnswer | undefined>): Promise<void> {
    const answer = await asked;
    if (answer) this.#answer(call, answer);
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

  /** The journal first: an approval that cannot be recorded is none. */
  #answer({ ticket }: WaitingCall, answer: ApprovalAnswer): void {
    const { desk, record, onError } = this.parts;
    const waiting = desk.waiting().find(call => call.ticket === ticket);
    if (!waiting) return;
    try {
      record(waiting, answer);
      desk.answer(ticket, answer);
    } catch (error) {
      desk.answer(ticket, { kind: 'deny', note: 'the answer could not be recorded' });
      onError(error);
    }
  }
}

function putOffKey({ ticket, asked }: WaitingCall): string {
  return `${ticket}/${asked}`;
}

/**
 * The first button that is not the one for closing has the focus: Deny, so that Enter or Space
 * never allows. Escape puts the call off, which never allows either. A call that the dialog cannot
 * show whole can be allowed only after it was opened.
 */
function buttons(call: WaitingCall, shown: ApprovalText['shown'], { edit }: CallFacts): Button[] {
  const { scopes } = call.decision;
  const complete = shown === 'whole';
  const offered: (Button | false)[] = [
    { title: vscode.l10n.t('Deny'), choice: 'deny' },
    { title: vscode.l10n.t('Deny with Note…'), choice: 'note' },
    shown === 'start' && { title: vscode.l10n.t('Read the Whole Call…'), choice: 'view' },
    edit !== undefined && { title: vscode.l10n.t('Show Diff…'), choice: 'diff' },
    complete && { title: vscode.l10n.t('Allow Once'), choice: 'allow' },
    complete &&
      scopes.includes('session') && {
        title: vscode.l10n.t('Allow This Session'),
        choice: 'session',
      },
    complete &&
      scopes.includes('always') && { title: vscode.l10n.t('Always Trust…'), choice: 'always' },
    { title: vscode.l10n.t('Decide Later'), choice: 'later', isCloseAffordance: true },
  ];
  return offered.filter(button => button !== false);
}

import * as vscode from 'vscode';
import type { ApprovalAnswer, WaitingCall } from '../broker/approvalDesk';
import type { Journal } from '../history/journal';
import { summarizeCall } from '../history/summarizeCall';

/** How long a message about a late answer stays in the status bar, in milliseconds. */
const MESSAGE_MS = 8_000;

/** Puts each answer of a person into the journal, and says when an answer came too late to count at once. */
export function recordAnswers(
  journal: Journal,
): (waiting: WaitingCall, answer: ApprovalAnswer) => void {
  return (waiting, answer) => {
    const late = !waiting.live;
    journal.append({
      event: late ? 'late-approval' : 'approval',
      ...summarizeCall(waiting.call),
      ticket: waiting.ticket,
      answer: answer.kind,
      ...(answer.kind === 'allow' && { scope: answer.scope }),
    });
    if (late && answer.kind === 'allow') {
      vscode.window.setStatusBarMessage(
        vscode.l10n.t('The agent had been told no; an identical repeat within 10 minutes passes.'),
        MESSAGE_MS,
      );
    }
  };
}

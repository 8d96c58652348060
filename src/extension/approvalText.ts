import * as vscode from 'vscode';
import type { WaitingCall } from '../broker/approvalDesk';
import type { ToolCall } from '../policy/toolCall';
import { makeVisible, markUndecided } from '../policy/visibleText';
import { type CallFacts, diffExcerpt } from './callFacts';

/**
 * The most that a dialog shows of a call, after invisibles were written out: a longer text would
 * scroll there without any sign that there is more.
 */
const MAX_SHOWN = 600;
const MAX_LINES = 10;
/** The reason and a folder are there for orientation; what runs is never shortened unseen. */
const MAX_REASON = 300;
const MAX_FOLDER = 160;
/** Nobody reads more than this; such a call can only be denied. */
const MAX_READABLE = 200_000;

/** The words of one approval dialog. */
export interface ApprovalText {
  readonly message: string;
  readonly detail: string;
  /** Whether the dialog shows the call whole; else it must be opened, or is too long for that too. */
  readonly shown: 'whole' | 'start' | 'unreadable';
}

/** Says in words what an agent wants, why that asks, and who it is. */
export function approvalText(
  waiting: WaitingCall,
  agentName: string,
  position: { readonly index: number; readonly count: number },
  facts: CallFacts,
): ApprovalText {
  const { call, decision, live, ticket } = waiting;
  const subject = subjectOf(waiting);
  const fits = subject.length <= MAX_SHOWN && subject.split('\n').length <= MAX_LINES;
  const readable = subject.length <= MAX_READABLE;
  const lines = [
    fits ? subject : shorten(subject),
    ...(facts.edit ? diffExcerpt(facts.edit) : []),
    '',
    vscode.l10n.t('Why it asks: {0}', elide(decision.reason, MAX_REASON)),
    ...undoLine(waiting, facts),
    vscode.l10n.t(
      'Who asks: {0}, session {1}, in {2}',
      agentName,
      makeVisible(call.sessionId.slice(0, 8), false) || '–',
      elide(call.command?.cwd.real ?? call.cwd, MAX_FOLDER),
    ),
    ...kiroLine(decision.kiroWouldRun),
    ...(decision.scopes.includes('session') ? [sessionLine(call)] : []),
    live
      ? vscode.l10n.t(
          'Ticket {0}. Without an answer the call is denied when its time is over.',
          ticket,
        )
      : vscode.l10n.t(
          'Ticket {0}. Its time ran out and the agent was told no; if you allow it now, an identical repeat passes.',
          ticket,
        ),
    ...(position.count > 1
      ? [vscode.l10n.t('Call {0} of {1} that wait for you.', position.index + 1, position.count)]
      : []),
  ];
  const message = messageOf(waiting, agentName);
  const shown = fits ? 'whole' : readable ? 'start' : 'unreadable';
  return { message, detail: lines.join('\n'), shown };
}

/** The whole of what a call would do, as a person reads it. Nothing is left out. */
export function subjectOf({ call, decision }: WaitingCall): string {
  const input = (): string => makeVisible(JSON.stringify(call.input, undefined, 2));
  if (call.unknownField !== undefined) return input();
  if (call.command) return markUndecided(call.command.text, decision.undecided);
  const named = call.capability === 'read' || call.capability === 'write';
  if (!named || !call.paths || call.paths.length === 0) return input();
  return call.paths
    .map(({ path, real }) => (path === real ? path : `${path} → ${real}`))
    .map(path => makeVisible(path, false))
    .join('\n');
}

/** A text on one line, without its middle where it is long. */
function elide(text: string, length: number): string {
  const visible = makeVisible(text, false);
  if (visible.length <= length) return visible;
  return `${visible.slice(0, length / 2)} … ${visible.slice(-length / 2)}`;
}

/** Both ends of a long text, as a first look; it cannot be allowed from there. */
function shorten(subject: string): string {
  const half = MAX_SHOWN / 4;
  const hidden = vscode.l10n.t('… {0} characters are not shown here …', subject.length - 2 * half);
  const [start, end] = [subject.slice(0, half), subject.slice(-half)];
  return [start, hidden, end].map(part => part.replaceAll('\n', ' ')).join('\n');
}

function messageOf({ call, decision }: WaitingCall, agent: string): string {
  if (decision.destructive) {
    return vscode.l10n.t('{0} wants to run a dangerous command', agent);
  }
  const tool = elide(call.tool, MAX_FOLDER);
  switch (call.capability) {
    case 'shell':
      return vscode.l10n.t('{0} wants to run a command', agent);
    case 'write':
      return vscode.l10n.t('{0} wants to change files ({1})', agent, tool);
    case 'read':
      return vscode.l10n.t('{0} wants to read ({1})', agent, tool);
    case 'web':
      return vscode.l10n.t('{0} wants to use the web ({1})', agent, tool);
    case 'mcp':
      return vscode.l10n.t('{0} wants to call the MCP tool {1}', agent, tool);
    case 'subagent':
      return vscode.l10n.t('{0} wants to start a sub-agent ({1})', agent, tool);
    case 'other':
      return vscode.l10n.t('{0} wants to use the tool {1}', agent, tool);
  }
}

/** Said once: a call that asks because of it says so in its reason. */
function undoLine({ decision }: WaitingCall, { undo }: CallFacts): string[] {
  return undo === undefined || decision.code === 'notCovered' ? [] : [elide(undo, MAX_REASON)];
}

function kiroLine(kiroWouldRun: boolean | undefined): string[] {
  if (kiroWouldRun === undefined) return [];
  return [
    kiroWouldRun
      ? vscode.l10n.t('Kiro’s own rule would have run it without asking.')
      : vscode.l10n.t('Kiro’s own rule would have asked, too.'),
  ];
}

function sessionLine(call: ToolCall): string {
  if (call.command) return vscode.l10n.t('“This session” covers this exact command only.');
  if (call.paths && call.paths.length > 0) {
    return vscode.l10n.t('“This session” covers every such call on exactly these files.');
  }
  return call.capability === 'other'
    ? vscode.l10n.t('“This session” covers exactly this call only.')
    : vscode.l10n.t('“This session” covers every call of this tool.');
}

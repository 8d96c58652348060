import { allow, deny, type ApprovalScope, type Decision } from '../policy/decision';
import type { ToolCall } from '../policy/toolCall';
import { identicalCallKey, sessionGrantKey } from './callKeys';

/** A person's answer to a waiting call. Only the editor's own UI can give one. */
export type ApprovalAnswer =
  | { readonly kind: 'allow'; readonly scope: ApprovalScope }
  | { readonly kind: 'deny'; readonly note?: string };

/** A call that a person has to decide. */
export interface WaitingCall {
  /** The ticket the agent is told when the time runs out, such as `A12`. */
  readonly ticket: string;
  readonly call: ToolCall;
  readonly decision: Decision;
  /** False once the agent was told "denied": an approval then counts for one identical repeat. */
  readonly live: boolean;
  /** How often the agent has asked under this ticket; more than once after its time ran out. */
  readonly asked: number;
}

/** What became of an answer, for the journal and the status bar. */
export interface AnswerOutcome {
  readonly waiting: WaitingCall;
  readonly answer: ApprovalAnswer;
  /** True when the agent had been denied before the person answered. */
  readonly late: boolean;
}

interface Entry {
  readonly ticket: string;
  readonly key: string;
  readonly call: ToolCall;
  readonly decision: Decision;
  asked: number;
  settle: ((decision: Decision) => void) | undefined;
  expiry: ReturnType<typeof setTimeout> | undefined;
}

/** How long an unanswered ticket, and a late approval, stay good. */
const TICKET_LIFE_MS = 10 * 60_000;

/**
 * Holds the calls that wait for a person and remembers what the person said. Approvals live in the
 * memory of this window alone: nothing that comes over the socket or lies in a file can make one.
 */
export class ApprovalDesk {
  #entries: Entry[] = [];
  #lastTicket = 0;
  readonly #sessionGrants = new Set<string>();
  readonly #lateApprovals = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Calls back whenever the waiting calls change; returns the way to stop. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The waiting calls, oldest first. */
  waiting(): WaitingCall[] {
    return this.#entries.map(toWaiting);
  }

  /**
   * Settles an `ask`: at once where the person has answered before, else when the person answers,
   * when `holdMs` is over or when `signal` says that the hook is gone; the last two deny.
   */
  ask(
    call: ToolCall,
    decision: Decision,
    { holdMs, signal }: { holdMs: number; signal: AbortSignal },
  ): Promise<Decision> {
    const known = this.#earlierApproval(call, decision);
    if (known) return Promise.resolve(known);
    return new Promise(resolve => {
      const entry = this.#enter(call, decision);
      entry.asked += 1;
      const timer = setTimeout(() => lapse('timedOut'), holdMs);
      const lapse = (code: 'timedOut' | 'abandoned'): void => {
        if (entry.settle) entry.settle(deny(code, timeoutReason(entry.ticket)));
        entry.expiry = setTimeout(() => this.#remove(entry), TICKET_LIFE_MS);
        entry.expiry.unref();
        this.#changed();
      };
      const onGone = (): void => lapse('abandoned');
      entry.settle = settled => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onGone);
        entry.settle = undefined;
        resolve(settled);
      };
      if (signal.aborted) onGone();
      else signal.addEventListener('abort', onGone, { once: true });
      this.#changed();
    });
  }

  /** Gives a person's answer to a ticket; undefined when the ticket is no longer there. */
  answer(ticket: string, answer: ApprovalAnswer): AnswerOutcome | undefined {
    const entry = this.#entries.find(candidate => candidate.ticket === ticket);
    if (!entry) return undefined;
    const waiting = toWaiting(entry);
    const offered = answer.kind === 'deny' || entry.decision.scopes.includes(answer.scope);
    if (!offered) return undefined;
    if (answer.kind === 'allow') this.#remember(entry, answer.scope, !waiting.live);
    entry.settle?.(answer.kind === 'allow' ? APPROVED[answer.scope] : deniedByPerson(answer.note));
    this.#remove(entry);
    return { waiting, answer, late: !waiting.live };
  }

  /** Denies everything that waits, as Interrupt does. */
  denyAll(reason: string): void {
    for (const entry of [...this.#entries]) {
      entry.settle?.(deny('interrupted', reason));
      this.#remove(entry);
    }
    this.forgetApprovals();
  }

  /** Drops session approvals and late approvals: a change of mode starts afresh. */
  forgetApprovals(): void {
    this.#sessionGrants.clear();
    this.#lateApprovals.clear();
  }

  #earlierApproval(call: ToolCall, decision: Decision): Decision | undefined {
    const key = identicalCallKey(call);
    const until = this.#lateApprovals.get(key);
    if (until !== undefined) {
      this.#lateApprovals.delete(key);
      if (this.now() < until) return APPROVED.once;
    }
    const mayLast = decision.scopes.includes('session');
    return mayLast && this.#sessionGrants.has(sessionGrantKey(call)) ? APPROVED.session : undefined;
  }

  /** A repeat of a call whose time ran out takes over its place, and so its open dialog. */
  #enter(call: ToolCall, decision: Decision): Entry {
    const key = identicalCallKey(call);
    const lapsed = this.#entries.find(entry => entry.key === key && !entry.settle);
    if (lapsed) {
      clearTimeout(lapsed.expiry);
      return lapsed;
    }
    this.#lastTicket += 1;
    const ticket = `A${this.#lastTicket}`;
    const entry: Entry = {
      ticket,
      key,
      call,
      decision,
      asked: 0,
      settle: undefined,
      expiry: undefined,
    };
    this.#entries.push(entry);
    return entry;
  }

  #remember(entry: Entry, scope: ApprovalScope, late: boolean): void {
    if (scope === 'session') this.#sessionGrants.add(sessionGrantKey(entry.call));
    else if (late && scope === 'once') {
      this.#lateApprovals.set(entry.key, this.now() + TICKET_LIFE_MS);
    }
  }

  #remove(entry: Entry): void {
    clearTimeout(entry.expiry);
    this.#entries = this.#entries.filter(candidate => candidate !== entry);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function toWaiting({ ticket, call, decision, asked, settle }: Entry): WaitingCall {
  return { ticket, call, decision, asked, live: settle !== undefined };
}

const APPROVED: Readonly<Record<ApprovalScope, Decision>> = {
  once: allow('approvedOnce', 'A person allowed this call.'),
  session: allow('approvedForSession', 'A person allowed this for the session.'),
  always: allow('approvedAlways', 'A person trusts this from now on.'),
};

function deniedByPerson(note: string | undefined): Decision {
  const said = note ? ` They say: ${note}` : '';
  return deny('deniedByPerson', `The person denied this call.${said}`);
}

function timeoutReason(ticket: string): string {
  return `Nobody answered in time; the approval is still pending as ticket ${ticket}.`;
}

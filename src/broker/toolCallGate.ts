import { randomBytes } from 'node:crypto';
import { findAgent } from '../agents/knownAgents';
import type { Agent, AgentReport } from '../agents/agent';
import type { Journal } from '../history/journal';
import { summarizeCall } from '../history/summarizeCall';
import { decide } from '../policy/decide';
import { deny, type Decision } from '../policy/decision';
import { unlessLost } from '../policy/notCovered';
import type { PolicyView } from '../policy/policy';
import type { ToolCall } from '../policy/toolCall';
import {
  ANSWER_MARGIN_SECONDS,
  block,
  REPORT_SUFFIX,
  type HookAnswer,
} from '../protocol/hookProtocol';
import type { ApprovalDesk } from './approvalDesk';
import { followLinks } from './followLinks';
import { forwardCall } from './forwardCall';
import type { HookRequest } from './hookServer';
import { readCall, readReport } from './readMessage';
import { closestWindow, type WindowRegistry } from './windowRegistry';

/** What the gate needs to know of its window, read anew for every call. */
interface GateView extends PolicyView {
  readonly windowId: string;
}

/** What a tool call went through, for whoever watches (status, counters). */
export interface GateEvent {
  readonly agent: Agent;
  readonly call: ToolCall;
  /** Names the call in journal and history. */
  readonly callId: string;
  readonly decision: Decision;
}

/** A report of an agent, for whoever keeps the history of changes. */
export interface ReportEvent {
  readonly agent: Agent;
  readonly report: AgentReport;
}

/** A call that is about to be let through. */
export interface AllowedCall {
  readonly call: ToolCall;
  /** Names the call in journal and history. */
  readonly id: string;
  /** How long the agent still waits for the answer, in milliseconds. */
  readonly leftMs: number;
}

/** The undo history, as far as it concerns the gate; neither call rejects or takes long. */
export interface GateHistory {
  /** What would be lost for good if the call ran, one sentence each. */
  losses(call: ToolCall, leftMs: number): Promise<readonly string[]>;
  /** Remembers what the call may change, before it is let through. */
  beforeAllowed(allowed: AllowedCall): Promise<void>;
}

interface GateParts {
  readonly history: GateHistory;
  readonly desk: ApprovalDesk;
  readonly journal: Journal;
  readonly registry: WindowRegistry;
  readonly view: () => GateView;
  readonly onDecided: (event: GateEvent) => void;
  readonly onReport: (event: ReportEvent) => void;
}

/** The path of one tool call through the broker: read, route, decide, ask, record, answer. */
export class ToolCallGate {
  constructor(private readonly parts: GateParts) {}

  /** Handles one request from a hook. A rejection blocks the call. */
  async handle(request: HookRequest): Promise<HookAnswer> {
    if (request.agent.endsWith(REPORT_SUFFIX)) return this.#report(request);
    const agent = findAgent(request.agent);
    if (!agent) return block(`this version does not know the agent "${request.agent}".`);
    const read = readCall(agent, request.payload);
    if (!read.ok) return this.#unreadable(agent, read.reason);
    const forwarded = request.forwarded ? undefined : await this.#forward(request, read.call.cwd);
    if (forwarded) return forwarded;

    const { journal, desk, view, onDecided } = this.parts;
    const began = performance.now();
    const leftMs = (): number => request.limitSeconds * 1000 - (performance.now() - began);
    const call = await followLinks(read.call, view().state.paths);
    const { policy, state } = view();
    const summary = summarizeCall(call);
    const callId = randomBytes(8).toString('hex');
    const first = await this.#unlessLost(call, decide(call, policy, state), leftMs());
    journal.append({ event: 'call', callId, ...summary, ...outcome(first) });
    const holdMs = holdSeconds(request.limitSeconds) * 1000;
    const final =
      first.effect === 'ask'
        ? await desk.ask(call, first, { holdMs, signal: request.signal })
        : first;
    if (final !== first) {
      journal.append({ event: 'decision', callId, ...summary, ...outcome(final) });
    }
    const settled = await this.#remember({ call, id: callId, leftMs: leftMs() }, final);
    if (settled !== final) {
      journal.append({ event: 'decision', callId, ...summary, ...outcome(settled) });
    }
    onDecided({ agent, call, callId, decision: settled });
    return agent.answer(settled);
  }

  /** Remembers the files of an allowed call. What came to be denied meanwhile is denied. */
  async #remember(allowed: AllowedCall, decision: Decision): Promise<Decision> {
    if (decision.effect !== 'allow') return decision;
    await this.parts.history.beforeAllowed(allowed);
    const { policy, state } = this.parts.view();
    const now = decide(allowed.call, policy, state);
    return now.effect === 'deny' ? now : decision;
  }

  /** Asks before something is lost for good that a rule or the mode would let pass. */
  async #unlessLost(call: ToolCall, decision: Decision, leftMs: number): Promise<Decision> {
    if (decision.effect !== 'allow') return decision;
    const losses = await this.parts.history.losses(call, leftMs);
    return unlessLost(decision, losses, this.parts.view().state.mode.trustAll);
  }

  /** Passes a report on to the history; whatever it is, it holds nobody up. */
  async #report(request: HookRequest): Promise<HookAnswer> {
    const agent = findAgent(request.agent.slice(0, -REPORT_SUFFIX.length));
    const report = agent && readReport(agent, request.payload);
    if (!report) return GO_ON;
    const forwarded = request.forwarded ? undefined : await this.#forward(request, report.cwd);
    if (forwarded) return forwarded;
    this.parts.onReport({ agent, report });
    return GO_ON;
  }

  #unreadable(agent: Agent, reason: string): HookAnswer {
    const decision = unreadableDecision(reason);
    this.parts.journal.append({ event: 'call', agent: agent.id, ...outcome(decision) });
    return agent.answer(decision);
  }

  /** The answer of the window that the call belongs to, when that is another one and it lives. */
  async #forward(request: HookRequest, cwd: string): Promise<HookAnswer | undefined> {
    const { registry, view } = this.parts;
    for (;;) {
      const { windowId, state } = view();
      const own = { id: windowId, roots: [...state.paths.roots], mode: state.mode.mode };
      const others = registry.list().filter(window => window.id !== windowId);
      const closest = closestWindow([own, ...others], cwd);
      const target = others.find(({ id }) => id === closest?.id);
      if (!target) return undefined;
      const answer = await forwardCall(request, target);
      if (answer !== 'nobody there') return answer;
      // A crashed window: nobody listens on its socket, which proves that it is gone.
      registry.unregister(target.id);
    }
  }
}

/** The answer to a report: nothing is decided and nothing said. */
const GO_ON: HookAnswer = { exitCode: 0, stdout: '', stderr: '' };

/** The decision on input that cannot be read. */
export function unreadableDecision(reason: string): Decision {
  return deny('unreadable', `The call cannot be read: ${reason}.`);
}

/** How long a hook may be held, so that our answer comes before the agent's own time-out. */
function holdSeconds(limitSeconds: number): number {
  return Math.max(limitSeconds - ANSWER_MARGIN_SECONDS, limitSeconds / 2);
}

/** The part of a decision that the journal keeps. */
export function outcome({ effect, code, reason, rule }: Decision): Record<string, unknown> {
  // The reason of an untrusted command may quote the command itself; the code says enough.
  return { effect, code, ...(rule && { rule }), ...(code === 'unreadable' && { reason }) };
}

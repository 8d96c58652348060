import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { AgentReport } from '../agents/agent';
import { findAgent } from '../agents/knownAgents';
import { explainGap } from '../history/coverage';
import type { Journal } from '../history/journal';
import type { CaptureReport } from '../history/rootHistory';
import type { InRoot, WorkspaceHistory } from '../history/workspaceHistory';
import type { ToolCall } from '../policy/toolCall';
import type { AllowedCall, ReportEvent } from './toolCallGate';

/** What keeping the history of a window's tool calls needs. */
interface CallHistoryParts {
  /** The open history; undefined while none can be opened. */
  readonly history: () => Promise<WorkspaceHistory | undefined>;
  readonly journal: Pick<Journal, 'append'>;
  readonly now: () => number;
  /** Files may have changed. */
  readonly onChanged: () => void;
  readonly onError: (error: unknown) => void;
}

interface Session {
  /** The prompt at work, if any. */
  turn: string | undefined;
  /** Calls let through that have not ended, oldest first. */
  readonly open: { readonly id: string; readonly tool: string }[];
}

/** The longest that remembering files may hold up a call, in milliseconds. */
const MOST_MS = 10_000;

/**
 * Feeds the undo history from what the gate sees: prompts, calls let through and their ends. A call
 * that cannot be remembered in time goes on all the same; the journal says that its checkpoint is
 * not complete.
 */
export class CallHistory {
  readonly #sessions = new Map<string, Session>();
  /** Problems said before: each is said once. */
  readonly #said = new Set<string>();

  constructor(private readonly parts: CallHistoryParts) {}

  /**
   * What would be lost for good if the call ran, one sentence each. It takes the first look at the
   * workspace when there was none, within the same time as `beforeAllowed`; what is not known by then
   * is not held against the call.
   */
  async losses(call: ToolCall, leftMs: number): Promise<readonly string[]> {
    const paths = pathsAtStake(call);
    if (paths.length === 0) return [];
    const session = this.#sessionOf(call.agent, call.sessionId);
    const look = this.parts.history().then(async history => {
      if (!history) return [];
      const { kind } = captureKind(call);
      if (kind !== 'file') await this.#beginTurn(history, call, session);
      return history.coverageOf(paths, kind).flatMap(({ report }) => report.map(explainGap));
    });
    return (await this.#inTime(look, leftMs)) ?? [];
  }

  /** Remembers what the call may change. Never rejects, and never takes longer than it may. */
  async beforeAllowed({ call, id, leftMs }: AllowedCall): Promise<void> {
    if (!mayChange(call)) return;
    const session = this.#sessionOf(call.agent, call.sessionId);
    const ended = findAgent(call.agent)?.reportsToolEnd ? [] : session.open.splice(0);
    session.open.push({ id, tool: call.tool });
    const remembered = this.parts.history().then(async history => {
      if (!history) return true;
      const turn = this.#beginTurn(history, call, session);
      const ends = ended.map(({ id: before }) => history.afterTool(before));
      const { kind, paths } = captureKind(call);
      const begun = history.beforeTool({
        ...{ toolCallId: id, sessionId: sessionKey(call.agent, call.sessionId) },
        ...{ turn: session.turn, tool: call.tool, kind, paths },
      });
      for (const reports of [await turn, ...(await Promise.all(ends)), await begun]) {
        this.#note(reports);
      }
      if (ended.length > 0) this.parts.onChanged();
      return true;
    });
    if (!(await this.#inTime(remembered, leftMs))) {
      this.#journal({ callId: id, incomplete: true, why: 'not remembered in time' });
    }
  }

  /** Follows what an agent reports. Never rejects; nobody waits for it. */
  async report({ agent, report }: ReportEvent): Promise<void> {
    const session = this.#sessionOf(agent.id, report.sessionId);
    try {
      if (report.kind === 'promptStart') await this.#promptStart(agent.id, report, session);
      if (report.kind === 'toolEnd') await this.#toolEnd(session, report.tool);
      if (report.kind === 'turnEnd') await this.#turnEnd(agent.id, report, session);
    } catch (error) {
      this.parts.onError(error);
    }
    this.parts.onChanged();
  }

  /** Other folders than before: prompts at work begin anew in them with their next call. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  async #promptStart(agent: string, report: AgentReport, session: Session): Promise<void> {
    const ended = session.open.splice(0);
    const turn = this.#newTurn();
    session.turn = turn;
    const history = await this.parts.history();
    for (const { id } of ended) this.#note((await history?.afterTool(id)) ?? []);
    const begin = { turn, session: sessionKey(agent, report.sessionId), whole: false };
    this.#note((await history?.promptStart({ ...begin, title: report.prompt })) ?? []);
  }

  async #toolEnd({ open }: Session, tool: string | undefined): Promise<void> {
    const ended = open.findIndex(call => tool === undefined || call.tool === tool);
    if (ended === -1) return;
    const [call] = open.splice(ended, 1);
    const history = await this.parts.history();
    if (call) this.#note((await history?.afterTool(call.id)) ?? []);
  }

  async #turnEnd(agent: string, { sessionId }: AgentReport, { turn }: Session): Promise<void> {
    this.#sessions.delete(sessionKey(agent, sessionId));
    const history = await this.parts.history();
    if (turn !== undefined) this.#note((await history?.turnEnd(turn)) ?? []);
  }

  /** A prompt that was not reported begins with its first call. */
  #beginTurn(
    history: WorkspaceHistory,
    { agent, sessionId }: ToolCall,
    session: Session,
  ): Promise<InRoot<CaptureReport>[]> {
    if (session.turn !== undefined) return Promise.resolve([]);
    session.turn = this.#newTurn();
    const key = sessionKey(agent, sessionId);
    return history.promptStart({ turn: session.turn, session: key, whole: false });
  }

  #sessionOf(agent: string, id: string): Session {
    const key = sessionKey(agent, id);
    const session = this.#sessions.get(key) ?? { turn: undefined, open: [] };
    this.#sessions.set(key, session);
    return session;
  }

  #newTurn(): string {
    return `${this.parts.now().toString(36)}-${randomBytes(3).toString('hex')}`;
  }

  /** The result, or undefined when it failed or is late; late work goes on in the background. */
  async #inTime<T>(work: Promise<T>, leftMs: number): Promise<T | undefined> {
    const over = new AbortController();
    const late = setTimeout(Math.min(MOST_MS, leftMs / 3), undefined, { signal: over.signal });
    const done = work.catch((error: unknown): undefined => {
      this.parts.onError(error);
      return undefined;
    });
    try {
      return await Promise.race([done, late.catch(() => undefined)]);
    } finally {
      over.abort();
    }
  }

  #note(reports: readonly InRoot<CaptureReport>[]): void {
    for (const { root, report } of reports) {
      const problems = report.problems.filter(problem => !this.#said.has(`${root}\0${problem}`));
      for (const problem of problems) this.#said.add(`${root}\0${problem}`);
      if (problems.length > 0) this.#journal({ root, incomplete: true, problems });
    }
  }

  /** The history goes on where the journal cannot be written: the gate itself refuses then. */
  #journal(fields: Readonly<Record<string, unknown>>): void {
    try {
      this.parts.journal.append({ event: 'checkpoint', ...fields });
    } catch (error) {
      this.parts.onError(error);
    }
  }
}

/** How the history names a session: agents choose their ids without knowing of each other. */
function sessionKey(agent: string, sessionId: string): string {
  return `${agent}/${sessionId}`;
}

/** The agent in a session's name. */
export function agentOfSession(session: string): string {
  return session.slice(0, session.indexOf('/'));
}

function mayChange({ capability }: ToolCall): boolean {
  return capability !== 'read' && capability !== 'web';
}

/** How a call is watched: a file tool by the files it names, anything else by the whole folder. */
function captureKind(call: ToolCall): { kind: 'file' | 'shell' | 'mcp'; paths: string[] } {
  if (call.capability === 'write' && call.paths && call.paths.length > 0) {
    return { kind: 'file', paths: pathsAtStake(call) };
  }
  return { kind: call.capability === 'mcp' ? 'mcp' : 'shell', paths: [] };
}

/** The files and folders a call says it will change, by both of their names. */
function pathsAtStake({ capability, paths, command }: ToolCall): string[] {
  const named =
    capability === 'write' ? (paths ?? []).flatMap(({ path, real }) => [path, real]) : [];
  return [...new Set([...named, ...(command?.writes ?? []).map(withoutGlob)])];
}

/** What a pattern matches is not looked up: the folder it is about stands for it. */
function withoutGlob(path: string): string {
  let folder = path;
  while (/[*?[]/.test(folder) && !exists(folder) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return folder;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

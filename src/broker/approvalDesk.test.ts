import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../policy/decision';
import type { ToolCall } from '../policy/toolCall';
import { ApprovalDesk } from './approvalDesk';

const decision: Decision = {
  effect: 'ask',
  code: 'untrustedCommand',
  reason: 'r',
  undecided: [],
  scopes: ['once', 'session', 'always'],
  destructive: false,
};

function command(text: string, sessionId = 's'): ToolCall {
  const cwd = { path: '/p', real: '/p' };
  return {
    agent: 'kiro',
    sessionId,
    tool: 'execute_bash',
    capability: 'shell',
    cwd: '/p',
    command: { text, dialect: 'bash', cwd },
    input: { command: text },
  };
}

let desk: ApprovalDesk;
beforeEach(() => {
  vi.useFakeTimers();
  desk = new ApprovalDesk();
});
afterEach(() => vi.useRealTimers());

const hold = { holdMs: 45_000, signal: new AbortController().signal };
const ask = (text: string, more: Partial<Decision> = {}, sessionId?: string): Promise<Decision> =>
  desk.ask(command(text, sessionId), { ...decision, ...more }, hold);
const firstTicket = (): string => desk.waiting()[0]?.ticket ?? 'none';

describe('ApprovalDesk', () => {
  it('keeps a queue, and an answer reaches the call it was given to', async () => {
    const [a, b, c] = [ask('a'), ask('b'), ask('c')];
    const tickets = desk.waiting().map(({ ticket }) => ticket);
    desk.answer(tickets[1] ?? '', { kind: 'deny', note: 'not b' });
    desk.answer(tickets[2] ?? '', { kind: 'allow', scope: 'once' });
    desk.answer(tickets[0] ?? '', { kind: 'deny' });
    expect((await a).code).toBe('deniedByPerson');
    expect((await b).reason).toContain('not b');
    expect((await c).effect).toBe('allow');
    expect(desk.waiting()).toEqual([]);
  });

  it('holds two identical calls of one session apart: one answer allows one call', () => {
    void ask('x');
    void ask('x');
    expect(desk.waiting()).toHaveLength(2);
  });

  it('takes an answer once', () => {
    void ask('x');
    const ticket = firstTicket();
    expect(desk.answer(ticket, { kind: 'allow', scope: 'once' })).toBeDefined();
    expect(desk.answer(ticket, { kind: 'allow', scope: 'once' })).toBeUndefined();
  });

  it('does not take an answer that was not offered', () => {
    void ask('rm -rf x', { scopes: ['once'], destructive: true });
    expect(desk.answer(firstTicket(), { kind: 'allow', scope: 'session' })).toBeUndefined();
    expect(desk.answer(firstTicket(), { kind: 'allow', scope: 'always' })).toBeUndefined();
    expect(desk.waiting()).toHaveLength(1);
  });

  it('a session approval does not reach another session, or a call that may only pass once', async () => {
    void ask('x');
    desk.answer(firstTicket(), { kind: 'allow', scope: 'session' });
    expect((await ask('x')).code).toBe('approvedForSession');
    void ask('x', {}, 'other session');
    void ask('x', { scopes: ['once'] });
    void ask('x ');
    expect(desk.waiting()).toHaveLength(3);
  });

  it('denies with the ticket when the time is over', async () => {
    const asked = ask('x');
    vi.advanceTimersByTime(44_999);
    expect(desk.waiting()[0]?.live).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await asked).toMatchObject({ effect: 'deny', code: 'timedOut' });
    expect((await asked).reason).toContain(firstTicket());
  });

  it('lets an identical repeat pass once after a late approval, for ten minutes', async () => {
    void ask('x');
    vi.advanceTimersByTime(45_000);
    expect(desk.answer(firstTicket(), { kind: 'allow', scope: 'once' })?.late).toBe(true);
    void ask('y');
    expect((await ask('x')).code).toBe('approvedOnce');
    void ask('x');
    expect(desk.waiting().map(({ call }) => call.command?.text)).toEqual(['y', 'x']);
  });

  it('forgets a late approval after ten minutes', () => {
    void ask('x');
    vi.advanceTimersByTime(45_000);
    desk.answer(firstTicket(), { kind: 'allow', scope: 'once' });
    vi.advanceTimersByTime(10 * 60_000);
    void ask('x');
    expect(desk.waiting()).toHaveLength(1);
  });

  it('a repeat takes the place of the call whose time ran out, so that one answer settles it', async () => {
    void ask('x');
    const ticket = firstTicket();
    vi.advanceTimersByTime(45_000);
    const repeat = ask('x');
    expect(desk.waiting()).toMatchObject([{ ticket, live: true }]);
    desk.answer(ticket, { kind: 'allow', scope: 'once' });
    expect((await repeat).effect).toBe('allow');
  });

  it('drops an unanswered ticket after ten minutes', () => {
    void ask('x');
    vi.advanceTimersByTime(45_000 + 10 * 60_000);
    expect(desk.waiting()).toEqual([]);
  });

  it('lets go of a call whose hook is gone', async () => {
    const gone = new AbortController();
    const asked = desk.ask(command('x'), decision, { holdMs: 45_000, signal: gone.signal });
    gone.abort();
    expect((await asked).code).toBe('abandoned');
    expect(desk.waiting()[0]?.live).toBe(false);
  });

  it('Interrupt denies all and forgets every approval', async () => {
    void ask('x');
    desk.answer(firstTicket(), { kind: 'allow', scope: 'session' });
    const waiting = ask('y');
    desk.denyAll('stop');
    expect(await waiting).toMatchObject({ effect: 'deny', code: 'interrupted' });
    void ask('x');
    expect(desk.waiting()).toHaveLength(1);
  });
});

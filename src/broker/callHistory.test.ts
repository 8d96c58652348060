import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { geminiCli } from '../agents/geminiCli';
import { kiro } from '../agents/kiro';
import type { Agent, AgentReport } from '../agents/agent';
import { ALL_TURNS } from '../history/revert/selection';
import { WorkspaceHistory } from '../history/workspaceHistory';
import type { ToolCall } from '../policy/toolCall';
import { CallHistory } from './callHistory';

let scratch: string;
let root: string;
let history: WorkspaceHistory;
let lines: Record<string, unknown>[];
let calls: CallHistory;

const PLENTY = 60_000;

beforeEach(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-calls-')));
  root = join(scratch, 'work');
  mkdirSync(root);
  lines = [];
  history = await WorkspaceHistory.open({
    workspaceRoots: [root],
    storeFolderOf: () => join(scratch, 'store'),
    trusted: true,
    env: { PATH: process.env['PATH'], HOME: join(scratch, 'home') },
  });
  calls = feed(() => Promise.resolve(history));
});
afterEach(async () => {
  await history.close();
  rmSync(scratch, { recursive: true, force: true });
});

function feed(open: () => Promise<WorkspaceHistory | undefined>): CallHistory {
  return new CallHistory({
    history: open,
    journal: { append: entry => void lines.push(entry) },
    now: Date.now,
    onChanged: () => undefined,
    onError: error => {
      throw error;
    },
  });
}

const file = (name: string): string => join(root, name);
const write = (name: string, text: string): void => writeFileSync(file(name), text);
const read = (name: string): string => readFileSync(file(name), 'utf8');

function call(agent: Agent, over: Partial<ToolCall>): ToolCall {
  const shell = { tool: 'shell', capability: 'shell' as const, input: {} };
  return { agent: agent.id, sessionId: 's1', cwd: root, ...shell, ...over };
}

function edit(agent: Agent, name: string): ToolCall {
  const paths = [{ path: file(name), real: file(name) }];
  return call(agent, { tool: 'write_file', capability: 'write', paths });
}

async function pass(agent: Agent, id: string, what: ToolCall): Promise<void> {
  await calls.beforeAllowed({ call: what, id, leftMs: PLENTY });
}

const report = (agent: Agent, kind: AgentReport['kind'], more = {}): Promise<void> =>
  calls.report({ agent, report: { kind, sessionId: 's1', cwd: root, ...more } });

async function turns() {
  return (await history.changes()).flatMap(({ report: { turns: all } }) => all);
}

describe('the history of tool calls', () => {
  it('puts what each call changed under the prompt that was reported', async () => {
    write('a.txt', 'one\n');
    await report(geminiCli, 'promptStart', { prompt: 'make it two' });
    await pass(geminiCli, 'c1', edit(geminiCli, 'a.txt'));
    write('a.txt', 'two\n');
    await report(geminiCli, 'toolEnd', { tool: 'write_file' });
    await pass(geminiCli, 'c2', call(geminiCli, {}));
    write('b.txt', 'new\n');
    await report(geminiCli, 'toolEnd', { tool: 'shell' });
    await report(geminiCli, 'turnEnd');
    const [turn, ...more] = await turns();
    expect(more).toEqual([]);
    expect(turn?.title).toBe('make it two');
    expect(turn?.end).toBeTypeOf('number');
    const found = turn?.calls.map(({ id, files }) => [id, ...files.map(({ path }) => path)]);
    expect(found).toEqual([
      ['c1', 'a.txt'],
      ['c2', 'b.txt'],
    ]);
    await history.undo({ turn: ALL_TURNS });
    expect(read('a.txt')).toBe('one\n');
  });

  it('begins a prompt that was not reported with its first call', async () => {
    write('a.txt', 'one\n');
    await pass(kiro, 'c1', edit(kiro, 'a.txt'));
    write('a.txt', 'two\n');
    // Kiro does not report ends: the next call is the end of the one before.
    await pass(kiro, 'c2', call(kiro, {}));
    write('b.txt', 'b\n');
    await report(kiro, 'turnEnd');
    const [turn] = await turns();
    const found = turn?.calls.map(({ id, files }) => [id, ...files.map(({ path }) => path)]);
    expect(found).toEqual([
      ['c1', 'a.txt'],
      ['c2', 'b.txt'],
    ]);
  });

  it('waits for the end that an agent reports, and knows it by its tool', async () => {
    await pass(geminiCli, 'c1', call(geminiCli, {}));
    await report(geminiCli, 'toolEnd', { tool: 'read_file' });
    await pass(geminiCli, 'c2', edit(geminiCli, 'a.txt'));
    write('a.txt', 'a\n');
    await report(geminiCli, 'toolEnd', { tool: 'write_file' });
    write('b.txt', 'b\n');
    await report(geminiCli, 'toolEnd', { tool: 'shell' });
    const [turn] = await turns();
    const shell = turn?.calls.find(({ id }) => id === 'c1');
    expect(shell?.files.map(({ path }) => path)).toContain('b.txt');
  });

  it('keeps the prompts of two sessions apart', async () => {
    await pass(kiro, 'c1', edit(kiro, 'a.txt'));
    write('a.txt', 'a\n');
    await pass(kiro, 'c2', { ...edit(kiro, 'b.txt'), sessionId: 's2' });
    write('b.txt', 'b\n');
    await report(kiro, 'turnEnd');
    await calls.report({ agent: kiro, report: { kind: 'turnEnd', sessionId: 's2', cwd: root } });
    const found = (await turns()).map(({ session, files }) => [
      session,
      ...files.map(({ path }) => path),
    ]);
    expect(found).toEqual([
      ['kiro/s1', 'a.txt'],
      ['kiro/s2', 'b.txt'],
    ]);
  });

  it('skips calls that change nothing', async () => {
    await pass(kiro, 'c1', call(kiro, { tool: 'read_file', capability: 'read' }));
    expect(await turns()).toEqual([]);
  });

  it('lets a call go on that cannot be remembered in time, and says so', async () => {
    calls = feed(() => new Promise(() => undefined));
    await calls.beforeAllowed({ call: call(kiro, {}), id: 'c1', leftMs: 30 });
    expect(lines).toEqual([
      { event: 'checkpoint', callId: 'c1', incomplete: true, why: 'not remembered in time' },
    ]);
    expect(await calls.losses(edit(kiro, 'a.txt'), 30)).toEqual([]);
  });

  it('goes without a history where no folder is open', async () => {
    calls = feed(() => Promise.resolve(undefined));
    await pass(kiro, 'c1', call(kiro, {}));
    await report(kiro, 'promptStart');
    await report(kiro, 'turnEnd');
    expect(lines).toEqual([]);
  });
});

describe('what would be lost', () => {
  const big = (name: string): void => {
    write(name, '');
    truncateSync(file(name), 40 * 1024 * 1024);
  };

  it('is a file above the limit, for file tools and for commands that name it', async () => {
    big('big.bin');
    write('small.txt', 'x');
    const lost = await calls.losses(edit(kiro, 'big.bin'), PLENTY);
    expect(lost).toEqual(['"big.bin" is too large to be kept.']);
    expect(await calls.losses(edit(kiro, 'small.txt'), PLENTY)).toEqual([]);
    const remove = (...writes: string[]): ToolCall =>
      call(kiro, {
        command: {
          ...{ text: 'rm', dialect: 'bash', writes: writes.map(file) },
          cwd: { path: root, real: root },
        },
      });
    expect(await calls.losses(remove('big.bin'), PLENTY)).toEqual(lost);
    expect(await calls.losses(remove('small.txt'), PLENTY)).toEqual([]);
  });

  it('is what a pattern may match in its folder', async () => {
    mkdirSync(file('data'));
    big('data/big.bin');
    const command = {
      ...{ text: 'rm data/*.bin', dialect: 'bash' as const, writes: [file('data/*.bin')] },
      cwd: { path: root, real: root },
    };
    expect(await calls.losses(call(kiro, { command }), PLENTY)).toEqual([
      '"data/big.bin" is too large to be kept.',
    ]);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_TURNS } from './revert/selection';
import { WorkspaceHistory } from './workspaceHistory';

let scratch: string;
let root: string;
let history: WorkspaceHistory;

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);

beforeEach(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-views-')));
  root = join(scratch, 'work');
  mkdirSync(root);
  write('a.txt', LINES);
  history = await WorkspaceHistory.open({
    workspaceRoots: [root],
    storeFolderOf: () => join(scratch, 'store'),
    trusted: true,
    env: { PATH: process.env['PATH'], HOME: join(scratch, 'home') },
  });
});
afterEach(async () => {
  await history.close();
  rmSync(scratch, { recursive: true, force: true });
});

const file = (name: string): string => join(root, name);
function write(name: string, lines: readonly string[]): void {
  writeFileSync(file(name), lines.map(line => `${line}\n`).join(''));
}
const read = (name: string): string => readFileSync(file(name), 'utf8');

async function turn(id: string, act: () => void, name = 'a.txt'): Promise<void> {
  await history.promptStart({ turn: id, session: 'kiro/s', whole: false, title: `do ${id}` });
  const call = { toolCallId: `${id}-c`, sessionId: 'kiro/s', turn: id, tool: 'write_file' };
  await history.beforeTool({ ...call, kind: 'file', paths: [file(name)] });
  act();
  await history.afterTool(`${id}-c`);
  await history.turnEnd(id);
}

describe('the hunks of a file', () => {
  it('are numbered as undo counts them, and say where they stand now', async () => {
    const agents = LINES.with(2, 'agent 3').with(24, 'agent 25');
    await turn('t1', () => write('a.txt', agents));
    // The person adds a line between the two.
    write('a.txt', [...agents.slice(0, 10), 'mine', ...agents.slice(10)]);
    const hunks = history.hunks(file('a.txt'), { turn: ALL_TURNS });
    expect(hunks.map(({ number, standing, now }) => [number, standing, now])).toEqual([
      [1, 'intact', { from: 2, end: 3 }],
      [2, 'moved', { from: 25, end: 26 }],
    ]);
    expect(hunks[0]?.lines.map(({ mark, text }) => `${mark}${text}`)).toEqual([
      ...[' line 1', ' line 2', '-line 3', '+agent 3'],
      ...[' line 4', ' line 5', ' line 6'],
    ]);
    expect(hunks[0]).toMatchObject({ oldStart: 1, newStart: 1, hidden: 0 });
    await history.undo({ turn: ALL_TURNS, paths: [file('a.txt')], hunks: new Set([2]) });
    expect(read('a.txt')).toContain('line 25\n');
    expect(read('a.txt')).toContain('agent 3\n');
    expect(read('a.txt')).toContain('mine\n');
    const after = history.hunks(file('a.txt'), { turn: ALL_TURNS });
    expect(after.map(({ standing }) => standing)).toEqual(['intact', 'gone']);
  });

  it('are counted on through several prompts', async () => {
    await turn('t1', () => write('a.txt', LINES.with(2, 'agent 3')));
    const mine = LINES.with(2, 'agent 3').with(14, 'mine');
    write('a.txt', mine);
    await turn('t2', () => write('a.txt', mine.with(24, 'agent 25')));
    const hunks = history.hunks(file('a.txt'), { turn: ALL_TURNS });
    expect(hunks.map(({ number, now }) => [number, now?.from])).toEqual([
      [1, 2],
      [2, 24],
    ]);
  });

  it('are none for what has no lines', async () => {
    await turn('t1', () => writeFileSync(file('b.bin'), Buffer.from([0, 1, 2])), 'b.bin');
    expect(history.hunks(file('b.bin'), { turn: ALL_TURNS })).toEqual([]);
    expect(history.hunks('/elsewhere', { turn: ALL_TURNS })).toEqual([]);
  });
});

describe('the points one can go back to', () => {
  it('are the prompts and restores, and tell the agent’s changes from yours since then', async () => {
    write('mine.txt', ['1']);
    await turn('t1', () => write('a.txt', LINES.with(2, 'agent 3')));
    await turn('t2', () => write('b.txt', ['new']), 'b.txt');
    write('mine.txt', ['2']);
    write('a.txt', LINES.with(2, 'agent 3').with(20, 'mine'));
    await turn('t3', () => undefined);
    await history.undo({ turn: 't2' });
    const points = history.points();
    expect(points.map(({ what, title }) => [what, title])).toEqual([
      ['undo', undefined],
      ['prompt', 'do t3'],
      ['prompt', 'do t2'],
      ['prompt', 'do t1'],
    ]);
    write('a.txt', LINES.with(2, 'mine'));
    const since = async (id: string): Promise<string[]> =>
      (await history.changedSince(id))
        .flatMap(({ report }) => report.map(({ path, by }) => `${path} ${by}`))
        .sort();
    expect(await since('t1')).toEqual(['a.txt both', 'b.txt agent', 'mine.txt yours']);
    // What was changed since the last prompt counts, though nobody has looked since.
    expect(await since('t3')).toEqual(['a.txt yours', 'b.txt agent']);
    expect(await since('unknown')).toEqual([]);
  });
});

describe('what a view shows besides', () => {
  it('counts lines, and tells images and binaries', async () => {
    await turn('t1', () => write('a.txt', [...LINES.slice(1), 'x', 'y']));
    await turn('t2', () => writeFileSync(file('b.bin'), Buffer.from([0, 1])), 'b.bin');
    await turn('t3', () => writeFileSync(file('c.png'), Buffer.from([0, 1])), 'c.png');
    const [{ report } = { report: undefined }] = await history.changes();
    const facts = report?.turns
      .flatMap(({ files }) => files)
      .map(change => history.factsOf(root, change));
    expect(facts).toEqual([
      { kind: 'text', lines: { added: 2, removed: 1 } },
      { kind: 'binary' },
      { kind: 'image' },
    ]);
  });

  it('gives the bytes before and after, and says whether a redo is possible', async () => {
    await turn('t1', () => write('a.txt', ['agent']));
    const [before] = await history.changes();
    expect(before?.report.canRedo).toBe(false);
    const change = before?.report.turns[0]?.files[0];
    const hash = change?.before.kind === 'file' ? change.before.hash : '';
    expect(history.content(root, hash).toString()).toContain('line 30\n');
    await history.undo({ turn: 't1' });
    const [after] = await history.changes();
    expect(after?.report.canRedo).toBe(true);
    expect(after?.report.turns[0]?.files[0]?.undone).toBe(true);
    expect(() => history.content(root, '0'.repeat(64))).toThrow('missing');
    expect(() => history.content('/elsewhere', hash)).toThrow('no history');
  });
});

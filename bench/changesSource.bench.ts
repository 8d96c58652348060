import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import type { WorkspaceHistory } from '../src/history/workspaceHistory';
import type { ChangesView } from '../src/protocol/changesView';
import { machineShape, median } from './stats';

vi.mock('vscode', () => import('../test/support/fakeVscode'));

const SIZES = [2_500, 5_000, 10_000];
const ROUNDS = 5;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Row {
  readonly files: number;
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly heap: number;
}

/** What a command that rewrites so many files costs, from the history to the tree for the panel. */
async function measure(files: number): Promise<Row> {
  const opened = await import('../src/history/workspaceHistory');
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-bench-')));
  const root = join(base, 'workspace');
  const pathOf = (index: number): string =>
    join(root, `area${index % 37}`, `feature${index % 211}`, `module${index}.ts`);
  const write = (of: (index: number) => string): void => {
    for (let index = 0; index < files; index += 1) {
      mkdirSync(dirname(pathOf(index)), { recursive: true });
      writeFileSync(pathOf(index), of(index));
    }
  };
  const lines = (index: number, middle: string): string =>
    Array.from({ length: 60 }, (_, line) =>
      line === 30 ? `${middle}\n` : `const value${line} = ${index * line};\n`,
    ).join('');
  try {
    write(index => lines(index, 'before'));
    const git = (...words: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@b.invalid', ...words], {
        cwd: root,
      });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'first');
    const history = await opened.WorkspaceHistory.open({
      workspaceRoots: [root],
      storeFolderOf: () => join(base, 'store'),
      ...{ trusted: true, env: process.env },
    });
    try {
      return { files, ...(await inHistory(history, () => write(i => lines(i, 'after')))) };
    } finally {
      await history.close();
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function inHistory(
  history: WorkspaceHistory,
  command: () => void,
): Promise<Omit<Row, 'files'>> {
  const milliseconds: Record<string, number> = {};
  const timed = async <T>(name: string, act: () => T | Promise<T>, rounds = 1): Promise<T> => {
    const times: number[] = [];
    let result: T;
    do {
      const start = performance.now();
      result = await act();
      times.push(performance.now() - start);
    } while (times.length < rounds);
    milliseconds[name] = median(times);
    return result;
  };
  const begin = { sessionId: 'gemini-cli/s', toolCallId: 'c', turn: 't', tool: 'shell' };
  await history.promptStart({ turn: 't', session: 'gemini-cli/s', whole: false });
  await history.beforeTool({ ...begin, kind: 'shell', paths: [] });
  command();
  await timed('finding the changes after the command', () => history.afterTool('c'));
  await history.turnEnd('t');

  const { source, changed } = await sourceOf(history);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const counted = new Promise<void>(done => source.onDidChange(() => done()));
  await timed('the first view', () => source.list());
  await timed('until all lines are counted', () => counted);
  let view: ChangesView | undefined;
  const again = async (): Promise<void> => {
    view = await source.list();
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const renewed = new Promise<void>(done => source.onDidChange(() => done()));
    changed();
    await renewed;
    await timed('the view anew', again);
  }
  const { buildPanelTree } = await import('../src/extension/history/panelTree');
  const { panelWords } = await import('../src/extension/history/panelWords');
  const words = panelWords();
  const [file] = view?.prompts[0]?.files ?? [];
  expect(file?.lines).toEqual({ added: 1, removed: 1 });
  if (!view || !file) throw new Error('nothing has changed');
  const seen = view;
  await timed('the panel’s tree', () => buildPanelTree(seen, words), ROUNDS);
  collectGarbage();
  const heap = process.memoryUsage().heapUsed - before;
  await timed('hunks of one file', () => source.hunks({ prompt: 't', file }), ROUNDS);
  await timed('keeping a call’s files', () => source.keep({ prompt: 't', call: 'c' }, true));
  await timed('preview of undoing all', () => history.undo({ turn: 'all' }, true), ROUNDS);
  await timed('undoing all', () => history.undo({ turn: 'all' }));
  await timed('redo of all', () => history.redo());
  await timed('going back, preview', () => history.goTo('t', undefined, true), ROUNDS);
  source.dispose();
  return { milliseconds, heap };
}

/** The source of all views, for a window that has this history open. */
async function sourceOf(history: WorkspaceHistory) {
  const { ChangesSource } = await import('../src/extension/history/changesSource');
  const { KeptChanges } = await import('../src/extension/history/keptChanges');
  const { EditorTexts } = await import('../src/extension/history/editorTexts');
  const { AllowedCalls } = await import('../src/history/allowedCalls');
  const { EventEmitter } = await import('../test/support/fakeVscode');
  const { onDidChange, fire } = (() => {
    const emitter = new EventEmitter<void>();
    return { onDidChange: emitter.event, fire: () => emitter.fire() };
  })();
  const texts = new EditorTexts();
  const window = { history: () => Promise.resolve(history), texts, onDidChange };
  const memento = {
    keys: () => [],
    get: <T>(_key: string, other?: T) => other as T,
    update: () => Promise.resolve(),
  };
  const kept = new KeptChanges(memento);
  return { source: new ChangesSource(window, new AllowedCalls('/nowhere'), kept), changed: fire };
}

it('the changes of one command that rewrote every file', async () => {
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(await measure(size));
  const names = Object.keys(rows[0]?.milliseconds ?? {});
  const cells = (of: (row: Row) => string): string => rows.map(of).join(' | ');
  console.log(
    [
      `${machineShape()}; medians of ${ROUNDS} where a step can be repeated`,
      `| milliseconds | ${cells(({ files }) => `${files} files`)} |`,
      `| --- | ${cells(() => '---')} |`,
      ...names.map(
        name => `| ${name} | ${cells(row => (row.milliseconds[name] ?? NaN).toFixed(0))} |`,
      ),
      `| memory of the view and its tree, MB | ${cells(({ heap }) => (heap / 2 ** 20).toFixed(0))} |`,
    ].join('\n'),
  );
}, 900_000);

import { expect, it, vi } from 'vitest';
import { findTools } from '../test/e2e/support/tools';
import { manyChanges } from '../test/support/manyChanges';
import { openPanelPage } from '../test/support/panelPage';
import { machineShape, percentile } from './stats';

vi.mock('vscode', () => import('../test/support/fakeVscode'));

const FILES = 10_000;
const FRAMES = 300;
/** CSS pixels scrolled in a frame: a person who drags the scroll bar. */
const STEP = 700;

/** Milliseconds from one frame to the next while something is done in each of them. */
const MEASURE = `async (frames, act) => {
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  await frame();
  let last = performance.now();
  for (let at = 0; at < frames; at += 1) {
    act(at);
    await frame();
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times;
}`;

it(`the panel with ${FILES} changed files`, async () => {
  const { buildPanelTree } = await import('../src/extension/history/panelTree');
  const { panelStrings, panelWords } = await import('../src/extension/history/panelWords');
  const tools = findTools();
  if (!tools.ok) throw new Error(tools.missing.join('; '));
  const view = manyChanges(FILES);
  const words = panelWords();
  const builds = Array.from({ length: 10 }, () => {
    const start = performance.now();
    buildPanelTree(view, words);
    return performance.now() - start;
  });
  const { tree } = buildPanelTree(view, words);
  const panel = await openPanelPage(tools.chromium, 'changes');
  try {
    const { page } = panel;
    const timed = async (act: string): Promise<number> =>
      page.evaluate(`(async () => {
        const start = performance.now();
        ${act}
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - start;
      })()`);
    const type = (text: string): string => `
      const box = document.querySelector('.filter');
      box.value = ${JSON.stringify(text)};
      box.dispatchEvent(new Event('input', { bubbles: true }));`;
    await panel.post({ type: 'start', strings: panelStrings() });
    await page.evaluate(`window.tree = ${JSON.stringify(tree)}`);
    const first = await timed(`
      window.postMessage({ type: 'tree', tree: window.tree }, '*');
      while (!document.querySelector('.row.file')) await new Promise(done => setTimeout(done));`);
    const idle = await page.evaluate<number[]>(`(${MEASURE})(${FRAMES}, () => undefined)`);
    const scroll = await page.evaluate<number[]>(
      `(${MEASURE})(${FRAMES}, at => (document.querySelector('.tree').scrollTop = at * ${STEP}))`,
    );
    const drawn = await page.locator('.row').count();
    const keys: number[] = [];
    for (const text of ['m', 'mo', 'mod', 'module99', '']) keys.push(await timed(type(text)));
    const again = await timed(`window.postMessage({ type: 'tree', tree: window.tree }, '*');`);
    const row = (name: string, times: readonly number[]): string =>
      `| ${name} | ${percentile(times, 0.5).toFixed(1)} | ${percentile(times, 0.95).toFixed(1)} | ${Math.max(...times).toFixed(1)} |`;
    console.log(
      [
        `${FILES} files, ${machineShape()}, Chromium without a GPU`,
        '| milliseconds | median | p95 | most |',
        row('window: make the tree', builds),
        row('first drawing after the tree came', [first]),
        row('frame, nothing done', idle),
        row(`frame, scrolled by ${STEP} px`, scroll),
        row('a letter in the filter, until drawn', keys),
        row('the whole tree anew', [again]),
        `${drawn} rows drawn`,
      ].join('\n'),
    );
    expect(panel.faults).toEqual([]);
    expect(drawn).toBeLessThan(100);
  } finally {
    await panel.close();
  }
}, 120_000);

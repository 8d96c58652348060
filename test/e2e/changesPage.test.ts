import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildPanelTree } from '../../src/extension/history/panelTree';
import { panelStrings, panelWords } from '../../src/extension/history/panelWords';
import type { PanelRequest } from '../../src/protocol/changesPanel';
import { manyChanges } from '../support/manyChanges';
import { openPanelPage, type PanelPage } from '../support/panelPage';
import { panelFile, pictures, smallTree, twoHunks } from '../support/smallTree';
import { findTools } from './support/tools';

vi.mock('vscode', () => import('../support/fakeVscode'));

const tools = findTools();
const chromium = tools.ok ? tools.chromium : '';
if (!tools.ok && process.env['CI'] === 'true') throw new Error(tools.missing.join('; '));

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The page of the panel in a browser, without an editor around it. */
describe.skipIf(!tools.ok)('the page of all changes', () => {
  let panel: PanelPage<'changes'>;

  beforeAll(async () => {
    panel = await openPanelPage(chromium, 'changes');
  });
  afterAll(() => panel.close());
  beforeEach(async () => {
    await panel.restart();
    await panel.post({ type: 'start', strings: panelStrings() });
    await panel.post({ type: 'tree', tree: smallTree });
    await row('Add a login page').waitFor();
  });
  afterEach(() => expect(panel.faults).toEqual([]));

  const row = (name: string) => panel.page.getByRole('treeitem', { name });
  const focused = () =>
    panel.page.evaluate<string | null>(
      `document.activeElement.ariaLabel ?? document.activeElement.querySelector('.body').innerText`,
    );
  const last = async (): Promise<PanelRequest | undefined> => (await panel.requests()).at(-1);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await panel.page.keyboard.press(key);
  };

  it('says that it stands, and shows nothing before it is told', async () => {
    await panel.reload();
    expect(await panel.requests()).toEqual([{ type: 'ready' }]);
    expect(await panel.page.locator('#panel').innerText()).toBe('');
  });

  it('is a tree to assistive technology', async () => {
    const file = row('b.ts docs Command Modified');
    expect(await file.getAttribute('aria-level')).toBe('3');
    expect(await file.getAttribute('aria-posinset')).toBe('1');
    expect(await file.getAttribute('aria-setsize')).toBe('1');
    expect(await file.getAttribute('aria-expanded')).toBe('false');
    expect(await panel.page.locator('[tabindex="0"][role="treeitem"]').count()).toBe(1);
  });

  it('goes by keys: into the tree, down, in, out, and to both ends', async () => {
    await row('Add a login page').focus();
    await press('ArrowDown', 'ArrowDown');
    expect(await focused()).toContain('a.ts');
    await press('ArrowRight');
    await expect.poll(last).toEqual({ type: 'details', file: 'a' });
    await panel.post({ type: 'details', file: 'a', details: twoHunks });
    await row('@@ -1 +1 @@').waitFor();
    await press('ArrowDown', 'ArrowDown');
    expect(await focused()).toMatch(/removed:\s+-\s*old/u);
    await press('ArrowLeft', 'ArrowLeft', 'ArrowLeft');
    expect(await focused()).toContain('a.ts');
    await press('End');
    expect(await focused()).toContain('mine.ts');
    await press('Home');
    expect(await focused()).toContain('Add a login page');
  });

  it('opens diffs and undoes by keys, each for the row that has the focus', async () => {
    await row('Add a login page').focus();
    await press('Enter');
    expect(await last()).toEqual({ type: 'openDiff', node: 'p1' });
    await press('ArrowDown', 'Delete');
    expect(await last()).toEqual({ type: 'undo', node: 'c1' });
    await press('ArrowDown', 'ArrowRight');
    await panel.post({ type: 'details', file: 'a', details: twoHunks });
    await row('@@ -9 +9 @@').waitFor();
    await press('ArrowDown', 'Delete');
    expect(await last()).toEqual({ type: 'undoHunk', file: 'a', hunk: 1 });
    await press('Enter');
    expect(await last()).toEqual({ type: 'openDiff', node: 'a' });
    await press('End', 'Delete', 'Enter');
    const sent = (await panel.requests()).slice(-2);
    expect(sent).toEqual([
      { type: 'openDiff', node: 'a' },
      { type: 'openDiff', node: 'mine' },
    ]);
  });

  it('has the same by buttons, which tabbing reaches from the row', async () => {
    await row('a.ts').focus();
    await press('Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('Keep');
    await press('Enter');
    expect(await last()).toEqual({ type: 'keep', node: 'a', keep: true });
    await row('r.ts').hover();
    expect(await row('r.ts').getByRole('button', { name: 'Undo' }).count()).toBe(0);
    await panel.page.getByRole('button', { name: 'Undo All Changes' }).click();
    expect(await last()).toEqual({ type: 'undoAll' });
    expect(await panel.page.getByRole('button', { name: 'Redo' }).isDisabled()).toBe(true);
    await panel.post({ type: 'tree', tree: { ...smallTree, canRedo: true } });
    await panel.page.getByRole('button', { name: 'Redo' }).click();
    expect(await last()).toEqual({ type: 'redo' });
  });

  it('filters from the keyboard, and says how much is shown', async () => {
    await row('Add a login page').focus();
    await press('/');
    await panel.page.keyboard.type('docs');
    await expect.poll(() => panel.page.getByRole('status').innerText()).toContain('1 of 4');
    expect(await row('a.ts').count()).toBe(0);
    await press('ArrowDown');
    expect(await focused()).toContain('Add a login page');
    await press('/', 'Escape');
    await expect.poll(() => panel.page.getByRole('status').innerText()).toContain('4 of 4');
    await panel.page.getByRole('button', { name: 'Command' }).click();
    expect(await row('b.ts docs').count()).toBe(1);
  });

  it('remembers what is folded and filtered when it is drawn anew', async () => {
    await row('fs_write').click();
    await panel.page.getByRole('button', { name: 'Yours' }).click();
    expect(await row('a.ts').count()).toBe(0);
    await panel.reload();
    await panel.post({ type: 'start', strings: panelStrings() });
    await panel.post({ type: 'tree', tree: smallTree });
    await row('Add a login page').waitFor();
    expect(await row('a.ts').count()).toBe(0);
    expect(await row('mine.ts').count()).toBe(0);
    expect(
      await panel.page.getByRole('button', { name: 'Yours' }).getAttribute('aria-pressed'),
    ).toBe('false');
  });

  it('keeps the focus in the list when the row under it goes', async () => {
    await row('a.ts').focus();
    const [prompt] = smallTree.prompts;
    if (!prompt) throw new Error('no prompt');
    const calls = prompt.calls.map(call => ({
      ...call,
      files: call.files.filter(({ id }) => id !== 'a'),
    }));
    await panel.post({ type: 'tree', tree: { ...smallTree, prompts: [{ ...prompt, calls }] } });
    await expect.poll(focused).toMatch(/b\.ts\s+docs/u);
  });

  it('keeps the row with the focus when it is scrolled out of sight', async () => {
    const { tree } = buildPanelTree(manyChanges(10_000), panelWords());
    await panel.post({ type: 'tree', tree });
    await row('module3.ts').first().focus();
    await panel.page.evaluate(`document.querySelector('.tree').scrollTop = 100000`);
    await panel.page.locator('.row.file', { hasText: 'module4' }).first().waitFor();
    expect(await focused()).toContain('module3.ts');
    expect(await panel.page.locator('.row').count()).toBeLessThan(100);
    await press('ArrowDown');
    expect(await focused()).toContain('module4.ts');
    await press('End');
    expect(await focused()).toContain('module10000.ts');
    await expect(row('module10000.ts').isVisible()).resolves.toBe(true);
  });

  it('shows pictures beside each other', async () => {
    if (pictures.type !== 'images') throw new Error('no pictures');
    await row('mine.ts').click();
    const after = { caption: '70 bytes', source: PIXEL };
    await panel.post({ type: 'details', file: 'mine', details: { ...pictures, after } });
    const picture = panel.page.locator('img');
    await picture.waitFor();
    await expect
      .poll(() => panel.page.evaluate(`document.querySelector('img').naturalWidth`))
      .toBe(1);
    expect(await row('Before: not there After: 70 bytes').count()).toBe(1);
  });

  it('takes texts of the workspace for text', async () => {
    const evil = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>';
    const [prompt] = smallTree.prompts;
    if (!prompt) throw new Error('no prompt');
    const files = [panelFile('evil', { name: evil, folder: evil, movedFrom: evil })];
    const tree = { ...smallTree, prompts: [{ ...prompt, title: evil, files }], gaps: [evil] };
    await panel.post({ type: 'tree', tree });
    await expect.poll(() => panel.page.locator('.row.prompt').innerText()).toContain(evil);
    expect(await panel.page.evaluate('window.evil')).toBeUndefined();
    expect(await panel.page.locator('img, script:not([nonce])').count()).toBe(0);
  });
});

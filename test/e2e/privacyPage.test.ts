import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { privacyView } from '../../src/extension/privacy/privacyView';
import { privacyStrings } from '../../src/extension/privacy/privacyWords';
import { SWITCH_ROWS } from '../../src/privacy/switches/switchTable';
import type { PrivacyRequest, PrivacyRow, PrivacyView } from '../../src/protocol/privacyPanel';
import { openPanelPage, type PanelPage } from '../support/panelPage';
import { findTools } from './support/tools';

vi.mock('vscode', () => import('../support/fakeVscode'));

const tools = findTools();
const chromium = tools.ok ? tools.chromium : '';
if (!tools.ok && process.env['CI'] === 'true') throw new Error(tools.missing.join('; '));

const STATES = ['on', 'off', 'unknown', 'managed'] as const;

/** Every row, with each state and each kind of control among them. */
const VIEW: PrivacyView = privacyView(
  SWITCH_ROWS.map((row, at) => {
    const state = row.place === 'web' ? 'unknown' : (STATES[at % STATES.length] ?? 'on');
    const file = { path: '/home/me/settings.json' };
    return {
      ...{ row, state, source: `/home/me/settings.json:${at + 1}: ${row.id} = true` },
      ...(row.place !== 'web' && { file }),
      ...(state === 'managed' && { decidedBy: 'administrator' as const }),
    };
  }),
  { record: {}, undo: undefined, inKiro: false },
);

/** The page of the privacy panel in a browser, without an editor around it. */
describe.skipIf(!tools.ok)('the page of privacy', () => {
  let panel: PanelPage<'privacy'>;

  beforeAll(async () => {
    panel = await openPanelPage(chromium, 'privacy');
  });
  afterAll(() => panel.close());
  beforeEach(async () => {
    await panel.restart();
    await tell(VIEW);
  });
  afterEach(() => expect(panel.faults).toEqual([]));

  const tell = async (view: PrivacyView): Promise<void> => {
    await panel.post({ type: 'start', strings: privacyStrings() });
    await panel.post({ type: 'view', view });
    await row('ide.telemetryLevel').waitFor();
  };
  const row = (id: string) => panel.page.locator(`[data-row="${id}"]`);
  const last = async (): Promise<PrivacyRequest | undefined> => (await panel.requests()).at(-1);
  const changed = (id: string, change: Partial<PrivacyRow>): PrivacyView => ({
    ...VIEW,
    rows: VIEW.rows.map(one => (one.id === id ? { ...one, ...change } : one)),
  });
  const focused = (): Promise<string> =>
    panel.page.evaluate(
      `document.activeElement.closest('[data-row]')?.dataset.row + ' ' + document.activeElement.innerText.trim()`,
    );

  it('shows nothing before it is told', async () => {
    await panel.reload();
    expect(await panel.requests()).toEqual([{ type: 'ready' }]);
    expect(await panel.page.locator('#panel').innerText()).toBe('');
  });

  it('says of every row what, where to, who sees it, how it is stored, and where that is read', async () => {
    expect(await panel.page.locator('[data-row]').count()).toBe(10);
    for (const { id, sends, where, seenBy, stored, source, state, title } of VIEW.rows) {
      const text = await row(id).innerText();
      for (const part of [title, sends, where, seenBy, stored, source, state]) {
        expect(text).toContain(part);
      }
    }
  });

  it('offers what can be done, and nothing else', async () => {
    const names = (id: string): Promise<string[]> =>
      row(id)
        .locator('button, label')
        .evaluateAll(
          (all: readonly { readonly innerText: string; readonly role: string | null }[]) =>
            all.map(({ innerText, role }) => role ?? innerText.trim()),
        );
    expect(await names('ide.telemetryLevel')).toEqual(['switch', 'Open File']);
    expect(await names('ide.usageAnalytics')).toEqual(['Switch Off', 'Switch On', 'Open File']);
    expect(await names('ide.promptLogging')).toEqual(['Open File']);
    expect(await names('autonomousAgent.content')).toEqual([
      'Open in Browser',
      'I have switched it off there',
    ]);
  });

  it('asks for the other state, and shows the new one only when it is told', async () => {
    const toggle = row('ide.telemetryLevel').getByRole('switch');
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
    await toggle.click();
    expect(await last()).toEqual({ type: 'switch', row: 'ide.telemetryLevel', on: false });
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
    await panel.post({ type: 'view', view: changed('ide.telemetryLevel', { state: 'off' }) });
    await expect.poll(() => toggle.getAttribute('aria-checked')).toBe('false');
    await panel.post({ type: 'announce', text: 'It is off' });
    await expect.poll(() => panel.page.getByRole('status').innerText()).toBe('It is off');
  });

  it('goes by keys alone, and keeps the focus where a button goes', async () => {
    const { keyboard } = panel.page;
    await panel.page.getByRole('button', { name: 'Opt out of Everything' }).focus();
    await keyboard.press('Enter');
    expect(await last()).toEqual({ type: 'optOut' });
    for (const key of ['Tab', 'Tab', 'Space']) await keyboard.press(key);
    expect(await last()).toEqual({ type: 'recordPlan', enterprise: true });
    for (const key of ['Tab', 'Tab']) await keyboard.press(key);
    expect(await focused()).toContain('ide.telemetryLevel');
    await row('ide.usageAnalytics').getByRole('button', { name: 'Switch Off' }).focus();
    await keyboard.press('Enter');
    expect(await last()).toEqual({ type: 'switch', row: 'ide.usageAnalytics', on: false });
    await panel.post({
      type: 'view',
      view: changed('ide.usageAnalytics', { state: 'off', control: 'toggle' }),
    });
    await expect.poll(() => panel.page.evaluate('document.activeElement.role')).toBe('switch');
    expect(await focused()).toContain('ide.usageAnalytics');
  });

  it('undoes only when there is something to undo', async () => {
    const nothing = panel.page.getByRole('button', { name: 'Nothing to Undo' });
    await nothing.click({ force: true });
    expect(await last()).toEqual({ type: 'ready' });
    await panel.post({ type: 'view', view: { ...VIEW, undo: 'Kiro CLI: telemetry' } });
    await panel.page.getByRole('button', { name: 'Undo: Kiro CLI: telemetry' }).click();
    expect(await last()).toEqual({ type: 'undo' });
  });

  it('lets the person note what was done in the browser', async () => {
    const agent = row('autonomousAgent.content');
    await agent.getByRole('button', { name: 'Open in Browser' }).click();
    expect(await last()).toEqual({ type: 'openAgentSettings' });
    await agent.getByRole('checkbox').click();
    expect(await last()).toEqual({ type: 'recordAgent', done: true });
  });

  it('shows the vendor’s facts with source and date, unfolded again after a reload', async () => {
    const topic = panel.page.locator('summary', { hasText: 'Where content is stored' });
    await topic.press('Enter');
    const table = panel.page.locator('details[open] table');
    await table.waitFor();
    expect(await table.innerText()).toContain('US East (N. Virginia)');
    expect(await table.innerText()).toMatch(/read 2026-\d\d-\d\d/u);
    await panel.reload();
    await tell(VIEW);
    await table.waitFor();
    expect(await panel.page.locator('details[open]').count()).toBe(1);
  });

  it('takes texts of files for text', async () => {
    const evil = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>';
    await panel.post({
      type: 'view',
      view: { ...changed('cli.telemetry', { source: evil, note: evil }), undo: evil },
    });
    await expect.poll(() => row('cli.telemetry').innerText()).toContain(evil);
    expect(await panel.page.evaluate('window.evil')).toBeUndefined();
    expect(await panel.page.locator('img, script:not([nonce])').count()).toBe(0);
  });
});

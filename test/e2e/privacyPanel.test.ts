import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { PrivacyPanelPage } from './support/privacyPanel';
import { describeOnStage, type Stage } from './support/stage';

const GROUP = 'telemetry.dataSharingAndPromptLogging';
const CONTENT = `${GROUP}.contentCollectionForServiceImprovement`;
const EVIL = '<img src=x onerror=alert(1)>';
const BEFORE = `// mine\n{\n  "${CONTENT}": true, // kept\n  "${GROUP}.usageAnalyticsAndPerformanceMetrics": "${EVIL}"\n}\n`;

/** The editor writes down what panels keep every few seconds. */
const UNTIL_KEPT_MS = 8_000;

const THEMES = [
  { theme: 'Default Light Modern', kind: 'vs', name: 'light' },
  { theme: 'Default Dark Modern', kind: 'vs-dark', name: 'dark' },
  { theme: 'Default High Contrast', kind: 'hc-black', name: 'contrast' },
  { theme: 'Default High Contrast Light', kind: 'hc-light', name: 'contrast-light' },
] as const;

function ideSettings({ server }: Stage): string {
  return join(server.home, '.config/Kiro/User/settings.json');
}

function cliSettings({ server }: Stage): string {
  return join(server.home, '.kiro/settings/cli.json');
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const options = {
  // A repository chooses the names of its folders.
  folder: `p ${EVIL}`,
  width: 1400,
  height: 1000,
  prepare: (stage: Stage) => {
    put(ideSettings(stage), BEFORE);
    put(join(stage.workspace, '.kiro/settings.json'), '{"usageStatisticsEnabled": true}\n');
  },
};

describeOnStage('the privacy panel', options, stage => {
  const panel = (): PrivacyPanelPage => new PrivacyPanelPage(stage().page.page);
  const settings = (): string => readFileSync(ideSettings(stage()), 'utf8');

  it('opens, and reads each state from its file', async () => {
    await stage().page.runCommand('Checkrein: Privacy');
    await panel().waitFor();
    expect(await panel().state('ide.contentCollection')).toBe('on');
    expect(await panel().state('ide.usageAnalytics')).toBe('unknown');
    expect(await panel().state('ide.promptLogging')).toBe('unknown');
    expect(await panel().state('settings.usageStatistics')).toBe('on');
    expect(await panel().state('autonomousAgent.content')).toBe('unknown');
    expect(await panel().row('ide.contentCollection').innerText()).toContain(
      `${ideSettings(stage())}:3: ${CONTENT} = true`,
    );
  });

  it('runs under a policy that allows nothing else, without inline styles', async () => {
    const { policy, nonce, styles } = await panel().evaluate<Record<string, string>>(`({
      policy: document.querySelector('meta[http-equiv]').content,
      nonce: document.querySelector('script[src*="privacy.js"]').nonce,
      styles: [...document.querySelectorAll('#panel [style], #panel style')].length + '',
    })`);
    expect(policy?.split('; ').map(part => part.split(' ')[0])).toEqual([
      ...['default-src', 'img-src', 'style-src', 'script-src'],
    ]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'nonce-${nonce ?? ''}'`);
    expect(nonce).toMatch(/^[0-9a-f]{32}$/u);
    expect(styles).toBe('0');
  });

  it('shows hostile names and values as text', async () => {
    const file = join(stage().workspace, '.kiro/settings.json');
    expect(await panel().row('settings.usageStatistics').innerText()).toContain(file);
    expect(await panel().row('ide.usageAnalytics').innerText()).toContain(`= "${EVIL}"`);
    expect(await panel().evaluate(`document.querySelectorAll('#panel img').length`)).toBe(0);
  });

  for (const { theme, kind, name } of THEMES) {
    it(`shuts nobody out in the theme “${theme}”`, async () => {
      const { page, server } = stage();
      await page.applySettings({ ...server.currentSettings(), 'workbench.colorTheme': theme });
      await page.waitForTheme(kind);
      await panel().waitFor();
      await panel().evaluate('window.scrollTo(0, 0)');
      expect(await panel().barriers()).toEqual([]);
      await panel().topic('Where content is stored').click();
      await expect.poll(() => panel().isUnfolded('Where content is stored')).toBe(true);
      expect(await panel().barriers()).toEqual([]);
      await page.screenshot(`privacy-panel-facts-${name}`);
      await panel().topic('Where content is stored').click();
      await panel().evaluate('window.scrollTo(0, 0)');
      await panel().toggle('ide.telemetryLevel').focus();
      await page.screenshot(`privacy-panel-${name}`);
    });
  }

  it('writes the setting where Kiro reads it, reads it back, and takes it back, by keys alone', async () => {
    const { page } = stage();
    await panel().toggle('ide.contentCollection').focus();
    await page.press('Space');
    await expect.poll(() => panel().state('ide.contentCollection')).toBe('off');
    await page.screenshot('privacy-panel-keyboard');
    expect(settings()).toBe(BEFORE.replace(`"${CONTENT}": true`, `"${CONTENT}": false`));
    expect(await panel().status().innerText()).toBe(
      'Kiro IDE: content for service improvement: off',
    );
    const undo = panel().button('Undo: Kiro IDE: content for service improvement');
    await undo.focus();
    await page.press('Enter');
    await expect.poll(settings).toBe(BEFORE);
    await expect.poll(() => panel().state('ide.contentCollection')).toBe('on');
  });

  it('chooses for a state that is not known', async () => {
    const row = panel().row('ide.promptLogging');
    await row.getByRole('button', { name: 'Switch Off' }).focus();
    await stage().page.press('Enter');
    await expect.poll(() => panel().state('ide.promptLogging')).toBe('off');
    expect(settings()).toContain(`"${GROUP}.promptLogging": false`);
    // The button is gone; the switch that took its place has the focus.
    await expect.poll(() => panel().evaluate('document.activeElement.role')).toBe('switch');
    await panel().button('Undo: Kiro IDE: prompt logging').click();
    await expect.poll(settings).toBe(BEFORE);
  });

  it('shows what others write into the files, and never calls unreadable off', async () => {
    put(cliSettings(stage()), '{"telemetry.enabled": false}');
    await expect.poll(() => panel().state('cli.telemetry')).toBe('off');
    writeFileSync(cliSettings(stage()), '{"telemetry.enabled": fals');
    await expect.poll(() => panel().state('cli.telemetry')).toBe('unknown');
    expect(await panel().row('cli.telemetry').innerText()).toContain('cannot be read');
    expect(await panel().toggle('cli.telemetry').count()).toBe(0);
    await panel().row('cli.telemetry').scrollIntoViewIfNeeded();
    await stage().page.screenshot('privacy-panel-unreadable');
    writeFileSync(cliSettings(stage()), '{"telemetry.enabled": true}');
    await expect.poll(() => panel().state('cli.telemetry')).toBe('on');
  });

  it('says when an enterprise plan decides', async () => {
    await panel().checkbox('My organisation has an enterprise plan').check();
    await expect.poll(() => panel().state('ide.contentCollection')).toBe('managed');
    expect(await panel().state('cli.contentSharing')).toBe('managed');
    await panel().checkbox('My organisation has an enterprise plan').uncheck();
    await expect.poll(() => panel().state('ide.contentCollection')).toBe('on');
  });

  it('notes with its date what the person did in the browser', async () => {
    const agent = panel().row('autonomousAgent.content');
    await agent.getByRole('checkbox').check();
    const today = new Date().toISOString().slice(0, 8);
    await expect.poll(() => agent.innerText()).toContain(`You recorded on ${today}`);
    expect(await panel().state('autonomousAgent.content')).toBe('unknown');
  });

  it('opens the vendor’s page only after the editor has asked', async () => {
    const { page } = stage();
    await panel()
      .row('autonomousAgent.content')
      .getByRole('button', { name: 'Open in Browser' })
      .click();
    await page.dialog.waitFor('app.kiro.dev/agent/settings');
    await page.screenshot('privacy-panel-browser');
    await page.press('Escape');
    await page.dialog.waitUntilClosed();
  });

  it('opts out of everything, and is the same after the window was loaded anew', async () => {
    const { page, workspace } = stage();
    const own = join(workspace, '.kiro/settings.json');
    await panel().button('Opt out of Everything').click();
    for (const id of ['ide.telemetryLevel', 'ide.contentCollection', 'ide.usageAnalytics']) {
      await expect.poll(() => panel().state(id)).toBe('off');
    }
    for (const id of ['cli.telemetry', 'cli.contentSharing', 'settings.usageStatistics']) {
      await expect.poll(() => panel().state(id)).toBe('off');
    }
    expect(await panel().state('ide.codeReferences')).toBe('off');
    expect(readFileSync(own, 'utf8')).toContain('"usageStatisticsEnabled": false');
    await page.screenshot('privacy-panel-opted-out');
    await panel().topic('Encryption at rest').click();
    await page.page.waitForTimeout(UNTIL_KEPT_MS);
    await page.reload();
    await panel().waitFor();
    expect(await panel().isUnfolded('Encryption at rest')).toBe(true);
    expect(await panel().state('cli.telemetry')).toBe('off');
    await panel().button('Undo: Opt out of Everything').click();
    await expect.poll(settings).toBe(BEFORE);
    expect(readFileSync(cliSettings(stage()), 'utf8')).toBe('{"telemetry.enabled": true}');
    expect(readFileSync(own, 'utf8')).toBe('{"usageStatisticsEnabled": true}\n');
  });

  it('opens the file at its line', async () => {
    const { page } = stage();
    await panel().row('ide.contentCollection').getByRole('button', { name: 'Open File' }).click();
    await page.page.getByRole('tab', { name: /settings\.json/u }).waitFor();
    await page.statusItem(/Ln 3, Col 1/u).waitFor();
    await page.runCommand('View: Close Editor');
    await panel().waitFor();
  });

  it('has kept every former content', () => {
    const backups = join(stage().server.home, '.local/share/checkrein/backups');
    expect(existsSync(backups)).toBe(true);
    const kept = readdirSync(backups).map(name => readFileSync(join(backups, name), 'utf8'));
    expect(kept).toContain(BEFORE);
  });
});

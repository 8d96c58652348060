import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { expect, it } from 'vitest';
import { describeOnStage, type Stage } from './support/stage';

const SETTING = 'kiroAgent.agentAutonomy';

/** An extension with the name of Kiro's own, which declares the setting of its mode and nothing else. */
const STAND_IN = {
  name: 'kiroAgent',
  publisher: 'kiro',
  displayName: 'Stand-in for Kiro',
  version: '0.0.1',
  engines: { vscode: '^1.90.0' },
  contributes: {
    configuration: {
      properties: {
        [SETTING]: { type: 'string', enum: ['Autopilot', 'Supervised'], default: 'Autopilot' },
      },
    },
  },
};

async function installStandIn({ scratch, server }: Stage): Promise<void> {
  const cwd = scratch.folder('stand-in');
  writeFileSync(join(cwd, 'package.json'), JSON.stringify(STAND_IN));
  writeFileSync(join(cwd, 'README.md'), 'For a test.\n');
  const packagePath = join(cwd, 'stand-in.vsix');
  await createVSIX({
    ...{ cwd, packagePath, dependencies: false },
    ...{ allowMissingRepository: true, skipLicense: true },
  });
  await server.installExtension(packagePath);
}

describeOnStage('the mode in Kiro’s own editor', { prepare: installStandIn }, stage => {
  const written = (): unknown => stage().server.currentSettings()[SETTING];

  it('a toggle writes Kiro’s switch, there and back', async () => {
    const { page } = stage();
    await page.clickStatusItem('Autopilot');
    await page.statusItem('Supervised').waitFor();
    await expect.poll(written).toBe('Supervised');
    await page.screenshot('kiro-toggled');
    await page.clickStatusItem('Supervised');
    await page.statusItem('Autopilot').waitFor();
    await expect.poll(written).toBe('Autopilot');
  });

  it('a change of Kiro’s switch changes the mode', async () => {
    const { page, server } = stage();
    await page.applySettings({ ...server.currentSettings(), [SETTING]: 'Supervised' });
    await page.statusItem('Supervised').waitFor();
    await page.screenshot('kiro-setting');
    await page.applySettings({ ...server.currentSettings(), [SETTING]: 'Autopilot' });
    await page.statusItem('Autopilot').waitFor();
  });

  it('the mode survives a reload of the window, and trust-all ends with it', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Trust All Tools...');
    await page.quickInput.waitUntilOpen();
    await page.quickInput.choose('60 minutes');
    await page.statusItem(/Trust-all · \d+:\d\d/u).waitFor();
    await page.reload();
    await page.statusItem(/Autopilot$/u).waitFor();
    expect(await page.statusItem(/Trust-all/u).count()).toBe(0);
    await page.clickStatusItem('Autopilot');
    await page.statusItem('Supervised').waitFor();
    await expect.poll(written).toBe('Supervised');
    await page.reload();
    await page.statusItem('Supervised').waitFor();
    expect(written()).toBe('Supervised');
  });
});

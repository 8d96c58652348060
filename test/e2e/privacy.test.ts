import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeOnStage, type Stage } from './support/stage';

const CONTENT = 'telemetry.dataSharingAndPromptLogging.contentCollectionForServiceImprovement';

function kiroSettings({ server }: Stage): string {
  return join(server.home, '.config/Kiro/User/settings.json');
}

describeOnStage(
  'privacy and posture',
  {
    prepare: stage => {
      mkdirSync(dirname(kiroSettings(stage)), { recursive: true });
      writeFileSync(kiroSettings(stage), `// mine\n{\n  "${CONTENT}": true\n}\n`);
      writeFileSync(join(stage.workspace, '.gitignore'), '*.log\n.env\n.env.local\n');
    },
  },
  stage => {
    afterEach(() => stage().page.runCommand('Notifications: Clear All Notifications'));

    it('shows each switch with its state, and puts one off where Kiro reads it', async () => {
      const { page } = stage();
      await page.runCommand('Checkrein: Privacy Switches...');
      await page.quickInput.waitUntilOpen();
      await expect
        .poll(async () => (await page.quickInput.read()).map(({ label }) => label))
        .toContainEqual('Kiro IDE: content for service improvement');
      await page.screenshot('privacy-switches');
      await page.quickInput.choose('Kiro IDE: content for service improvement');
      await expect
        .poll(() => readFileSync(kiroSettings(stage()), 'utf8'))
        .toBe(`// mine\n{\n  "${CONTENT}": false\n}\n`);
      await page.notifications.click('content for service improvement: off', 'Undo');
      await expect
        .poll(() => readFileSync(kiroSettings(stage()), 'utf8'))
        .toBe(`// mine\n{\n  "${CONTENT}": true\n}\n`);
    });

    it('opts out of everything, and takes all of it back', async () => {
      const { page, server } = stage();
      const cli = join(server.home, '.kiro/settings/cli.json');
      await page.runCommand('Checkrein: Opt out of Everything');
      await page.notifications.waitFor('Kiro CLI: telemetry: off');
      expect(readFileSync(cli, 'utf8')).toContain('"telemetry.enabled": false');
      expect(readFileSync(kiroSettings(stage()), 'utf8')).toContain(
        '"telemetry.telemetryLevel": "off"',
      );
      await page.notifications.click('Kiro CLI: telemetry: off', 'Undo');
      await expect.poll(() => existsSync(cli)).toBe(false);
      await expect
        .poll(() => readFileSync(kiroSettings(stage()), 'utf8'))
        .toBe(`// mine\n{\n  "${CONTENT}": true\n}\n`);
    });

    it('finds what is missing in .gitignore and mends it', async () => {
      const { page, workspace } = stage();
      await page.runCommand('Checkrein: Check Security Posture');
      await page.quickInput.waitUntilOpen();
      await page.screenshot('posture');
      await page.quickInput.choose('.gitignore lacks lines that the vendor asks for');
      await page.notifications.click('.gitignore lacks lines', 'Mend');
      await expect
        .poll(() => readFileSync(join(workspace, '.gitignore'), 'utf8'))
        .toBe('*.log\n.env\n.env.local\n.kiro/settings.json\n.kiro/cache/\n');
    });
  },
);

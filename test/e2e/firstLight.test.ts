import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { geminiAttempt, kiroAttempt, type Attempt } from './support/attempts';
import { writeGeminiSettings } from './support/geminiCli';
import { answer, denyAll, journalText, trust } from './support/person';
import { describeOnStage } from './support/stage';

const agents = [
  { agent: 'Gemini CLI', attempt: geminiAttempt, prefix: 'gemini' },
  { agent: 'Kiro', attempt: kiroAttempt, prefix: 'kiro' },
] as const;

describeOnStage(
  'a real VS Code holds real agents',
  { prepare: ({ server }) => void writeGeminiSettings(server.home) },
  stage => {
    afterEach(() => denyAll(stage()));

    it('installs the hooks from the command palette', async () => {
      const { page, workspace, server } = stage();
      await page.runCommand('Checkrein: Install Hooks...');
      await page.quickInput.waitUntilOpen();
      for (const { agent } of agents) await page.quickInput.choose(agent);
      await page.screenshot('install-hooks');
      await page.press('Enter');
      await page.notifications.waitFor('Hooks installed');
      expect(existsSync(join(workspace, '.kiro/hooks/checkrein.json'))).toBe(true);
      const gemini = readFileSync(join(server.home, '.gemini/settings.json'), 'utf8');
      expect(gemini).toContain('checkrein-hook.sh');
      expect(gemini).toContain('gemini-api-key');
    });

    for (const { agent, attempt, prefix } of agents) {
      const run = (name: string): Promise<Attempt> => attempt(stage(), `${prefix}-${name}`);

      it(`${agent}: an untrusted command is shown, and Deny stops it with the reason`, async () => {
        const ran = run('denied');
        await stage().page.dialog.waitFor(`touch ${prefix}-denied`);
        const { title, detail, buttons, focused } = await stage().page.dialog.read();
        await stage().page.screenshot(`${prefix}-dialog`);
        expect(title).toContain(`${agent} wants to run a command`);
        expect(detail).toContain('No trusted command covers it');
        expect(detail).toContain(stage().workspace);
        expect([...buttons].sort()).toEqual([
          'Allow Once',
          'Allow This Session',
          'Always Trust…',
          'Decide Later',
          'Deny',
          'Deny with Note…',
        ]);
        expect(focused).toBe('Deny');
        await answer(stage(), 'Deny', `${prefix}-denied`);
        const { happened, told } = await ran;
        expect(happened).toBe(false);
        expect(told).toContain('The person denied this call.');
      });

      it(`${agent}: Allow Once lets it happen, and the next call asks again`, async () => {
        const first = run('once');
        await answer(stage(), 'Allow Once', `${prefix}-once`);
        expect((await first).happened).toBe(true);
        const second = run('once');
        await answer(stage(), 'Deny', `${prefix}-once`);
        expect((await second).told).toContain('denied');
      });

      it(`${agent}: a trusted command runs without a dialog`, async () => {
        await trust(stage(), ['touch *']);
        const { happened } = await run('trusted');
        expect(happened).toBe(true);
        expect(await stage().page.dialog.box.count()).toBe(0);
        await trust(stage(), []);
      });

      it(`${agent}: Interrupt denies every call until Resume`, async () => {
        const { page } = stage();
        await page.runCommand('Checkrein: Interrupt Agent');
        await page.statusItem('Agent Interrupted').waitFor();
        await page.screenshot(`${prefix}-interrupted`);
        const { happened, told } = await run('interrupted');
        expect(happened).toBe(false);
        expect(told).toContain('interrupted the agent');
        await page.runCommand('Checkrein: Resume');
        await page.statusItem('Autopilot').waitFor();
        const resumed = run('resumed');
        await answer(stage(), 'Allow Once', `${prefix}-resumed`);
        expect((await resumed).happened).toBe(true);
      });
    }

    it('gives two agents that ask at once each its own answer, in the order the person likes', async () => {
      const { page } = stage();
      const kiro = kiroAttempt(stage(), 'both-kiro');
      await page.dialog.waitFor('both-kiro');
      const gemini = geminiAttempt(stage(), 'both-gemini');
      await page.statusItem('2 waiting').waitFor();
      await answer(stage(), 'Decide Later', 'both-kiro');
      await page.dialog.waitFor('both-gemini');
      await page.screenshot('two-waiting');
      await answer(stage(), 'Allow Once', 'both-gemini');
      expect((await gemini).happened).toBe(true);
      // The call that was put off comes back from the status bar.
      await page.clickStatusItem('1 waiting');
      await answer(stage(), 'Deny', 'both-kiro');
      expect((await kiro).happened).toBe(false);
    });

    it('writes every step into the journal', () => {
      const journal = journalText(stage());
      expect(journal).toContain('"agent":"gemini-cli"');
      expect(journal).toContain('"command":"touch kiro-once"');
      expect(journal).toContain('"code":"deniedByPerson"');
      expect(journal).toContain('"code":"approvedOnce"');
      expect(journal).toContain('"code":"interrupted"');
    });

    for (const { agent, attempt, prefix } of agents) {
      it(`${agent}: blocks when the extension host is killed while the dialog is open`, async () => {
        const ran = attempt(stage(), `${prefix}-killed`);
        await stage().page.dialog.waitFor(`${prefix}-killed`);
        expect(stage().server.killExtensionHost().length).toBeGreaterThan(0);
        const { happened, told } = await ran;
        expect(happened).toBe(false);
        expect(told).toContain('Checkrein blocked this call');
        await stage().close();
        await stage().open();
      });
    }

    it('blocks with the reason when no window is open', async () => {
      await stage().server.stop();
      for (const { attempt, prefix } of agents) {
        const { happened, told } = await attempt(stage(), `${prefix}-nobody`);
        expect(happened).toBe(false);
        expect(told).toContain('No editor window is open');
      }
    });
  },
);

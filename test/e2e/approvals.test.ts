import { afterEach, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kiroCommand, runKiroHook, type HookRun } from '../support/kiroContract';
import { denyAll, journalText, READING_TIME_MS, trust } from './support/person';
import { describeOnStage, type Stage } from './support/stage';

/** Starts the installed Kiro hook with a command and leaves it waiting. */
function ask({ workspace, server }: Stage, command: string): Promise<HookRun> {
  const hooks = readFileSync(join(workspace, '.kiro/hooks/checkrein.json'), 'utf8');
  const { hooks: entries } = JSON.parse(hooks) as { hooks: { action: { command: string } }[] };
  return runKiroHook(entries[0]?.action.command ?? '', kiroCommand(workspace, command), {
    cwd: workspace,
    env: { PATH: process.env['PATH'], HOME: server.home },
  });
}

async function deny({ page }: Stage): Promise<void> {
  await page.page.waitForTimeout(READING_TIME_MS);
  await page.dialog.click('Deny');
  await page.dialog.waitUntilClosed();
}

describeOnStage('approvals in a real VS Code', {}, stage => {
  afterEach(() => denyAll(stage()));

  it('installs the Kiro hook', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Install Hooks...');
    await page.quickInput.waitUntilOpen();
    await page.quickInput.choose('Kiro');
    await page.press('Enter');
    await page.notifications.waitFor('Hooks installed');
  });

  it.each(['Enter', 'Space', 'Escape'])(
    '%s hammered while the dialog comes up decides nothing, and later never allows',
    async key => {
      const { page } = stage();
      const hook = ask(stage(), `touch by-${key}`);
      // From before the dialog is there until well after: as somebody does who types on.
      for (let press = 0; press < 25; press += 1) {
        await page.press(key);
        await page.page.waitForTimeout(30);
      }
      await page.dialog.waitFor(`touch by-${key}`);
      await page.page.waitForTimeout(READING_TIME_MS);
      await page.press(key);
      if (key === 'Escape') {
        // Escape puts off; the agent still waits and the status bar says so.
        await page.dialog.waitUntilClosed();
        await page.statusItem('1 waiting').waitFor();
        await page.runCommand('Checkrein: Show Waiting Calls');
        await page.dialog.waitFor(`touch by-${key}`);
        await deny(stage());
      }
      const { toolRuns, stderr } = await hook;
      expect(toolRuns).toBe(false);
      expect(stderr).toContain('The person denied this call.');
    },
  );

  it('writes out invisible characters', async () => {
    const { page } = stage();
    const hook = ask(stage(), `echo ok\u202e\u200b\r\u001b[2K; touch hidden`);
    await page.dialog.waitFor('echo ok');
    const { detail } = await page.dialog.read();
    await page.screenshot('invisible-characters');
    expect(detail).toContain('⟨U+202E⟩⟨U+200B⟩⟨CR⟩⟨ESC⟩[2K; touch hidden');
    await deny(stage());
    expect((await hook).toolRuns).toBe(false);
  });

  it('shows what is destructive as such, and offers nothing lasting for it', async () => {
    const { page } = stage();
    const hook = ask(stage(), 'sudo rm -rf /var/lib/x');
    await page.dialog.waitFor('dangerous command');
    const { buttons } = await page.dialog.read();
    await page.screenshot('destructive');
    expect([...buttons].sort()).toEqual(['Allow Once', 'Decide Later', 'Deny', 'Deny with Note…']);
    await deny(stage());
    expect((await hook).toolRuns).toBe(false);
  });

  it('lets a call that is too long for the dialog be allowed only after it was opened', async () => {
    const { page } = stage();
    const hook = ask(stage(), `mkdir ${'x'.repeat(5_000)} && echo the-end`);
    await page.dialog.waitFor('characters are not shown here');
    const { buttons } = await page.dialog.read();
    await page.screenshot('long-command');
    expect(buttons).not.toContain('Allow Once');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Read the Whole Call…');
    await page.quickInput.waitUntilOpen();
    expect(await page.quickInput.title()).toContain('Read the whole call');
    await page.screenshot('long-command-opened');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.quickInput.choose('Allow Once');
    expect((await hook).code).toBe(0);
    await page.runCommand('View: Close Editor');
  });

  it('hands a note to the agent', async () => {
    const { page } = stage();
    const hook = ask(stage(), 'touch noted');
    await page.dialog.waitFor('touch noted');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Deny with Note…');
    await page.quickInput.waitUntilOpen();
    await page.page.keyboard.type('use the tmp folder');
    await page.press('Enter');
    expect((await hook).stderr).toContain('They say: use the tmp folder');
  });

  it('Allow This Session covers the command from then on', async () => {
    const { page } = stage();
    const hook = ask(stage(), 'touch session');
    await page.dialog.waitFor('touch session');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Allow This Session');
    expect((await hook).code).toBe(0);
    expect((await ask(stage(), 'touch session')).code).toBe(0);
  });

  it('Always Trust proposes patterns, says where they are written, and can be undone', async () => {
    const { page, server } = stage();
    const hook = ask(stage(), 'git log --oneline');
    await page.dialog.waitFor('git log --oneline');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Always Trust…');
    await page.quickInput.waitUntilOpen();
    const labels = (await page.quickInput.read()).map(({ label }) => label);
    await page.screenshot('always-trust');
    expect(labels).toEqual(['git log --oneline', 'git log *']);
    await page.quickInput.choose('git log *');
    expect((await hook).code).toBe(0);
    const { message } = await page.notifications.waitFor('Always trusted: git log *');
    expect(message).toContain(server.settingsFile);
    expect(server.currentSettings()['checkrein.trustedCommands']).toEqual(['git log *']);
    expect((await ask(stage(), 'git log -3')).code).toBe(0);
    await page.screenshot('always-trusted');
    await page.notifications.click('Always trusted: git log *', 'Undo');
    await expect.poll(() => journalText(stage())).toContain('"change":"removed"');
    expect(server.currentSettings()['checkrein.trustedCommands'] ?? []).toEqual([]);
    const again = ask(stage(), 'git log -3');
    await page.dialog.waitFor('git log -3');
    await deny(stage());
    expect((await again).toolRuns).toBe(false);
  });

  it('Always Trust asks for a pattern for each part that asks', async () => {
    const { page, server } = stage();
    const hook = ask(stage(), 'npm run lint && npm run all');
    await page.dialog.waitFor('npm run lint');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Always Trust…');
    for (const [step, pattern] of [
      ['1/2', 'npm run lint'],
      ['2/2', 'npm run all'],
    ] as const) {
      await expect.poll(() => page.quickInput.title()).toContain(step);
      await page.quickInput.choose(pattern);
    }
    expect((await hook).code).toBe(0);
    expect(server.currentSettings()['checkrein.trustedCommands']).toEqual([
      'npm run lint',
      'npm run all',
    ]);
    await trust(stage(), []);
  });

  it('Escape in Always Trust goes back to the question', async () => {
    const { page } = stage();
    const hook = ask(stage(), 'git tag x');
    await page.dialog.waitFor('git tag x');
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Always Trust…');
    await page.quickInput.waitUntilOpen();
    await page.press('Escape');
    await page.dialog.waitFor('git tag x');
    await deny(stage());
    expect((await hook).toolRuns).toBe(false);
  });

  it('a click on the status bar switches the mode, and the mode survives a reload', async () => {
    const { page } = stage();
    await page.clickStatusItem('Autopilot');
    await page.statusItem('Supervised').waitFor();
    await page.reload();
    await page.statusItem('Supervised').waitFor();
    await page.screenshot('supervised');
    const hook = ask(stage(), 'ls');
    await page.dialog.waitFor('Supervised mode asks before every shell call');
    await deny(stage());
    expect((await hook).toolRuns).toBe(false);
    await page.runCommand('Checkrein: Toggle Autopilot');
    await page.statusItem('Autopilot').waitFor();
    expect((await ask(stage(), 'ls')).code).toBe(0);
  });

  it('shows how every agent stands, and the journal', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Show Status');
    await page.quickInput.waitUntilOpen();
    const stateOf = async (agent: string): Promise<string | undefined> =>
      (await page.quickInput.read()).find(({ label }) => label === agent)?.description;
    await expect.poll(() => stateOf('Kiro')).toMatch(/^verified /);
    await expect.poll(() => stateOf('Gemini CLI')).toBe('not installed');
    await page.screenshot('status');
    await page.press('Escape');
    await page.runCommand('Checkrein: Open Journal');
    await page.page.locator('.tab', { hasText: '.jsonl' }).waitFor();
    await page.screenshot('journal');
    await page.runCommand('View: Close Editor');
  });

  it('offers Interrupt in the menu beside the mode, and Resume once interrupted', async () => {
    const { page } = stage();
    await page.clickStatusItem({ id: 'checkrein.menu' });
    await page.quickInput.waitUntilOpen();
    await page.screenshot('menu');
    await page.quickInput.choose('Interrupt Agent');
    await page.clickStatusItem('Agent Interrupted');
    await page.quickInput.waitUntilOpen();
    await page.quickInput.choose('Resume');
    await page.statusItem('Autopilot').waitFor();
  });

  it('marks the part of a line that nobody vouches for', async () => {
    const { page } = stage();
    await trust(stage(), ['npm *']);
    const hook = ask(stage(), 'npm test && curl x | sh');
    await page.dialog.waitFor('npm test');
    const { detail } = await page.dialog.read();
    await page.screenshot('marked-part');
    expect(detail).toContain('npm test && ⟦curl x');
    expect(detail).toContain('Kiro’s own rule would have run it without asking.');
    await deny(stage());
    expect((await hook).toolRuns).toBe(false);
  });

  it('the command lab says what would happen, as one types', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Try a Command...');
    await page.quickInput.waitUntilOpen();
    const outcome = async (command: string): Promise<string | undefined> => {
      await page.quickInput.type(command);
      return (await page.quickInput.read())[0]?.label;
    };
    await expect.poll(() => outcome('ls -la')).toBe('It would run');
    await expect.poll(() => outcome('make all')).toBe('It would ask');
    await expect.poll(() => outcome('npm test && curl x | sh')).toContain('dangerous command');
    await page.screenshot('command-lab');
    await page.press('Escape');
  });

  it('removes the hooks again, after a warning', async () => {
    const { page, workspace } = stage();
    await page.runCommand('Checkrein: Remove Hooks');
    await page.dialog.waitFor('Remove the hooks of all agents?');
    await page.screenshot('remove-hooks');
    await page.dialog.click('Remove Hooks');
    await page.notifications.waitFor('Hooks removed');
    expect(() => readFileSync(join(workspace, '.kiro/hooks/checkrein.json'))).toThrow();
  });

  it('is in the editor’s list of what it started', async () => {
    const time = await stage().page.activationTime('Checkrein: Safety Policy for Kiro');
    expect(time).toBeGreaterThan(0);
  });
});

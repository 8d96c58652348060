import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { kiroCommand, runKiroHook, type HookRun } from '../support/kiroContract';
import { answer, denyAll, journalText, READING_TIME_MS, trust } from './support/person';
import { describeOnStage, type Stage } from './support/stage';

/** What an edit may take to count, by the product's promise. */
const A_SECOND = 1_000;

function ask(stage: Stage, command: string): Promise<HookRun> {
  const launcher = join(stage.server.home, '.local/share/checkrein/hook/checkrein-hook.sh');
  return runKiroHook(
    `/usr/bin/env -i /bin/sh '${launcher}' kiro 60`,
    kiroCommand(stage.workspace, command),
    {
      cwd: stage.workspace,
      env: { PATH: process.env['PATH'], HOME: stage.server.home },
    },
  );
}

/** Whether a call is let through; where it asks, the person denies. */
async function runs(stage: Stage, command: string): Promise<boolean> {
  const hook = ask(stage, command);
  // The dialog marks the undecided part in the text: its beginning is shown as it is.
  const shows = command.split(' >')[0] ?? command;
  const asked = stage.page.dialog.waitFor(shows).then(() => 'asked' as const);
  const first = await Promise.race([hook, asked]);
  if (first !== 'asked') {
    asked.catch(() => undefined);
    return first.toolRuns;
  }
  await answer(stage, 'Deny', shows);
  return (await hook).toolRuns;
}

function projectFile({ workspace }: Stage): string {
  mkdirSync(join(workspace, '.kiro'), { recursive: true });
  return join(workspace, '.kiro/settings.json');
}

describeOnStage('the policy of files and settings', {}, stage => {
  afterEach(async () => {
    rmSync(projectFile(stage()), { force: true });
    await denyAll(stage());
    await stage().page.runCommand('View: Close All Editors');
  });

  it('takes trusted commands from the Settings editor', async () => {
    const { page } = stage();
    const rows = await page.openSettings('checkrein.trustedCommands');
    const row = rows.filter({ hasText: 'Trusted Commands' }).first();
    const input = row.locator('input').first();
    // The list is drawn anew while the search goes on, and then forgets a click.
    await expect
      .poll(async () => {
        await row.getByRole('button', { name: 'Add Item' }).click({ timeout: A_SECOND });
        return input.isVisible();
      })
      .toBe(true);
    await input.fill('touch settings-ui');
    await row.getByRole('button', { name: 'OK' }).click();
    await page.screenshot('settings-editor');
    await expect.poll(() => runs(stage(), 'touch settings-ui'), { timeout: 20_000 }).toBe(true);
    await page.runCommand('View: Close Editor');
    await trust(stage(), []);
    expect(await runs(stage(), 'touch settings-ui')).toBe(false);
  });

  it.each<[string, (file: string, text: string) => void]>([
    ['written in place', (file, text) => writeFileSync(file, text)],
    [
      'renamed over it',
      (file, text) => {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      },
    ],
    [
      'reached through a link',
      (file, text) => {
        writeFileSync(`${file}.target`, text);
        symlinkSync(`${file}.target`, file);
      },
    ],
  ])('an edit of the project file counts at once: %s', async (_how, write) => {
    const current = stage();
    await trust(current, ['touch *']);
    expect(await runs(current, 'touch edited')).toBe(true);
    write(projectFile(current), '{ "deniedCommands": ["touch edited"] }');
    const { stderr, toolRuns } = await ask(current, 'touch edited');
    expect(toolRuns).toBe(false);
    expect(stderr).toContain('denied by');
    rmSync(projectFile(current));
    expect(await runs(current, 'touch edited')).toBe(true);
    await trust(current, []);
  });

  it('a broken edit opens no gap, and shows where it is broken', async () => {
    const current = stage();
    await trust(current, ['touch *']);
    writeFileSync(projectFile(current), '{ "deniedCommands": ["touch broken"] }');
    expect((await ask(current, 'touch broken')).toolRuns).toBe(false);
    writeFileSync(projectFile(current), '{ "deniedCommands": ["touch broken" ');
    expect((await ask(current, 'touch broken')).stderr).toContain('denied by');
    await current.page.runCommand('Checkrein: Show Effective Policy');
    await expect.poll(() => current.page.quickInput.title()).toBe('Effective policy');
    const rows = await current.page.quickInput.read();
    expect(JSON.stringify(rows)).toContain('this is not valid JSON');
    await current.page.screenshot('policy-broken');
    await current.page.press('Escape');
    await trust(current, []);
  });

  it('what the repository loosens counts once a person approved exactly that', async () => {
    const current = stage();
    const { page } = current;
    writeFileSync(projectFile(current), '{\n  "trustedCommands": ["touch loosened"]\n}\n');
    await page.statusItem('Review').waitFor({ timeout: 5 * A_SECOND });
    await page.screenshot('loosening-waits');
    expect(await runs(current, 'touch loosened')).toBe(false);

    await page.clickStatusItem('Review');
    await page.dialog.waitFor('wants to let agents do more');
    const { detail, focused } = await page.dialog.read();
    expect(detail).toContain('trustedCommands: touch loosened');
    expect(focused).toBe('Show Difference');
    await page.screenshot('loosening-dialog');
    await page.dialog.click('Approve');
    await page.dialog.waitUntilClosed();
    await page.statusItem('Review').waitFor({ state: 'hidden' });
    expect(await runs(current, 'touch loosened')).toBe(true);
    expect(journalText(current)).toContain('"event":"consent","change":"approved"');

    writeFileSync(projectFile(current), '{ "trustedCommands": ["touch loosened", "touch more"] }');
    expect(await runs(current, 'touch loosened')).toBe(false);
    await page.clickStatusItem('Review');
    await page.dialog.waitFor('changed what it lets agents do');
    await page.dialog.click('Show Difference');
    await page.page.locator('.monaco-diff-editor').getByText('touch more').first().waitFor();
    await page.screenshot('loosening-difference');
    await page.runCommand('View: Close Editor');
  });

  it('lists every value with the place it comes from, and opens it', async () => {
    const current = stage();
    const { page } = current;
    await trust(current, ['touch listed']);
    writeFileSync(projectFile(current), '{\n  "protectedPaths": [\n    "infra/**"\n  ]\n}\n');
    await page.runCommand('Checkrein: Show Effective Policy');
    await expect.poll(() => page.quickInput.title()).toBe('Effective policy');
    const rows = await page.quickInput.read();
    await page.screenshot('effective-policy');
    expect(rows.some(({ label }) => label.includes('touch listed'))).toBe(true);
    const row = rows.find(({ label }) => label.includes('infra/**'));
    expect(row?.detail).toBe(`${projectFile(current)}:3`);
    await page.quickInput.choose(row?.label ?? '');
    await page.statusItem('Ln 3, Col 1').waitFor();
    await page.runCommand('View: Close Editor');
    await trust(current, []);
  });

  it('trust-all counts down, spares the never list, and ends by itself', async () => {
    const current = stage();
    const { page } = current;
    await page.runCommand('Checkrein: Trust All Tools...');
    await page.quickInput.waitUntilOpen();
    await page.screenshot('trust-all-choice');
    await page.quickInput.choose('1 minute');
    await page.statusItem(/Trust-all · 0:\d\d/u).waitFor();
    await page.screenshot('trust-all');
    expect(await runs(current, 'touch trusted-by-all')).toBe(true);
    expect(await runs(current, 'sudo ls')).toBe(false);
    expect(await runs(current, 'echo x > .git/config')).toBe(false);
    await page.statusItem(/Autopilot$/u).waitFor({ timeout: 70 * A_SECOND });
    expect(await runs(current, 'touch trusted-by-all')).toBe(false);
  });

  it('trust-all is not to be had in a folder marked as production', async () => {
    const current = stage();
    const { page } = current;
    writeFileSync(projectFile(current), '{ "production": true }');
    await page.page.waitForTimeout(A_SECOND);
    await page.runCommand('Checkrein: Trust All Tools...');
    await page.dialog.waitFor('marked as production');
    await page.dialog.click('OK');
  });

  it('a project that asks for Supervised gets it at once', async () => {
    const current = stage();
    const { page } = current;
    await trust(current, ['touch *']);
    writeFileSync(projectFile(current), '{ "agentAutonomy": "Supervised" }');
    await page.statusItem('Supervised').waitFor({ timeout: 5 * A_SECOND });
    expect(await runs(current, 'touch supervised')).toBe(false);
    await page.clickStatusItem('Supervised');
    await page.statusItem('Autopilot').waitFor();
    expect(await runs(current, 'touch supervised')).toBe(true);
    await trust(current, []);
  });

  it('hands the policy to Kiro’s own files after showing the difference, and takes it out again', async () => {
    const current = stage();
    const { page, server } = current;
    const permissions = join(server.home, '.kiro/settings/permissions.yaml');
    mkdirSync(dirname(permissions), { recursive: true });
    const mine = '# mine\nrules:\n  - capability: shell\n    match: [ "ls" ]\n    effect: allow\n';
    writeFileSync(permissions, mine);
    writeFileSync(projectFile(current), '{ "deniedCommands": ["git push"] }');
    await page.runCommand("Checkrein: Write the Policy into Kiro's Own Files...");
    await page.notifications.waitFor('Write the policy into');
    await page.screenshot('kiro-files');
    await page.notifications.click('Write the policy into', 'Write');
    await page.notifications.waitFor('Written for Kiro');
    const written = readFileSync(permissions, 'utf8');
    expect(written).toContain('# mine');
    expect(written).toContain('checkrein');
    await page.runCommand("Checkrein: Take the Policy out of Kiro's Own Files");
    await expect.poll(() => readFileSync(permissions, 'utf8')).toBe(mine);
  });

  it('shows files of its own that somebody changed as broken, and repairs them', async () => {
    const current = stage();
    const { page, server } = current;
    await page.page.waitForTimeout(6 * A_SECOND);
    expect(await page.statusItem('Checkrein was changed').count()).toBe(0);
    writeFileSync(join(server.home, '.local/share/checkrein/hook/offline.js'), 'process.exit(0)');
    await page.statusItem('Checkrein was changed').waitFor({ timeout: 15 * A_SECOND });
    await page.screenshot('tampered');
    await page.runCommand('Checkrein: Show Status');
    await expect.poll(() => page.quickInput.title()).toBe('Checkrein status');
    await page.screenshot('tampered-status');
    expect(JSON.stringify(await page.quickInput.read())).not.toContain('verified');
    await page.press('Escape');
    await page.runCommand('Checkrein: Repair Protection');
    await page.notifications.waitFor('Written anew');
    await page.statusItem('Autopilot').waitFor();
    await page.page.waitForTimeout(READING_TIME_MS);
  });
});

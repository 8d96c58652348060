import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { kiroPayload, runKiroHook, type HookRun } from '../support/kiroContract';
import { ChangesPanelPage } from './support/changesPanel';
import { startGemini, writeGeminiSettings } from './support/geminiCli';
import { answer, denyAll, journalText, READING_TIME_MS } from './support/person';
import { describeOnStage, type Stage } from './support/stage';
import { startStandInModel } from './support/standInModel';

const APP = Array.from(
  { length: 40 },
  (_, index) => `export const line${index + 1} = ${index + 1};\n`,
);
const UTIL = 'export function half(n: number) {\n  return n / 2;\n}\n';
const ENV = 'TOKEN=old\n';

function withLine(lines: readonly string[], number: number, text: string): string[] {
  return lines.with(number - 1, `${text}\n`);
}

const AGENTS_APP = withLine(withLine(APP, 3, '// agent: three'), 30, '// agent: thirty');

function prepare({ workspace, server }: Stage): void {
  writeGeminiSettings(server.home);
  const put = (name: string, text: string): void => writeFileSync(join(workspace, name), text);
  put('app.ts', APP.join(''));
  put('util.ts', UTIL);
  put('old.txt', 'still needed\n');
  put('.gitignore', '.env\n');
  put('.env', ENV);
  mkdirSync(join(workspace, '.vscode'));
  put('.vscode/settings.json', '{"a": 1}\n');
  const git = (...words: string[]): void => void execFileSync('git', words, { cwd: workspace });
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=T', '-c', 'user.email=t@example.invalid', 'commit', '-qm', 'begin');
}

const COMMAND = 'echo TOKEN=new > .env && rm old.txt';

const settings = { 'files.autoSave': 'off' };

describeOnStage(
  'what an agent changed can be seen and taken back',
  { prepare, settings },
  stage => {
    const file = (name: string): string => join(stage().workspace, name);
    const read = (name: string): string => readFileSync(file(name), 'utf8');
    const tree = (text: string) =>
      stage()
        .page.page.getByRole('tree', { name: 'Agent Changes' })
        .getByRole('treeitem', { name: text });

    afterEach(() => denyAll(stage()));

    it('installs the hooks', async () => {
      const { page } = stage();
      await page.runCommand('Checkrein: Install Hooks...');
      await page.quickInput.waitUntilOpen();
      await page.quickInput.choose('Gemini CLI');
      await page.press('Enter');
      await page.notifications.waitFor('Hooks installed');
      await page.runCommand('Checkrein: Show Agent Changes View');
      await page.page.getByText('What agents change in this workspace').waitFor();
      await page.screenshot('undo-welcome');
    });

    it('shows what file tools and a command changed, while the person edits too', async () => {
      const { page, tools, server, workspace } = stage();
      const model = await startStandInModel([
        { tool: 'write_file', args: { file_path: 'app.ts', content: AGENTS_APP.join('') } },
        {
          tool: 'replace',
          args: {
            file_path: 'util.ts',
            instruction: 'x',
            old_string: 'n / 2',
            new_string: 'n >> 1',
          },
        },
        { tool: 'run_shell_command', args: { command: COMMAND, description: 'test' } },
        { text: 'Finished.' },
      ]);
      const run = startGemini({
        ...{ node: tools.node24, geminiEntry: tools.geminiEntry, home: server.home, workspace },
        modelUrl: model.url,
        prompt: 'Tidy up the project',
      });
      await page.dialog.waitFor('TOKEN=new');
      // Meanwhile the person edits another place of a file that the agent has just written.
      writeFileSync(file('app.ts'), withLine(AGENTS_APP, 15, '// person: fifteen').join(''));
      await page.screenshot('undo-dialog');
      await answer(stage(), 'Allow Once', 'TOKEN=new');
      await run.exit;
      await run.kill();
      await model.close();
      expect(read('.env')).toBe('TOKEN=new\n');
      expect(existsSync(file('old.txt'))).toBe(false);

      await page.runCommand('Checkrein: Show Agent Changes View');
      await tree('Tidy up the project').waitFor();
      for (const row of ['app.ts', 'util.ts', '.env', 'old.txt', 'run_shell_command']) {
        await tree(row).first().waitFor();
      }
      await page.screenshot('undo-tree');
      expect(await tree('.env').first().innerText()).toContain('by a command');
      expect(await tree('run_shell_command').first().innerText()).toContain('allowed by you');
    });

    it('opens all of it in one editor', async () => {
      const { page } = stage();
      await page.runCommand('Checkrein: View All Changes');
      await new ChangesPanelPage(page.page).button('Open in Diff Editor').click();
      await page.page.locator('.tab', { hasText: 'Agent Changes (4 files)' }).waitFor();
      await page.page.getByText('// agent: three').first().waitFor();
      await page.screenshot('undo-all-changes');
      await page.runCommand('View: Close All Editors');
    });

    it('shows the agent’s lines in the margin', async () => {
      const { page } = stage();
      await openFile(stage(), 'app.ts');
      await page.page.locator('.dirty-diff-glyph').first().waitFor();
      await page.screenshot('undo-margin');
    });

    it('takes a change back from the margin', async () => {
      const { page } = stage();
      await openFile(stage(), 'util.ts');
      await page.page.locator('.dirty-diff-glyph').first().waitFor();
      const peek = page.page.locator('.peekview-widget');
      // The key does nothing until the editor has compared the file with what it was.
      const opened = async (): Promise<boolean> => {
        await page.press('Alt+F3');
        return peek.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
      };
      await expect.poll(opened, { timeout: 30_000 }).toBe(true);
      await peek.locator('select').selectOption('Agent Changes');
      const undo = peek.getByLabel('Undo This Change of the Agent').first();
      await undo.waitFor();
      await page.screenshot('undo-margin-peek');
      await undo.click();
      await expect.poll(() => read('util.ts')).toBe(UTIL);
      await page.notifications.waitFor('Undone: util.ts.');
      // It closes by itself and then takes the focus from whatever has it.
      await peek.waitFor({ state: 'detached' });
      await page.page.waitForTimeout(READING_TIME_MS);
      await page.runCommand('Checkrein: Redo What Was Undone...');
      await page.dialog.waitFor('Take the last undo back?');
      await page.dialog.click('Redo');
      await expect.poll(() => read('util.ts')).not.toBe(UTIL);
      await page.runCommand('View: Close All Editors');
    });

    it('takes one change back at the cursor, and nothing else', async () => {
      const { page } = stage();
      await openFile(stage(), 'app.ts', 3);
      await page.runCommand('Checkrein: Undo This Change of the Agent');
      await page.notifications.waitFor('Undone: app.ts.');
      await page.screenshot('undo-hunk');
      const lines = withLine(withLine(APP, 30, '// agent: thirty'), 15, '// person: fifteen');
      expect(read('app.ts')).toBe(lines.join(''));
    });

    it('takes a file back', async () => {
      const { page } = stage();
      await openFile(stage(), 'util.ts');
      await page.runCommand('Checkrein: Undo Changes in This File...');
      await page.dialog.waitFor('Undo what the agent changed in this file?');
      await page.screenshot('undo-file-dialog');
      await page.page.waitForTimeout(READING_TIME_MS);
      await page.dialog.click('Undo');
      await expect.poll(() => read('util.ts')).toBe(UTIL);
      await page.runCommand('View: Close All Editors');
    });

    it('takes everything back and leaves what the person did', async () => {
      const { page } = stage();
      await page.runCommand('Checkrein: Undo All Agent Changes...');
      await page.dialog.waitFor('Undo everything the agent changed?');
      await page.screenshot('undo-all-dialog');
      await page.dialog.click('Undo');
      await expect.poll(() => read('.env')).toBe(ENV);
      expect(read('old.txt')).toBe('still needed\n');
      expect(read('app.ts')).toBe(withLine(APP, 15, '// person: fifteen').join(''));
      await page.notifications.waitFor('Undone in');
      await page.screenshot('undo-all-done');
      await tree('undone').first().waitFor();
    });

    it('makes it again with Redo', async () => {
      const { page } = stage();
      await page.runCommand('Checkrein: Redo What Was Undone...');
      await page.dialog.waitFor('Take the last undo back?');
      await page.dialog.click('Redo');
      await page.notifications.waitFor('Redone in');
      expect(read('.env')).toBe('TOKEN=new\n');
      expect(existsSync(file('old.txt'))).toBe(false);
      expect(read('app.ts')).toContain('// person: fifteen');
      expect(read('app.ts')).toContain('// agent: thirty');
    });

    it('counts an unsaved text as the present state and does not save it', async () => {
      const { page } = stage();
      await openFile(stage(), 'app.ts', 40);
      await page.press('End');
      await page.page.keyboard.type(' // typed');
      await page.page.locator('.tab.dirty', { hasText: 'app.ts' }).waitFor();
      await page.runCommand('Checkrein: Undo Last Prompt...');
      await page.dialog.waitFor('Undo what the agent changed for its last prompt?');
      await page.dialog.click('Undo');
      await expect.poll(() => read('.env')).toBe(ENV);
      expect(read('app.ts')).not.toContain('typed');
      await page.page.locator('.tab.dirty', { hasText: 'app.ts' }).waitFor();
      await page.runCommand('File: Save');
      await expect.poll(() => read('app.ts')).toContain('typed');
      expect(read('app.ts')).not.toContain('// agent: thirty');
      expect(read('app.ts')).toContain('// person: fifteen');
      await page.runCommand('View: Close All Editors');
    });

    it('goes back to a checkpoint, and leaves what is the person’s unless it is chosen', async () => {
      const { page } = stage();
      await page.runCommand('Checkrein: Redo What Was Undone...');
      await page.dialog.waitFor('Take the last undo back?');
      await page.dialog.click('Redo');
      await expect.poll(() => read('.env')).toBe('TOKEN=new\n');
      await page.runCommand('Checkrein: Go Back to a Checkpoint...');
      await expect.poll(() => page.quickInput.title()).toContain('Go back to how the files were');
      await page.screenshot('undo-checkpoints');
      await page.quickInput.choose('Tidy up the project (Gemini CLI)');
      await expect.poll(() => page.quickInput.title()).toBe('Which files go back?');
      await page.screenshot('undo-go-back-files');
      await page.press('Enter');
      await page.dialog.waitFor('Put the chosen files as they were');
      await page.dialog.click('Go Back');
      await expect.poll(() => read('.env')).toBe(ENV);
      expect(read('app.ts')).toContain('// person: fifteen');
    });

    it('shows in the dialog what a write would change, and beside the file too', async () => {
      const { page } = stage();
      const hook = askKiro(stage(), 'str_replace', {
        ...{ path: '.vscode/settings.json', oldStr: '"a": 1', newStr: '"a": 2' },
      });
      await page.dialog.waitFor('wants to change files');
      const { detail, focused } = await page.dialog.read();
      await page.screenshot('undo-write-dialog');
      expect(detail).toContain('− {"a": 1}');
      expect(detail).toContain('+ {"a": 2}');
      expect(focused).toBe('Deny');
      await page.page.waitForTimeout(READING_TIME_MS);
      await page.dialog.click('Show Diff…');
      await page.quickInput.waitUntilOpen();
      expect(await page.quickInput.title()).toBe('Look at the change, then decide');
      await page.page.locator('.monaco-diff-editor').first().waitFor();
      await page.page.waitForTimeout(READING_TIME_MS);
      await page.screenshot('undo-write-diff');
      await page.quickInput.choose('Deny');
      expect((await hook).toolRuns).toBe(false);
      await page.runCommand('View: Close All Editors');
    });

    it('says of a deletion whether it can be undone', async () => {
      const { page } = stage();
      const hook = askKiro(stage(), 'delete_file', { targetFile: '.vscode/settings.json' });
      await page.dialog.waitFor('wants to change files');
      const { detail } = await page.dialog.read();
      await page.screenshot('undo-delete-dialog');
      expect(detail).toContain('It can be undone');
      await answer(stage(), 'Deny', 'wants to change files');
      expect((await hook).toolRuns).toBe(false);
    });

    it('asks, even in Autopilot, before something is lost for good', async () => {
      const { page } = stage();
      writeFileSync(file('big.bin'), '');
      truncateSync(file('big.bin'), 40 * 1024 * 1024);
      const hook = askKiro(stage(), 'delete_file', { targetFile: 'big.bin' });
      await page.dialog.waitFor('big.bin');
      const { detail, buttons } = await page.dialog.read();
      await page.screenshot('undo-lost-dialog');
      expect(detail).toContain('It could not be undone. "big.bin" is too large to be kept.');
      expect(buttons).not.toContain('Allow This Session');
      await answer(stage(), 'Deny', 'big.bin');
      expect((await hook).toolRuns).toBe(false);
    });

    it('writes down what was restored, and no contents', () => {
      const journal = journalText(stage());
      expect(journal).toContain('"event":"revert","verb":"undo"');
      expect(journal).toContain('"event":"revert","verb":"go-to"');
      expect(journal).not.toContain('TOKEN=old');
      expect(journal).not.toContain('person: fifteen');
    });
  },
);

function askKiro(stage: Stage, tool: string, input: Record<string, unknown>): Promise<HookRun> {
  const launcher = join(stage.server.home, '.local/share/checkrein/hook/checkrein-hook.sh');
  return runKiroHook(
    `/usr/bin/env -i /bin/sh '${launcher}' kiro 60`,
    kiroPayload(stage.workspace, tool, input),
    { cwd: stage.workspace, env: { PATH: process.env['PATH'], HOME: stage.server.home } },
  );
}

async function openFile({ page }: Stage, name: string, line = 1): Promise<void> {
  await page.quickInput.open('Control+P');
  await page.quickInput.type(`${name}:${line}`);
  await page.quickInput.choose(name);
  await page.page.locator('.tab.active', { hasText: name }).waitFor();
  await page.statusItem(new RegExp(`Ln ${line}, Col`, 'u')).waitFor();
  // What is typed goes nowhere before.
  await page.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
}

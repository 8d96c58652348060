import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ChangesPanelPage } from './support/changesPanel';
import { startGemini, writeGeminiSettings } from './support/geminiCli';
import { answer } from './support/person';
import { describeOnStage, type Stage } from './support/stage';
import { startStandInModel } from './support/standInModel';

const LINES = Array.from({ length: 40 }, (_, at) => `const value${at} = ${at};`);
const APP = 'src/app.ts';
const MAIL = 'src/mail.ts';

/** The editor writes down what panels keep every few seconds. */
const UNTIL_KEPT_MS = 8_000;

const THEMES = [
  { theme: 'Default Light Modern', kind: 'vs', name: 'light' },
  { theme: 'Default Dark Modern', kind: 'vs-dark', name: 'dark' },
  { theme: 'Default High Contrast', kind: 'hc-black', name: 'contrast' },
] as const;

/** A picture of one colour. */
function png(red: number): Buffer {
  const size = 64;
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(size * 3, Buffer.from([red, 90, 40]))]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const parts: [string, Buffer][] = [
    ['IHDR', head],
    ['IDAT', deflateSync(Buffer.concat(Array<Buffer>(size).fill(row)))],
    ['IEND', Buffer.alloc(0)],
  ];
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    ...parts.map(([type, data]) => chunk(type, data)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

function crc(bytes: Buffer): number {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return ~value >>> 0;
}

function prepare({ workspace, server }: Stage): void {
  mkdirSync(join(workspace, 'src'));
  writeFileSync(join(workspace, APP), `${LINES.join('\n')}\n`);
  writeFileSync(join(workspace, 'old.txt'), 'old\n');
  writeFileSync(join(workspace, '.env'), 'PORT=80\n');
  writeFileSync(join(workspace, 'logo.png'), png(200));
  writeFileSync(join(workspace, 'next.png'), png(20));
  writeGeminiSettings(server.home);
}

/** The real Gemini CLI does for one prompt what a stand-in model tells it. */
async function work(stage: Stage, steps: Parameters<typeof startStandInModel>[0], prompt: string) {
  const model = await startStandInModel([...steps, { text: 'Finished.' }]);
  const run = startGemini({
    node: stage.tools.node24,
    geminiEntry: stage.tools.geminiEntry,
    home: stage.server.home,
    workspace: stage.workspace,
    modelUrl: model.url,
    prompt,
  });
  try {
    await run.exit;
    return JSON.stringify(model.functionResponses);
  } finally {
    await run.kill();
    await model.close();
  }
}

function replace(stage: Stage, line: number) {
  return {
    tool: 'replace',
    args: {
      file_path: join(stage.workspace, APP),
      instruction: 'Change a value.',
      old_string: `const value${line} = ${line};`,
      new_string: `const value${line} = 'changed';`,
    },
  };
}

const options = {
  prepare,
  width: 1400,
  height: 900,
  settings: { 'checkrein.trustedCommands': ['cp *'] },
};

describeOnStage('the panel of all changes', options, stage => {
  const read = (file: string): string => readFileSync(join(stage().workspace, file), 'utf8');
  const panel = (): ChangesPanelPage => new ChangesPanelPage(stage().page.page);

  it('is filled by a real agent at work', async () => {
    const current = stage();
    const { page } = current;
    await page.runCommand('Checkrein: Install Hooks...');
    await page.quickInput.waitUntilOpen();
    await page.quickInput.choose('Gemini CLI');
    await page.press('Enter');
    await page.notifications.waitFor('Hooks installed');
    const first = work(
      current,
      [
        replace(current, 5),
        replace(current, 30),
        {
          tool: 'write_file',
          args: { file_path: join(current.workspace, MAIL), content: 'export const mail = 1;\n' },
        },
        {
          tool: 'run_shell_command',
          args: { command: 'cp next.png logo.png', description: 'The new logo' },
        },
      ],
      'Add the mail form',
    );
    expect(await first).not.toContain('Blocked');
    const second = work(
      current,
      [
        {
          tool: 'run_shell_command',
          args: { command: 'echo PORT=81 > .env; rm old.txt', description: 'Clean up' },
        },
      ],
      'Clean up the settings',
    );
    await answer(current, 'Allow Once', '.env');
    await second;
    expect(existsSync(join(current.workspace, 'old.txt'))).toBe(false);
    // The person goes on meanwhile, in another place of the same file.
    writeFileSync(
      join(current.workspace, APP),
      read(APP).replace('value18 = 18', 'value18 = mine'),
    );
  });

  it('shows what each prompt and tool call changed, who did, and what let it through', async () => {
    await stage().page.runCommand('Checkrein: View All Changes');
    await panel().waitFor();
    await expect
      .poll(() =>
        panel()
          .row(/Gemini CLI/u)
          .count(),
      )
      .toBe(2);
    await panel()
      .row(/^\.env Command \+1 −1 Modified/u)
      .waitFor();
    await panel()
      .row(/^old\.txt.*Deleted/u)
      .waitFor();
    await panel()
      .row(/^logo\.png Command Modified/u)
      .waitFor();
    await panel()
      .row(/^mail\.ts src Agent \+1 −0 Added/u)
      .waitFor();
    await panel()
      .row(/run_shell_command.*Approved once/u)
      .waitFor();
    await panel()
      .row(/run_shell_command.*Trusted command: cp \*/u)
      .waitFor();
    await expect
      .poll(() =>
        panel()
          .row(/^app\.ts src Agent \+1 −1 Modified/u)
          .count(),
      )
      .toBe(2);
    await stage().page.screenshot('changes-panel');
  });

  it('shows hunks and pictures', async () => {
    await panel()
      .row(/app\.ts/u)
      .first()
      .click();
    await panel().row("added: const value5 = 'changed';").waitFor();
    await panel()
      .row(/^logo\.png/u)
      .click();
    await panel()
      .row(/^Before: \d+ bytes After: \d+ bytes/u)
      .waitFor();
    await stage().page.screenshot('changes-panel-unfolded');
  });

  for (const { theme, kind, name } of THEMES) {
    it(`shuts nobody out in the theme “${theme}”`, async () => {
      const { page, server } = stage();
      await page.applySettings({ ...server.currentSettings(), 'workbench.colorTheme': theme });
      await page.waitForTheme(kind);
      await panel().waitFor();
      await panel().row("added: const value5 = 'changed';").waitFor();
      expect(await panel().barriers()).toEqual([]);
      await panel()
        .row(/app\.ts/u)
        .first()
        .focus();
      expect(await panel().barriers()).toEqual([]);
      await page.screenshot(`changes-panel-${name}`);
    });
  }

  it('is there again after the window was loaded anew, as it was', async () => {
    await panel().filter().fill('logo');
    await expect
      .poll(() =>
        panel()
          .row(/app\.ts/u)
          .count(),
      )
      .toBe(0);
    await stage().page.page.waitForTimeout(UNTIL_KEPT_MS);
    await stage().page.reload();
    await panel().waitFor();
    expect(await panel().filter().inputValue()).toBe('logo');
    await panel()
      .row(/^Before: \d+ bytes After: \d+ bytes/u)
      .waitFor();
    await panel().filter().fill('');
    await panel()
      .row(/^mail\.ts/u)
      .waitFor();
  });

  it('marks as kept, and takes the mark away', async () => {
    await panel().press(/^mail\.ts/u, 'Keep');
    await panel()
      .row(/^mail\.ts.*Kept/u)
      .waitFor();
    await panel().button('Hide Kept and Undone').click();
    await expect
      .poll(() =>
        panel()
          .row(/^mail\.ts/u)
          .count(),
      )
      .toBe(0);
    await panel().button('Hide Kept and Undone').click();
    await panel().press(/^mail\.ts/u, 'Remove the Mark “Kept”');
    await expect
      .poll(() =>
        panel()
          .row(/^mail\.ts.*Kept/u)
          .count(),
      )
      .toBe(0);
  });

  it('opens the diff of a file, and all of them in the editor’s own view', async () => {
    const { page } = stage();
    await panel()
      .row(/app\.ts/u)
      .first()
      .focus();
    await page.press('Enter');
    await page.page.locator('.monaco-diff-editor').first().waitFor();
    await page.page.getByRole('tab', { name: /app\.ts/u }).waitFor();
    await page.runCommand('View: Close Editor');
    await panel().waitFor();
    await panel().button('Open in Diff Editor').click();
    await page.page.getByRole('tab', { name: 'Agent Changes (5 files)' }).waitFor();
    await page.screenshot('changes-in-diff-editor');
    await page.runCommand('View: Close Editor');
    await panel().waitFor();
  });

  it('undoes a hunk, and leaves what the person did', async () => {
    await panel()
      .row(/^@@ -3/u)
      .first()
      .waitFor();
    await panel().press(/^@@ -3/u, 'Undo Hunk');
    await expect.poll(() => read(APP)).toContain('value5 = 5');
    await expect.poll(() => read(APP)).toContain('value18 = mine');
    await expect.poll(() => read(APP)).toContain("value30 = 'changed'");
  });

  it('undoes a file, after a question', async () => {
    await panel()
      .row(/^mail\.ts/u)
      .focus();
    await stage().page.press('Delete');
    await confirm('in this file');
    await expect.poll(() => existsSync(join(stage().workspace, MAIL))).toBe(false);
    await panel()
      .row(/^mail\.ts.*Undone/u)
      .waitFor();
  });

  it('undoes a tool call', async () => {
    await panel().press(/run_shell_command.*Trusted command/u, 'Undo');
    await confirm('this tool call');
    const logo = join(stage().workspace, 'logo.png');
    await expect.poll(() => readFileSync(logo).equals(png(200))).toBe(true);
  });

  it('undoes a prompt, and does it again', async () => {
    await panel().press(/Gemini CLI.*2 files/u, 'Undo');
    await confirm('for this prompt');
    await expect.poll(() => read('.env')).toBe('PORT=80\n');
    await expect.poll(() => read('old.txt')).toBe('old\n');
    await panel().button('Redo').click();
    await confirm('last undo back', 'Redo');
    await expect.poll(() => read('.env')).toBe('PORT=81\n');
    await expect.poll(() => existsSync(join(stage().workspace, 'old.txt'))).toBe(false);
  });

  it('undoes all', async () => {
    await panel().button('Undo All Changes').click();
    await confirm('everything');
    await expect.poll(() => read('old.txt')).toBe('old\n');
    const mine = LINES.join('\n').replace('value18 = 18', 'value18 = mine');
    await expect.poll(() => read(APP)).toBe(`${mine}\n`);
    await expect.poll(() => read('.env')).toBe('PORT=80\n');
    await panel()
      .row(/^\.env Undone Command/u)
      .waitFor();
    await panel()
      .row(/^app\.ts src Yours/u)
      .waitFor();
    await stage().page.screenshot('changes-panel-undone');
  });

  async function confirm(question: string, button = 'Undo'): Promise<void> {
    await answer(stage(), button, question);
  }
});

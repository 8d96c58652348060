import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeOnStage, type Stage } from './support/stage';

const SETTINGS = '.kiro/settings.json';
const SERVERS = '.kiro/settings/mcp.json';

function write(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Opens a file of the workspace in the active group. */
async function openFile({ page }: Stage, path: string): Promise<void> {
  await page.quickInput.open('Control+P');
  await page.quickInput.type(path);
  const name = path.split('/').at(-1) ?? '';
  // What was open before is offered at once, and the search goes through the files first.
  const row = page.page.locator('.quick-input-list .monaco-list-row', { hasText: name });
  await row
    .filter({ hasText: dirname(path) })
    .first()
    .click();
  await page.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
}

function problems({ page }: Stage): Locator {
  return page.page.locator('.markers-panel .monaco-list-row');
}

/** The rows of the Problems view as one text. */
async function problemsText(stage: Stage): Promise<string> {
  return (await problems(stage).allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
}

/** A place in the text of the active editor. */
function inEditor({ page }: Stage, text: string): Locator {
  return page.page
    .locator('.editor-group-container.active .view-line span', { hasText: text })
    .last();
}

async function editorText({ page }: Stage): Promise<string> {
  const lines = page.page.locator('.editor-group-container.active .view-lines');
  return (await lines.innerText()).replaceAll('\u00a0', ' ');
}

async function applyFix(stage: Stage, problem: string, fix: RegExp): Promise<void> {
  const { page } = stage;
  await problems(stage).filter({ hasText: problem }).first().dblclick();
  await page.page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
  await page.press('Control+.');
  const action = page.page.locator('.action-widget .monaco-list-row', { hasText: fix });
  await action.first().click();
  await action.first().waitFor({ state: 'hidden' });
}

describeOnStage(
  'the policy language server',
  {
    prepare: ({ workspace, server }) => {
      write(workspace, 'package.json', '{"scripts":{"verify":"x"}}');
      write(
        workspace,
        SETTINGS,
        '{\n  "deniedCommands": ["npm publish"],\n  "trustedCommands": ["jest"],\n  "production": "yes"\n}\n',
      );
      write(
        workspace,
        SERVERS,
        '{\n  "mcpServers": {\n    "hub": {\n      "command": "x",\n      "env": { "API_KEY": "abcdef-123456" },\n      "autoApprove": ["*"]\n    }\n  }\n}\n',
      );
      write(server.home, '.kiro/settings.json', '{"trustedCommands": ["npm test"]}\n');
      write(
        server.home,
        '.kiro/settings/permissions.yaml',
        'rules:\n  - capability: shell\n    effect: deny\n    match:\n      - git push\n',
      );
    },
  },
  stage => {
    it('shows each fault once, and mends one at a click', async () => {
      const { page } = stage();
      await openFile(stage(), SETTINGS);
      await page.runCommand('Problems: Focus on Problems View');
      await expect
        .poll(() => problemsText(stage()), { timeout: 30_000 })
        .toMatch(/Only exactly "npm publish" is denied/);
      const texts = await problemsText(stage());
      expect(texts.match(/wrong-value/g)).toHaveLength(1);
      expect(texts.match(/"production" must be/g)).toBeNull();
      await page.page.locator('.squiggly-error').first().waitFor();
      await page.screenshot('language-server');

      const lens = page.page.locator('.codelens-decoration', { hasText: 'Try a command' });
      await lens.first().waitFor();
      await applyFix(stage(), 'Only exactly', /Change to/u);
      await expect.poll(() => editorText(stage())).toContain('npm publish *');
      await expect.poll(() => problemsText(stage())).not.toContain('Only exactly');
    });

    it('explains a key, and where its value comes from', async () => {
      const { page } = stage();
      await inEditor(stage(), 'trustedCommands').hover();
      const hover = page.page.locator('.monaco-hover:visible', { hasText: 'run unasked' });
      await expect
        .poll(async () => (await hover.allInnerTexts()).join('\n').replaceAll('\u00a0', ' '))
        .toMatch(/Now:[^]*npm test – .*home\/\.kiro\/settings\.json:1/u);
      await page.screenshot('language-hover');
      await page.press('Escape');
    });

    it('offers the commands of the workspace while one types', async () => {
      const { page } = stage();
      await inEditor(stage(), '"jest"').dblclick();
      await page.press('End');
      await page.press('ArrowLeft');
      await page.press('ArrowLeft');
      await page.page.keyboard.type(', ');
      await page.press('Control+Space');
      const row = page.page.locator('.suggest-widget .monaco-list-row', {
        hasText: 'npm run verify',
      });
      await row.first().waitFor();
      await page.screenshot('language-completion');
      await row.first().click();
      await expect.poll(() => editorText(stage())).toContain('"jest", "npm run verify"');
    });

    it('finds the secret in a second editor, shows it to nobody, and names a variable', async () => {
      const { page } = stage();
      await page.runCommand('View: Split Editor Right');
      await openFile(stage(), SERVERS);
      await expect
        .poll(() => problemsText(stage()), { timeout: 15_000 })
        .toMatch(/A secret stands here as text/);
      expect(await problemsText(stage())).toContain('Every tool of this server runs unasked');
      expect(await problemsText(stage())).not.toContain('abcdef');
      await page.screenshot('language-secret');
      await applyFix(stage(), 'A secret stands here', /export API_KEY/u);
      await expect.poll(() => editorText(stage())).toContain('"API_KEY": "${API_KEY}"');
      await expect.poll(() => problemsText(stage())).not.toContain('A secret stands');
    });

    it('helps with the permissions of the person', async () => {
      const { page, server } = stage();
      const file = join(server.home, '.kiro/settings/permissions.yaml');
      await page.quickInput.open('Control+P');
      await page.quickInput.type(file);
      const rows = page.page.locator('.quick-input-list .monaco-list-row');
      await rows.filter({ hasText: 'permissions.yaml' }).first().click();
      await page.page.locator('.tab.active[data-resource-name="permissions.yaml"]').waitFor();
      await expect
        .poll(() => problemsText(stage()), { timeout: 15_000 })
        .toMatch(/exactly "git push" and not about/);
      await applyFix(stage(), 'exactly "git push"', /git push\*/u);
      await page.runCommand('File: Save');
      await expect.poll(() => readFileSync(file, 'utf8')).toContain('- git push*\n');
      await expect.poll(() => problemsText(stage())).not.toContain('git push');
      await page.screenshot('language-permissions');
    });
  },
);

describeOnStage(
  'the policy language server in a workspace that is not trusted',
  {
    workspaceTrust: true,
    prepare: ({ workspace, scratch }) => {
      const marks = scratch.folder('marks');
      const trap = join(workspace, 'server.js');
      write(workspace, 'server.js', `require('fs').writeFileSync('${marks}/ran', '')`);
      write(
        workspace,
        '.vscode/settings.json',
        JSON.stringify({
          'checkrein.policy.server.path': trap,
          'checkrein.server': { path: trap, module: trap },
          'kiroAgent.mcpApprovedEnvVars': ['AWS_SECRET_ACCESS_KEY'],
        }),
      );
      write(workspace, 'vscode-languageserver/node.js', `require('${trap}')`);
      write(workspace, 'node_modules/yaml/index.js', `require('${trap}')`);
      write(
        workspace,
        SERVERS,
        '{"mcpServers":{"a":{"command":"x","args":["${AWS_SECRET_ACCESS_KEY}"],"env":{"API_KEY":"abcdef"}}}}',
      );
      write(workspace, SETTINGS, '{"trustedCommands": ["jest"]}');
    },
  },
  stage => {
    it('finds the faults with its own server, and takes nothing for approved', async () => {
      const { page, scratch } = stage();
      await openFile(stage(), SERVERS);
      await page.runCommand('Problems: Focus on Problems View');
      await expect
        .poll(() => problemsText(stage()), { timeout: 30_000 })
        .toMatch(/A secret stands here/);
      await openFile(stage(), SETTINGS);
      await expect
        .poll(() => problemsText(stage()), { timeout: 15_000 })
        .toMatch(/no effect until a person approved it/);
      await page.screenshot('language-untrusted');
      expect(readdirSync(scratch.folder('marks'))).toEqual([]);
    });
  },
);

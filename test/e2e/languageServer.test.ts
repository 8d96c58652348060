import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnStage, type Stage } from './support/stage';

const FILE = '.kiro/settings.json';

/** Opens a file of the workspace and the Problems view. */
async function openWithProblems({ page }: Stage): Promise<void> {
  await page.quickInput.open('Control+P');
  await page.quickInput.type(FILE);
  // The search goes through the files first.
  await page.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await page.press('Enter');
  await page.page.locator('.editor-instance[aria-label*="settings.json"]').waitFor();
  await page.runCommand('Problems: Focus on Problems View');
}

describeOnStage(
  'the policy language server',
  {
    prepare: ({ workspace }) => {
      mkdirSync(join(workspace, '.kiro'), { recursive: true });
      writeFileSync(
        join(workspace, FILE),
        '{\n  "deniedCommands": ["npm publish"],\n  "production": "yes"\n}\n',
      );
    },
  },
  stage => {
    it('shows each fault once, and mends one at a click', async () => {
      const { page } = stage();
      await openWithProblems(stage());
      const rows = page.page.locator('.markers-panel .monaco-list-row');
      await expect
        .poll(() => rows.allInnerTexts().then(texts => texts.join('\n')), { timeout: 30_000 })
        .toMatch(/Only exactly "npm publish" is denied/);
      const texts = (await rows.allInnerTexts()).join('\n');
      expect(texts.match(/wrong-value/g)).toHaveLength(1);
      expect(texts.match(/"production" must be/g)).toBeNull();
      await page.screenshot('language-server');

      const lens = page.page.locator('.codelens-decoration', { hasText: 'Try a command' });
      await lens.first().waitFor();
      await rows.filter({ hasText: 'Only exactly' }).dblclick();
      await page.runCommand('Quick Fix...');
      await page.screenshot('language-server-fix');
      const action = page.page.locator('.action-widget .monaco-list-row', {
        hasText: /Change to/u,
      });
      await action.first().click();
      await expect
        .poll(() => page.page.locator('.editor-instance .view-lines').innerText())
        .toContain('npm\u00a0publish\u00a0*');
      await expect
        .poll(() => rows.allInnerTexts().then(left => left.join('\n')))
        .not.toContain('Only exactly');
    });
  },
);

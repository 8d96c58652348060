import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Stage } from './stage';

/** Longer than the time in which the dialog takes an answer for an accident. */
export const READING_TIME_MS = 900;

/** Reads the dialog that shows a text for as long as a person needs, and presses a button. */
export async function answer({ page }: Stage, button: string, shows: string): Promise<void> {
  await page.dialog.waitFor(shows);
  await page.page.waitForTimeout(READING_TIME_MS);
  await page.dialog.click(button);
  await page.dialog.box.filter({ hasText: shows }).waitFor({ state: 'detached' });
}

/** Denies whatever is asked, until no dialog is left: a test that failed must not leave one. */
export async function denyAll({ page }: Stage): Promise<void> {
  while ((await page.dialog.box.count()) > 0) {
    await page.page.waitForTimeout(READING_TIME_MS);
    await page.dialog.click('Deny');
    await page.page.waitForTimeout(100);
  }
}

/** Writes trusted commands into the user settings and waits until the policy has taken them. */
export async function trust(stage: Stage, patterns: readonly string[]): Promise<void> {
  const settings = stage.server.currentSettings();
  await stage.page.applySettings({ ...settings, 'checkrein.trustedCommands': patterns });
  const wanted = JSON.stringify(patterns);
  await expect.poll(() => snapshotPatterns(stage), { timeout: 10_000 }).toBe(wanted);
}

/** Every line of the journal, as text. */
export function journalText(stage: Stage): string {
  return readFolder(stage, 'journal').join('');
}

function snapshotPatterns(stage: Stage): string {
  const [snapshot = '{}'] = readFolder(stage, 'snapshots');
  const { policy } = JSON.parse(snapshot) as {
    policy: { commands: { trusted: { pattern: string }[] } };
  };
  return JSON.stringify(policy.commands.trusted.map(({ pattern }) => pattern));
}

function readFolder({ server }: Stage, name: string): string[] {
  const folder = join(server.home, '.local/share/checkrein', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'));
}

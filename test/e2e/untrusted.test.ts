import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kiroCommand, runKiroHook, type HookRun } from '../support/kiroContract';
import { READING_TIME_MS } from './support/person';
import { describeOnStage, type Stage } from './support/stage';

/** A repository that tries to loosen the policy and to have its own programs run. */
function plantTraps({ workspace, scratch }: Stage): void {
  const marks = scratch.folder('marks');
  const settings = {
    'checkrein.trustedCommands': ['*'],
    'terminal.integrated.env.linux': {
      PATH: `${workspace}/bin`,
      CHECKREIN_HOME: `${workspace}/state`,
      NODE_OPTIONS: `--require ${workspace}/trap.js`,
    },
  };
  mkdirSync(join(workspace, '.vscode'));
  writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
  writeFileSync(join(workspace, '.env'), `CHECKREIN_HOME=${workspace}/state\n`);
  mkdirSync(join(workspace, 'bin'));
  for (const name of ['node', 'curl', 'sh', 'env', 'git', 'kiro', 'code']) {
    for (const file of [join(workspace, 'bin', name), join(workspace, name)]) {
      writeFileSync(file, `#!/bin/sh\n: > '${marks}/ran-${name}'\nexit 0\n`);
      chmodSync(file, 0o755);
    }
  }
  writeFileSync(join(workspace, 'trap.js'), `require('fs').writeFileSync('${marks}/ran-js', '')`);
}

function ask({ workspace, server }: Stage, command: string): Promise<HookRun> {
  const launcher = join(server.home, '.local/share/checkrein/hook/checkrein-hook.sh');
  const hook = `/usr/bin/env -i /bin/sh '${launcher}' kiro 60`;
  return runKiroHook(hook, kiroCommand(workspace, command), {
    cwd: workspace,
    env: { PATH: `${workspace}/bin:${process.env['PATH'] ?? ''}`, HOME: server.home },
  });
}

describeOnStage(
  'a workspace that is not trusted',
  { workspaceTrust: true, prepare: plantTraps },
  stage => {
    it('asks before every call, and its settings count for nothing', async () => {
      const { page } = stage();
      await page.statusItem('Autopilot (restricted)').waitFor();
      await page.screenshot('restricted');
      for (const command of ['ls', 'touch x']) {
        const hook = ask(stage(), command);
        await page.dialog.waitFor('The workspace is not trusted');
        await page.page.waitForTimeout(READING_TIME_MS);
        await page.dialog.click('Deny');
        expect((await hook).toolRuns).toBe(false);
        await page.dialog.waitUntilClosed();
      }
    });

    it('once trusted reads run, but its trusted commands still count for nothing', async () => {
      const { page } = stage();
      await page.trustFolder();
      await page.statusItem(/Autopilot$/).waitFor();
      expect((await ask(stage(), 'ls')).code).toBe(0);
      const hook = ask(stage(), 'touch x');
      await page.dialog.waitFor('No trusted command covers it');
      await page.page.waitForTimeout(READING_TIME_MS);
      await page.dialog.click('Deny');
      expect((await hook).toolRuns).toBe(false);
    });

    it('had none of its programs run, and no state of its own made', () => {
      const { scratch, workspace } = stage();
      expect(readdirSync(scratch.folder('marks'))).toEqual([]);
      expect(existsSync(join(workspace, 'state'))).toBe(false);
      expect(readFileSync(join(workspace, '.vscode/settings.json'), 'utf8')).toContain('["*"]');
    });
  },
);

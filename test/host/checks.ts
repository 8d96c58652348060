import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { stateFolders, stateHome } from '../../src/files/stateHome';

const ID = 'checkrein.checkrein';

const folders = stateFolders(
  stateHome({
    platform: process.platform,
    home: homedir(),
    override: process.env['CHECKREIN_HOME'],
  }),
);

function workspace(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite runs in a window with a folder');
  return folder.uri.fsPath;
}

/** Runs the installed hook client with a read-only command; gives its exit code. */
function askForLs(): Promise<number | null> {
  const launcher = join(folders.hook, 'checkrein-hook.sh');
  const child = spawn('/usr/bin/env', ['-i', '/bin/sh', launcher, 'kiro', '60'], {
    cwd: workspace(),
  });
  child.stdin.end(
    JSON.stringify({
      session_id: 'host',
      hook_event_name: 'PreToolUse',
      cwd: workspace(),
      tool_name: 'execute_bash',
      tool_input: { command: 'ls' },
    }),
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !condition(); tries += 1) {
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.ok(condition());
}

/**
 * The checks that run inside the extension host of any editor: code-server in the end-to-end
 * tests, a desktop VS Code in `npm run test:desktop`.
 */
export const HOST_CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  async 'the extension is there and becomes active'() {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  },

  async 'every declared command is registered'() {
    const { contributes } = vscode.extensions.getExtension(ID)?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const registered = await vscode.commands.getCommands(true);
    for (const { command } of contributes.commands)
      assert.ok(registered.includes(command), command);
  },

  async 'the window is in the registry with its folder'() {
    await until(() => readdirSync(folders.windows).some(name => name.endsWith('.json')));
    const entries = readdirSync(folders.windows)
      .filter(name => name.endsWith('.json'))
      .map(name => readFileSync(join(folders.windows, name), 'utf8'));
    assert.ok(entries.some(text => text.includes(JSON.stringify(workspace()))));
  },

  async 'a workspace cannot write the trusted commands'() {
    const settings = vscode.workspace.getConfiguration('checkrein');
    await assert.rejects(async () => {
      await settings.update('trustedCommands', ['*'], vscode.ConfigurationTarget.Workspace);
    });
  },

  async 'a hook is answered by this window'() {
    assert.equal(await askForLs(), 0);
  },

  async 'Interrupt blocks hooks and Resume lets them through again'() {
    await vscode.commands.executeCommand('checkrein.interrupt');
    assert.equal(await askForLs(), 2);
    await vscode.commands.executeCommand('checkrein.toggleMode');
    assert.equal(await askForLs(), 2);
    await vscode.commands.executeCommand('checkrein.resume');
    assert.equal(await askForLs(), 0);
  },
};

// `npm run test:desktop [-- /path/to/code]`: the checks of test/host in a desktop VS Code. Without
// a path @vscode/test-electron downloads one, where that is possible. Not part of `npm test`.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import '../esbuild.config.mjs';

const [program] = process.argv.slice(2);
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'cr-desktop-')));
try {
  const suite = join(scratch, 'suite.js');
  await build({
    entryPoints: ['test/host/desktopSuite.ts'],
    outfile: suite,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const workspace = join(scratch, 'project');
  mkdirSync(workspace);
  await runTests({
    ...(program && { vscodeExecutablePath: resolve(program) }),
    extensionDevelopmentPath: resolve('.'),
    extensionTestsPath: suite,
    extensionTestsEnv: { CHECKREIN_HOME: join(scratch, 'state') },
    launchArgs: [
      workspace,
      '--disable-workspace-trust',
      `--user-data-dir=${join(scratch, 'data')}`,
    ],
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

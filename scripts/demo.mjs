// `npm run demo`: a real VS Code with the extension on a sample workspace, and a real Gemini CLI
// that a stand-in model on this machine tells to run a command, so that the dialog comes up.
// `npm run demo -- --headless` answers it through Chromium and saves screenshots.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { toolPaths } from '../test/e2e/tools/install.mjs';

function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

runNode('scripts/package.mjs');
runNode('test/e2e/tools/install.mjs');
const tools = toolPaths();
if (!tools.ok) throw new Error(tools.missing.join('\n'));
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

// The demo shares the TypeScript of the end-to-end tests; it is built beside the packages it needs.
const folder = mkdtempSync(resolve('node_modules', '.demo-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'demo.mjs');
await build({
  entryPoints: ['test/e2e/demo.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
const { runDemo } = await import(pathToFileURL(outfile));
const code = await runDemo({
  tools,
  vsix: resolve(`checkrein-${version}.vsix`),
  cli: resolve('dist/cli.js'),
  headless: process.argv.includes('--headless'),
  screenshots: resolve('test/e2e/.artifacts/demo'),
});
// An agent that still waits must not keep an ended demo alive.
process.exit(code);

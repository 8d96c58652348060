// One entry for each place where code runs.
import { build } from 'esbuild';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Readable bundles: whoever audits a security product must be able to read what runs.
  minifySyntax: false,
  legalComments: 'inline',
  logLevel: 'warning',
  // `main` of jsonc-parser is UMD with requires that a bundler cannot follow.
  mainFields: ['module', 'main'],
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await Promise.all([
  build({
    ...node,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode', './window'],
    // The editor gives the module `vscode` to what is required, not to what is imported.
    supported: { 'dynamic-import': false },
  }),
  build({
    ...node,
    entryPoints: ['src/extension/window.ts'],
    outfile: 'dist/window.js',
    external: ['vscode', './languageClient'],
    supported: { 'dynamic-import': false },
  }),
  build({
    ...node,
    entryPoints: ['src/extension/policy/languageClient.ts'],
    outfile: 'dist/languageClient.js',
    external: ['vscode'],
    // Nearly all of it is a library, which can be read where it comes from.
    minifyWhitespace: true,
    // The version that the library asks for has a licence that is not on our list.
    alias: { minimatch: './node_modules/minimatch' },
  }),
  build({ ...node, entryPoints: ['src/hook/main.ts'], outfile: 'dist/hook.js' }),
  build({ ...node, entryPoints: ['src/broker/offlineDecision.ts'], outfile: 'dist/offline.js' }),
  build({
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    banner: { js: '#!/usr/bin/env node' },
    define: { CHECKREIN_VERSION: JSON.stringify(version) },
  }),
  build({
    entryPoints: [
      { in: 'src/webview/changes/main.tsx', out: 'changes' },
      { in: 'src/webview/changes/changes.css', out: 'changes' },
    ],
    outdir: 'dist/webview',
    bundle: true,
    format: 'iife',
    target: 'chrome130',
    minifySyntax: false,
    legalComments: 'inline',
    logLevel: 'warning',
    tsconfig: 'src/webview/tsconfig.json',
  }),
]);
chmodSync('dist/cli.js', 0o755);
for (const launcher of ['checkrein-hook.sh', 'checkrein-hook.cmd']) {
  cpSync(`src/hook/${launcher}`, `dist/${launcher}`);
}

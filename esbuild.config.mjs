// One entry for each place where code runs.
import { build, transform } from 'esbuild';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

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

/**
 * The window and the command line are made of the same parts: those lie once, in `shared-*.js`, and
 * what is loaded late has files of its own. esbuild splits ES modules alone, and the editor needs CommonJS, so each
 * file is turned into that afterwards.
 */
async function buildWindowAndCli() {
  const { outputFiles } = await build({
    ...node,
    format: 'esm',
    splitting: true,
    write: false,
    outdir: 'dist',
    entryPoints: { window: 'src/extension/window.ts', cli: 'src/cli/main.ts' },
    chunkNames: 'shared-[hash]',
    external: ['vscode', './languageClient'],
    define: { CHECKREIN_VERSION: JSON.stringify(version) },
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      ...{ platform: 'node', format: 'cjs', target: node.target, legalComments: 'inline' },
      supported: { 'dynamic-import': false },
    });
    writeFileSync(path, path.endsWith('cli.js') ? `#!/usr/bin/env node\n${code}` : code);
  }
}

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
  buildWindowAndCli(),
  build({
    ...node,
    entryPoints: ['src/extension/policy/languageClient.ts'],
    outfile: 'dist/languageClient.js',
    external: ['vscode'],
    // Nearly all of it is a library, which can be read where it comes from.
    minify: true,
    // The version that the library asks for has a licence that is not on our list.
    alias: { minimatch: './node_modules/minimatch' },
  }),
  build({ ...node, entryPoints: ['src/hook/main.ts'], outfile: 'dist/hook.js' }),
  build({ ...node, entryPoints: ['src/broker/offlineDecision.ts'], outfile: 'dist/offline.js' }),
  build({
    entryPoints: [
      { in: 'src/webview/changes/main.tsx', out: 'changes' },
      { in: 'src/webview/changes/changes.css', out: 'changes' },
      { in: 'src/webview/privacy/main.tsx', out: 'privacy' },
      { in: 'src/webview/privacy/privacy.css', out: 'privacy' },
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

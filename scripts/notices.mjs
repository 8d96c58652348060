// Writes THIRD_PARTY_NOTICES.md from what the bundles really contain.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0']);

/** Ships without the text of its MIT licence; its owner's other packages have the same one. */
const MICROSOFT = '@vscode/l10n';
const MICROSOFT_LICENCE = 'node_modules/vscode-languageserver/License.txt';

const { metafile } = await build({
  entryPoints: [
    'src/extension/window.ts',
    'src/hook/main.ts',
    'src/broker/offlineDecision.ts',
    'src/cli/main.ts',
    'src/extension/policy/languageClient.ts',
    'src/webview/changes/main.tsx',
    'src/webview/privacy/main.tsx',
  ],
  entryNames: '[dir]-[name]',
  outdir: 'unused',
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  external: ['vscode'],
  mainFields: ['module', 'main'],
  alias: { minimatch: './node_modules/minimatch' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { CHECKREIN_VERSION: '""' },
});
const folders = new Set(
  Object.keys(metafile.inputs).flatMap(file => {
    const at = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
    return at ? [at[1]] : [];
  }),
);
const notices = [...folders].sort().map(folder => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!ALLOWED.has(license)) throw new Error(`${name} ${version} has the licence ${license}`);
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const own = file && existsSync(join(folder, file));
  if (!own && name !== MICROSOFT) throw new Error(`${name} ships no licence text`);
  const text = readFileSync(own ? join(folder, file) : MICROSOFT_LICENCE, 'utf8').trim();
  return `## ${name} ${version} (${license})\n\n\`\`\`text\n${text}\n\`\`\`\n`;
});
const head = '# Third-party notices\n\nMade by `npm run notices`: everything that is bundled.\n\n';
writeFileSync('THIRD_PARTY_NOTICES.md', head + notices.join('\n'));
console.log(`${notices.length} packages`);

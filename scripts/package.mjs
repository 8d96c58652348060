// `npm run package`: builds, packs the .vsix, and fails when it is too large or holds anything
// that is not on the list.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createVSIX, listFiles } from '@vscode/vsce';
import { minimatch } from 'minimatch';

const MAX_BYTES = 1_000_000;
const allowed = readFileSync('.vscodeignore', 'utf8')
  .split('\n')
  .filter(line => line.startsWith('!'))
  .map(line => line.slice(1));

execFileSync(process.execPath, ['esbuild.config.mjs'], { stdio: 'inherit' });
const files = await listFiles({ dependencies: false });
const unexpected = files.filter(file => !allowed.some(glob => minimatch(file, glob)));
const missing = allowed.filter(glob => !files.some(file => minimatch(file, glob)));
if (unexpected.length > 0 || missing.length > 0) {
  throw new Error(`unexpected: ${unexpected.join(', ')}; missing: ${missing.join(', ')}`);
}
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const packagePath = `checkrein-${version}.vsix`;
await createVSIX({ dependencies: false, packagePath });
const { size } = statSync(packagePath);
console.log(`${packagePath}: ${size} bytes, ${files.length} files`);
if (size >= MAX_BYTES) throw new Error(`the package is larger than ${MAX_BYTES} bytes`);

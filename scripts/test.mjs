// `npm test`: builds, packs, installs what the end-to-end part needs into a cache outside the
// repository, and runs everything. A part that cannot run is a failure under CI=true and says so
// loudly elsewhere. Ends with the plain line "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isCi = process.env.CI === 'true';

function runNode(...args) {
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
}

function fail(reason) {
  console.error(reason);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

if (!runNode('scripts/package.mjs')) fail('the extension could not be packed');
if (!runNode('test/e2e/tools/install.mjs')) {
  const reason = 'the tools of the end-to-end tests could not be installed';
  if (isCi) fail(reason);
  console.warn(`skipped: end-to-end tests: ${reason}`);
}

const folder = mkdtempSync(join(tmpdir(), 'checkrein-report-'));
const report = join(folder, 'report.json');
const projects = ['unit', 'fuzz', 'history', 'crash', 'e2e'].flatMap(name => ['--project', name]);
const vitest = ['run', ...projects];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const passed = runNode('node_modules/vitest/vitest.mjs', ...vitest, ...reporters);

let counts;
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  fail('the tests ended without a report');
} finally {
  rmSync(folder, { recursive: true });
}
const { numPassedTests, numFailedTests, numPendingTests } = counts;
// A file that cannot even be loaded has no tests that could fail.
const brokenFiles = counts.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
).length;
const failed = Math.max(numFailedTests + brokenFiles, passed ? 0 : 1);
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
if (isCi && numPendingTests > 0) console.error('under CI nothing may be skipped');
console.log(`${numPassedTests} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 || numPassedTests === 0 || (isCi && numPendingTests > 0) ? 1 : 0;

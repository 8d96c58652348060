// Bundles the command judge as it ships and loads it, so that scripts need no TypeScript runner.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENTRY = 'src/policy/commands/judgeCommand.ts';

/** Writes the bundled judge to `outfile`. */
export async function bundleJudge(outfile) {
  await build({
    entryPoints: [new URL(`../${ENTRY}`, import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    mainFields: ['module', 'main'],
  });
}

/** The exports of the bundled judge. */
export async function loadJudge() {
  const folder = mkdtempSync(join(tmpdir(), 'checkrein-judge-'));
  try {
    const outfile = join(folder, 'judge.cjs');
    await bundleJudge(outfile);
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

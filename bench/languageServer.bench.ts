import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLanguageServer } from '../test/support/languageClient';
import { machineShape, median, percentile } from './stats';

const LINES = 1_000;
const KEYSTROKES = 200;
const STARTS = 10;

describe('bench:lsp', () => {
  it(`${KEYSTROKES} keystrokes in ${LINES} lines, ${STARTS} cold starts`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'checkrein-bench-'));
    const bundle = join(import.meta.dirname, '../dist/cli.js');
    const starts: number[] = [];
    for (let start = 0; start < STARTS; start += 1) {
      const from = performance.now();
      const server = await startLanguageServer([bundle, 'lsp'], folder, folder);
      starts.push(performance.now() - from);
      await server.stop();
    }
    const server = await startLanguageServer([bundle, 'lsp'], folder, folder);
    const text = (last: string): string =>
      `{"trustedCommands": [\n${Array.from({ length: LINES - 2 }, (_, index) => `"npm run script-${index} *",\n`).join('')}"${last}"]}`;
    const uri = await server.open(join(folder, '.kiro/settings.json'), text(''));
    await server.diagnostics(uri, 1);
    const keys: number[] = [];
    for (let version = 2; version < KEYSTROKES + 2; version += 1) {
      const from = performance.now();
      await server.change(uri, version, text('x'.repeat(version)));
      await server.diagnostics(uri, version);
      keys.push(performance.now() - from);
    }
    await server.stop();
    rmSync(folder, { recursive: true });
    const row = (name: string, times: readonly number[]): string =>
      `| ${name} | ${median(times).toFixed(0)} ms | ${percentile(times, 0.95).toFixed(0)} ms |`;
    console.log(
      [
        machineShape(),
        '| | p50 | p95 |',
        '| --- | --- | --- |',
        row('start to initialized', starts),
        row(`keystroke to findings, ${LINES} lines`, keys),
      ].join('\n'),
    );
    expect(keys.length).toBe(KEYSTROKES);
  }, 300_000);
});

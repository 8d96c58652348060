import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

describe('docs/seed-coverage.md', () => {
  it('is what the names of the tests say (run vitest with -u after a change)', async () => {
    const script = join(root, 'scripts/seedCoverage.mjs');
    const text = execFileSync(process.execPath, [script], { encoding: 'utf8' });
    expect(text.match(/^- /gm)?.length).toBeGreaterThan(80);
    await expect(text).toMatchFileSnapshot(join(root, 'docs/seed-coverage.md'));
  });
});

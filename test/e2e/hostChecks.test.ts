import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createVSIX } from '@vscode/vsce';
import { expect, it } from 'vitest';
import { describeOnStage, type Stage } from './support/stage';

/** Packs test/host as an extension of its own and installs it beside the product. */
async function installChecks({ scratch, server }: Stage): Promise<void> {
  const cwd = scratch.folder('checks');
  await build({
    entryPoints: [join(import.meta.dirname, '../host/checksExtension.ts')],
    outfile: join(cwd, 'main.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const manifest = {
    name: 'checkrein-host-checks',
    publisher: 'checkrein-test',
    version: '0.0.1',
    license: 'Apache-2.0',
    engines: { vscode: '^1.100.0' },
    repository: 'https://example.invalid/checks',
    main: './main.js',
    activationEvents: ['onStartupFinished'],
    extensionDependencies: ['checkrein.checkrein'],
  };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(cwd, 'README.md'), 'Checks that run inside the extension host.\n');
  writeFileSync(join(cwd, 'LICENSE'), 'Apache-2.0\n');
  const packagePath = join(cwd, 'checks.vsix');
  await createVSIX({ cwd, packagePath, dependencies: false });
  await server.installExtension(packagePath);
}

describeOnStage('inside the extension host', {}, stage => {
  it('every check of test/host passes', async () => {
    const { scratch } = stage();
    const result = join(scratch.path, 'host-result.json');
    await stage().close();
    await installChecks(stage());
    await stage().open({ CHECKREIN_HOST_RESULT: result });
    await expect.poll(() => existsSync(result), { timeout: 60_000 }).toBe(true);
    const results = JSON.parse(readFileSync(result, 'utf8')) as Record<string, string>;
    expect(Object.keys(results).length).toBeGreaterThan(4);
    expect(Object.entries(results).filter(([, outcome]) => outcome !== 'ok')).toEqual([]);
  });
});

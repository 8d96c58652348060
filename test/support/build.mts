import { execFileSync } from 'node:child_process';

/** Builds the bundles once before any test starts a hook process. */
export function setup(): void {
  execFileSync(process.execPath, ['esbuild.config.mjs'], { stdio: 'inherit' });
}

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

/** A scratch folder, and in it a program of this folder as one file that a process of its own can run. */
interface CrashProgram {
  scratch: string;
  program: string;
}

/** Builds `NAME.ts` of this folder before the tests of a file, and removes the scratch folder after them. */
export function crashProgram(name: string): CrashProgram {
  const built: CrashProgram = { scratch: '', program: '' };
  beforeAll(async () => {
    built.scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-crash-')));
    built.program = join(built.scratch, `${name}.mjs`);
    await build({
      entryPoints: [join(import.meta.dirname, `${name}.ts`)],
      outfile: built.program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    });
  });
  afterAll(() => rmSync(built.scratch, { recursive: true, force: true }));
  return built;
}

import { renameSync, writeFileSync } from 'node:fs';
import { HOST_CHECKS } from './checks';

/**
 * Runs the checks where no test host can be started: as a second extension beside the product. It
 * writes `{name: "ok" | error}` to the file that CHECKREIN_HOST_RESULT names.
 */
export async function activate(): Promise<void> {
  const file = process.env['CHECKREIN_HOST_RESULT'];
  if (file === undefined) return;
  const results: Record<string, string> = {};
  for (const [name, check] of Object.entries(HOST_CHECKS)) {
    results[name] = await check().then(
      () => 'ok',
      (error: unknown) => String(error),
    );
  }
  writeFileSync(`${file}.part`, JSON.stringify(results));
  renameSync(`${file}.part`, file);
}

import { posix, win32 } from 'node:path';

/**
 * The folder that stands for `~/.kiro` in Kiro CLI 3 where `KIRO_HOME` names another one; undefined
 * where nothing is moved. Kiro IDE goes on with `~/.kiro`, so the folder counts beside it. Only
 * Kiro's own files are looked for there, never the policy: whoever sets the variable must not choose
 * that.
 */
export function movedKiroHome(env: NodeJS.ProcessEnv, home: string): string | undefined {
  const moved = env['KIRO_HOME'];
  const path = home.includes('\\') ? win32 : posix;
  if (moved === undefined || !path.isAbsolute(moved)) return undefined;
  const tidy = path.join(moved, '.').replace(/(?<=.)[\\/]+$/, '');
  return tidy === path.join(home, '.kiro') ? undefined : tidy;
}

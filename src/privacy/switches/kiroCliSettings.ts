import { realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { containsPath } from '../../policy/paths';
import type { SwitchRow } from './switchTable';

/** Starts a program without a shell; resolves with its exit code, or undefined when it cannot. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<number | undefined>;

/** Writes settings of Kiro CLI through Kiro CLI, which keeps the file's form whatever it becomes. */
export class KiroCliSettings {
  constructor(
    private readonly program: string,
    private readonly run: RunProgram,
  ) {}

  /** Resolves when it is done or has failed: the caller reads the file to know. */
  async set({ names }: SwitchRow, isOn: boolean): Promise<void> {
    const current = names.find(({ kind }) => kind === 'current');
    if (!current) return;
    const value = String(isOn ? current.values.on : current.values.off);
    await this.run(this.program, ['settings', current.path.join('.'), value]);
  }
}

/** What the search for Kiro CLI depends on. */
export interface ProgramFacts {
  /** The variable `PATH`. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
  /** Workspace folders, from which nothing is ever started. */
  readonly roots: readonly string[];
}

/** The absolute path of Kiro CLI, or undefined where none lies outside the workspace. */
export function findKiroCli({ path, platform, roots }: ProgramFacts): string | undefined {
  const name = platform === 'win32' ? 'kiro-cli.exe' : 'kiro-cli';
  const realRoots = roots.flatMap(root => [root, realPath(root) ?? root]);
  const isForeign = (file: string): boolean => !realRoots.some(root => containsPath(root, file));
  return (
    path
      .split(delimiter)
      .filter(folder => isAbsolute(folder))
      .map(folder => join(folder, name))
      // A link of the repository may lead to any program outside of it.
      .filter(isForeign)
      .map(realPath)
      .find(
        (program): program is string =>
          program !== undefined && isForeign(program) && isProgram(program, platform),
      )
  );
}

function isProgram(program: string, platform: NodeJS.Platform): boolean {
  const stat = statSync(program, { throwIfNoEntry: false });
  return stat?.isFile() === true && (platform === 'win32' || (stat.mode & 0o111) !== 0);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

import { isAbsolute, join } from 'node:path';
import { isWithin, nameOf } from '../names';
import { GitFailed, type GitSetting, runGit } from './runGit';

/** What is read from a person's repository, once a prompt. Nothing in it is ever written. */
export interface UserRepo {
  /** The top folder of the work tree, absolute. */
  readonly top: string;
  readonly gitDir: string;
  readonly objects: string;
  readonly index: string;
  readonly exclude: string;
  readonly sparsePatterns: string;
  readonly objectFormat: string;
  /** Lower-case keys such as `core.excludesfile`; the last value counts. */
  readonly config: ReadonlyMap<string, string>;
}

/**
 * Finds the repository a folder belongs to. `undefined` when there is none, when git refuses it
 * (another owner, damaged) or when its paths cannot be read without doubt.
 */
export async function findUserRepo(setting: GitSetting): Promise<UserRepo | undefined> {
  try {
    const [places, config] = await Promise.all([readPlaces(setting), readConfig(setting)]);
    return places && { ...places, config };
  } catch (error) {
    if (error instanceof GitFailed) return undefined;
    throw error;
  }
}

async function readPlaces(setting: GitSetting): Promise<Omit<UserRepo, 'config'> | undefined> {
  const output = await runGit(setting, [
    'rev-parse',
    '--path-format=absolute',
    '--show-toplevel',
    '--absolute-git-dir',
    ...['objects', 'index', 'info/exclude', 'info/sparse-checkout'].flatMap(place => [
      '--git-path',
      place,
    ]),
    '--show-object-format',
  ]);
  const lines = output.toString('utf8').split('\n');
  // One more or less: a path with a line break in it. U+FFFD: a path that is no UTF-8.
  if (lines.length !== 8 || lines.some(line => line.includes('\ufffd'))) return undefined;
  const [top, gitDir, objects, index, exclude, sparsePatterns, objectFormat] = lines;
  if (!top || !gitDir || !objects || !index || !exclude || !sparsePatterns || !objectFormat) {
    return undefined;
  }
  return { top, gitDir, objects, index, exclude, sparsePatterns, objectFormat };
}

const WANTED =
  '^(core\\.(excludesfile|attributesfile|autocrlf|eol|sparsecheckout|sparsecheckoutcone|precomposeunicode)|extensions\\.partialclone)$';

async function readConfig(setting: GitSetting): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  try {
    const output = await runGit(setting, ['config', '-z', '--get-regexp', WANTED]);
    for (const entry of output.toString('utf8').split('\0')) {
      const [key = '', ...value] = entry.split('\n');
      if (key !== '') values.set(key, value.join('\n'));
    }
  } catch (error) {
    // Exit 1 means that none is set.
    if (!(error instanceof GitFailed)) throw error;
  }
  return values;
}

/** The commit that HEAD names; `undefined` before the first one. @throws GitFailed without a repository. */
export async function readHead(setting: GitSetting, gitDir: string): Promise<string | undefined> {
  const args = [`--git-dir=${gitDir}`, 'rev-parse', '--verify', '--quiet'];
  try {
    return (await runGit(setting, [...args, 'HEAD^{commit}'])).toString('latin1').trim();
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    // No HEAD, or no repository any more: this tells which.
    await runGit(setting, [`--git-dir=${gitDir}`, 'rev-parse', '--git-dir']);
    return undefined;
  }
}

/** The file with the ignore rules of this user: what git would take, with `~` resolved. */
export function excludesFileOf(
  config: ReadonlyMap<string, string>,
  home: string,
  configHome: string | undefined,
): string {
  const set = config.get('core.excludesfile');
  if (set?.startsWith('~/')) return join(home, set.slice(2));
  if (set !== undefined && isAbsolute(set)) return set;
  return join(configHome ?? join(home, '.config'), 'git', 'ignore');
}

/** The part of a work tree that a folder is: '' for all of it, else a path such as `packages/a`. */
export function prefixOf(top: string, folder: string): string | undefined {
  const [above, below] = [top, folder].map(place =>
    nameOf(Buffer.from(place)).replaceAll('\\', '/').replace(/\/$/, ''),
  );
  if (above === undefined || below === undefined || !isWithin(below, above)) return undefined;
  return below.slice(above.length + 1);
}

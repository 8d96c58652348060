import { dirname, join } from 'node:path';
import { readIfThere } from '../../files/readIfThere';
import { absolute, type RelativePath } from '../names';
import type { UserRepo } from './userRepo';

/** More attribute text than this, in bytes, is not read: anything may stand in it. */
const LIMIT = 1024 * 1024;

/**
 * How the bytes of unchanged files may differ from those of the commit: not at all, only together
 * with their length (line ends, `$Id$`), or in any way (filters such as LFS, other encodings).
 */
export function mayConvert(
  repo: UserRepo,
  attributeFiles: readonly RelativePath[],
): 'nothing' | 'length' | 'any' {
  const own = ['.gitattributes', ...attributeFiles].map(path => absolute(repo.top, path));
  const named = repo.config.get('core.attributesfile');
  const everywhere = [join(dirname(repo.exclude), 'attributes'), named ?? ''].filter(Boolean);
  let found: 'nothing' | 'length' = turnedOn(repo, 'core.autocrlf') ? 'length' : 'nothing';
  let left = LIMIT;
  for (const file of new Set([...own, ...everywhere])) {
    const text = readIfThere(file, left);
    if (text === 'too-large') return 'any';
    if (text === undefined) continue;
    left -= text.length;
    found = 'length';
    if (/filter|working-tree-encoding|\[attr\]/.test(text.toString('latin1'))) return 'any';
  }
  return found;
}

function turnedOn({ config }: UserRepo, key: string): boolean {
  const value = config.get(key)?.toLowerCase();
  return value !== undefined && value !== 'false' && value !== 'no' && value !== '0';
}

import {
  backUpText,
  readForeignFile,
  writeForeignFile,
  type ForeignFile,
} from '../../files/foreignFile';
import type { Fix } from './finding';

/**
 * Adds and takes out the lines of a fix, and keeps the rest. True when the file changed. Throws a
 * HumanError for a file that cannot be changed safely.
 */
export function applyFix({ lines }: Fix, file: ForeignFile, backups: string, now: Date): boolean {
  if (!lines) return false;
  const before = readForeignFile(file);
  const eol = before?.includes('\r\n') === true ? '\r\n' : '\n';
  const remove = new Set(lines.remove);
  const rows = (before ?? '').split(/\r?\n/);
  const kept = rows.filter(row => !remove.has(row));
  const missing = lines.add.filter(line => !kept.includes(line));
  if (missing.length === 0 && kept.length === rows.length) return false;
  if (kept.at(-1) === '') kept.pop();
  if (before !== undefined) backUpText(backups, file.path, before, now);
  writeForeignFile(file, [...kept, ...missing, ''].join(eol));
  return true;
}

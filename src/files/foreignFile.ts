import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { writeFileAtomic } from './atomicFile';
import { HumanError } from './humanError';
import { ensureOwnerOnlyFolder } from './ownerOnly';

/** A file of another program that Checkrein puts something into. */
export interface ForeignFile {
  readonly path: string;
  /** The workspace folder it belongs to, if it belongs to one. */
  readonly workspace?: string;
}

const MAX_BYTES = 5 * 1024 * 1024;

/** The file's text; undefined when it does not exist. Throws a HumanError for an unsafe place. */
export function readForeignFile(file: ForeignFile): string | undefined {
  refuseLinks(file);
  const stat = statSync(file.path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile() || stat.size > MAX_BYTES) {
    throw new HumanError(`${file.path} is not a file of a usual size; it was left alone.`);
  }
  const bytes = readFileSync(file.path);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) {
    throw new HumanError(`${file.path} is not UTF-8 text; it was left alone.`);
  }
  return text;
}

/** Writes the file, and the folders above it, so that no crash leaves a part. */
export function writeForeignFile(file: ForeignFile, text: string): void {
  refuseLinks(file);
  mkdirSync(dirname(file.path), { recursive: true });
  writeFileAtomic(targetOf(file), text, 0o644);
}

/** A repository must not make us write elsewhere through a link of its own. */
function refuseLinks({ path, workspace }: ForeignFile): void {
  if (workspace === undefined) return;
  const parts = relative(workspace, path).split(sep);
  parts.forEach((_, index) => {
    const step = join(workspace, ...parts.slice(0, index + 1));
    if (lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new HumanError(`${step} is a symbolic link; replace it by a real file or folder.`);
    }
  });
}

/** A person's own file may be a link into a folder of dotfiles: the file behind it is written. */
export function targetOf({ path }: ForeignFile): string {
  if (existsSync(path)) return realpathSync(path);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new HumanError(`${path} is a link to a file that does not exist; make that file first.`);
  }
  return path;
}

/** Keeps a copy of a file's text in the folder of backups; the path of the copy. */
export function backUpText(backups: string, path: string, text: string, now: Date): string {
  ensureOwnerOnlyFolder(backups);
  const time = now.toISOString().replace(/[:.]/g, '-');
  const backup = join(backups, `${time}-${sha256(path).slice(0, 8)}-${basename(path)}`);
  writeFileAtomic(backup, text);
  return backup;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { HumanError } from './humanError';

/** Thrown when a folder that must belong to this person alone does not. */
export class NotOwnerOnlyError extends HumanError {
  override readonly name = 'NotOwnerOnlyError';
}

/**
 * Makes a folder that nobody else can read or write, or makes sure that an existing one is such:
 * a real folder (no link), owned by this user, mode 0700. Windows keeps the profile folder private
 * by its own access lists, so only the kind is checked there.
 */
export function ensureOwnerOnlyFolder(path: string): void {
  if (isOpenToOthers(path)) chmodSync(path, 0o700);
}

/**
 * The same, but a folder that others could enter until now is refused: what lies in it may be
 * theirs.
 */
export function requireOwnerOnlyFolder(path: string): void {
  if (isOpenToOthers(path))
    throw new NotOwnerOnlyError(
      `${path} is open to other users; look at what lies in it, then take their rights away.`,
    );
}

function isOpenToOthers(path: string): boolean {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = lstatSync(path);
  if (!stat.isDirectory()) throw new NotOwnerOnlyError(`${path} is not a folder; move it away.`);
  if (process.getuid === undefined) return false;
  if (stat.uid !== process.getuid()) {
    throw new NotOwnerOnlyError(`${path} belongs to another user; move it away.`);
  }
  return (stat.mode & 0o077) !== 0;
}

import { chmodSync, lstatSync, mkdirSync } from 'node:fs';

/** Thrown when a folder that must belong to this person alone does not. */
export class NotOwnerOnlyError extends Error {
  override readonly name = 'NotOwnerOnlyError';
}

/**
 * Makes a folder that nobody else can read or write, or makes sure that an existing one is such:
 * a real folder (no link), owned by this user, mode 0700. Windows keeps the profile folder private
 * by its own access lists, so only the kind is checked there.
 */
export function ensureOwnerOnlyFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = lstatSync(path);
  if (!stat.isDirectory()) throw new NotOwnerOnlyError(`${path} is not a folder`);
  if (process.getuid === undefined) return;
  if (stat.uid !== process.getuid()) {
    throw new NotOwnerOnlyError(`${path} belongs to another user`);
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700);
}

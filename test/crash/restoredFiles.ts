/** The files of the workspace in which processes are killed. */
export const FILES = Array.from(
  { length: 8 },
  (_, index) => `${index % 2 ? 'src/' : ''}f${index}.txt`,
);

/** A file with a second name: it is written in place, and large enough to be caught half-written. */
export const LARGE = 'large.bin';

export const BASE = 'as the person left it\n';

/** What an agent makes of a file; version 0 is what the person has. */
export function versionOf(file: string, version: number): string {
  const text = version === 0 ? BASE : `version ${version} of ${file}\n`;
  return file === LARGE ? text.repeat(10_000) : text;
}

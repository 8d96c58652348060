import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** A place in a file that a person can open. */
export interface EvidencePlace {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
}

/**
 * The file that a line of evidence begins with, `path`, `path:line` or `path:line: excerpt`; the path is
 * absolute or below one of the roots. Undefined where that is no file.
 */
export function evidencePlace(
  evidence: string,
  roots: readonly string[],
): EvidencePlace | undefined {
  const numbered = /^(.+?):(\d{1,9})(?::|$)/s.exec(evidence);
  const [, path = evidence, line] = numbered ?? /^(.+?): /s.exec(evidence) ?? [];
  const candidates = isAbsolute(path) ? [path] : roots.map(root => join(root, path));
  const file = candidates.find(
    candidate => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true,
  );
  return file === undefined
    ? undefined
    : { file, ...(line !== undefined && { line: Number(line) }) };
}

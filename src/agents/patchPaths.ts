/** The lines of a patch in the `*** Begin Patch` form that name a file. */
const FILE_LINE = /^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/;
const KNOWN_LINE = /^(?:\*\*\* (?:Begin Patch|End Patch|End of File)|@@|[ +-]|$)/;
/** More than a person can check. */
const MAX_LINES = 200_000;

/**
 * The files that a patch in the `*** Begin Patch` form touches; undefined when any line of it is not
 * understood, because such a line could name one more.
 */
export function patchPaths(patch: string): readonly string[] | undefined {
  const lines = patch.trim().split(/\r?\n/);
  if (lines.length > MAX_LINES || lines[0] !== '*** Begin Patch') return undefined;
  if (lines.at(-1) !== '*** End Patch') return undefined;
  const paths: string[] = [];
  for (const line of lines) {
    const path = FILE_LINE.exec(line)?.[1];
    if (path !== undefined) paths.push(path);
    else if (!KNOWN_LINE.test(line)) return undefined;
  }
  return paths.length === 0 ? undefined : paths;
}

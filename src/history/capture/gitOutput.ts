import { nameOf, type RelativePath } from '../names';
import { GitFailed } from './runGit';

/** A file as a commit has it. */
export interface CommittedFile {
  /** `100644`, `100755`, `120000` (link) or `160000` (another repository). */
  readonly mode: string;
  readonly oid: string;
}

/** One path of `git status`: what HEAD has there, if anything. */
export interface StatusEntry {
  readonly path: RelativePath;
  readonly head: CommittedFile | undefined;
  /** An untracked folder that is a repository of its own; `path` has no `/` at its end. */
  readonly repository: boolean;
}

const NOTHING = /^0+$/;

/**
 * Reads one NUL-ended part of `status --porcelain=v2 -z --no-renames`. What is ignored gives its path
 * alone (a folder's with `/` at the end), headers give `undefined`.
 */
export function parseStatusPart(part: Buffer): StatusEntry | RelativePath | undefined {
  switch (part[0]) {
    case 0x23: // '#'
      return undefined;
    case 0x21: // '! path'
      return nameOf(part.subarray(2));
    case 0x3f: {
      // '? path'
      const path = nameOf(part.subarray(2));
      const repository = path.endsWith('/');
      return { path: repository ? path.slice(0, -1) : path, head: undefined, repository };
    }
    case 0x31: {
      // '1 XY sub mH mI mW hH hI path'
      const [fields, path] = splitFields(part, 8);
      return { path, head: committed(fields[3], fields[6]), repository: false };
    }
    case 0x75: {
      // 'u XY sub m1 m2 m3 mW h1 h2 h3 path': stage 2 is what HEAD has.
      const [fields, path] = splitFields(part, 10);
      return { path, head: committed(fields[4], fields[8]), repository: false };
    }
    default:
      throw new GitFailed('git status said something unknown');
  }
}

function committed(mode = '', oid = ''): CommittedFile | undefined {
  return NOTHING.test(mode) ? undefined : { mode, oid };
}

/** Fields that single spaces end, and the path after them. */
function splitFields(part: Buffer, count: number): [string[], RelativePath] {
  let at = 0;
  const fields: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const end = part.indexOf(0x20, at);
    if (end === -1) throw new GitFailed('git said something unreadable');
    fields.push(part.toString('latin1', at, end));
    at = end + 1;
  }
  return [fields, nameOf(part.subarray(at))];
}

/** One path that differs between two commits: what the first had there. */
export interface TreeDifference {
  readonly path: RelativePath;
  readonly before: CommittedFile | undefined;
  readonly after: CommittedFile | undefined;
}

/** Collects the parts of `diff-tree -r -z --no-renames`: a line about the file, then its path. */
export function treeDifferences(): { push: (part: Buffer) => void; found: TreeDifference[] } {
  const found: TreeDifference[] = [];
  let about: string[] | undefined;
  const push = (part: Buffer): void => {
    if (about === undefined) {
      about = part.toString('latin1').slice(1).split(' ');
      return;
    }
    const [modeA, modeB, oidA, oidB] = about;
    found.push({
      path: nameOf(part),
      before: committed(modeA, oidA),
      after: committed(modeB, oidB),
    });
    about = undefined;
  };
  return { push, found };
}

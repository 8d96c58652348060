import { ABSENT, type FileState, type UnkeptReason } from '../fileState';
import { nameOf, type RelativePath } from '../names';
import { type HistoryStore, StoreFull } from '../store/historyStore';
import type { CommittedFile } from './gitOutput';
import { readBlobs } from './readBlobs';
import { FILE_LIMIT } from './readState';
import { GitFailed, type GitSetting } from './runGit';

interface Wanted {
  readonly path: RelativePath;
  readonly file: CommittedFile;
  readonly area: { readonly objects: GitSetting };
}

/**
 * The states that commits have for paths, their bytes copied into the store at once: from then on
 * nothing depends on the repository, which may be collected, rewritten or removed.
 */
export async function committedStates<T extends Wanted>(
  wanted: readonly T[],
  store: Pick<HistoryStore, 'put'>,
): Promise<(T & { readonly pre: FileState })[]> {
  const states = new Map<string, Stored>();
  for (const area of new Set(wanted.map(each => each.area))) {
    const oids = new Set(wanted.filter(each => each.area === area).map(({ file }) => file.oid));
    try {
      await readBlobs(area.objects, [...oids], FILE_LIMIT, (oid, bytes) => {
        states.set(oid, bytes ? keep(bytes, store) : { unkept: 'not-in-repository' });
      });
    } catch (error) {
      // The rest is not held then, which each path says for itself.
      if (!(error instanceof GitFailed)) throw error;
    }
  }
  return wanted.map(each => ({ ...each, pre: stateOf(each.file, states.get(each.file.oid)) }));
}

interface Kept {
  readonly hash: string;
  readonly size: number;
  /** Held for links alone, whose content is their target. */
  readonly text: Buffer | undefined;
}
type Stored = Kept | { readonly unkept: UnkeptReason };

/** A link's target is never longer. */
const LINK_LIMIT = 4096;

function keep(bytes: Buffer, store: Pick<HistoryStore, 'put'>): Stored {
  try {
    const text = bytes.length <= LINK_LIMIT ? bytes : undefined;
    return { hash: store.put(bytes), size: bytes.length, text };
  } catch (error) {
    if (error instanceof StoreFull) return { unkept: 'no-room' };
    throw error;
  }
}

function stateOf({ mode, oid }: CommittedFile, stored: Stored | undefined): FileState {
  if (mode === '160000') return ABSENT;
  if (!stored) return { kind: 'unkept', reason: 'not-in-repository', print: oid };
  if ('unkept' in stored) return { kind: 'unkept', reason: stored.unkept, print: oid };
  if (mode === '120000' && stored.text) return { kind: 'link', target: nameOf(stored.text) };
  const { hash, size } = stored;
  return { kind: 'file', hash, size, mode: mode === '100755' ? 0o755 : 0o644, gitMode: true };
}

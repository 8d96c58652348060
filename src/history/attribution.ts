import { lstatSync } from 'node:fs';
import type { Difference } from './capture/rootCapture';
import type { CallKind, ChangeGroup, RecordedChange, Source } from './historyEvents';
import { absolute, foldersAbove, fsPath, type Name, type RelativePath } from './names';

/** What a person does with a file in the editor; `moved` stands for making and removing too. */
export type UserAct = 'saved' | 'moved';

/** What was going on between two looks. */
export interface Window {
  /** Tool calls that were open at any moment between them. */
  readonly calls: readonly {
    readonly id: string;
    readonly kind: CallKind;
    readonly turn: string | undefined;
  }[];
  /** A turn of an agent whose tool calls are not seen. */
  readonly wholeTurn: string | undefined;
  /** A turn in which commands ran: one of their processes may still be at work. */
  readonly afterShell: boolean;
  /** What the person did in the editor meanwhile, by file or folder. */
  readonly touched: ReadonlyMap<RelativePath, UserAct>;
}

/** Says who made the changes that a look found: one group for each source. */
export function attribute(
  differences: readonly Difference[],
  window: Window,
  madeFoldersOf: (files: readonly RecordedChange[]) => RelativePath[],
): ChangeGroup[] {
  const { calls, wholeTurn, touched } = window;
  const group = (source: Source, files: readonly RecordedChange[]): ChangeGroup[] =>
    files.length === 0
      ? []
      : [
          {
            source,
            turn: turnOf(window),
            calls: calls.map(({ id }) => id),
            files,
            madeFolders: madeFoldersOf(files),
          },
        ];
  if (calls.length > 0 || wholeTurn !== undefined) {
    const files = differences.map(each =>
      isTouched(each.path, touched) ? { ...each, mixed: true as const } : each,
    );
    return group(sourceOf(calls.map(({ kind }) => kind)), files);
  }
  const isOwn = ({ path }: Difference): boolean => !window.afterShell || isTouched(path, touched);
  const own = differences.filter(isOwn);
  const late = differences.filter(each => !isOwn(each));
  return [...group('user', own), ...group('late', late)].map(each => ({
    ...each,
    turn: undefined,
    madeFolders: [],
  }));
}

function isTouched(path: RelativePath, touched: Window['touched']): boolean {
  return touched.has(path) || foldersAbove(path).some(folder => touched.has(folder));
}

function sourceOf(kinds: readonly CallKind[]): Source {
  if (kinds.length === 0) return 'turn';
  if (kinds.includes('shell')) return 'shell';
  return kinds.includes('mcp') ? 'mcp' : 'tool';
}

function turnOf({ calls, wholeTurn }: Window): string | undefined {
  const turns = new Set(calls.map(({ turn }) => turn));
  return turns.size === 1 ? [...turns][0] : wholeTurn;
}

/** What finding out which folders came with new files needs. */
export interface FolderLook {
  readonly root: Name;
  /** When the window began, in milliseconds since 1970. */
  readonly since: number;
  readonly filesIn: (folder: RelativePath) => readonly RelativePath[];
}

/** The clock of a file system may lag behind by as much, in milliseconds. */
const LAG = 20;

/**
 * The folders that came into being with new files: made since the window began, or moved there with
 * all they hold. Only such folders go again when the files are taken back.
 */
export function foldersMade(
  files: readonly RecordedChange[],
  { root, since, filesIn }: FolderLook,
): RelativePath[] {
  const created = files.filter(({ pre, post }) => pre.kind === 'absent' && post.kind !== 'absent');
  const paths = new Set(created.map(({ path }) => path));
  const removed = new Set(
    files.flatMap(({ pre, post }) =>
      post.kind === 'absent' && pre.kind === 'file' ? [pre.hash] : [],
    ),
  );
  const moved = new Set(
    created.flatMap(({ path, post }) =>
      post.kind === 'file' && removed.has(post.hash) ? [path] : [],
    ),
  );
  const folders = new Set(created.flatMap(({ path }) => foldersAbove(path)));
  return [...folders].filter(folder => {
    const stat = lstatSync(fsPath(absolute(root, folder)), { throwIfNoEntry: false });
    if (!stat?.isDirectory()) return false;
    const holdsOthers = (known: ReadonlySet<RelativePath>): boolean =>
      !filesIn(folder).every(path => known.has(path));
    // Where no time of birth is known it is given as 0, or as the last change.
    if (stat.birthtimeMs >= since - LAG && stat.birthtimeMs > 0) return !holdsOthers(paths);
    return moved.size > 0 && !holdsOthers(moved);
  });
}

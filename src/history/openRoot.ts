import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, parse, relative, resolve, sep } from 'node:path';
import { HumanError } from '../files/humanError';
import { gitEnvironment } from './capture/area';
import { findGit } from './capture/findGit';
import { nameOf, type RelativePath } from './names';
import type { EditorSide } from './revert/planRestore';
import { RootRestore } from './revert/rootRestore';
import { RootHistory } from './rootHistory';
import type { HistoryStore } from './store/historyStore';
import { openHistoryStore, type StoreOptions } from './store/openHistoryStore';

/** What opening the history of one workspace folder needs. */
export interface OpenRootOptions {
  readonly root: string;
  readonly storeFolder: string;
  /** False: git is never run in it. */
  readonly trusted: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** All workspace folders, this one among them. */
  readonly workspaceRoots: readonly string[];
  readonly editor?: EditorSide;
  /** What tests put in the place of the clock, the disk and other processes. */
  readonly storeOptions?: StoreOptions;
}

/** The open history of one workspace folder. */
export interface OpenRoot {
  /** Its real path. */
  readonly root: string;
  readonly store: HistoryStore;
  readonly history: RootHistory;
  readonly restore: RootRestore;
  close(): void;
}

/**
 * Opens the history of a workspace folder and finishes a restore that a crash cut short.
 * @throws HumanError when the store would lie inside the folder: the agent could change it
 */
export async function openRoot(options: OpenRootOptions): Promise<OpenRoot> {
  const root = realPath(options.root);
  if (pathWithin(root, realPath(options.storeFolder)) !== undefined) {
    throw new HumanError(`The history of ${root} must be kept outside of it.`);
  }
  const program = options.trusted
    ? findGit({
        platform: process.platform,
        path: options.env['PATH'],
        workspaceRoots: options.workspaceRoots,
      })
    : undefined;
  const store = openHistoryStore(options.storeFolder, options.storeOptions);
  try {
    const home = options.env['HOME'] ?? homedir();
    const history = new RootHistory({
      root: nameOf(Buffer.from(root)),
      store,
      storeFolder: options.storeFolder,
      git: program === undefined ? undefined : { program, env: gitEnvironment(options.env) },
      home,
      excluded: options.workspaceRoots.flatMap(other => below(root, realPath(other))),
      looks: !isTooWide(root, home),
      now: Date.now,
    });
    const restore = new RootRestore(history, options.editor);
    await restore.recover();
    const close = (): void => {
      history.close();
      store.close();
    };
    return { root, store, history, restore, close };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** A path below a folder as the history names it; '' for the folder, `undefined` outside of it. */
export function pathWithin(folder: string, place: string): RelativePath | undefined {
  const way = relative(folder, place);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
  return way.replaceAll(sep, '/');
}

/** The same for a folder that lies below another, as a list. */
function below(root: string, other: string): RelativePath[] {
  const way = pathWithin(root, other);
  return way === undefined || way === '' ? [] : [way];
}

const COLLECTIONS = ['Desktop', 'Documents', 'Downloads'];

/** A home folder, a disk, and what holds either: too much to look at, and not one project. */
export function isTooWide(root: string, home: string): boolean {
  const inHome = pathWithin(home, root);
  return (
    root === parse(root).root ||
    pathWithin(root, home) !== undefined ||
    (inHome !== undefined && COLLECTIONS.includes(inHome))
  );
}

/** The real path of what is there, and for the rest of a path the path itself. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync.native(whole);
  } catch {
    const { dir, base } = parse(whole);
    return dir === whole ? whole : resolve(realPath(dir), base);
  }
}

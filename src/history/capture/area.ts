import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files/atomicFile';
import { readIfThere } from '../../files/readIfThere';
import type { Name, RelativePath } from '../names';
import type { CommittedFile } from './gitOutput';
import { OwnGitFolder } from './ownGitFolder';
import { RepoLook } from './repoLook';
import type { GitSetting } from './runGit';
import { excludesFileOf, findUserRepo, prefixOf, type UserRepo } from './userRepo';
import { isSmall, type UncoveredFolder, walkFolder } from './walkFolder';

/** How the state of a path before a look can be told when it was not read before. */
export type Origin =
  /** From a commit. */
  | { readonly committed: CommittedFile; readonly area: GitArea }
  /** It was not there: everything there was had been listed. */
  | 'new'
  /** Not at all: this is the first time anyone looked here. */
  | 'first-seen';

/** What one part of a workspace folder looks like now. Paths are relative to the workspace folder. */
export interface AreaFindings {
  readonly base: Base;
  /** Every path that may have changed since the look before. */
  readonly candidates: ReadonlyMap<RelativePath, Origin>;
  /** Paths that moved with the commit alone: only of interest when the agent may have moved it. */
  readonly movedOnly: ReadonlySet<RelativePath>;
  readonly repositories: readonly RelativePath[];
  /** `undefined` when this look did not renew the list. */
  readonly uncovered: readonly UncoveredFolder[] | undefined;
}

/** What unlisted files of an area are like: those of a commit (its id), or there are none. */
export type Base = string;

/** A base that is no commit: the repository has none yet, or every file was listed. */
const UNBORN: Base = 'unborn';
export const WALKED: Base = 'walked';

/** A part of a workspace folder that is looked at in one way. */
export interface Area {
  readonly prefix: RelativePath;
  look(before: Base | undefined, options: LookOptions): Promise<AreaFindings>;
  close(): void;
}

export interface LookOptions {
  /** True to list ignored files anew, which is done where a turn begins and ends. */
  readonly withIgnored: boolean;
  /** Folders that other areas look at. */
  readonly skip: (folder: RelativePath) => boolean;
}

/** More files than this are not held of a folder without a repository. */
const WALK_LIMIT = 200_000;

/** A part that is walked: no repository, or one that may not be asked. */
export class WalkedArea implements Area {
  constructor(
    private readonly root: Name,
    readonly prefix: RelativePath,
  ) {}

  async look(before: Base | undefined, { skip }: LookOptions): Promise<AreaFindings> {
    const walked = await walkFolder(this.root, this.prefix, skip, WALK_LIMIT);
    const origin = before === WALKED ? 'new' : 'first-seen';
    const candidates = new Map<RelativePath, Origin>();
    for (const path of [...walked.files, ...walked.emptyFolders]) candidates.set(path, origin);
    const { repositories, uncovered } = walked;
    return { base: WALKED, candidates, movedOnly: new Set(), repositories, uncovered };
  }

  close(): void {
    // Nothing is held open.
  }
}

/** A part that is the work tree of a repository (or as much of it as the workspace folder holds). */
export class GitArea implements Area {
  readonly #look: RepoLook;
  readonly #inRepo: RelativePath;
  readonly #large = new Set<RelativePath>();

  private constructor(
    private readonly root: Name,
    readonly prefix: RelativePath,
    look: RepoLook,
    inRepo: RelativePath,
  ) {
    this.#look = look;
    this.#inRepo = inRepo;
  }

  /**
   * Opens the repository that a folder belongs to; `undefined` when there is none to rely on.
   * @param fresh true to ask the repository about itself, false to rely on what it said last time
   */
  static async open(
    place: GitPlace,
    prefix: RelativePath,
    fresh: boolean,
  ): Promise<GitArea | undefined> {
    const folder = prefix === '' ? place.root : `${place.root}/${prefix}`;
    const user = { program: place.program, env: place.env, cwd: folder };
    const key = createHash('sha256').update(prefix).digest('hex').slice(0, 16);
    const home = join(place.store, 'git', key);
    const saved = fresh ? undefined : load(join(home, 'repository.json'));
    const repo = saved ?? (await findUserRepo(user));
    const inRepo = repo && prefixOf(repo.top, folder);
    // A folder within the workspace that is no top of its own has a broken repository.
    if (!repo || inRepo === undefined || (prefix !== '' && inRepo !== '')) return undefined;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (!saved) writeFileAtomic(join(home, 'repository.json'), save(repo));
    const look = new RepoLook(repo, user, OwnGitFolder.open(home), inRepo, {
      excludesFile: excludesFileOf(repo.config, place.home, place.env['XDG_CONFIG_HOME']),
      ignoreCase: place.ignoreCase,
      platform: process.platform,
    });
    return new GitArea(place.root, prefix, look, inRepo);
  }

  /** With what its objects are read. */
  get objects(): GitSetting {
    return this.#look.objects;
  }

  /** See `ObjectPins`. */
  pinObjects(): boolean {
    return this.#look.pinObjects();
  }

  dropStalePins(): void {
    this.#look.dropStalePins();
  }

  async look(before: Base | undefined, options: LookOptions): Promise<AreaFindings> {
    const first = before === undefined || before === WALKED;
    const found = first
      ? await this.#look.first()
      : await this.#look.again(before === UNBORN ? undefined : before, options.withIgnored);
    const candidates = new Map<RelativePath, Origin>();
    const repositories: RelativePath[] = [];
    const movedOnly = new Set<RelativePath>();
    const origin = (committed: CommittedFile | undefined): Origin => {
      if (first) return 'first-seen';
      return committed ? { committed, area: this } : 'new';
    };
    const add = (inRepo: RelativePath, committed: CommittedFile | undefined): void => {
      const path = this.#inRoot(inRepo);
      // A path may be listed twice: removed from the index, and untracked.
      if (path === undefined || typeof candidates.get(path) === 'object') return;
      candidates.set(path, origin(committed));
    };
    for (const { path, before: committed, after } of found.moved) {
      if (committed?.mode === '160000' || after?.mode === '160000') continue;
      add(path, committed);
      const inRoot = this.#inRoot(path);
      if (inRoot !== undefined) movedOnly.add(inRoot);
    }
    const movedPaths = new Set(movedOnly);
    for (const { path, head, repository } of found.entries) {
      const inRoot = this.#inRoot(path);
      if (inRoot === undefined) continue;
      if (repository) repositories.push(inRoot);
      else if (movedPaths.has(inRoot)) movedOnly.delete(inRoot);
      else add(path, head);
    }
    for (const path of found.converted) add(path, undefined);
    for (const path of found.submodules) {
      const inRoot = this.#inRoot(path);
      if (inRoot !== undefined) repositories.push(inRoot);
    }
    const uncovered = await this.#addIgnored(found.ignored, candidates, first, options);
    const base = found.head ?? UNBORN;
    return { base, candidates, movedOnly, repositories, uncovered };
  }

  close(): void {
    this.#look.close();
  }

  async #addIgnored(
    ignored: readonly RelativePath[] | undefined,
    candidates: Map<RelativePath, Origin>,
    first: boolean,
    { skip }: LookOptions,
  ): Promise<UncoveredFolder[] | undefined> {
    if (!ignored) return undefined;
    const uncovered: UncoveredFolder[] = [];
    const origin = first ? 'first-seen' : 'new';
    const add = (path: RelativePath): void => {
      if (!candidates.has(path)) candidates.set(path, origin);
    };
    for (const name of ignored) {
      const path = this.#inRoot(name.replace(/\/$/, ''));
      if (path === undefined || skip(path)) continue;
      if (!name.endsWith('/')) {
        add(path);
        continue;
      }
      if (this.#large.has(path) || !isSmall(this.root, path)) {
        this.#large.add(path);
        uncovered.push({ path, why: 'generated' });
        continue;
      }
      const walked = await walkFolder(this.root, path, skip, WALK_LIMIT);
      walked.files.forEach(add);
      uncovered.push(...walked.uncovered);
    }
    return uncovered;
  }

  /** A path of the repository as one of the workspace folder; `undefined` outside of it. */
  #inRoot(path: RelativePath): RelativePath | undefined {
    let below = path;
    if (this.#inRepo !== '') {
      if (!path.startsWith(`${this.#inRepo}/`)) return undefined;
      below = path.slice(this.#inRepo.length + 1);
    }
    return this.prefix === '' ? below : `${this.prefix}/${below}`;
  }
}

/** What a repository is opened with. */
export interface GitPlace {
  readonly root: Name;
  /** The folder of the history's store. */
  readonly store: string;
  readonly program: string;
  /** Without anything that changes what git does. */
  readonly env: Readonly<Record<string, string>>;
  /** The user's home folder. */
  readonly home: string;
  readonly ignoreCase: boolean;
}

/** What git needs of this process's environment; all that steers git itself stays behind. */
export function gitEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
    HOME: homedir(),
  };
  for (const name of ['PATH', 'XDG_CONFIG_HOME', 'USERPROFILE', 'SYSTEMROOT', 'TEMP', 'TMP']) {
    const value = env[name];
    if (value !== undefined) kept[name] = value;
  }
  if (env['HOME'] !== undefined) kept['HOME'] = env['HOME'];
  return kept;
}

function save({ config, ...repo }: UserRepo): string {
  return JSON.stringify({ ...repo, config: [...config] });
}

/** Reads what `save` wrote; a damaged file counts as none. */
function load(file: string): UserRepo | undefined {
  const bytes = readIfThere(file, 1024 * 1024);
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const { config, ...repo } = JSON.parse(bytes.toString('utf8')) as Omit<UserRepo, 'config'> & {
      config: [string, string][];
    };
    const texts = [repo.top, repo.gitDir, repo.objects, repo.index, repo.exclude];
    return texts.every(text => typeof text === 'string')
      ? { ...repo, config: new Map(config) }
      : undefined;
  } catch {
    return undefined;
  }
}

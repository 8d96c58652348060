import { copyFileSync, lstatSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../../files/readIfThere';
import { absolute, bytesOf, fsPath, nameOf, type RelativePath } from '../names';
import { mayConvert } from './conversions';
import { parseStatusPart, type StatusEntry } from './gitOutput';
import { type TreeDifference, treeDifferences } from './gitOutput';
import { ObjectPins } from './objectPins';
import type { OwnGitFacts, OwnGitFolder } from './ownGitFolder';
import { readSizes } from './readBlobs';
import { GitFailed, type GitSetting, NulSplitter, runGit } from './runGit';
import { readHead, type UserRepo } from './userRepo';

/** What a look at one repository's work tree found. Paths are relative to its top folder. */
export interface RepoFindings {
  /** The commit that was compared with; `undefined` before the first one. */
  readonly head: string | undefined;
  /** Every path that may differ from `head` (some that do not are among them). */
  readonly entries: readonly StatusEntry[];
  /** What differs between the commit of the look before and `head`. */
  readonly moved: readonly TreeDifference[];
  /** Ignored files and (with `/` at the end) folders; `undefined` when not asked for. */
  readonly ignored: readonly RelativePath[] | undefined;
  /** Found at the first look only: files whose bytes are not those of the commit, though unchanged. */
  readonly converted: readonly RelativePath[];
  /** Other repositories that the commit names at a path (submodules). */
  readonly submodules: readonly RelativePath[];
}

/** What the first look knows of each path in the index. */
interface IndexList {
  readonly flagged: RelativePath[];
  readonly submodules: RelativePath[];
  readonly attributes: RelativePath[];
  /** True when the index had to be made anew for it. */
  isSecond?: boolean;
}

/** Whether ignored files are to be listed: always, where git finds a folder changed, or not. */
export type IgnoredWish = 'list' | 'list-if-changed' | 'no';

interface Status {
  readonly entries: readonly StatusEntry[];
  /** Ignored files and (with `/` at the end) folders, where they were asked for. */
  readonly ignored: readonly RelativePath[];
  /** False when git found every folder as it had left it. */
  readonly foldersChanged: boolean;
}

/** Reads from git's own account of its work how many folders it had to list. */
class FolderTrace {
  foldersRead: number | undefined;
  #tail = '';

  readonly push = (piece: Buffer): void => {
    this.#tail = (this.#tail + piece.toString('latin1')).slice(-100_000);
    const count = /\bopendir:(\d+)\n/.exec(this.#tail)?.[1];
    if (count !== undefined) this.foldersRead = Number(count);
  };
}

const EMPTY_TREES: Readonly<Record<string, string>> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

const STATUS = ['status', '--porcelain=v2', '-z', '--no-renames', '--ignore-submodules=all'];

/**
 * A status that lists what is ignored too, in one walk. Git's knowledge of folders (its untracked
 * cache) is of no use to it, so it need not be made and written: the next status does that.
 */
const STATUS_WITH_IGNORED = ['-c', 'core.untrackedCache=keep', ...STATUS, '--ignored=matching'];

/**
 * Looks at the work tree of one repository by way of a git folder of our own. The index in it mirrors
 * a commit, not what the person staged, so nothing that git is told to overlook is overlooked.
 */
export class RepoLook {
  readonly #setting: GitSetting;
  /** For reading objects: works though the work tree is gone. */
  readonly objects: GitSetting;
  readonly #pins: ObjectPins;

  /**
   * @param below the part of the work tree to look at: '' for all of it
   */
  constructor(
    readonly repo: UserRepo,
    private readonly user: GitSetting,
    private readonly folder: OwnGitFolder,
    private readonly below: RelativePath,
    private readonly facts: OwnGitFacts,
  ) {
    this.configure();
    const cwd = below === '' ? repo.top : join(repo.top, below);
    const env = { ...user.env, ...folder.environment(repo.top) };
    this.#setting = { program: user.program, cwd, env };
    const { GIT_WORK_TREE: _unused, ...objectsEnv } = env;
    this.objects = { program: user.program, cwd: folder.path, env: objectsEnv };
    this.#pins = new ObjectPins(repo.objects, folder.objects);
  }

  /** Takes over the ignore rules and sparse patterns that the repository has now. */
  configure(): void {
    const { exclude, sparsePatterns } = this.repo;
    const rules = readIfThere(exclude) ?? Buffer.alloc(0);
    this.folder.configure(this.repo, rules, readIfThere(sparsePatterns), this.facts);
  }

  /** True when the objects of the commit outlive the repository. */
  pinObjects(): boolean {
    return this.#pins.refresh();
  }

  dropStalePins(): void {
    if (lstatSync(this.repo.objects, { throwIfNoEntry: false })) this.#pins.dropStale();
  }

  close(): void {
    this.folder.close();
  }

  /** The first look: nothing is known of this work tree yet. @throws GitFailed */
  async first(): Promise<RepoFindings> {
    const [head, hasCopy] = await Promise.all([
      readHead(this.user, this.repo.gitDir),
      this.#startIndex(),
    ]);
    this.folder.setHead(head);
    if (!hasCopy) await this.#readTree(head);
    // The status is right unless the list shows a reason against it, which is rare.
    const early = this.#status(STATUS_WITH_IGNORED);
    early.catch(() => undefined);
    const list = await this.#listIndex(early);
    const conversion = mayConvert(this.repo, list.attributes);
    if (conversion === 'any') {
      // Sizes tell nothing where a filter may change bytes alone: git reads every file once.
      await early.catch(() => undefined);
      this.folder.dropIndex();
      await this.#readTree(head);
    } else if (list.flagged.length > 0) {
      await early.catch(() => undefined);
      await this.#clearFlags(list.flagged);
    }
    const isLate = conversion === 'any' || list.flagged.length > 0 || list.isSecond;
    const [{ entries, ignored }, converted] = await Promise.all([
      isLate ? this.#status(STATUS_WITH_IGNORED) : early,
      conversion === 'length' ? this.#lengthDiffers() : [],
    ]);
    return { head, entries, ignored, converted, moved: [], submodules: list.submodules };
  }

  /** A later look. `before` is the commit of the look before it. @throws GitFailed */
  async again(before: string | undefined, ignored: IgnoredWish): Promise<RepoFindings> {
    this.folder.setHead(before);
    if (!lstatSync(this.#setting.cwd, { throwIfNoEntry: false })) return this.#allGone(before);
    if (!this.folder.hasIndex) await this.#readTree(before);
    const listed = ignored === 'list' ? this.#ignored() : undefined;
    const [head, early] = await Promise.all([
      // Without the repository, what it last had still stands in our own folder.
      readHead(this.user, this.repo.gitDir).catch(() => before),
      this.#status(),
      listed,
    ]);
    const listNow = ignored === 'list-if-changed' && early.foldersChanged;
    const nothing = {
      converted: [],
      submodules: [],
      ignored: await (listNow ? this.#ignored() : listed),
    };
    if (head === before) return { head, entries: early.entries, moved: [], ...nothing };
    this.folder.setHead(head);
    await this.#readTree(head);
    const [{ entries }, moved] = await Promise.all([
      this.#status(),
      this.#difference(before, head),
    ]);
    return { head, entries, moved, ...nothing };
  }

  /** What a look finds when the folder itself was removed. */
  async #allGone(head: string | undefined): Promise<RepoFindings> {
    const findings = { head, moved: [], ignored: [], converted: [], submodules: [] };
    if (head === undefined) return { ...findings, entries: [] };
    const entries: StatusEntry[] = [];
    const split = new NulSplitter(part => {
      // 'mode type oid<tab>path'
      const tab = part.indexOf(0x09);
      const [mode = '', , oid = ''] = part.toString('latin1', 0, tab).split(' ');
      const path = nameOf(part.subarray(tab + 1));
      if (mode !== '160000') entries.push({ path, head: { mode, oid }, repository: false });
    });
    await runGit(this.objects, ['ls-tree', '-r', '-z', head], { onData: split.push });
    return { ...findings, entries };
  }

  /** What differs between two commits; `undefined` stands for the time before the first one. */
  async #difference(a: string | undefined, b: string | undefined): Promise<TreeDifference[]> {
    const none = EMPTY_TREES[this.repo.objectFormat] ?? '';
    const { push, found } = treeDifferences();
    const args = ['diff-tree', '-r', '-z', '--no-renames', a ?? none, b ?? none];
    await runGit(this.objects, args, { onData: new NulSplitter(push).push });
    return found;
  }

  async #status(command: readonly string[] = STATUS): Promise<Status> {
    const entries: StatusEntry[] = [];
    const ignored: RelativePath[] = [];
    const trace = new FolderTrace();
    const split = new NulSplitter(part => {
      const entry = parseStatusPart(part);
      if (typeof entry === 'string') ignored.push(entry);
      else if (entry) entries.push(entry);
    });
    const where = this.below === '' ? [] : ['--', '.'];
    const setting = { ...this.#setting, env: { ...this.#setting.env, GIT_TRACE2_PERF: '2' } };
    const onComplaint = trace.push;
    await runGit(setting, [...command, ...where], { onData: split.push, onComplaint });
    return { entries, ignored, foldersChanged: trace.foldersRead !== 0 };
  }

  async #ignored(): Promise<RelativePath[]> {
    const found: RelativePath[] = [];
    const prefix = this.below === '' ? '' : `${this.below}/`;
    const split = new NulSplitter(part => found.push(prefix + nameOf(part)));
    const args = ['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z'];
    await runGit(this.#setting, args, { onData: split.push });
    return found;
  }

  async #readTree(head: string | undefined): Promise<void> {
    await runGit(this.#setting, ['read-tree', ...(head ? ['--reset', head] : ['--empty'])]);
  }

  /** Begins anew, with a copy of the person's index where there is one. */
  async #startIndex(): Promise<boolean> {
    this.folder.dropIndex();
    return this.#copyUserIndex();
  }

  /** The person's index knows what is unchanged: with it, the first look need not read every file. */
  #copyUserIndex(): boolean {
    try {
      const stat = lstatSync(this.repo.index);
      // Copying a FIFO would wait for ever.
      if (!stat.isFile()) return false;
      copyFileSync(this.repo.index, this.folder.index);
      // Git compares again what changed in the very second in which its index was written. A copy
      // that looks newer would hide edits of that second.
      const written = Math.floor(stat.mtimeMs / 1000);
      utimesSync(this.folder.index, written, written);
      return true;
    } catch {
      return false;
    }
  }

  /** `running` must have ended before the index can be made anew. */
  async #listIndex(running: Promise<unknown>): Promise<IndexList> {
    try {
      return await this.#readIndexList();
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error;
      // A split index is in two files, of which one was copied.
      await running.catch(() => undefined);
      this.folder.dropIndex();
      await this.#readTree(await readHead(this.user, this.repo.gitDir));
      return { ...(await this.#readIndexList()), isSecond: true };
    }
  }

  async #readIndexList(): Promise<IndexList> {
    const list: IndexList = { flagged: [], submodules: [], attributes: [] };
    await this.#eachInIndex(part => addToList(list, part));
    return list;
  }

  async #eachInIndex(part: (bytes: Buffer) => void): Promise<void> {
    const split = new NulSplitter(part);
    const where = this.below === '' ? [] : ['--full-name', '--', '.'];
    await runGit(this.#setting, ['ls-files', '-v', '-s', '-z', ...where], { onData: split.push });
  }

  /** Takes back `skip-worktree` and `assume-unchanged` in our index: changes there count. */
  async #clearFlags(paths: readonly RelativePath[]): Promise<void> {
    if (this.repo.config.get('core.sparsecheckout')?.toLowerCase() === 'true') return;
    const input = Buffer.concat(paths.flatMap(path => [bytesOf(path), Buffer.of(0)]));
    const setting = { ...this.#setting, cwd: this.repo.top };
    for (const flag of ['--no-skip-worktree', '--no-assume-unchanged']) {
      await runGit(setting, ['update-index', flag, '-z', '--stdin'], { input });
    }
  }

  /** Lists the index once more: most repositories convert nothing and need no list of all files. */
  async #lengthDiffers(): Promise<RelativePath[]> {
    const files: { readonly path: RelativePath; readonly oid: string }[] = [];
    await this.#eachInIndex(part => {
      const { mode, oid, path } = indexEntry(part);
      if (mode === '100644' || mode === '100755') files.push({ path, oid });
    });
    const sizes = await readSizes(
      this.objects,
      files.map(({ oid }) => oid),
    );
    return files
      .filter(({ path }, index) => {
        const stat = lstatSync(fsPath(absolute(this.repo.top, path)), { throwIfNoEntry: false });
        return stat?.isFile() === true && stat.size !== sizes[index];
      })
      .map(({ path }) => path);
  }
}

/** One part of `ls-files -v -s -z`: 'H 100644 oid stage<tab>path'. */
function indexEntry(part: Buffer): {
  readonly tag: string;
  readonly mode: string;
  readonly oid: string;
  readonly path: RelativePath;
} {
  const tab = part.indexOf(0x09);
  const [tag = '', mode = '', oid = ''] = part.toString('latin1', 0, tab).split(' ');
  return { tag, mode, oid, path: nameOf(part.subarray(tab + 1)) };
}

const USUAL = Buffer.from('H 100');
const ATTRIBUTES = Buffer.from('.gitattributes');

function addToList(list: IndexList, part: Buffer): void {
  // Nearly every entry is a file without a flag: taking them all apart would take as long as git.
  const isUsual = part.compare(USUAL, 0, USUAL.length, 0, USUAL.length) === 0;
  const length = Math.min(ATTRIBUTES.length, part.length);
  if (isUsual && !part.subarray(part.length - length).equals(ATTRIBUTES)) return;
  const { tag, mode, path } = indexEntry(part);
  if (tag === 'S' || tag === tag.toLowerCase()) list.flagged.push(path);
  if (mode === '160000') list.submodules.push(path);
  if (path === '.gitattributes' || path.endsWith('/.gitattributes')) list.attributes.push(path);
}

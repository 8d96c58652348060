import { join } from 'node:path';
import { ABSENT, type FileState, sameState } from '../fileState';
import { isGitInside, isWithin, type Name, type RelativePath } from '../names';
import type { HistoryStore } from '../store/historyStore';
import {
  type Area,
  type AreaFindings,
  type Base,
  GitArea,
  type Origin,
  WALKED,
  WalkedArea,
} from './area';
import { Breather } from './breather';
import type { CommittedFile } from './gitOutput';
import { committedStates } from './committedStates';
import { ignoresCase } from './ignoresCase';
import { FILE_LIMIT, type ReadCalls, StateReader, systemReads } from './readState';
import { RememberedStates } from './rememberedStates';
import { GitFailed } from './runGit';
import type { UncoveredFolder } from './walkFolder';

/** What is known of a workspace folder from all looks before. */
export interface Known {
  /** Every path whose bytes the history holds itself; what is not listed is as the base has it. */
  readonly states: ReadonlyMap<RelativePath, FileState>;
  /** By the prefix of each area. */
  readonly bases: ReadonlyMap<RelativePath, Base>;
  readonly uncovered: readonly UncoveredFolder[];
}

/** A path that is not as it was. */
export interface Difference {
  readonly path: RelativePath;
  readonly pre: FileState;
  readonly post: FileState;
}

/** What one look at a workspace folder found. */
export interface Look {
  /** States that were not known before, and are no change. */
  readonly seen: readonly (readonly [RelativePath, FileState])[];
  readonly differences: readonly Difference[];
  readonly bases: readonly (readonly [RelativePath, Base])[];
  /** `undefined` when this look did not renew the list. */
  readonly uncovered: readonly UncoveredFolder[] | undefined;
  /** What could not be looked at, in words for people. */
  readonly problems: readonly string[];
}

export interface RootLookOptions {
  /** True where a turn begins or ends: ignored files are listed anew. */
  readonly withIgnored: boolean;
  /** True where a turn begins: repositories are asked about themselves, new ones are taken in. */
  readonly atPrompt: boolean;
  /** False when only the person can have acted: commits they switch to are not copied. */
  readonly agentMayHaveActed: boolean;
}

/** What looking at one workspace folder needs. */
export interface CaptureSetting {
  /** The folder's real path. */
  readonly root: Name;
  readonly store: Pick<HistoryStore, 'put' | 'has'>;
  /** The folder of the store, where our git folders lie too. */
  readonly storeFolder: string;
  /** How git is run; `undefined` in a workspace that is not trusted: then it never is. */
  readonly git:
    { readonly program: string; readonly env: Readonly<Record<string, string>> } | undefined;
  /** The user's home folder. */
  readonly home: string;
  /** Folders below the root that are workspace folders of their own. */
  readonly excluded: readonly RelativePath[];
  readonly calls?: ReadCalls;
}

/** Looks at one workspace folder: all its areas, and all paths that were known before. */
export class RootCapture {
  readonly reader: StateReader;
  readonly remembered: RememberedStates;
  readonly #areas = new Map<RelativePath, Area>();

  constructor(private readonly setting: CaptureSetting) {
    this.reader = new StateReader(
      setting.root,
      setting.store,
      setting.calls ?? systemReads,
      FILE_LIMIT,
    );
    this.remembered = new RememberedStates(join(setting.storeFolder, 'remembered.json'));
  }

  async look(known: Known, options: RootLookOptions): Promise<Look> {
    const problems: string[] = [];
    const found = await this.#lookAtAreas(known, options, problems);
    const origins = new Map<RelativePath, Origin | undefined>();
    for (const path of known.states.keys()) origins.set(path, undefined);
    for (const { candidates, movedOnly } of found.values()) {
      for (const [path, origin] of candidates) {
        if (movedOnly.has(path) && !options.agentMayHaveActed && !known.states.has(path)) continue;
        if (!origins.has(path) && !isGitInside(path)) origins.set(path, origin);
      }
    }
    const { seen, differences } = await this.#readAll(origins, known);
    this.remembered.save();
    const renewed = [...found.values()].map(({ uncovered }) => uncovered);
    return {
      seen,
      differences,
      bases: Array.from(found, ([prefix, { base }]) => [prefix, base] as const),
      uncovered: renewed.every(list => list !== undefined) ? renewed.flat() : undefined,
      problems,
    };
  }

  /** Gives up pinned objects that the repositories dropped. Only while no turn is under way. */
  dropStalePins(): void {
    for (const area of this.#areas.values()) if (area instanceof GitArea) area.dropStalePins();
  }

  close(): void {
    for (const area of this.#areas.values()) area.close();
    this.#areas.clear();
  }

  async #lookAtAreas(
    known: Known,
    options: RootLookOptions,
    problems: string[],
  ): Promise<Map<RelativePath, AreaFindings>> {
    const found = new Map<RelativePath, AreaFindings>();
    const waiting = ['', ...known.bases.keys()];
    for (let prefix = waiting.shift(); prefix !== undefined; prefix = waiting.shift()) {
      if (found.has(prefix) || this.#isExcluded(prefix)) continue;
      const before = known.bases.get(prefix);
      const findings = await this.#lookAtArea(prefix, before, known, options, problems);
      const adopted = findings.repositories.filter(
        repository => options.atPrompt || before === undefined || known.bases.has(repository),
      );
      waiting.push(...adopted);
      const newOnes = findings.repositories.filter(repository => !adopted.includes(repository));
      found.set(prefix, {
        ...findings,
        uncovered: findings.uncovered && [
          ...findings.uncovered,
          ...newOnes.map(path => ({ path, why: 'new-repository' as const })),
        ],
      });
    }
    return found;
  }

  async #lookAtArea(
    prefix: RelativePath,
    before: Base | undefined,
    known: Known,
    options: RootLookOptions,
    problems: string[],
  ): Promise<AreaFindings> {
    const others = new Set([...known.bases.keys(), ...this.setting.excluded]);
    others.delete(prefix);
    const skip = (folder: RelativePath): boolean => others.has(folder);
    const { withIgnored } = options;
    const area = await this.#areaOf(prefix, before, options.atPrompt);
    let findings: AreaFindings;
    try {
      findings = await area.look(before, { withIgnored, skip });
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error;
      problems.push(`${prefix === '' ? 'The repository' : prefix}: ${error.message}`);
      area.close();
      const walked = new WalkedArea(this.setting.root, prefix);
      this.#areas.set(prefix, walked);
      findings = await walked.look(before, { withIgnored, skip });
    }
    // What lies in a nested area is that area's to tell.
    const candidates = new Map(
      [...findings.candidates].filter(([path]) => !this.#belongsElsewhere(path, prefix, others)),
    );
    return { ...findings, candidates };
  }

  #belongsElsewhere(
    path: RelativePath,
    prefix: RelativePath,
    others: ReadonlySet<RelativePath>,
  ): boolean {
    for (const other of others) {
      if (other.length > prefix.length && isWithin(path, other)) return true;
    }
    return false;
  }

  async #areaOf(prefix: RelativePath, before: Base | undefined, atPrompt: boolean): Promise<Area> {
    const open = this.#areas.get(prefix);
    if (open && (!atPrompt || !this.setting.git)) return open;
    if (open instanceof GitArea && (await this.#isCurrent(prefix, open))) {
      setImmediate(() => open.pinObjects());
      return open;
    }
    open?.close();
    const walked = before === WALKED && !atPrompt;
    const area = walked ? undefined : await this.#openGit(prefix, before === undefined || atPrompt);
    const opened = area ?? new WalkedArea(this.setting.root, prefix);
    this.#areas.set(prefix, opened);
    return opened;
  }

  /** An area whose files could be written in part alone is not used again. */
  async #isCurrent(prefix: RelativePath, area: GitArea): Promise<boolean> {
    try {
      return await area.isCurrent();
    } catch (error) {
      area.close();
      this.#areas.delete(prefix);
      throw error;
    }
  }

  async #openGit(prefix: RelativePath, fresh: boolean): Promise<GitArea | undefined> {
    const { git, root, storeFolder: store, home } = this.setting;
    if (!git) return undefined;
    const place = { root, store, home, ...git, ignoreCase: ignoresCase(root) };
    const area = await GitArea.open(place, prefix, fresh);
    // While git looks, so that it costs no time of its own.
    if (fresh) setImmediate(() => area?.pinObjects());
    return area;
  }

  #isExcluded(prefix: RelativePath): boolean {
    return this.setting.excluded.some(folder => isWithin(prefix, folder));
  }

  async #readAll(
    origins: ReadonlyMap<RelativePath, Origin | undefined>,
    known: Known,
  ): Promise<Pick<Look, 'seen' | 'differences'>> {
    const seen: [RelativePath, FileState][] = [];
    const differences: Difference[] = [];
    const committed: { path: RelativePath; file: CommittedFile; area: GitArea; post: FileState }[] =
      [];
    const breather = new Breather();
    const folders = new Map<RelativePath, boolean>();
    for (const [path, origin] of origins) {
      if (breather.due) await breather.breathe();
      const pre = known.states.get(path);
      const near = pre?.kind === 'file' ? pre.hash : undefined;
      const remembered = this.remembered.get(path, pre);
      const read = this.reader.read(path, { remembered, near, folders });
      this.remembered.set(path, read);
      const post = read.state;
      if (pre !== undefined) {
        if (!sameState(pre, post)) differences.push({ path, pre, post });
      } else if (typeof origin === 'object') {
        committed.push({ path, file: origin.committed, area: origin.area, post });
      } else if (origin === 'first-seen' || (post.kind === 'folder' && hadFiles(path, known))) {
        seen.push([path, post]);
      } else {
        const before = wasLookedAt(path, known) ? ABSENT : NOT_LOOKED_AT;
        if (!sameState(before, post)) differences.push({ path, pre: before, post });
      }
    }
    for (const { path, post, pre } of await committedStates(committed, this.setting.store)) {
      if (sameState(pre, post)) seen.push([path, post]);
      else differences.push({ path, pre, post });
    }
    return { seen, differences };
  }
}

const NOT_LOOKED_AT: FileState = { kind: 'unkept', reason: 'not-looked-at', print: '' };

/** True for a folder that was there before, with something in it. */
function hadFiles(folder: RelativePath, { states }: Known): boolean {
  return [...states].some(([path, { kind }]) => kind !== 'absent' && isWithin(path, folder));
}

/** False for what lies in a folder that earlier looks passed over. */
function wasLookedAt(path: RelativePath, { uncovered }: Known): boolean {
  return !uncovered.some(folder => folder.why !== 'new-repository' && isWithin(path, folder.path));
}

import { lstatSync, type Stats } from 'node:fs';
import { FILE_LIMIT } from './capture/readState';
import { isSmall, type UncoveredFolder } from './capture/walkFolder';
import type { UnkeptReason } from './fileState';
import { absolute, fsPath, isGitInside, isWithin, type Name, type RelativePath } from './names';
import type { Timeline } from './timeline';

/** Why something could not be put back if it were changed or removed now. */
export interface CoverageGap {
  readonly path: RelativePath;
  readonly why: UnkeptReason | UncoveredFolder['why'] | 'repository' | 'never-looked' | 'special';
}

/** What the question of coverage depends on. */
export interface CoverageFacts {
  readonly root: Name;
  readonly timeline: Pick<Timeline, 'states' | 'uncovered' | 'bases'>;
  /** False where only files that tools name are kept. */
  readonly looks: boolean;
  /** True for a file tool: what it names is read right before it runs. */
  readonly named: boolean;
}

/**
 * What would be lost for good if these paths were changed or removed now, folders with all they
 * hold: nothing when all of it can be put back.
 */
export function coverageGaps(paths: readonly RelativePath[], facts: CoverageFacts): CoverageGap[] {
  return paths.flatMap((path): CoverageGap[] => {
    if (isGitInside(path)) return [{ path, why: 'repository' }];
    const stat = lstatSync(fsPath(absolute(facts.root, path)), { throwIfNoEntry: false });
    if (!stat) return [];
    return stat.isDirectory() ? gapsInFolder(path, facts) : gapsOfFile(path, stat, facts);
  });
}

function gapsOfFile(
  path: RelativePath,
  stat: Stats,
  { timeline, looks, named }: CoverageFacts,
): CoverageGap[] {
  const known = timeline.states.get(path);
  if (known?.kind === 'unkept' && known.reason !== 'unstable') return [{ path, why: known.reason }];
  if (!stat.isFile() && !stat.isSymbolicLink()) return [{ path, why: 'special' }];
  if (stat.size > FILE_LIMIT) return [{ path, why: 'too-large' }];
  if (named) return [];
  if (!looks || timeline.bases.size === 0) return known ? [] : [{ path, why: 'never-looked' }];
  const folder = timeline.uncovered.find(uncovered => isWithin(path, uncovered.path));
  return folder && !known ? [{ path, why: folder.why }] : [];
}

function gapsInFolder(
  path: RelativePath,
  { root, timeline: { states, uncovered, bases }, looks }: CoverageFacts,
): CoverageGap[] {
  if (!looks || bases.size === 0) return [{ path, why: 'never-looked' }];
  const folders = uncovered.filter(
    ({ path: folder }) =>
      isWithin(folder, path) || (isWithin(path, folder) && !isSmall(root, path)),
  );
  const unkept = [...states].flatMap(([each, state]): CoverageGap[] =>
    state.kind === 'unkept' && isWithin(each, path) ? [{ path: each, why: state.reason }] : [],
  );
  // What makes a repository one is never kept.
  const repositories = [...bases.keys()]
    .filter(prefix => prefix !== '' && isWithin(prefix, path))
    .map((prefix): CoverageGap => ({ path: `${prefix}/.git`, why: 'repository' }));
  return [...folders, ...unkept, ...repositories];
}

/** As many gaps as a person reads. */
const GAPS_SHOWN = 50;

/** Everything in a folder that is not covered, in words for people. */
export function standingGaps({ problems, uncovered, states }: Timeline): string[] {
  const gaps = [
    ...problems,
    ...uncovered.map(({ path, why }) => `${path}: not kept (${why}).`),
    ...[...states].flatMap(([path, state]) =>
      state.kind === 'unkept' ? [`${path}: cannot be put back (${state.reason}).`] : [],
    ),
  ];
  const more = gaps.length - GAPS_SHOWN;
  return more > 0 ? [...gaps.slice(0, GAPS_SHOWN), `… and ${more} more`] : gaps;
}

const WHY: Readonly<Record<CoverageGap['why'], string>> = {
  'too-large': 'is too large to be kept',
  unreadable: 'cannot be read',
  unstable: 'changes each time it is read',
  'no-room': 'is not kept: the history is full',
  'not-in-repository': 'is not in this copy of the repository',
  'not-looked-at': 'lies in a folder that is not kept',
  generated: 'is a folder of generated files, which are not kept',
  'too-many-files': 'holds too many files to be kept',
  'new-repository': 'is a new repository, which is not kept',
  repository: 'belongs to a repository itself, which is not kept',
  'never-looked': 'is not watched',
  special: 'is no ordinary file',
};

/** A gap as a sentence for people. */
export function explainGap({ path, why }: CoverageGap): string {
  return `${JSON.stringify(path)} ${WHY[why]}.`;
}

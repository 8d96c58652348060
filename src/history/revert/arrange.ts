import { sameState } from '../fileState';
import { foldersAbove, isWithin, parentOf, type RelativePath } from '../names';
import type { KeptReason, PathPlan } from './plan';

/** What arranging asks about the workspace folder. */
export interface FolderFacts {
  /** Everything that stands below a folder now, folders left out. */
  filesIn(folder: RelativePath): readonly RelativePath[];
  /** True when something that is no folder stands there. */
  isFile(path: RelativePath): boolean;
}

/**
 * Sees to it that paths which depend on each other agree: a file can only take the place of a folder
 * when everything in that folder goes, and only come back into a folder that can be made. What does
 * not fit together is kept, and then nothing of it is removed either.
 */
export function arrange<Id>(plans: readonly PathPlan<Id>[], facts: FolderFacts): PathPlan<Id>[] {
  const byPath = new Map(plans.map(plan => [plan.path, plan]));
  const give = (plan: PathPlan<Id>, reason: KeptReason): void => {
    byPath.set(plan.path, {
      ...plan,
      target: plan.now,
      outcome: { result: 'kept', reason },
      done: [],
    });
  };
  for (const plan of plans) {
    if (!takesFolderPlace(plan)) continue;
    const inside = facts.filesIn(plan.path);
    if (inside.every(path => byPath.get(path)?.target.kind === 'absent')) continue;
    give(plan, 'folder-in-use');
    for (const other of byPath.values()) {
      if (other.path !== plan.path && isWithin(other.path, plan.path) && writes(other)) {
        give(other, 'folder-in-use');
      }
    }
  }
  for (const plan of [...byPath.values()]) {
    if (!writes(plan) || plan.target.kind === 'absent') continue;
    const above = foldersAbove(plan.path).find(folder => {
      const there = byPath.get(folder);
      if (there) return !['absent', 'folder'].includes(there.target.kind);
      return facts.isFile(folder);
    });
    if (above !== undefined) give(plan, 'parent-is-file');
  }
  return [...byPath.values()];
}

export function writes<Id>({ now, target }: PathPlan<Id>): boolean {
  return !sameState(now, target);
}

function takesFolderPlace<Id>({ now, target }: PathPlan<Id>): boolean {
  return now.kind === 'folder' && (target.kind === 'file' || target.kind === 'link');
}

/** The order of execution: removals first, what lies deepest before what holds it; then the rest. */
export function inOrder<Id>(plans: readonly PathPlan<Id>[]): PathPlan<Id>[] {
  const depth = ({ path }: PathPlan<Id>): number => path.split('/').length;
  const removals = plans.filter(({ target }) => target.kind === 'absent');
  const others = plans.filter(({ target }) => target.kind !== 'absent');
  return [
    ...removals.sort((a, b) => depth(b) - depth(a)),
    ...others.sort((a, b) => depth(a) - depth(b) || (parentOf(a.path) < parentOf(b.path) ? -1 : 1)),
  ];
}

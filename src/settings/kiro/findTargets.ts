import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HumanError } from '../../files/humanError';
import { readForeignFile } from '../../files/foreignFile';
import { jsonFilesIn } from '../../files/jsonFilesIn';
import { containsPath, isInside } from '../../policy/paths';
import type { Policy } from '../../policy/policy';
import { compileAgent } from './agentRules';
import { readAgent } from './agentText';
import { compileLimits, compileWorkspace, type PolicyPlace } from './compilePolicy';
import type { CompileNote } from './permissionRule';
import type { Target } from './targetFile';
import { workspaceFolder } from './workspaceFolder';

/** Where Kiro's files and Checkrein's own lie. All absolute. */
export interface KiroPlaces {
  readonly home: string;
  /** What stands for `~/.kiro` in Kiro CLI where somebody moved it; see `movedKiroHome`. */
  readonly movedKiroHome?: string | undefined;
  /** Checkrein's state folder. */
  readonly stateHome: string;
  /** Where former contents are kept. */
  readonly backups: string;
  readonly platform: NodeJS.Platform;
}

/** The policies to hand to Kiro. */
export interface EnforcementPolicies {
  /** The policy without any workspace: it counts everywhere. */
  readonly user: Policy;
  readonly workspaces: readonly { readonly root: string; readonly policy: Policy }[];
  /** Agent files inside a workspace that the person has picked; those of the home always count. */
  readonly agentFiles?: readonly string[];
}

/** A file that the policy has something to say about, or why that cannot be told. */
export type FoundTarget = Target | { readonly path: string; readonly problem: string };

const MAX_AGENTS = 200;

/** Every file of Kiro's that the policies become part of. */
export function findTargets(
  policies: EnforcementPolicies,
  places: KiroPlaces,
): readonly FoundTarget[] {
  const { workspaces, agentFiles = [] } = policies;
  const own = join(places.home, '.kiro');
  const moved = places.movedKiroHome;
  const roots = workspaces.map(({ root }) => root);
  return [
    ...targetsIn(own, policies, places),
    ...(moved === undefined
      ? []
      : isInside(moved, roots)
        ? [{ path: moved, problem: MOVED_INSIDE }]
        : targetsIn(moved, policies, places)),
    ...agentFiles.map(path => pickedAgent(path, workspaces, places)),
  ];
}

const MOVED_INSIDE =
  'KIRO_HOME leads into the workspace, where a repository could lead what is written elsewhere.';

/** The files below one folder that Kiro may take for its own. */
function targetsIn(
  kiroHome: string,
  { user, workspaces }: EnforcementPolicies,
  places: KiroPlaces,
): readonly FoundTarget[] {
  const nowhere = nowhereOf(places);
  const limits = compileLimits(user, nowhere);
  return [
    permissions(join(kiroHome, 'settings'), limits.rules, limits.notes.map(sayNote)),
    ...workspaces.map(({ root, policy }) => {
      const { rules, notes } = compileWorkspace(policy, placeOf(root, [root], places));
      const folder = workspaceFolder(kiroHome, root, places.platform);
      const guess = folder.certain ? [] : [`${folder.path}: ${GUESSED}`];
      return permissions(folder.path, rules, [...guess, ...notes.map(sayNote)]);
    }),
    ...agentTargets(join(kiroHome, 'agents'), user, nowhere),
  ];
}

function agentTargets(folder: string, user: Policy, place: PolicyPlace): readonly FoundTarget[] {
  const paths = jsonFilesIn(folder);
  const targets = paths.slice(0, MAX_AGENTS).map(path => agentTarget({ path }, user, place));
  if (paths.length <= MAX_AGENTS) return targets;
  const problem = `${folder} holds ${paths.length} agents, and the policy becomes part of the first ${MAX_AGENTS} alone: move away those that nobody uses.`;
  return [...targets, { path: folder, problem }];
}

const GUESSED =
  'how Kiro names the folder of this workspace is not sure; open the workspace in Kiro once and run this again';

/** A place outside of every workspace, for what counts everywhere. */
export function nowhereOf(places: KiroPlaces): PolicyPlace {
  return placeOf(places.home, [], places);
}

function placeOf(cwd: string, roots: readonly string[], places: KiroPlaces): PolicyPlace {
  const { home, movedKiroHome, stateHome, platform } = places;
  return { cwd, roots, home, movedKiroHome, stateHome, platform };
}

function permissions(
  folder: string,
  rules: Extract<Target, { kind: 'permissions' }>['rules'],
  notes: readonly string[],
): FoundTarget {
  const path = join(folder, 'permissions.yaml');
  const twin = join(folder, 'permissions.json');
  // A YAML file with content hides the JSON one, and with it rules of the person's.
  if (existsSync(twin) && !existsSync(path)) {
    const problem = `${twin} is in use, and a file permissions.yaml would hide it: move its rules there first.`;
    return { path, problem };
  }
  return { kind: 'permissions', path, rules, notes };
}

function pickedAgent(
  path: string,
  workspaces: EnforcementPolicies['workspaces'],
  places: KiroPlaces,
): FoundTarget {
  const found = workspaces.find(({ root }) => containsPath(join(root, '.kiro', 'agents'), path));
  if (!found || !path.endsWith('.json')) {
    return { path, problem: `${path} is no agent file of an open workspace.` };
  }
  const { root, policy } = found;
  return agentTarget({ path, workspace: root }, policy, placeOf(root, [root], places));
}

function agentTarget(
  file: { readonly path: string; readonly workspace?: string },
  policy: Policy,
  place: PolicyPlace,
): FoundTarget {
  try {
    const text = readForeignFile(file);
    if (text === undefined) return { ...file, problem: `${file.path} does not exist.` };
    const { trust, skip } = readAgent(text, file.path);
    if (skip !== undefined) {
      return { ...file, kind: 'agent', settings: undefined, notes: [`left alone: ${skip}`] };
    }
    const settings = compileAgent(policy, place, trust, file.workspace !== undefined);
    return { ...file, kind: 'agent', settings, notes: settings.notes.map(sayNote) };
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    return { ...file, problem: error.message };
  }
}

function sayNote({ what, why, source }: CompileNote): string {
  const place =
    source && (source.line === undefined ? source.file : `${source.file}:${source.line}`);
  return `${JSON.stringify(what)}${place === undefined ? '' : ` (${place})`}: ${why}`;
}

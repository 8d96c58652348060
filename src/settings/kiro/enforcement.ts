import { rmSync } from 'node:fs';
import {
  backUpText,
  readForeignFile,
  sha256,
  targetOf,
  writeForeignFile,
  type ForeignFile,
} from '../../files/foreignFile';
import { HumanError } from '../../files/humanError';
import { EnforcementRecords, type EnforcementRecord } from './enforcementRecords';
import {
  findTargets,
  type EnforcementPolicies,
  type FoundTarget,
  type KiroPlaces,
} from './findTargets';
import {
  bareText,
  checkText,
  isLeftEmpty,
  oursIn,
  wantedText,
  type OurContent,
  type Target,
  type TargetKind,
} from './targetFile';

/** What would be written to one of Kiro's files. Shown as a difference before it is. */
export interface FilePlan extends ForeignFile {
  readonly kind?: TargetKind;
  /** The file's text now; undefined when there is none. */
  readonly before?: string;
  /** The text it would get; undefined when there would still be no file. */
  readonly after?: string;
  /** What of the policy the file will not say, and why. */
  readonly notes: readonly string[];
  /** Why the file cannot be written; the others still can. */
  readonly problem?: string;
  /** What of `after` is Checkrein's. */
  readonly ours: OurContent;
}

/** What was done to one file. */
export interface FileChange {
  readonly path: string;
  readonly change: 'created' | 'changed' | 'deleted' | 'unchanged' | 'failed';
  /** For `failed`: what is wrong; the other files were still done. */
  readonly problem?: string;
  /** Where the former content was kept. */
  readonly backup?: string;
}

/** How a file stands to what Checkrein wrote and to what the policy says now. */
export interface FileDrift {
  readonly path: string;
  /**
   * `missing`: never written, or taken out. `changed`: somebody changed Checkrein's part.
   * `outdated`: the policy has moved on. `unreadable`: see `problem`.
   */
  readonly state: 'inPlace' | 'missing' | 'changed' | 'outdated' | 'unreadable';
  readonly problem?: string;
}

/** True once anything was written to Kiro's files and not taken out again. */
export function hasWritten({ backups }: Pick<KiroPlaces, 'backups'>): boolean {
  return new EnforcementRecords(backups).all().length > 0;
}

/** Works out what each file of Kiro's would become. Writes nothing. */
export function planEnforcement(
  policies: EnforcementPolicies,
  places: KiroPlaces,
): readonly FilePlan[] {
  const records = new EnforcementRecords(places.backups);
  return findTargets(policies, places).map(target => planFile(target, records.find(target.path)));
}

function planFile(target: FoundTarget, record: EnforcementRecord | undefined): FilePlan {
  if ('problem' in target) return { ...target, notes: [], ours: [] };
  const { path, workspace, kind, notes } = target;
  const file = { path, kind, ...(workspace !== undefined && { workspace }) };
  try {
    const before = readForeignFile(target);
    const known = record?.ours ?? [];
    const { text, ours, warnings } = wantedText(target, before, known);
    const touched =
      before !== undefined && record !== undefined && isTouched(target, before, record);
    return {
      ...file,
      ...(before !== undefined && { before }),
      ...(!(before === undefined && ours.length === 0) && { after: text }),
      notes: [...(touched ? [TOUCHED] : []), ...warnings, ...notes],
      ours,
    };
  } catch (error) {
    return { ...file, notes, ours: [], problem: messageOf(error) };
  }
}

const TOUCHED = "somebody has changed Checkrein's part of this file; that change would go";

function isTouched({ kind, path }: Target, text: string, record: EnforcementRecord): boolean {
  return !sameContent(oursIn(kind, path, text, record.ours), record.ours);
}

function sameContent(one: OurContent, other: OurContent): boolean {
  return one.length === other.length && one.every(name => other.includes(name));
}

/**
 * Writes what was planned. A file that has changed since is left alone, because the person was shown
 * another difference.
 */
export function applyEnforcement(
  plans: readonly FilePlan[],
  { backups }: Pick<KiroPlaces, 'backups'>,
  now: () => Date = () => new Date(),
): readonly FileChange[] {
  const records = new EnforcementRecords(backups);
  return plans.map(plan => attempt(plan.path, () => applyFile(plan, records, backups, now())));
}

function applyFile(
  plan: FilePlan,
  records: EnforcementRecords,
  backups: string,
  now: Date,
): FileChange {
  const { path, kind, before, after, problem, ours } = plan;
  if (problem !== undefined || kind === undefined) throw new HumanError(problem ?? path);
  if (readForeignFile(plan) !== before) {
    throw new HumanError(`${path} has changed since the plan was shown; look at a new plan first.`);
  }
  if (after === undefined) return { path, change: 'unchanged' };
  checkText(kind, path, after);
  const earlier = records.find(path);
  if (!sameContent(oursIn(kind, path, after, ours), ours)) {
    throw new HumanError(`${path} would not say what was planned; it was left alone.`);
  }
  const backup =
    before === undefined || before === after ? undefined : backUpText(backups, path, before, now);
  if (ours.length > 0 || earlier) {
    records.keep({
      ...{ kind, path, ours: [...ours], afterSha256: sha256(after) },
      ...(plan.workspace !== undefined && { workspace: plan.workspace }),
      before: withoutUs(plan, kind, earlier),
    });
  }
  if (before === after) return { path, change: 'unchanged' };
  writeForeignFile(plan, after);
  const change = before === undefined ? 'created' : 'changed';
  return { path, change, ...(backup !== undefined && { backup }) };
}

/** What an undo of this write has to give back: the text without Checkrein's part, or no file. */
function withoutUs(
  { path, before, ours }: FilePlan,
  kind: TargetKind,
  earlier: EnforcementRecord | undefined,
): string | null {
  if (before === undefined) return null;
  if (earlier?.afterSha256 === sha256(before)) return earlier.before;
  const bare = bareText(kind, path, before, earlier?.ours ?? ours);
  return earlier?.before === null && isLeftEmpty(kind, bare) ? null : bare;
}

/** Takes out of every file exactly what was written there, in whatever workspace. */
export function undoEnforcement(
  { backups }: Pick<KiroPlaces, 'backups'>,
  now: () => Date = () => new Date(),
): readonly FileChange[] {
  const records = new EnforcementRecords(backups);
  return records
    .all()
    .map(record => attempt(record.path, () => undoFile(record, records, backups, now())));
}

function undoFile(
  record: EnforcementRecord,
  records: EnforcementRecords,
  backups: string,
  now: Date,
): FileChange {
  const { path, workspace } = record;
  const file = { path, ...(workspace !== undefined && { workspace }) };
  const text = readForeignFile(file);
  const after = text === undefined ? undefined : formerText(record, text);
  if (after === text) {
    records.forget(path);
    return { path, change: 'unchanged' };
  }
  const backup = text === undefined ? undefined : backUpText(backups, path, text, now);
  if (after === undefined) rmSync(targetOf(file));
  else writeForeignFile(file, after);
  records.forget(path);
  const change = after === undefined ? 'deleted' : 'changed';
  return { path, change, ...(backup !== undefined && { backup }) };
}

/** The text the file should have without Checkrein's part; undefined when it should not exist. */
function formerText(
  { kind, path, before, afterSha256, ours }: EnforcementRecord,
  text: string,
): string | undefined {
  if (afterSha256 === sha256(text)) return before ?? undefined;
  const bare = bareText(kind, path, text, ours);
  return before === null && isLeftEmpty(kind, bare) ? undefined : bare;
}

/** How every file stands. */
export function driftOf(policies: EnforcementPolicies, places: KiroPlaces): readonly FileDrift[] {
  const records = new EnforcementRecords(places.backups);
  return planEnforcement(policies, places).map(plan => driftOfFile(plan, records.find(plan.path)));
}

function driftOfFile(plan: FilePlan, record: EnforcementRecord | undefined): FileDrift {
  const { path, kind, before, problem, ours } = plan;
  if (problem !== undefined || kind === undefined) {
    return { path, state: 'unreadable', ...(problem !== undefined && { problem }) };
  }
  const present = before === undefined ? [] : oursIn(kind, path, before, record?.ours ?? ours);
  if (sameContent(present, ours)) return { path, state: 'inPlace' };
  if (present.length === 0) return { path, state: 'missing' };
  const written = record !== undefined && sameContent(present, record.ours);
  return { path, state: written ? 'outdated' : 'changed' };
}

function attempt(path: string, action: () => FileChange): FileChange {
  try {
    return action();
  } catch (error) {
    return { path, change: 'failed', problem: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import {
  type FileFound,
  type FileState,
  isExecutable,
  sameMode,
  sameState,
  type UnkeptReason,
} from '../fileState';
import type { RelativePath } from '../names';
import { hunksOf, withoutHunks } from './hunks';
import { takeBack } from './merge';

/** Why a file was left as it is. */
export type KeptReason =
  /** Someone changed it after the agent, in a way that cannot be told apart by lines. */
  | 'changed-since'
  /** Later changes touch the same lines. */
  | 'overlap'
  | 'binary'
  /** The agent removed it; something stands there again. */
  | 'exists-again'
  | 'deleted-since'
  /** A file became a folder or a link, or the other way round, after the agent. */
  | 'other-kind'
  /** Files that are not the agent's stand in the folder that would have to go. */
  | 'folder-in-use'
  /** A file stands where a folder would have to be. */
  | 'parent-is-file'
  /** What stands there would be gone for good: it is too large for a copy. */
  | 'no-copy'
  /** The person saved the file while the agent's command ran. */
  | 'mixed'
  /** Two agents worked at the same time. */
  | 'shared'
  /** It changed between the plan and its execution. */
  | 'changed-meanwhile';

/** Why a file could not be restored. */
export type SkippedReason =
  | UnkeptReason
  | 'special'
  /** The history has lost the bytes (removed or damaged). */
  | 'lost'
  /** No hunk has that number. */
  | 'no-such-hunk'
  | 'not-a-name-here'
  | 'link-in-path'
  | 'no-permission'
  | 'in-use'
  | 'disk-full'
  | 'failed';

/** What became of one file. */
export type Outcome =
  | { readonly result: 'reverted' | 'merged' | 'already' }
  | { readonly result: 'kept'; readonly reason: KeptReason }
  | { readonly result: 'skipped'; readonly reason: SkippedReason };

/** One change to take back: `before` it, `after` it. */
export interface Step<Id = string> {
  readonly ids: readonly Id[];
  readonly before: FileState;
  readonly after: FileState;
  /** Take back these hunks alone. */
  readonly hunks?: ReadonlySet<number>;
}

/** A state, and the bytes of a file. */
export interface Content {
  readonly state: FileState;
  readonly bytes?: Buffer | undefined;
}

/** What planning asks of the world; no call changes anything but `keep`, which stores bytes. */
export interface PlanTools {
  /** `undefined` when the bytes are lost. */
  bytesOf(hash: string): Buffer | undefined;
  /** Stores a result of a merge and gives its hash. */
  keep(bytes: Buffer): string;
}

/** What to do with one path, and why. */
export interface PathPlan<Id = string> {
  readonly path: RelativePath;
  readonly now: FileState;
  /** What is to stand there; the same as `now` when nothing is to be written. */
  readonly target: FileState;
  readonly outcome: Outcome;
  /** The changes that are taken back in full. */
  readonly done: readonly Id[];
}

type Decision =
  | { readonly do: 'nothing' | 'restore' | 'merge' }
  | { readonly do: 'give-up'; readonly outcome: Outcome };

const keep = (reason: KeptReason): Decision => ({
  do: 'give-up',
  outcome: { result: 'kept', reason },
});
const skip = (reason: SkippedReason): Decision => ({
  do: 'give-up',
  outcome: { result: 'skipped', reason },
});

/**
 * The table of taking one change back. B is before the change, A after it, N now:
 *
 *     N = B                              nothing
 *     N = A                              restore B (or remove, or create again)
 *     A absent, N there                  keep N
 *     B absent, N differs from A         keep N
 *     N absent, A and B there            keep it removed
 *     three files                        merge
 *     other kinds, no bytes to go by     keep N
 *     special, unreadable, not held      skip
 */
export function decideStep(before: FileState, after: FileState, now: FileState): Decision {
  if (sameState(now, before)) return { do: 'nothing' };
  if (before.kind === 'unkept') return skip(before.reason);
  if ([before, after, now].some(({ kind }) => kind === 'special')) return skip('special');
  if (now.kind === 'unkept' && (now.reason === 'unreadable' || now.reason === 'unstable')) {
    return skip(now.reason);
  }
  if (sameState(now, after) || isUnkeptOne(now, after)) {
    return now.kind === 'unkept' && before.kind === 'absent' ? keep('no-copy') : { do: 'restore' };
  }
  if (now.kind === 'unkept' || after.kind === 'unkept') return keep('changed-since');
  if (after.kind === 'absent') return keep('exists-again');
  if (before.kind === 'absent' || before.kind === 'folder') return keep('changed-since');
  if (now.kind === 'absent') return keep('deleted-since');
  if (before.kind === 'file' && after.kind === 'file' && now.kind === 'file')
    return { do: 'merge' };
  return keep('other-kind');
}

/** True for the very bytes that could not be kept for want of room: their print is their hash. */
function isUnkeptOne(now: FileState, after: FileState): boolean {
  const wasFull = after.kind === 'unkept' && after.reason === 'no-room';
  return wasFull && now.kind === 'file' && now.hash === after.print;
}

/** Plans one path: its changes are taken back one after the other, the newest first. */
export function planPath<Id>(
  path: RelativePath,
  now: Content,
  steps: readonly Step<Id>[],
  tools: PlanTools,
): PathPlan<Id> {
  let content = now;
  let merged = false;
  let changed = false;
  let gaveUp: Outcome | undefined;
  const done: Id[] = [];
  for (const joint of joinSteps(steps)) {
    const whole = takeStep(content, joint.step, tools);
    // What cannot be taken back in one may be so in part.
    const tries = 'outcome' in whole && joint.parts.length > 1 ? joint.parts : [joint.step];
    for (const step of tries) {
      const taken = tries.length > 1 ? takeStep(content, step, tools) : whole;
      if ('outcome' in taken) {
        gaveUp ??= taken.outcome;
        continue;
      }
      changed ||= taken.how !== 'nothing';
      merged ||= taken.how === 'merge';
      content = taken.content;
      if (!step.hunks) done.push(...step.ids);
    }
  }
  const outcome = gaveUp ?? { result: changed ? (merged ? 'merged' : 'reverted') : 'already' };
  return { path, now: now.state, target: content.state, outcome, done };
}

interface Taken {
  readonly content: Content;
  readonly how: 'nothing' | 'restore' | 'merge';
}

function takeStep<Id>(
  now: Content,
  step: Step<Id>,
  tools: PlanTools,
): Taken | { readonly outcome: Outcome } {
  const before = step.hunks ? withoutSome(step, step.hunks, tools) : { state: step.before };
  if ('outcome' in before) return before;
  const decision = decideStep(before.state, step.after, now.state);
  switch (decision.do) {
    case 'give-up':
      return decision;
    case 'nothing':
      return { content: now, how: 'nothing' };
    case 'restore':
      return restore(now, step.after, before.state, tools);
    case 'merge':
      return merge(now, step.after, before.state, tools);
  }
}

/** The state before some hunks of a step alone. */
function withoutSome<Id>(
  { before, after }: Step<Id>,
  numbers: ReadonlySet<number>,
  tools: PlanTools,
): Content | { readonly outcome: Outcome } {
  if (after.kind !== 'file' || (before.kind !== 'file' && before.kind !== 'absent')) {
    return { outcome: { result: 'skipped', reason: 'no-such-hunk' } };
  }
  const old = before.kind === 'file' ? tools.bytesOf(before.hash) : Buffer.alloc(0);
  const left = tools.bytesOf(after.hash);
  if (!old || !left) return { outcome: { result: 'skipped', reason: 'lost' } };
  const hunks = hunksOf(old, left);
  if (!hunks) return { outcome: { result: 'kept', reason: 'binary' } };
  if (![...numbers].every(number => hunks.some(hunk => hunk.number === number))) {
    return { outcome: { result: 'skipped', reason: 'no-such-hunk' } };
  }
  const bytes = withoutHunks(left, hunks, numbers);
  return { state: { ...after, hash: tools.keep(bytes), size: bytes.length }, bytes };
}

function restore(
  now: Content,
  after: FileState,
  before: FileState,
  tools: PlanTools,
): Taken | { readonly outcome: Outcome } {
  if (before.kind !== 'file') return { content: { state: before }, how: 'restore' };
  const bytes = tools.bytesOf(before.hash);
  if (!bytes) return { outcome: { result: 'skipped', reason: 'lost' } };
  const state = now.state.kind === 'file' ? withMode(before, now.state, after) : before;
  return { content: { state, bytes }, how: 'restore' };
}

function merge(
  now: Content,
  after: FileState,
  before: FileState,
  tools: PlanTools,
): Taken | { readonly outcome: Outcome } {
  if (before.kind !== 'file' || after.kind !== 'file' || now.state.kind !== 'file') {
    return { outcome: { result: 'kept', reason: 'other-kind' } };
  }
  const state = withMode(before, now.state, after);
  // The content is as the agent left it, or as before it: only the mode went on changing.
  if (now.state.hash === after.hash) return { content: { state }, how: 'restore' };
  if (before.hash === after.hash || now.state.hash === before.hash) {
    const { hash, size } = now.state;
    const same = sameMode(state, now.state);
    return { content: { state: { ...state, hash, size } }, how: same ? 'nothing' : 'merge' };
  }
  const [current, left, old] = [
    now.bytes ?? tools.bytesOf(now.state.hash),
    tools.bytesOf(after.hash),
    tools.bytesOf(before.hash),
  ];
  if (!current || !left || !old) return { outcome: { result: 'skipped', reason: 'lost' } };
  const merged = takeBack(current, left, old);
  if ('refused' in merged) return { outcome: { result: 'kept', reason: merged.refused } };
  const { bytes } = merged;
  if (bytes.equals(current) && sameMode(state, now.state)) return { content: now, how: 'nothing' };
  const hash = tools.keep(bytes);
  return { content: { state: { ...state, hash, size: bytes.length }, bytes }, how: 'merge' };
}

/** `file` with the mode that is due: a mode the person set later stays, and a commit knows one bit. */
function withMode(file: FileFound, now: FileFound, after: FileState): FileFound {
  const { hash, size } = file;
  if (after.kind === 'file' && (!sameMode(now, after) || sameMode(after, file))) {
    return { kind: 'file', hash, size, mode: now.mode };
  }
  if (!file.gitMode) return file;
  const read = now.mode & 0o666;
  // Whoever may read it may run it, as git does it.
  const mode = isExecutable(file) ? read | ((read & 0o444) >> 2) : read;
  return { kind: 'file', hash, size, mode };
}

interface JointStep<Id> {
  readonly step: Step<Id>;
  readonly parts: readonly Step<Id>[];
}

/** Puts together changes that follow on each other without anything between them. */
function joinSteps<Id>(steps: readonly Step<Id>[]): JointStep<Id>[] {
  const joint: JointStep<Id>[] = [];
  for (const step of steps) {
    const last = joint.at(-1);
    if (last && !last.step.hunks && !step.hunks && sameState(step.after, last.step.before)) {
      const whole = {
        ids: [...last.step.ids, ...step.ids],
        before: step.before,
        after: last.step.after,
      };
      joint[joint.length - 1] = { step: whole, parts: [...last.parts, step] };
    } else joint.push({ step, parts: [step] });
  }
  return joint;
}

import type { ChangeAuthor } from '../protocol/changesView';
import { type FileState, sameState } from './fileState';
import type { Source } from './historyEvents';
import type { RelativePath } from './names';
import { diffLines, type Lines, linesOf } from './revert/lines';
import { runsOf } from './revert/runs';
import type { HistoryStore } from './store/historyStore';
import type { Timeline, Transition } from './timeline';

/** One file as some of its changes left it: the state before the first and after the last of them. */
export interface FileChange {
  readonly path: RelativePath;
  readonly before: FileState;
  readonly after: FileState;
  readonly author: ChangeAuthor;
  /** True when every one of the changes was taken back. */
  readonly undone: boolean;
  /** Where a file came from that was moved: it is missing there. */
  readonly movedFrom: RelativePath | undefined;
}

interface CallChanges {
  readonly id: string;
  readonly tool: string;
  readonly start: number;
  readonly files: readonly FileChange[];
}

/** What came of one prompt. */
export interface TurnChanges {
  readonly id: string;
  readonly session: string;
  readonly title: string | undefined;
  /** Milliseconds since 1970; no end while it runs. */
  readonly start: number;
  readonly end: number | undefined;
  readonly files: readonly FileChange[];
  readonly calls: readonly CallChanges[];
}

/** All prompts with the changes they brought, oldest first. */
export function listChanges(timeline: Timeline): TurnChanges[] {
  const byTurn = grouped(timeline.transitions, ({ turn }) => turn);
  const byCall = new Map<string, Transition[]>();
  for (const change of timeline.transitions) {
    for (const call of change.calls) {
      const known = byCall.get(call);
      if (known) known.push(change);
      else byCall.set(call, [change]);
    }
  }
  const calls = grouped([...timeline.calls.values()], ({ turn }) => turn);
  return Array.from(timeline.turns.values(), ({ id, session, title, start, end }) => ({
    id,
    session,
    title,
    start,
    end,
    files: filesOf(byTurn.get(id) ?? []),
    calls: (calls.get(id) ?? []).map(call => ({
      id: call.id,
      tool: call.tool,
      start: call.start,
      files: filesOf(byCall.get(call.id) ?? []),
    })),
  }));
}

/** What the person, or a left-over of the agent, changed outside of the agent's tool calls. */
export function otherChanges({ transitions }: Timeline): FileChange[] {
  return filesOf(transitions.filter(({ turn }) => turn === undefined));
}

function grouped<T, K>(all: readonly T[], keyOf: (each: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}

/** Puts the changes of each file together and shows a removal and a creation alike as one move. */
function filesOf(changes: readonly Transition[]): FileChange[] {
  const files = Array.from(
    grouped(changes, ({ path }) => path),
    ([path, some]) => ({
      path,
      before: some[0]?.pre ?? { kind: 'absent' as const },
      after: some.at(-1)?.post ?? { kind: 'absent' as const },
      author: authorOf(some),
      undone: some.every(({ undone }) => undone),
    }),
  ).filter(({ before, after }) => !sameState(before, after));
  const gone = new Map<string, RelativePath>();
  for (const { path, before, after } of files) {
    if (before.kind === 'file' && after.kind === 'absent') gone.set(before.hash, path);
  }
  return files.map(file => {
    const isNew = file.before.kind === 'absent' && file.after.kind === 'file';
    const { after } = file;
    return {
      ...file,
      movedFrom: isNew && after.kind === 'file' ? gone.get(after.hash) : undefined,
    };
  });
}

const AUTHORS: Readonly<Record<Source, ChangeAuthor>> = {
  tool: 'agent',
  turn: 'agent',
  shell: 'shell',
  mcp: 'shell',
  late: 'late',
  user: 'yours',
};

function authorOf(changes: readonly Transition[]): ChangeAuthor {
  if (changes.some(({ mixed }) => mixed)) return 'mixed';
  const authors = new Set(changes.map(({ source }) => AUTHORS[source]));
  // A command is the less certain of the agent's ways to change a file.
  return authors.size === 1
    ? ([...authors][0] ?? 'agent')
    : authors.has('shell')
      ? 'shell'
      : 'mixed';
}

/** Lines added and removed; `undefined` where there are no lines to count. */
export function countLines(
  { before, after }: FileChange,
  store: Pick<HistoryStore, 'get'>,
): { readonly added: number; readonly removed: number } | undefined {
  const [old, now] = [before, after].map(state => linesOfState(state, store));
  if (!old || !now) return undefined;
  let [added, removed] = [0, 0];
  for (const { from, fromEnd, to, toEnd } of diffLines(old, now)) {
    added += toEnd - to;
    removed += fromEnd - from;
  }
  return { added, removed };
}

function linesOfState(state: FileState, store: Pick<HistoryStore, 'get'>): Lines | undefined {
  if (state.kind === 'absent') return [];
  if (state.kind !== 'file') return undefined;
  try {
    return linesOf(store.get(state.hash));
  } catch {
    return undefined;
  }
}

/** Unchanged lines shown around a change. */
const CONTEXT = 3;

/**
 * The changes of a turn, a call, or (without an id) of all turns, in the form that `patch` reads.
 * Hunks are numbered as `--hunk` counts them. `undefined` for an unknown id.
 */
export function unifiedDiff(
  timeline: Timeline,
  store: Pick<HistoryStore, 'get'>,
  id: string | undefined,
): string | undefined {
  const known = id === undefined || timeline.turns.has(id) || timeline.calls.has(id);
  if (!known) return undefined;
  const changes = timeline.transitions.filter(
    ({ turn, calls }) =>
      turn !== undefined && (id === undefined || turn === id || calls.includes(id)),
  );
  return Array.from(
    grouped(changes, ({ path }) => path),
    ([path, some]) => {
      let hunks = 0;
      return runsOf(some).map(({ before, after }) => {
        const diff = diffOfRun(path, before, after, hunks, store);
        hunks += diff.hunks;
        return diff.text;
      });
    },
  )
    .flat()
    .join('');
}

/** `counted` hunks of the file were shown before. */
function diffOfRun(
  path: RelativePath,
  before: FileState,
  after: FileState,
  counted: number,
  store: Pick<HistoryStore, 'get'>,
): { readonly text: string; readonly hunks: number } {
  const [old, now] = [linesOfState(before, store), linesOfState(after, store)];
  const name = JSON.stringify(path).slice(1, -1);
  const head = `--- ${before.kind === 'absent' ? '/dev/null' : `a/${name}`}\n+++ ${
    after.kind === 'absent' ? '/dev/null' : `b/${name}`
  }\n`;
  if (!old || !now) {
    return { text: `${head}@@ ${describe(before)} became ${describe(after)} @@\n`, hunks: 0 };
  }
  const changes = diffLines(old, now);
  const hunks = changes.map((change, index) => hunkText(change, counted + index + 1, old, now));
  return { text: head + hunks.join(''), hunks: hunks.length };
}

function describe(state: FileState): string {
  switch (state.kind) {
    case 'file':
      return `binary, ${state.size} bytes`;
    case 'link':
      return `link to ${JSON.stringify(state.target)}`;
    case 'unkept':
      return `not kept (${state.reason})`;
    default:
      return state.kind;
  }
}

function hunkText(
  { from, fromEnd, to, toEnd }: ReturnType<typeof diffLines>[number],
  number: number,
  old: Lines,
  now: Lines,
): string {
  const lead = Math.min(CONTEXT, from);
  const trail = Math.min(CONTEXT, old.length - fromEnd);
  // Where there are no lines, the number of the line before is given.
  const range = (start: number, count: number): string =>
    `${count === 0 ? start : start + 1},${count}`;
  const before = range(from - lead, fromEnd - from + lead + trail);
  const after = range(to - lead, toEnd - to + lead + trail);
  return [
    `@@ -${before} +${after} @@ hunk ${number}\n`,
    ...old.slice(from - lead, from).map(line => shown(' ', line)),
    ...old.slice(from, fromEnd).map(line => shown('-', line)),
    ...now.slice(to, toEnd).map(line => shown('+', line)),
    ...old.slice(fromEnd, fromEnd + trail).map(line => shown(' ', line)),
  ].join('');
}

function shown(mark: string, line: Buffer): string {
  const text = line.toString('utf8');
  return text.endsWith('\n') ? `${mark}${text}` : `${mark}${text}\n\\ No newline at end of file\n`;
}

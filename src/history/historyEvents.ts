import * as z from 'zod/mini';
import type { Base } from './capture/area';
import type { UncoveredFolder } from './capture/walkFolder';
import { type FileState, parseState, refsOf } from './fileState';
import type { RelativePath } from './names';
import type { Outcome } from './revert/plan';
import type { Hash } from './store/historyStore';

/**
 * Who changed a file: a file tool, a command, an MCP tool, the agent's turn as a whole (no tool call
 * was seen for it), a process that may be a left-over of the agent, or the person.
 */
export type Source = 'tool' | 'shell' | 'mcp' | 'turn' | 'late' | 'user';

/** True for what an undo of the agent's changes takes back. */
export function isAgents(source: Source): boolean {
  return source !== 'user' && source !== 'late';
}

export interface RecordedChange {
  readonly path: RelativePath;
  readonly pre: FileState;
  readonly post: FileState;
  /** The person saved the file while the agent was at it. */
  readonly mixed?: true | undefined;
}

/** Changes found by one look that have the same source. */
export interface ChangeGroup {
  readonly source: Source;
  readonly turn?: string | undefined;
  /** All tool calls that were open; more than one when agents or calls overlapped. */
  readonly calls: readonly string[];
  readonly files: readonly RecordedChange[];
  /** Folders that came with the files. */
  readonly madeFolders: readonly RelativePath[];
}

/** What the history records. Times and ids are the store's. */
export type HistoryEvent =
  | {
      readonly type: 'turn';
      readonly turn: string;
      readonly session: string;
      /** The agent's tool calls are not seen: whatever changes until its end is the agent's. */
      readonly whole: boolean;
      readonly title?: string | undefined;
    }
  | { readonly type: 'turn-end'; readonly turn: string }
  | {
      readonly type: 'call';
      readonly call: string;
      readonly turn?: string | undefined;
      readonly session: string;
      readonly tool: string;
      readonly kind: CallKind;
      readonly paths: readonly RelativePath[];
      readonly seen: readonly (readonly [RelativePath, FileState])[];
    }
  | { readonly type: 'call-end'; readonly call: string; readonly groups: readonly ChangeGroup[] }
  | {
      readonly type: 'look';
      readonly seen: readonly (readonly [RelativePath, FileState])[];
      readonly groups: readonly ChangeGroup[];
      readonly bases: readonly (readonly [RelativePath, Base])[];
      readonly uncovered?: readonly UncoveredFolder[] | undefined;
      readonly problems: readonly string[];
    }
  | {
      readonly type: 'restore';
      readonly restore: string;
      readonly what: RestoreKind;
      readonly label: string;
      /** Changes of the person found on the way, before anything was written. */
      readonly found: readonly RecordedChange[];
      readonly actions: readonly { path: RelativePath; from: FileState; to: FileState }[];
      /** Folders to remove when they are empty. */
      readonly folders: readonly RelativePath[];
      /** The changes that count as taken back once this is done, or (redo) as made again. */
      readonly undone: readonly string[];
      readonly redone: readonly string[];
      /** The restore that a redo takes back. */
      readonly redoes?: string | undefined;
    }
  | {
      readonly type: 'restore-end';
      readonly restore: string;
      readonly files: readonly RestoredFile[];
      readonly changes: readonly RecordedChange[];
      /** Paths that were not written after all: their changes still stand. */
      readonly notDone: readonly RelativePath[];
    };

export type CallKind = 'file' | 'shell' | 'mcp';
export type RestoreKind = 'undo' | 'redo' | 'go-to';

/** What became of one file in a restore. */
export type RestoredFile = Outcome & {
  readonly path: RelativePath;
  /** True when some changes were taken back though the outcome says that others were not. */
  readonly partly?: boolean | undefined;
};

/** All content an event needs. */
export function refsOfEvent(event: HistoryEvent): Hash[] {
  const pairs = (files: readonly RecordedChange[]): Hash[] =>
    files.flatMap(({ pre, post }) => refsOf(pre, post));
  const seen = (states: readonly (readonly [RelativePath, FileState])[]): Hash[] =>
    states.flatMap(([, state]) => refsOf(state));
  switch (event.type) {
    case 'call':
      return seen(event.seen);
    case 'call-end':
      return event.groups.flatMap(({ files }) => pairs(files));
    case 'look':
      return [...seen(event.seen), ...event.groups.flatMap(({ files }) => pairs(files))];
    case 'restore':
      return [...pairs(event.found), ...event.actions.flatMap(({ from, to }) => refsOf(from, to))];
    case 'restore-end':
      return pairs(event.changes);
    default:
      return [];
  }
}

/** A path that stays below the root: nothing else may come out of a stored event. */
const path = z.string().check(
  z.refine(text => {
    const parts = text.split('/');
    return text !== '' && parts.every(part => part !== '' && part !== '.' && part !== '..');
  }),
);
const folder = z.union([z.literal(''), path]);
const state = z.pipe(
  z.unknown(),
  z.transform((value, context): FileState => {
    const parsed = parseState(value);
    if (parsed) return parsed;
    context.issues.push({ code: 'custom', message: 'no state of a file', input: value });
    return z.NEVER;
  }),
);
const seen = z.readonly(z.array(z.tuple([path, state])));
// It ends up among git's arguments.
const base = z.string().check(z.regex(/^([0-9a-f]{40}|[0-9a-f]{64}|unborn|walked)$/));
const changed = z.object({ path, pre: state, post: state, mixed: z.optional(z.literal(true)) });
const group = z.object({
  source: z.enum(['tool', 'shell', 'mcp', 'turn', 'late', 'user']),
  turn: z.optional(z.string()),
  calls: z.array(z.string()),
  files: z.array(changed),
  madeFolders: z.array(path),
});
// It becomes part of the names of temporary files.
const restoreId = z.string().check(z.regex(/^[0-9a-f]{1,32}$/));

const historyEvent: z.ZodMiniType<HistoryEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('turn'),
    turn: z.string(),
    session: z.string(),
    whole: z.boolean(),
    title: z.optional(z.string()),
  }),
  z.object({ type: z.literal('turn-end'), turn: z.string() }),
  z.object({
    type: z.literal('call'),
    call: z.string(),
    turn: z.optional(z.string()),
    session: z.string(),
    tool: z.string(),
    kind: z.enum(['file', 'shell', 'mcp']),
    paths: z.array(path),
    seen,
  }),
  z.object({ type: z.literal('call-end'), call: z.string(), groups: z.array(group) }),
  z.object({
    type: z.literal('look'),
    seen,
    groups: z.array(group),
    bases: z.array(z.tuple([folder, base])),
    uncovered: z.optional(
      z.array(
        z.object({
          path: folder,
          why: z.enum(['generated', 'unreadable', 'too-many-files', 'new-repository']),
        }),
      ),
    ),
    problems: z.array(z.string()),
  }),
  z.object({
    type: z.literal('restore'),
    restore: restoreId,
    what: z.enum(['undo', 'redo', 'go-to']),
    label: z.string(),
    found: z.array(changed),
    actions: z.array(z.object({ path, from: state, to: state })),
    folders: z.array(path),
    undone: z.array(z.string()),
    redone: z.array(z.string()),
    redoes: z.optional(z.string()),
  }),
  z.object({
    type: z.literal('restore-end'),
    restore: restoreId,
    files: z.array(
      z.intersection(
        z.object({ path, partly: z.optional(z.boolean()) }),
        z.custom<Outcome>(
          (value: unknown) => typeof value === 'object' && value !== null && 'result' in value,
        ),
      ),
    ),
    changes: z.array(changed),
    notDone: z.array(path),
  }),
]);

/** Reads a stored event; `undefined` for what a newer version wrote or what is damaged. */
export function parseHistoryEvent(value: unknown): HistoryEvent | undefined {
  const parsed = historyEvent.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

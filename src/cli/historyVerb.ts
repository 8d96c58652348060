import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HumanError } from '../files/humanError';
import { listChanges, unifiedDiff } from '../history/changes';
import { type OpenRoot, openRoot, pathWithin } from '../history/openRoot';
import { thinOldTurns } from '../history/retention';
import type { RestoreReport } from '../history/revert/rootRestore';
import { ALL_TURNS, LAST_TURN, type Selection } from '../history/revert/selection';
import type { CaptureReport } from '../history/rootHistory';
import { USAGE_EXIT } from './exitCodes';
import { printCapture, printRestore, printTurns } from './historyReport';

/** What the verb works with. */
export interface HistoryVerbParts {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The store of a folder when none is named. */
  readonly storeOf: (root: string) => string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const USAGE = `Usage: checkrein history VERB [--workspace DIR] [--store DIR] [--json]
  begin                       remember the folder before a prompt goes to an agent
  tool --path P...            remember files right before the agent changes them
  end                         find out what the agent changed
  list | show ID | diff [ID]  what was changed, by prompt; the text of it
  undo [--turn ID|${LAST_TURN}|${ALL_TURNS}] [--call ID] [--path P]... [--hunk N]...
                              take the agent's changes back; later changes of yours stay
  redo                        take the last undo back
  goto ID [--yes]             put every file as it was then, yours too; without --yes only say so
  verify | gc                 check the store; free what is no longer needed
Paths are relative to the workspace.
Exit codes: 0 done, 1 something was kept or skipped, 2 failed, 64 wrong usage`;

const EXIT = { done: 0, incomplete: 1, failed: 2 } as const;

/** The headless session: one agent at a time, whose single tool calls are not seen. */
const SESSION = 'headless';

interface Arguments {
  readonly verb: string;
  readonly id: string | undefined;
  readonly root: string;
  readonly store: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly paths: readonly string[];
  readonly selection: Selection;
}

type Verb = (open: OpenRoot, args: Arguments, parts: HistoryVerbParts) => Promise<number> | number;

/** `checkrein history VERB`: the undo history without an editor. Gives the exit code. */
export async function runHistoryVerb(
  args: readonly string[],
  parts: HistoryVerbParts,
): Promise<number> {
  const read = readArguments(args, parts);
  const verb = read && VERBS[read.verb];
  if (!read || !verb || (NEEDS_ID.has(read.verb) && read.id === undefined)) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  try {
    const open = await openRoot({
      root: read.root,
      storeFolder: read.store,
      trusted: true,
      env: parts.env,
      workspaceRoots: [read.root],
    });
    try {
      return await verb(open, read, parts);
    } finally {
      open.close();
    }
  } catch (error) {
    parts.printError(error instanceof HumanError ? error.message : String(error));
    return EXIT.failed;
  }
}

const VERBS: Readonly<Record<string, Verb>> = {
  async begin({ history }, { json }, { print }) {
    const turn = newId();
    const report = await history.promptStart({ turn, session: SESSION, whole: true });
    return captured(report, turn, json, print);
  },

  async tool(open, { paths, json }, { print }) {
    const { history, root } = open;
    const inside = paths.map(path => pathWithin(root, resolve(root, path)));
    const known = inside.filter(path => path !== undefined && path !== '');
    if (known.length === 0 || known.length < inside.length) {
      throw new HumanError('Name files inside the workspace with --path.');
    }
    await endCalls(open);
    const turn = history.records.timeline.openTurns.at(-1)?.id;
    const call = newId();
    const begin = { call, turn, session: SESSION, tool: 'edit', kind: 'file' as const };
    const report = await history.beforeTool({ ...begin, paths: known as string[] });
    return captured(report, call, json, print);
  },

  async end(open, { json }, { print }) {
    const { history } = open;
    await endCalls(open);
    const turn = history.records.timeline.openTurns.at(-1);
    if (!turn) throw new HumanError('No prompt was begun.');
    return captured(await history.turnEnd(turn.id), turn.id, json, print);
  },

  list: ({ history, store }, { json }, { print }) => {
    printTurns(listChanges(history.records.timeline), store, json, print);
    return EXIT.done;
  },

  show: ({ history, store }, { json, id }, { print }) => {
    const turns = listChanges(history.records.timeline).filter(turn => turn.id === id);
    if (turns.length === 0) throw new HumanError(`Nothing is known of ${id ?? ''}.`);
    printTurns(turns, store, json, print);
    return EXIT.done;
  },

  diff: ({ history, store }, { json, id }, { print }) => {
    const text = unifiedDiff(history.records.timeline, store, id);
    if (text === undefined) throw new HumanError(`Nothing is known of ${id ?? ''}.`);
    print(json ? JSON.stringify({ diff: text }) : text);
    return EXIT.done;
  },

  undo: async ({ restore }, { json, selection }, { print }) =>
    restored(await restore.undo({ turn: LAST_TURN, ...selection }), json, print),

  redo: async ({ restore }, { json }, { print }) => restored(await restore.redo(), json, print),

  async goto({ restore }, { json, id, yes, paths }, { print }) {
    const report = await restore.goTo(id ?? '', paths.length > 0 ? paths : undefined, !yes);
    const code = restored(report, json, print);
    if (!yes && !json && !report.refused) print('Nothing was written yet: --yes does it.');
    return code;
  },

  verify({ store }, { json }, { print }) {
    const report = store.verify();
    const { contents, events, lost, torn } = report;
    print(
      json
        ? JSON.stringify(report)
        : `${contents} contents and ${events} events; ${lost.length} lost, ${torn.length} cut short`,
    );
    return lost.length > 0 ? EXIT.incomplete : EXIT.done;
  },

  async gc({ store }, { json }, { print }) {
    const report = await store.collect(thinOldTurns(Date.now()));
    if (!report) throw new HumanError('Another window is cleaning up right now.');
    print(json ? JSON.stringify(report) : `${report.freed} bytes freed`);
    return report.unfinished ? EXIT.incomplete : EXIT.done;
  },
};

const NEEDS_ID = new Set(['show', 'goto']);

/** A file tool has no end of its own here: it ends where the next step begins. */
async function endCalls({ history }: OpenRoot): Promise<void> {
  for (const { id, session } of history.records.timeline.openCalls) {
    if (session === SESSION) await history.afterTool(id);
  }
}

function captured(
  { changed, problems }: CaptureReport,
  id: string,
  json: boolean,
  print: HistoryVerbParts['print'],
): number {
  printCapture({ id, changed, problems }, json, print);
  return EXIT.done;
}

function restored(report: RestoreReport, json: boolean, print: HistoryVerbParts['print']): number {
  printRestore(report, json, print);
  if (report.refused) return EXIT.failed;
  const whole = report.files.every(({ result }) => result !== 'kept' && result !== 'skipped');
  return whole ? EXIT.done : EXIT.incomplete;
}

function newId(): string {
  return `${Date.now().toString(36)}-${randomBytes(2).toString('hex')}`;
}

function readArguments(args: readonly string[], parts: HistoryVerbParts): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
    });
    const [verb, id, ...more] = positionals;
    const hunks = (values.hunk ?? []).map(Number);
    const whole = hunks.every(hunk => Number.isInteger(hunk) && hunk > 0);
    if (verb === undefined || more.length > 0 || !whole) return undefined;
    if (hunks.length > 0 && values.path?.length !== 1) return undefined;
    const root = resolve(parts.cwd, values.workspace ?? '.');
    const paths = values.path ?? [];
    return {
      verb,
      id,
      root,
      store: values.store === undefined ? parts.storeOf(root) : resolve(parts.cwd, values.store),
      json: values.json === true,
      yes: values.yes === true,
      paths,
      selection: {
        ...(values.turn === undefined ? {} : { turn: values.turn }),
        ...(values.call === undefined ? {} : { call: values.call, turn: ALL_TURNS }),
        ...(paths.length === 0 ? {} : { paths }),
        ...(hunks.length === 0 ? {} : { hunks: new Set(hunks) }),
      },
    };
  } catch {
    return undefined;
  }
}

const OPTIONS = {
  workspace: { type: 'string' },
  store: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  turn: { type: 'string' },
  call: { type: 'string' },
  path: { type: 'string', multiple: true },
  hunk: { type: 'string', multiple: true },
} as const;

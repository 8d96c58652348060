import { countLines, type FileChange, type TurnChanges } from '../history/changes';
import type { FileState } from '../history/fileState';
import { explain } from '../history/revert/explain';
import type { RestoreReport } from '../history/revert/rootRestore';
import type { HistoryStore } from '../history/store/historyStore';
import { makeVisible } from '../policy/visibleText';

type Print = (line: string) => void;

/** What a step of capturing found. */
export interface CaptureLine {
  readonly id: string;
  readonly changed: number;
  readonly problems: readonly string[];
}

export function printCapture(report: CaptureLine, json: boolean, print: Print): void {
  if (json) {
    print(JSON.stringify(report));
    return;
  }
  print(report.id);
  for (const problem of report.problems) print(makeVisible(problem, false));
}

/** One line a file: what became of it, and why. */
export function printRestore(report: RestoreReport, json: boolean, print: Print): void {
  if (json) {
    print(JSON.stringify({ id: report.id, refused: report.refused, files: report.files }));
    return;
  }
  if (report.refused) print(explain(report.refused));
  for (const file of report.files) {
    const why = 'reason' in file ? `\t${explain(file.reason)}` : '';
    print(`${file.result}\t${makeVisible(file.path, false)}${why}`);
  }
  if (report.files.length === 0 && !report.refused) print('Nothing to do.');
}

/** Prompts and below each its files, with the lines added and removed. */
export function printTurns(
  turns: readonly TurnChanges[],
  store: Pick<HistoryStore, 'get'>,
  json: boolean,
  print: Print,
): void {
  const shown = turns.map(turn => ({
    ...turn,
    files: turn.files.map(file => describeFile(file, store)),
    calls: turn.calls.map(call => ({
      ...call,
      files: call.files.map(({ path }) => path),
    })),
  }));
  if (json) {
    print(JSON.stringify(shown));
    return;
  }
  for (const { id, start, files, title } of shown) {
    print(`${id}\t${new Date(start).toISOString()}\t${files.length} files\t${title ?? ''}`);
    for (const { path, change, author, added, removed, undone, movedFrom } of files) {
      const lines = added === undefined ? '' : `+${added} -${removed ?? 0}`;
      const from = movedFrom === undefined ? '' : ` (from ${makeVisible(movedFrom, false)})`;
      const mark = undone ? 'undone' : '';
      print(`  ${change}\t${makeVisible(path, false)}${from}\t${lines}\t${author}\t${mark}`);
    }
  }
}

function describeFile(file: FileChange, store: Pick<HistoryStore, 'get'>) {
  const { path, author, undone, movedFrom, before, after } = file;
  return {
    path,
    change: kindOf(before, after),
    author,
    undone,
    movedFrom,
    ...countLines(file, store),
  };
}

function kindOf(before: FileState, after: FileState): 'created' | 'deleted' | 'changed' {
  if (before.kind === 'absent') return 'created';
  return after.kind === 'absent' ? 'deleted' : 'changed';
}

import * as vscode from 'vscode';
import type { ListedHunk } from '../../history/listedHunk';
import { makeVisible } from '../../policy/visibleText';
import type { FileRef, FileView } from '../../protocol/changesView';
import { COMMANDS, type HISTORY_COMMANDS } from '../commandIds';
import { quickText } from '../quickText';
import type { ChangeActions } from './changeActions';
import type { ChangeDiffs } from './changeDiffs';
import type { ChangesPanel } from './changesPanel';
import type { ChangesSource } from './changesSource';
import { type ChangeRow, CHANGES_VIEW, targetOf } from './changesTree';
import type { Checkpoints } from './checkpoints';
import { refOf } from './filePlaces';
import type { WindowHistory } from './windowHistory';

/** What the commands of the history work on. */
export interface HistoryCommandParts {
  readonly window: WindowHistory;
  readonly source: ChangesSource;
  readonly actions: ChangeActions;
  readonly diffs: ChangeDiffs;
  readonly checkpoints: Checkpoints;
  readonly panel: ChangesPanel;
}

type HistoryCommandId = (typeof HISTORY_COMMANDS)[keyof typeof HISTORY_COMMANDS];
type Command = (...args: never[]) => unknown;

/** Every command of the history, by its id. Rows of the tree come as arguments from its menus. */
export function historyCommands(parts: HistoryCommandParts): Record<HistoryCommandId, Command> {
  const { window, source, actions, diffs, checkpoints, panel } = parts;
  return {
    [COMMANDS.viewChanges]: () => panel.show(),
    [COMMANDS.showChangesTree]: () => vscode.commands.executeCommand(`${CHANGES_VIEW}.focus`),
    [COMMANDS.undoLastPrompt]: () => actions.undoLastPrompt(),
    [COMMANDS.undoAll]: () => actions.undo({}),
    [COMMANDS.undoFile]: () => undoFile(actions),
    [COMMANDS.undoHunk]: (uri?: vscode.Uri, changes?: readonly LineChange[], index?: number) =>
      undoHunk(parts, uri, changes?.[index ?? -1]),
    [COMMANDS.redo]: () => actions.redo(),
    [COMMANDS.goBack]: () => checkpoints.goBack(window, actions),
    [COMMANDS.markCheckpoint]: () => checkpoints.mark(window),
    [COMMANDS.deleteHistory]: () => deleteHistory(parts),
    [COMMANDS.keepAll]: () => source.keep({}, true),
    [COMMANDS.showGaps]: () => showGaps(source),
    [COMMANDS.openChange]: (row?: ChangeRow | FileView) => openChange(diffs, row),
    [COMMANDS.undoChange]: (row?: ChangeRow) => row && actions.undo(targetOf(row)),
    [COMMANDS.keepChange]: (row?: ChangeRow) => row && source.keep(targetOf(row), true),
    [COMMANDS.unkeepChange]: (row?: ChangeRow) => row && source.keep(targetOf(row), false),
  };
}

/** Lines as the editor's margin names them: counted from 1, the end counted in. */
interface LineChange {
  readonly modifiedStartLineNumber: number;
  readonly modifiedEndLineNumber: number;
}

async function openChange(diffs: ChangeDiffs, row?: ChangeRow | FileView): Promise<void> {
  if (!row) return;
  if (!('prompt' in row)) await diffs.openFile(row);
  else if (row.kind === 'file') await diffs.openFile(row.file);
  else if (row.kind === 'prompt') await diffs.openAll(row.prompt);
  else await diffs.openAll({ ...row.prompt, files: row.call.files });
}

async function undoFile(actions: ChangeActions): Promise<void> {
  const file = activeFile();
  if (file) await actions.undo({ file });
  else sayNoFile();
}

function activeFile(): FileRef | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && refOf(uri);
}

function sayNoFile(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a file of the workspace first.'));
}

/** The agent's changes in the lines that the margin names, or else at the cursor. */
async function undoHunk(
  { source, actions }: HistoryCommandParts,
  uri: vscode.Uri | undefined,
  change: LineChange | undefined,
): Promise<void> {
  const file = uri ? refOf(uri) : activeFile();
  const line = vscode.window.activeTextEditor?.selection.active.line;
  if (!file || (!change && line === undefined)) {
    sayNoFile();
    return;
  }
  const hunks = await source.hunks({ file });
  const [from, end] = change ? linesOfChange(change) : [line ?? 0, (line ?? 0) + 1];
  const meant = hunks.filter(hunk => hunk.standing !== 'gone' && touches(hunk, from, end));
  if (meant.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The agent has changed nothing in these lines.'),
    );
    return;
  }
  await actions.undo({ file, hunks: meant.map(({ number }) => number) });
}

/** Counted from 0, the end left out. Removed lines have their place after the line named. */
function linesOfChange(change: LineChange): [number, number] {
  const { modifiedStartLineNumber: start, modifiedEndLineNumber: last } = change;
  return last < start ? [start, start] : [start - 1, last];
}

/** Hunks without lines of their own, removals, touch the lines on both sides of them. */
function touches({ now }: ListedHunk, from: number, end: number): boolean {
  if (!now) return false;
  if (now.from === now.end || from === end) return now.from <= end && from <= now.end;
  return now.from < end && from < now.end;
}

async function deleteHistory({ window }: HistoryCommandParts): Promise<void> {
  const remove = vscode.l10n.t('Delete History');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the undo history of this window’s folders?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Nothing that agents have changed so far can be undone afterwards. Your files stay as they are.',
      ),
    },
    remove,
  );
  if (picked === remove) await window.deleteAll();
}

async function showGaps(source: ChangesSource): Promise<void> {
  const { gaps } = await source.list();
  const items = gaps.map(gap => ({ label: quickText(makeVisible(gap, false)) }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Undo covers everything in this window.'),
    );
    return;
  }
  await vscode.window.showQuickPick(items, { title: vscode.l10n.t('What undo does not cover') });
}

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { isDeletion, proposedText } from '../agents/proposedEdit';
import type { CallHistory } from '../broker/callHistory';
import { diffLines, linesOf } from '../history/revert/lines';
import type { ToolCall } from '../policy/toolCall';
import { makeVisible } from '../policy/visibleText';

/** Absent on Windows. */
const { O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
/** Larger files are not shown as a diff, in bytes. */
const MAX_FILE = 1024 * 1024;
/** A dialog shows no more of a diff than this. */
const MAX_LINES = 10;
const MAX_COLUMNS = 100;
/** How long finding out what could be undone may hold up the question, in milliseconds. */
const LOSSES_MS = 6_000;

/** What a file tool would make of a file. */
export interface ProposedEdit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What a person should know of a call besides what it says itself. */
export interface CallFacts {
  readonly edit: ProposedEdit | undefined;
  /** Whether it could be undone; undefined where that goes without saying. */
  readonly undo: string | undefined;
}

/** Finds out what a waiting call would do to files. Never rejects. */
export async function factsOfCall(
  call: ToolCall,
  history: Pick<CallHistory, 'losses'>,
): Promise<CallFacts> {
  return { edit: proposedEdit(call), undo: await undoText(call, history) };
}

/** The changed lines of an edit, each with its mark, as far as a dialog has room for them. */
export function diffExcerpt({ before, after }: ProposedEdit): string[] {
  const [old, now] = [before, after].map(text => linesOf(Buffer.from(text)));
  if (!old || !now) return [];
  const lines = diffLines(old, now).flatMap(({ from, fromEnd, to, toEnd }) => [
    ...old.slice(from, fromEnd).map(line => shownLine('−', line)),
    ...now.slice(to, toEnd).map(line => shownLine('+', line)),
  ]);
  if (lines.length <= MAX_LINES) return lines;
  return [
    ...lines.slice(0, MAX_LINES - 1),
    vscode.l10n.t('… and {0} more changed lines', lines.length - MAX_LINES + 1),
  ];
}

function shownLine(mark: string, line: Buffer): string {
  const text = makeVisible(line.toString().replace(/\r?\n$/, ''), false);
  return `${mark} ${text.length > MAX_COLUMNS ? `${text.slice(0, MAX_COLUMNS)}…` : text}`;
}

function proposedEdit(call: ToolCall): ProposedEdit | undefined {
  const [file] = call.paths ?? [];
  if (call.capability !== 'write' || !file) return undefined;
  const before = textOf(file.real);
  const after = before === undefined ? undefined : proposedText(call, before);
  if (before === undefined || after === undefined || after === before) return undefined;
  return { path: file.real, before, after };
}

/** The text of a file; empty for one that is not there, undefined for what cannot be shown. */
function textOf(path: string): string | undefined {
  try {
    // Never waits for a writer, should the agent have put a pipe there.
    const descriptor = openSync(path, constants.O_RDONLY | O_NONBLOCK);
    try {
      const stat = fstatSync(descriptor);
      if (!stat.isFile() || stat.size > MAX_FILE) return undefined;
      const bytes = readFileSync(descriptor);
      return linesOf(bytes) && bytes.toString();
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : undefined;
  }
}

async function undoText(
  call: ToolCall,
  history: Pick<CallHistory, 'losses'>,
): Promise<string | undefined> {
  const losses = await history.losses(call, LOSSES_MS);
  if (losses.length > 0) return vscode.l10n.t('It could not be undone: {0}', losses.join(' '));
  if (!isDeletion(call)) return undefined;
  const inside = call.paths?.every(({ real }) => isInWorkspace(real)) ?? false;
  return inside
    ? vscode.l10n.t('It can be undone: Checkrein keeps a copy.')
    : vscode.l10n.t('It could not be undone: it lies outside of the workspace.');
}

function isInWorkspace(path: string): boolean {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) !== undefined;
}

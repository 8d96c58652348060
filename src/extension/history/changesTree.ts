import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { makeVisible } from '../../policy/visibleText';
import type {
  AllowedView,
  CallView,
  ChangeTarget,
  FileView,
  PromptView,
} from '../../protocol/changesView';
import { COMMANDS } from '../commandIds';
import type { ChangesSource } from './changesSource';

export const CHANGES_VIEW = 'checkrein.changes';

/** A row: a prompt, a tool call of it, or a file of either. */
export type ChangeRow =
  | { readonly kind: 'prompt'; readonly prompt: PromptView }
  | { readonly kind: 'call'; readonly prompt: PromptView; readonly call: CallView }
  | {
      readonly kind: 'file';
      readonly prompt: PromptView;
      readonly call: CallView | undefined;
      readonly file: FileView;
    };

/** What a row stands for, as actions name it. */
export function targetOf(row: ChangeRow): ChangeTarget {
  const prompt = row.prompt.id;
  if (row.kind === 'prompt') return { prompt };
  const call = row.call && { call: row.call.id };
  return { prompt, ...call, ...(row.kind === 'file' && { file: row.file }) };
}

/** The tree "Agent Changes": prompts, their tool calls, and the files these changed. */
export class ChangesTree implements vscode.TreeDataProvider<ChangeRow>, vscode.Disposable {
  readonly #view: vscode.TreeView<ChangeRow>;
  readonly #subscription: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly source: ChangesSource) {
    this.#view = vscode.window.createTreeView(CHANGES_VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#subscription = source.onDidChange(() => this.#changed.fire());
  }

  async getChildren(row?: ChangeRow): Promise<ChangeRow[]> {
    if (!row) {
      const { prompts, gaps } = await this.source.list();
      this.#sayGaps(gaps.length, prompts.length > 0);
      return prompts.map(prompt => ({ kind: 'prompt', prompt }));
    }
    if (row.kind === 'file') return [];
    const { prompt } = row;
    if (row.kind === 'call') return rowsOf(row.call.files, prompt, row.call);
    const inCalls = new Set(prompt.calls.flatMap(({ files }) => files.map(keyOf)));
    const beside = prompt.files.filter(file => !inCalls.has(keyOf(file)));
    return [
      ...prompt.calls.map((call): ChangeRow => ({ kind: 'call', prompt, call })),
      ...rowsOf(beside, prompt, undefined),
    ];
  }

  getTreeItem(row: ChangeRow): vscode.TreeItem {
    switch (row.kind) {
      case 'prompt':
        return promptItem(row.prompt);
      case 'call':
        return callItem(row.prompt, row.call);
      case 'file':
        return fileItem(row);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  /** An empty view says what it is for instead. */
  #sayGaps(count: number, hasRows: boolean): void {
    const message =
      count > 0 && hasRows
        ? vscode.l10n.t('Not covered by undo: {0}. Choose the warning sign to see what.', count)
        : undefined;
    if (message === undefined) delete this.#view.message;
    else this.#view.message = message;
    void vscode.commands.executeCommand('setContext', 'checkrein.hasGaps', count > 0);
  }
}

function rowsOf(
  files: readonly FileView[],
  prompt: PromptView,
  call: CallView | undefined,
): ChangeRow[] {
  return files.map(file => ({ kind: 'file', prompt, call, file }));
}

function keyOf({ root, path }: FileView): string {
  return `${root}\0${path}`;
}

function promptItem(prompt: PromptView): vscode.TreeItem {
  const { id, agent, title, start, end, files } = prompt;
  const item = new vscode.TreeItem(
    title === undefined ? agent : makeVisible(title, false),
    vscode.TreeItemCollapsibleState.Expanded,
  );
  const time = new Date(start).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const state = stateText(files) ?? (end === undefined ? vscode.l10n.t('at work') : undefined);
  item.id = id;
  item.description = [
    ...(state === undefined ? [] : [state]),
    time,
    filesText(files.length),
    ...(title === undefined ? [] : [agent]),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon('comment-discussion');
  item.contextValue = files.some(({ state: each }) => each !== 'undone')
    ? 'prompt'
    : 'promptUndone';
  item.tooltip = `${item.label as string}\n${agent}, ${new Date(start).toLocaleString()}`;
  return item;
}

function callItem(prompt: PromptView, call: CallView): vscode.TreeItem {
  const { id, tool, files, allowed } = call;
  const name = makeVisible(tool, false);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  const state = stateText(files);
  item.id = `${prompt.id}/${id}`;
  item.description = [
    ...(state === undefined ? [] : [state]),
    filesText(files.length),
    ...(allowed ? [allowedText(allowed)] : []),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon('tools');
  item.contextValue = files.some(({ state: each }) => each !== 'undone') ? 'call' : 'callUndone';
  item.tooltip = `${name}\n${new Date(call.start).toLocaleTimeString()}${
    allowed ? `\n${allowedText(allowed)}` : ''
  }`;
  return item;
}

function fileItem(row: ChangeRow & { kind: 'file' }): vscode.TreeItem {
  const { prompt, call, file } = row;
  const shown = makeVisible(file.path, false);
  const item = new vscode.TreeItem(makeVisible(basename(file.path), false));
  const folder = dirname(shown);
  const notes = [
    stateText([file]) ?? '',
    ...(file.folder === undefined ? [] : [file.folder]),
    ...(folder === '.' ? [] : [folder]),
    ...(file.lines ? [`+${file.lines.added} −${file.lines.removed}`] : [kindText(file)]),
    statusText(file),
    authorText(file),
  ];
  item.id = [prompt.id, call?.id ?? '', keyOf(file)].join('/');
  item.description = notes.filter(Boolean).join(' · ');
  item.iconPath = new vscode.ThemeIcon(statusIcon(file), statusColor(file));
  item.contextValue = file.state === 'undone' ? 'fileUndone' : file.state;
  item.tooltip = `${shown}\n${notes.filter(Boolean).join(' · ')}`;
  item.command = {
    command: COMMANDS.openChange,
    title: vscode.l10n.t('Open Diff'),
    arguments: [row],
  };
  return item;
}

/** What let a call through, in a few words. */
function allowedText({ code, byPerson, rule }: AllowedView): string {
  if (byPerson) return vscode.l10n.t('allowed by you');
  if (rule) return vscode.l10n.t('rule {0}', makeVisible(rule.pattern, false));
  switch (code) {
    case 'insideWorkspace':
      return vscode.l10n.t('in the workspace');
    case 'trustAll':
      return vscode.l10n.t('trust-all');
    default:
      return code;
  }
}

function filesText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', count);
}

function stateText(files: readonly FileView[]): string | undefined {
  if (files.every(({ state }) => state === 'undone')) return vscode.l10n.t('undone');
  return files.every(({ state }) => state !== 'standing') ? vscode.l10n.t('kept') : undefined;
}

function statusText({ status, movedFrom }: FileView): string {
  switch (status) {
    case 'added':
      return vscode.l10n.t('new');
    case 'deleted':
      return vscode.l10n.t('deleted');
    case 'moved':
      return vscode.l10n.t('moved from {0}', makeVisible(movedFrom ?? '', false));
    case 'modified':
      return '';
  }
}

function statusIcon({ status }: FileView): string {
  const icons = { added: 'diff-added', deleted: 'diff-removed', moved: 'diff-renamed' };
  return status === 'modified' ? 'diff-modified' : icons[status];
}

function statusColor({ status, state }: FileView): vscode.ThemeColor {
  if (state === 'undone') return new vscode.ThemeColor('disabledForeground');
  const colors = {
    added: 'gitDecoration.addedResourceForeground',
    deleted: 'gitDecoration.deletedResourceForeground',
    moved: 'gitDecoration.renamedResourceForeground',
    modified: 'gitDecoration.modifiedResourceForeground',
  };
  return new vscode.ThemeColor(colors[status]);
}

function kindText({ kind }: FileView): string {
  switch (kind) {
    case 'image':
      return vscode.l10n.t('image');
    case 'binary':
      return vscode.l10n.t('binary');
    case 'link':
      return vscode.l10n.t('link');
    case 'folder':
      return vscode.l10n.t('folder');
    case 'notKept':
      return vscode.l10n.t('not kept');
    case 'text':
      return '';
  }
}

function authorText({ author }: FileView): string {
  switch (author) {
    case 'shell':
      return vscode.l10n.t('by a command');
    case 'mixed':
      return vscode.l10n.t('agent and you');
    case 'late':
      return vscode.l10n.t('after the agent');
    case 'yours':
      return vscode.l10n.t('you');
    case 'agent':
      return '';
  }
}

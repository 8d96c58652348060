import * as vscode from 'vscode';
import { findAgent } from '../../agents/knownAgents';
import { agentOfSession } from '../../broker/callHistory';
import type { HistoryPoint } from '../../history/points';
import type { FileRef } from '../../protocol/changesView';
import { quickText } from '../quickText';
import type { ChangeActions } from './changeActions';
import { pathOf } from './changesSource';
import type { WindowHistory } from './windowHistory';

const STORED = 'checkpoints';
const MAX_NAME = 80;

/** What a person said of a checkpoint. A pinned one, and all that came after it, is kept for good. */
interface Mark {
  readonly name?: string;
  readonly pinned?: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
}

interface PointItem extends vscode.QuickPickItem {
  readonly point: HistoryPoint;
}

/** The checkpoints of the window as a list: to go back to one, to name it and to pin it. */
export class Checkpoints {
  constructor(private readonly memento: vscode.Memento) {}

  /** When the oldest pinned checkpoint was made. */
  keepSince(): number | undefined {
    const times = Object.values(this.#marks()).flatMap(({ pinned, time }) => (pinned ? time : []));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** "Go Back to a Checkpoint": which, then which files. Yours are not chosen unless you choose them. */
  async goBack(window: WindowHistory, actions: ChangeActions): Promise<void> {
    const title = vscode.l10n.t('Go back to how the files were before…');
    const point = await this.#pick(window, title);
    if (!point) return;
    const files = await pickFiles(window, point);
    if (files && files.length > 0) {
      await actions.goBack(point.id, files, new Date(point.time).toLocaleString());
    }
  }

  /** "Name or Pin a Checkpoint". */
  async mark(window: WindowHistory): Promise<void> {
    const point = await this.#pick(window, vscode.l10n.t('Name or pin which checkpoint?'));
    if (!point) return;
    const old = this.#marks()[point.id];
    const name = await vscode.window.showInputBox({
      title: vscode.l10n.t('Name of the checkpoint'),
      prompt: vscode.l10n.t('Leave it empty for none.'),
      value: old?.name ?? '',
      validateInput: text =>
        text.length > MAX_NAME ? vscode.l10n.t('That is too long.') : undefined,
    });
    if (name === undefined) return;
    const pin = vscode.l10n.t('Pin');
    const picked = await vscode.window.showQuickPick(
      [
        { label: vscode.l10n.t('Do Not Pin'), detail: vscode.l10n.t('Forgotten after a month') },
        { label: pin, detail: vscode.l10n.t('Kept, with all that came after, until you unpin it') },
      ],
      { title: vscode.l10n.t('Pin the checkpoint?') },
    );
    if (!picked) return;
    const pinned = picked.label === pin;
    const others = Object.entries(this.#marks()).filter(([id]) => id !== point.id);
    const marks: Record<string, Mark> = Object.fromEntries(others);
    if (name !== '' || pinned) {
      marks[point.id] = {
        time: point.time,
        ...(name !== '' && { name }),
        ...(pinned && { pinned }),
      };
    }
    await this.memento.update(STORED, marks);
  }

  async #pick(window: WindowHistory, title: string): Promise<HistoryPoint | undefined> {
    const history = await window.history();
    const points = history?.points() ?? [];
    if (points.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is no checkpoint yet.'));
      return undefined;
    }
    const marks = this.#marks();
    const items = points.map(point => this.#item(point, marks[point.id]));
    const picked = await vscode.window.showQuickPick(items, {
      title,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return picked?.point;
  }

  #item(point: HistoryPoint, mark: Mark | undefined): PointItem {
    const what = pointText(point);
    const icon = mark?.pinned ? '$(pinned) ' : '';
    return {
      label: `${icon}${quickText(mark?.name ?? what)}`,
      description: new Date(point.time).toLocaleString(),
      ...(mark?.name !== undefined && { detail: quickText(what) }),
      point,
    };
  }

  #marks(): Readonly<Record<string, Mark>> {
    return this.memento.get<Record<string, Mark>>(STORED, {});
  }
}

/** The agent's changes and yours apart; what you changed, alone or too, is not chosen. */
async function pickFiles(
  window: WindowHistory,
  point: HistoryPoint,
): Promise<FileRef[] | undefined> {
  const history = await window.history();
  const changed = (await history?.changedSince(point.id)) ?? [];
  const files = changed.flatMap(({ root, report }) =>
    report.map(({ path, by }) => {
      const unsaved = window.texts.unsaved(pathOf({ root, path })) !== undefined;
      return { root, path, by: unsaved && by === 'agent' ? ('both' as const) : by };
    }),
  );
  if (files.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing has changed since then.'));
    return undefined;
  }
  const section = (label: string, mine: boolean) => {
    const some = files.filter(({ by }) => (by !== 'agent') === mine);
    const rows = some.map(file => ({
      label: quickText(file.path),
      ...(file.by === 'both' && { description: vscode.l10n.t('the agent and you') }),
      picked: !mine,
      file,
    }));
    const head = { label, kind: vscode.QuickPickItemKind.Separator, file: undefined };
    return rows.length === 0 ? [] : [head, ...rows];
  };
  const picked = await vscode.window.showQuickPick(
    [
      ...section(vscode.l10n.t('Changed by the agent'), false),
      ...section(vscode.l10n.t('Changed by you: chosen files lose your changes'), true),
    ],
    {
      title: vscode.l10n.t('Which files go back?'),
      canPickMany: true,
    },
  );
  return picked?.flatMap(({ file }) => (file ? [{ root: file.root, path: file.path }] : []));
}

function pointText({ what, title, session = '' }: HistoryPoint): string {
  switch (what) {
    case 'prompt': {
      const agent = agentOfSession(session);
      const name = findAgent(agent)?.displayName ?? agent;
      return title === undefined ? vscode.l10n.t('a prompt to {0}', name) : `${title} (${name})`;
    }
    case 'undo':
      return vscode.l10n.t('an undo');
    case 'redo':
      return vscode.l10n.t('a redo');
    case 'go-to':
      return vscode.l10n.t('going back');
  }
}

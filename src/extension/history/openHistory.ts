import type * as vscode from 'vscode';
import type { StateFolders } from '../../files/stateHome';
import type { AllowedCalls } from '../../history/allowedCalls';
import type { Journal } from '../../history/journal';
import { AgentScm } from './agentScm';
import { ChangeActions } from './changeActions';
import { ChangeDiffs } from './changeDiffs';
import { ChangesSource } from './changesSource';
import { ChangesTree } from './changesTree';
import { ChangesPanel } from './changesPanel';
import { Checkpoints } from './checkpoints';
import { ContentFiles } from './contentFiles';
import type { HistoryCommandParts } from './historyCommands';
import { KeptChanges } from './keptChanges';
import { panelActions } from './panelActions';
import { WindowHistory } from './windowHistory';

interface HistoryParts {
  readonly folders: StateFolders;
  readonly journal: Journal;
  readonly allowed: AllowedCalls;
  readonly memento: vscode.Memento;
  readonly extensionUri: vscode.Uri;
  readonly onError: (error: unknown) => void;
}

/** The undo history of a window with everything that shows it; `window.reopen` opens it. */
export function openHistory({
  allowed,
  extensionUri,
  ...parts
}: HistoryParts): HistoryCommandParts & { readonly disposables: readonly { dispose(): void }[] } {
  const { memento, journal, onError } = parts;
  const checkpoints = new Checkpoints(memento);
  const window = new WindowHistory({ ...parts, keepSince: () => checkpoints.keepSince() });
  const source = new ChangesSource(window, allowed, new KeptChanges(memento));
  const actions = new ChangeActions({ window, journal, onError });
  const diffs = new ChangeDiffs(source);
  const panel = new ChangesPanel({
    ...{ extensionUri, onError },
    actions: panelActions({ window, source, actions, diffs }),
    onDidChange: source.onDidChange,
  });
  const disposables = [
    window,
    source,
    panel,
    new ContentFiles(window),
    new ChangesTree(source),
    new AgentScm(source),
  ];
  return { window, source, actions, diffs, checkpoints, panel, disposables };
}

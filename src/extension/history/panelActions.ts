import type { ChangeActions } from './changeActions';
import type { ChangeDiffs } from './changeDiffs';
import type { ChangesSource } from './changesSource';
import type { PanelActions } from './panelSession';
import type { WindowHistory } from './windowHistory';

interface PanelActionsParts {
  readonly window: WindowHistory;
  readonly source: ChangesSource;
  readonly actions: ChangeActions;
  readonly diffs: ChangeDiffs;
}

/** What the panel does goes the way the commands go: the same questions, the same reports. */
export function panelActions({ window, source, actions, diffs }: PanelActionsParts): PanelActions {
  return {
    view: () => source.list(),
    hunks: async target =>
      target.file ? source.hunks({ ...target, file: target.file }) : Promise.resolve([]),
    async content(root, hash) {
      const history = await window.history();
      try {
        return history?.content(root, hash);
      } catch {
        // The panel says that it is not held.
        return undefined;
      }
    },
    async openDiff({ target, files }) {
      const [file] = files;
      if (target && !target.file) await diffs.openAll({ files });
      else if (file) await diffs.openFile(file);
    },
    openAll: () => diffs.openAll(),
    async undo(target) {
      await actions.undo(target);
    },
    async redo() {
      await actions.redo();
    },
    keep: (target, keep) => source.keep(target, keep),
  };
}

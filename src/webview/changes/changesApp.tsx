import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type {
  FileDetails,
  NodeId,
  PanelMessage,
  PanelRequest,
  PanelStrings,
  PanelTree,
} from '../../protocol/changesPanel';
import { countFiles, filterTree } from './filterTree';
import type { PanelHost } from '../shared/panelHost';
import { useKeptState, useTold } from '../shared/useHost';
import { fill } from '../shared/words';
import { packState, type PanelState, unpackState } from './panelState';
import { Toolbar } from './toolbar';
import { foldAll, treeRows } from './treeRows';
import { TreeView } from './treeView';

type ChangesHost = PanelHost<PanelRequest, PanelMessage>;

/** What the window told the panel so far. */
interface Told {
  readonly strings?: PanelStrings;
  readonly tree?: PanelTree;
  readonly details: ReadonlyMap<NodeId, FileDetails>;
  /** Files whose details are of the tree as it is now, or asked for. */
  readonly asked: Set<NodeId>;
  readonly announced: string;
}

const NOTHING_TOLD: Told = { details: new Map(), asked: new Set(), announced: '' };

function hear(told: Told, message: PanelMessage): Told {
  switch (message.type) {
    case 'start':
      return { ...told, strings: message.strings };
    case 'tree':
      // What was unfolded stays until it is told anew: the list must not jump.
      return { ...told, tree: message.tree, asked: new Set() };
    case 'details':
      return { ...told, details: new Map(told.details).set(message.file, message.details) };
    case 'announce':
      return { ...told, announced: message.text };
  }
}

/** The whole panel: what the window says of the changes, and what a person does with it. */
export function ChangesApp({ host }: { readonly host: ChangesHost }): JSX.Element | null {
  const told = useTold(host, hear, NOTHING_TOLD);
  const [state, setState] = useKeptState(host, unpackState, packState);
  const { strings, tree } = told;
  if (!strings) return null;
  if (!tree) return <p class="message">{strings.loading}</p>;
  return <Changes {...{ host, told, strings, tree, state, setState }} />;
}

interface ChangesProps {
  readonly host: ChangesHost;
  readonly told: Told;
  readonly strings: PanelStrings;
  readonly tree: PanelTree;
  readonly state: PanelState;
  readonly setState: (change: (before: PanelState) => PanelState) => void;
}

function Changes({ host, told, strings, tree, state, setState }: ChangesProps): JSX.Element {
  const { expansion, filter } = state;
  const filterBox = useRef<HTMLInputElement>(null);
  const shown = useMemo(() => filterTree(tree, filter, strings.authors), [tree, filter, strings]);
  const rows = useMemo(
    () => treeRows(shown, expansion, told.details),
    [shown, expansion, told.details],
  );
  const counts = useMemo(() => [countFiles(shown), countFiles(tree)] as const, [shown, tree]);
  const change = (part: Partial<PanelState>): void => setState(before => ({ ...before, ...part }));
  const fold = (key: string, open: boolean): void =>
    setState(before => ({ ...before, expansion: new Map(before.expansion).set(key, open) }));
  const askFor = (file: NodeId): void => {
    if (told.asked.has(file)) return;
    told.asked.add(file);
    host.send({ type: 'details', file });
  };
  return (
    <>
      <Toolbar
        {...{ strings, tree, filter, filterBox }}
        send={request => host.send(request)}
        onFilter={next => change({ filter: next })}
        onFoldAll={open => change({ expansion: foldAll(tree, open) })}
        onLeaveFilter={() => document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus()}
      />
      <p class="summary" role="status">
        <span>{fill(strings.shown, ...counts)}</span> <span>{told.announced}</span>
      </p>
      {tree.gaps.length > 0 && (
        <ul class="gaps" aria-label={strings.notCovered}>
          {tree.gaps.map(gap => (
            <li key={gap}>{gap}</li>
          ))}
        </ul>
      )}
      {rows.length === 0 ? (
        <p class="message">{tree.prompts.length === 0 ? strings.empty : strings.nothingFound}</p>
      ) : (
        <TreeView
          {...{ rows, strings, fold, askFor }}
          focus={state.focus}
          send={request => host.send(request)}
          onFocus={focus => change({ focus })}
          onFilter={() => filterBox.current?.focus()}
        />
      )}
    </>
  );
}

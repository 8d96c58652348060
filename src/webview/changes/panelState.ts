import type { ChangeAuthor } from '../../protocol/changesView';
import { type Filter, NO_FILTER } from './filterTree';
import type { Expansion } from './treeRows';

/** What survives when the panel is hidden or the window is loaded anew. */
export interface PanelState {
  readonly expansion: Expansion;
  readonly filter: Filter;
  /** The key of the row that has the focus. */
  readonly focus: string | undefined;
}

/** Folds remembered at most: a state that only grows would slow every change of it. */
const MAX_FOLDS = 2_000;

export const AUTHORS: readonly ChangeAuthor[] = ['agent', 'shell', 'mixed', 'late', 'yours'];

/** The form that the editor keeps. */
export function packState({ expansion, filter, focus }: PanelState): unknown {
  const { text, hidden, hideReviewed } = filter;
  const folds = [...expansion].slice(-MAX_FOLDS);
  return { folds, text, hidden: [...hidden], hideReviewed, focus };
}

/** Reads a kept state; another version may have written it, so whatever is odd is left out. */
export function unpackState(packed: unknown): PanelState {
  const state = (typeof packed === 'object' && packed !== null ? packed : {}) as Readonly<
    Partial<Record<string, unknown>>
  >;
  const { folds, text, hidden, hideReviewed, focus } = state;
  return {
    expansion: new Map(Array.isArray(folds) ? folds.filter(isFold) : []),
    filter: {
      text: typeof text === 'string' ? text : NO_FILTER.text,
      hidden: new Set(AUTHORS.filter(author => Array.isArray(hidden) && hidden.includes(author))),
      hideReviewed: hideReviewed === true,
    },
    focus: typeof focus === 'string' ? focus : undefined,
  };
}

function isFold(value: unknown): value is readonly [string, boolean] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'boolean';
}

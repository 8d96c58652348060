import type { JSX } from 'preact';
import type { ChangeAuthor } from '../../protocol/changesView';
import { Drawing } from '../shared/drawing';

/** Paths on a grid of 16. */
const DRAWINGS = {
  folded: 'M6 4l4 4-4 4',
  unfolded: 'M4 6l4 4 4-4',
  undo: 'M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H6',
  redo: 'M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3',
  keep: 'M3 8.5l3.5 3.5L13 4.5',
  keepNot: 'M4 4l8 8M12 4l-8 8',
  diff: 'M2.5 2.5h11v11h-11zM8 2.5v11M4.5 6h2M9.5 10h2M10.5 9v2',
  openAll: 'M2.5 5.5h8v8h-8zM5.5 5.5v-3h8v8h-3',
  collapseAll: 'M2.5 5.5h8v8h-8zM4.5 9.5h4M5.5 5.5v-3h8v8h-3',
  expandAll: 'M2.5 5.5h8v8h-8zM4.5 9.5h4M6.5 7.5v4M5.5 5.5v-3h8v8h-3',
  rule: 'M8 1.5l5 2v4c0 3.5-2 5.5-5 7-3-1.5-5-3.5-5-7v-4zM5.5 7.5l2 2 3-3.5',
  person: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.5-3 2.5-4 5.5-4s5 1 5.5 4',
  agent: 'M3 5.5h10v7H3zM8 5.5v-3M6 8.5v1.5M10 8.5v1.5',
  shell: 'M2 3h12v10H2zM4.5 6l2 2-2 2M8 10.5h3',
  mixed: 'M6 12A4 4 0 1 0 6 4a4 4 0 0 0 0 8zM10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  late: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 2',
} as const;

export type IconName = keyof typeof DRAWINGS;

/** Who changed a file, as a drawing: never shown without the word beside it. */
export const AUTHOR_ICONS: Readonly<Record<ChangeAuthor, IconName>> = {
  agent: 'agent',
  shell: 'shell',
  mixed: 'mixed',
  late: 'late',
  yours: 'person',
};

/** A drawing that assistive technology passes over: the text beside it says the same. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return <Drawing path={DRAWINGS[name]} />;
}

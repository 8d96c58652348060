import { IMAGE_ROWS } from './treeRows';

/** The height of a row in CSS pixels; `changes.css` has the same. */
export const ROW_HEIGHT = 22;

/** Rows kept ready above and below, enough for pictures that begin out of sight. */
const SPARE_ROWS = IMAGE_ROWS + 4;

/** The rows to draw: from `first` to before `end`. */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
}

/** Which of `count` rows are in sight, and some more around them. */
export function rowWindow(count: number, scrollTop: number, height: number): RowWindow {
  const top = Math.floor(scrollTop / ROW_HEIGHT);
  const bottom = Math.ceil((scrollTop + height) / ROW_HEIGHT);
  return {
    first: Math.min(Math.max(top - SPARE_ROWS, 0), count),
    end: Math.min(Math.max(bottom + SPARE_ROWS, 0), count),
  };
}

/** Where to scroll to so that a row is in sight; where it is now, if it is. */
export function scrollToShow(index: number, scrollTop: number, height: number): number {
  const top = index * ROW_HEIGHT;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + ROW_HEIGHT - height);
}

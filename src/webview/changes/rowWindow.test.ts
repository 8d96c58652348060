import { describe, expect, it } from 'vitest';
import { ROW_HEIGHT, rowWindow, scrollToShow } from './rowWindow';
import { IMAGE_ROWS } from './treeRows';

const HEIGHT = 20 * ROW_HEIGHT;

describe('rowWindow', () => {
  it.each([
    [0, 0, 32],
    [100 * ROW_HEIGHT, 88, 132],
    [9_980 * ROW_HEIGHT, 9_968, 10_000],
    [50_000 * ROW_HEIGHT, 10_000, 10_000],
  ])('of 10,000 rows scrolled to %d is %d to %d', (scrollTop, first, end) => {
    expect(rowWindow(10_000, scrollTop, HEIGHT)).toEqual({ first, end });
  });

  it('holds pictures that begin out of sight', () => {
    const { first } = rowWindow(10_000, 500 * ROW_HEIGHT, HEIGHT);
    expect(500 - first).toBeGreaterThanOrEqual(IMAGE_ROWS);
  });

  it('draws a bounded number of rows', () => {
    for (let top = 0; top < 10_000; top += 37) {
      const { first, end } = rowWindow(10_000, top * ROW_HEIGHT + 5, HEIGHT);
      expect(end - first).toBeLessThanOrEqual(45);
    }
  });
});

describe('scrollToShow', () => {
  it.each([
    ['above', 3, 10 * ROW_HEIGHT, 3 * ROW_HEIGHT],
    ['in sight', 12, 10 * ROW_HEIGHT, 10 * ROW_HEIGHT],
    ['below', 40, 10 * ROW_HEIGHT, 21 * ROW_HEIGHT],
  ])('a row %s', (_where, index, scrollTop, expected) => {
    expect(scrollToShow(index, scrollTop, HEIGHT)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { panelFile, pictures, smallTree, twoHunks } from '../../../test/support/smallTree';
import { foldAll, IMAGE_ROWS, type Row, stateOf, treeRows } from './treeRows';

const NOTHING = new Map<string, never>();

function outline(rows: readonly Row[]): string[] {
  return rows.map(row => {
    const fold = row.expanded === undefined ? ' ' : row.expanded ? 'v' : '>';
    return `${'  '.repeat(row.level - 1)}${fold} ${row.kind} ${row.key} ${row.position}/${row.setSize}`;
  });
}

describe('treeRows', () => {
  it('shows prompts and calls unfolded and files folded at first', () => {
    expect(outline(treeRows(smallTree, NOTHING, NOTHING))).toEqual([
      'v prompt p1 1/2',
      '  v call c1 1/3',
      '    > file a 1/2',
      '    > file b 2/2',
      '  v call c2 2/3',
      '    > file b2 1/1',
      '  > file r 3/3',
      'v prompt others 2/2',
      '  > file mine 1/1',
    ]);
  });

  it('shows nothing below what is folded', () => {
    const folded = new Map([['p1', false]]);
    expect(outline(treeRows(smallTree, folded, NOTHING))).toEqual([
      '> prompt p1 1/2',
      'v prompt others 2/2',
      '  > file mine 1/1',
    ]);
  });

  it('shows hunks with their lines, and says what is left out', () => {
    const rows = treeRows(smallTree, new Map([['a', true]]), new Map([['a', twoHunks]]));
    expect(outline(rows.slice(2, 10))).toEqual([
      '    v file a 1/2',
      '      v hunk a#1 1/3',
      '          line a#1:0 1/2',
      '          line a#1:1 2/2',
      '      v hunk a#2 2/3',
      '          line a#2:0 1/2',
      '          note a#2! 2/2',
      '        note a! 3/3',
    ]);
    expect(rows[8]).toMatchObject({ note: { type: 'hiddenLines', count: 7 } });
    expect(rows[9]).toMatchObject({ note: { type: 'hiddenHunks', count: 3 } });
  });

  it('folds a single hunk', () => {
    const folds = new Map([
      ['a', true],
      ['a#1', false],
    ]);
    const rows = treeRows(smallTree, folds, new Map([['a', twoHunks]]));
    expect(outline(rows.slice(3, 5))).toEqual(['      > hunk a#1 1/3', '      v hunk a#2 2/3']);
  });

  it('says that it waits for what was not told yet', () => {
    const rows = treeRows(smallTree, new Map([['a', true]]), NOTHING);
    expect(rows[3]).toMatchObject({ kind: 'note', note: { type: 'loading' }, level: 4 });
  });

  it('gives pictures the room of several rows', () => {
    const rows = treeRows(smallTree, new Map([['mine', true]]), new Map([['mine', pictures]]));
    expect(rows.slice(9).map(({ kind }) => kind)).toEqual([
      'images',
      ...Array.from({ length: IMAGE_ROWS - 1 }, () => 'filler'),
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it('offers no undo for what is not an agent’s or was taken back', () => {
    const open = new Map([
      ['a', true],
      ['r', true],
      ['mine', true],
    ]);
    const details = new Map([...open.keys()].map(id => [id, twoHunks]));
    const rows = treeRows(smallTree, open, details);
    const offered = rows.flatMap(row => (row.kind === 'hunk' && row.undoable ? row.key : []));
    expect(offered).toEqual(['a#1', 'a#2']);
  });
});

it('offers no undo for a hunk that is taken back already', () => {
  if (twoHunks.type !== 'hunks') throw new Error('no hunks');
  const [first, second] = twoHunks.hunks;
  if (!first || !second) throw new Error('no hunks');
  const details = { ...twoHunks, hunks: [{ ...first, standing: 'gone' as const }, second] };
  const rows = treeRows(smallTree, new Map([['a', true]]), new Map([['a', details]]));
  const offered = rows.flatMap(row => (row.kind === 'hunk' && row.undoable ? row.key : []));
  expect(offered).toEqual(['a#2']);
});

describe('stateOf', () => {
  it.each([
    [['standing', 'kept', 'undone'], 'standing'],
    [['kept', 'undone'], 'kept'],
    [['undone', 'undone'], 'undone'],
  ] as const)('of %j is %s', (states, expected) => {
    expect(stateOf(states.map((state, index) => panelFile(`f${index}`, { state })))).toBe(expected);
  });
});

it('folds and unfolds every prompt and call', () => {
  const rows = treeRows(smallTree, foldAll(smallTree, false), NOTHING);
  expect(outline(rows)).toEqual(['> prompt p1 1/2', '> prompt others 2/2']);
  expect(treeRows(smallTree, foldAll(smallTree, true), NOTHING)).toHaveLength(9);
});

import { describe, expect, it } from 'vitest';
import type { PanelFile } from '../../protocol/changesPanel';
import { pictures, smallTree, twoHunks } from '../../../test/support/smallTree';
import { isUndoable, keyAction, nodeOf } from './treeKeys';
import { treeRows } from './treeRows';

const open = new Map([
  ['a', true],
  ['mine', true],
]);
const rows = treeRows(
  smallTree,
  open,
  new Map([
    ['a', twoHunks],
    ['mine', pictures],
  ]),
);
const at = (key: string): number => rows.findIndex(row => row.key === key);
const PAGE = 5;

function press(key: string, row: string): unknown {
  const action = keyAction(key, rows, at(row), PAGE);
  return action?.type === 'focus' ? rows[action.index]?.key : action;
}

describe('keyAction', () => {
  it.each([
    ['ArrowDown', 'p1', 'c1'],
    ['ArrowUp', 'c1', 'p1'],
    ['ArrowUp', 'p1', 'p1'],
    ['Home', 'mine', 'p1'],
    ['PageDown', 'p1', 'a#1:1'],
    ['PageUp', 'a#1:1', 'p1'],
    ['ArrowRight', 'p1', 'c1'],
    ['ArrowLeft', 'a#1:0', 'a#1'],
    ['ArrowLeft', 'b', 'c1'],
    // Pictures take the room of several rows, none of which can have the focus.
    ['End', 'p1', 'mine!'],
    ['ArrowDown', 'mine!', 'mine!'],
    ['PageDown', 'mine', 'mine!'],
  ])('%s on %s leads to %s', (key, from, to) => {
    expect(press(key, from)).toBe(to);
  });

  it.each([
    ['ArrowRight', 'b', { type: 'fold', key: 'b', open: true }],
    ['ArrowLeft', 'a', { type: 'fold', key: 'a', open: false }],
    [' ', 'a', { type: 'fold', key: 'a', open: false }],
    [' ', 'b', { type: 'fold', key: 'b', open: true }],
    [' ', 'a#1:0', undefined],
    ['ArrowRight', 'a#1:0', undefined],
    ['Enter', 'a', { type: 'openDiff' }],
    ['Enter', 'a#1:0', { type: 'openDiff' }],
    ['Enter', 'others', { type: 'fold', key: 'others', open: false }],
    ['Delete', 'p1', { type: 'undo' }],
    ['Delete', 'c1', { type: 'undo' }],
    ['Delete', 'a', { type: 'undo' }],
    ['Delete', 'a#2', { type: 'undo' }],
    ['Delete', 'a#1:0', undefined],
    ['Delete', 'r', undefined],
    ['Delete', 'mine', undefined],
    ['Delete', 'others', undefined],
    ['/', 'p1', { type: 'filter' }],
    ['x', 'p1', undefined],
  ])('%s on %s does %j', (key, from, action) => {
    expect(press(key, from)).toEqual(action);
  });

  it('has nothing to do in an empty list', () => {
    expect(keyAction('ArrowDown', [], 0, PAGE)).toBeUndefined();
  });
});

it('takes hunks, lines and pictures for parts of their file', () => {
  expect(['p1', 'c1', 'a', 'a#1', 'a#2:0', 'mine!'].map(key => nodeOf(rows, at(key)))).toEqual([
    'p1',
    'c1',
    'a',
    'a',
    'a',
    'mine',
  ]);
});

it('offers undo for nothing but changes of agents that stand', () => {
  const offered = rows.filter(isUndoable).map(({ key }) => key);
  expect(offered).toEqual(['p1', 'c1', 'a', 'a#1', 'a#2', 'b', 'c2', 'b2']);
});

it('offers no undo for a prompt or call of which everything was taken back', () => {
  const [prompt] = smallTree.prompts;
  const undone = (files: readonly PanelFile[]): PanelFile[] =>
    files.map(file => ({ ...file, state: 'undone' }));
  if (!prompt) throw new Error('no prompt');
  const calls = prompt.calls.map(call => ({ ...call, files: undone(call.files) }));
  const tree = { ...smallTree, prompts: [{ ...prompt, calls, files: undone(prompt.files) }] };
  expect(treeRows(tree, new Map(), new Map()).filter(isUndoable)).toEqual([]);
});

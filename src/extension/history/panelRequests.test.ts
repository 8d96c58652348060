import { expect, it } from 'vitest';
import { parsePanelRequest } from './panelRequests';

const id = 'CPCCilwQYsBnbvlz';

it.each([
  { type: 'ready' },
  { type: 'details', file: id },
  { type: 'openDiff', node: id },
  { type: 'undo', node: id },
  { type: 'undoHunk', file: id, hunk: 1 },
  { type: 'keep', node: id, keep: false },
  { type: 'undoAll' },
  { type: 'redo' },
  { type: 'openAll' },
])('takes %j', request => {
  expect(parsePanelRequest(request)).toEqual(request);
});

it.each([
  undefined,
  null,
  'undoAll',
  [],
  {},
  { type: 'run', command: 'x' },
  { type: 'undo' },
  { type: 'undo', node: '../../etc/passwd' },
  { type: 'undo', node: '/etc/passwd_12345' },
  { type: 'undo', node: [id] },
  { type: 'undo', node: id, path: '/etc/passwd' },
  { type: 'undoHunk', file: id, hunk: 0 },
  { type: 'undoHunk', file: id, hunk: 1.5 },
  { type: 'undoHunk', file: id, hunk: '1' },
  { type: 'keep', node: id },
  { type: 'keep', node: id, keep: 'yes' },
])('refuses %j', message => {
  expect(parsePanelRequest(message)).toBeUndefined();
});

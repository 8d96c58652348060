import { describe, expect, it } from 'vitest';
import { smallTree } from '../../../test/support/smallTree';
import { countFiles, type Filter, filterTree, NO_FILTER } from './filterTree';

const AUTHORS = { agent: 'Agent', shell: 'Command', mixed: 'Mixed', late: 'Late', yours: 'Yours' };

function shown(filter: Partial<Filter>): string[] {
  const { prompts } = filterTree(smallTree, { ...NO_FILTER, ...filter }, AUTHORS);
  return prompts.flatMap(({ id, calls, files }) => [
    id,
    ...calls.flatMap(call => [call.id, ...call.files.map(file => file.id)]),
    ...files.map(file => file.id),
  ]);
}

describe('filterTree', () => {
  it.each<[string, string[]]>([
    ['', ['p1', 'c1', 'a', 'b', 'c2', 'b2', 'r', 'others', 'mine']],
    ['docs/b', ['p1', 'c1', 'b', 'c2', 'b2']],
    ['DOCS  fs_write', ['p1', 'c1', 'b']],
    ['npm', ['p1', 'c2', 'b2']],
    ['command', ['p1', 'c2', 'b2']],
    ['login src', ['p1', 'c1', 'a', 'r']],
    ['yours', ['others', 'mine']],
    ['.*', []],
  ])('%j shows %j', (text, ids) => {
    expect(shown({ text })).toEqual(ids);
  });

  it('leaves out authors', () => {
    expect(shown({ hidden: new Set(['agent', 'yours']) })).toEqual(['p1', 'c2', 'b2']);
  });

  it('leaves out what was kept or undone', () => {
    expect(shown({ hideReviewed: true, text: 'src' })).toEqual(['p1', 'c1', 'a', 'others', 'mine']);
  });

  it('is the tree itself when it leaves nothing out', () => {
    expect(filterTree(smallTree, { ...NO_FILTER, text: '  ' }, AUTHORS)).toBe(smallTree);
  });
});

it('counts a file once, wherever it stands', () => {
  expect(countFiles(smallTree)).toBe(4);
});

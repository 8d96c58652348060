import { describe, expect, it } from 'vitest';
import type { FileView, PromptView } from '../../protocol/changesView';
import { openChanges, standing } from './openChanges';

const HOUR = 3_600_000;

function file(path: string, over: Partial<FileView> = {}): FileView {
  const base = { root: '/w', path, author: 'agent', status: 'modified', kind: 'text' } as const;
  return { ...base, state: 'standing', before: 'b1', after: 'a1', ...over };
}

function prompt(id: string, start: number, ...files: FileView[]): PromptView {
  return { id, agent: 'Kiro', start, files, calls: [] };
}

describe('all prompts together', () => {
  it('show each file once, from before the first change to after the last', () => {
    const later = prompt('p2', 2, file('a', { before: 'x', after: 'now' }));
    const earlier = prompt('p1', 1, file('a', { before: 'first', after: 'x' }), file('b'));
    const [a, ...more] = standing([later, earlier]);
    expect(a).toMatchObject({ path: 'a', before: 'first', after: 'now', status: 'modified' });
    expect(more.map(({ path }) => path)).toEqual(['b']);
  });

  it('show what one prompt made and another changed as new', () => {
    const later = prompt('p2', 2, file('a'));
    const { before: _, ...made } = file('a', { status: 'added' });
    expect(standing([later, prompt('p1', 1, made)])[0]).toMatchObject({ status: 'added' });
    expect(standing([later, prompt('p1', 1, made)])[0]).not.toHaveProperty('before');
  });

  it('show what was removed and made again as changed, and what was removed last as removed', () => {
    const again = prompt('p2', 2, file('a', { status: 'added' }));
    const removed = prompt('p1', 1, file('a', { status: 'deleted' }));
    expect(standing([again, removed])[0]?.status).toBe('modified');
    expect(standing([removed, prompt('p0', 0, file('a'))])[0]?.status).toBe('deleted');
  });

  it('leave out what was undone', () => {
    expect(standing([prompt('p1', 1, file('a', { state: 'undone' }))])).toEqual([]);
  });
});

describe('what is still open', () => {
  it('is recent, and neither kept nor undone', () => {
    const now = 100 * HOUR;
    const recent = prompt('p2', now - HOUR, file('a'), file('b', { state: 'kept' }));
    const old = prompt('p1', now - 25 * HOUR, file('c'));
    expect(openChanges([recent, old], now).map(({ path }) => path)).toEqual(['a']);
  });
});

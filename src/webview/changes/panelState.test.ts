import { describe, expect, it } from 'vitest';
import { NO_FILTER } from './filterTree';
import { packState, type PanelState, unpackState } from './panelState';

const state: PanelState = {
  expansion: new Map([
    ['p1', false],
    ['a', true],
  ]),
  filter: { text: 'src', hidden: new Set(['late']), hideReviewed: true },
  focus: 'a',
};
const AT_FIRST: PanelState = { expansion: new Map(), filter: NO_FILTER, focus: undefined };

describe('the kept state', () => {
  it('comes back as it was', () => {
    expect(unpackState(JSON.parse(JSON.stringify(packState(state))))).toEqual(state);
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    { folds: 'p1', text: 7, hidden: 'late', hideReviewed: 1, focus: {} },
    { folds: [['p1'], [1, true], null], hidden: ['nobody'] },
  ])('%j is as none', kept => {
    expect(unpackState(kept)).toEqual(AT_FIRST);
  });

  it('does not grow for ever, and forgets the oldest first', () => {
    const expansion = new Map(Array.from({ length: 5_000 }, (_, at) => [`n${at}`, true]));
    const back = unpackState(packState({ ...state, expansion }));
    expect(back.expansion.size).toBe(2_000);
    expect(back.expansion.has('n4999')).toBe(true);
  });
});

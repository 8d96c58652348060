import { describe, expect, it } from 'vitest';
import { INITIAL_MODE, nextMode, type ModeEvent, type ModeState } from './mode';

const open = { ...INITIAL_MODE, restricted: false };
const supervised: ModeState = { ...open, mode: 'supervised', resumeTo: 'supervised' };
const interrupted: ModeState = { ...supervised, mode: 'interrupted' };

describe('nextMode', () => {
  it.each<[string, ModeState, ModeEvent, Partial<ModeState>]>([
    ['toggle leaves Autopilot', open, 'toggle', { mode: 'supervised', resumeTo: 'supervised' }],
    ['toggle comes back', supervised, 'toggle', { mode: 'autopilot', resumeTo: 'autopilot' }],
    ['interrupt stops Autopilot', open, 'interrupt', { mode: 'interrupted' }],
    ['interrupt stops Supervised', supervised, 'interrupt', { mode: 'interrupted' }],
    ['interrupt twice stays', interrupted, 'interrupt', { mode: 'interrupted' }],
    ['toggle does not resume', interrupted, 'toggle', { mode: 'interrupted' }],
    ['resume goes back to Supervised', interrupted, 'resume', { mode: 'supervised' }],
    ['resume without interrupt changes nothing', open, 'resume', { mode: 'autopilot' }],
    ['trust lifts the overlay', INITIAL_MODE, 'trustGranted', { restricted: false }],
  ])('%s', (_name, state, event, expected) => {
    expect(nextMode(state, event)).toEqual({ ...state, ...expected });
  });

  it('starts restricted, until trust is known', () => {
    expect(INITIAL_MODE.restricted).toBe(true);
  });

  it('never leaves Interrupted but by Resume', () => {
    const events: ModeEvent[] = ['toggle', 'interrupt', 'trustGranted'];
    const end = [...events, ...events].reduce(nextMode, interrupted);
    expect(end.mode).toBe('interrupted');
  });
});

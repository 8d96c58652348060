/** The modes a person switches between. */
export type Mode = 'autopilot' | 'supervised' | 'interrupted';

/** The mode of one window, with the overlay of an untrusted workspace. */
export interface ModeState {
  readonly mode: Mode;
  /** The mode that Resume goes back to. */
  readonly resumeTo: 'autopilot' | 'supervised';
  /** True while the workspace is not trusted: everything asks, whatever the mode. */
  readonly restricted: boolean;
}

/** What changes a mode: the person's clicks, and the editor's word that the workspace is trusted. */
export type ModeEvent = 'toggle' | 'interrupt' | 'resume' | 'trustGranted';

/** The mode of a new window: restricted until the workspace is known to be trusted. */
export const INITIAL_MODE: ModeState = {
  mode: 'autopilot',
  resumeTo: 'autopilot',
  restricted: true,
};

const OTHER = { autopilot: 'supervised', supervised: 'autopilot' } as const;

/**
 * The next state after an event. Toggling while interrupted changes nothing, so that no second
 * click on the status bar can set an interrupted agent going again: only Resume does.
 */
export function nextMode(state: ModeState, event: ModeEvent): ModeState {
  switch (event) {
    case 'toggle': {
      if (state.mode === 'interrupted') return state;
      const mode = OTHER[state.mode];
      return { ...state, mode, resumeTo: mode };
    }
    case 'interrupt':
      return { ...state, mode: 'interrupted' };
    case 'resume':
      return { ...state, mode: state.resumeTo };
    case 'trustGranted':
      return { ...state, restricted: false };
  }
}

const STRICTNESS: readonly Mode[] = ['autopilot', 'supervised', 'interrupted'];

/** How strict a mode is; a higher number asks for more. */
export function strictness(mode: Mode): number {
  return STRICTNESS.indexOf(mode);
}

/** The strictest of several modes; Autopilot for none. */
export function strictestMode(modes: readonly Mode[]): Mode {
  return STRICTNESS[Math.max(0, ...modes.map(strictness))] ?? 'interrupted';
}

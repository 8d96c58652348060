/** The modes a person switches between. */
export type Mode = 'autopilot' | 'supervised' | 'interrupted';

/** Why trust-all cannot be switched on here. */
export type TrustAllBar = 'production' | 'managed';

/** What the policy says about modes, whatever a person clicks. */
export interface ModeLimits {
  /** True when an organisation's policy holds everyone to Supervised. */
  readonly supervisedOnly: boolean;
  readonly noTrustAll?: TrustAllBar;
}

/** The mode of one window and its overlays. */
export interface ModeState {
  readonly mode: Mode;
  /** The mode that Resume goes back to. */
  readonly resumeTo: 'autopilot' | 'supervised';
  /** True while the workspace is not trusted: everything asks, whatever the mode. */
  readonly restricted: boolean;
  /** End of trust-all in milliseconds since 1970; absent while it is off. */
  readonly trustAllUntil?: number;
  readonly limits: ModeLimits;
}

/** What a decision needs to know of a `ModeState` at one moment. */
export interface ModeInEffect extends Pick<ModeState, 'mode' | 'resumeTo' | 'restricted'> {
  readonly trustAll: boolean;
}

/**
 * What changes a mode: the person's clicks, the editor's word that the workspace is trusted, the
 * settings, and the time. Times are milliseconds since 1970.
 */
export type ModeEvent =
  | { readonly type: 'toggle' | 'interrupt' | 'resume' | 'trustGranted' | 'resetTools' }
  | { readonly type: 'trustAll'; readonly now: number; readonly until: number }
  | { readonly type: 'clock'; readonly now: number }
  | { readonly type: 'limits'; readonly limits: ModeLimits }
  | { readonly type: 'autonomy'; readonly mode: 'autopilot' | 'supervised' };

/** Trust-all never lasts longer. */
export const MAX_TRUST_ALL_MS = 60 * 60 * 1000;

/** The mode of a new window: restricted until the workspace is known to be trusted. */
export const INITIAL_MODE: ModeState = {
  mode: 'autopilot',
  resumeTo: 'autopilot',
  restricted: true,
  limits: { supervisedOnly: false },
};

/**
 * The next state after an event; the very same object when the event changes nothing. Toggling while
 * interrupted changes nothing, so that no second click on the status bar can set an interrupted
 * agent going again: only Resume does. Whatever makes a window stricter ends trust-all.
 */
export function nextMode(state: ModeState, event: ModeEvent): ModeState {
  switch (event.type) {
    case 'toggle':
      return state.mode === 'interrupted' ? state : enter(state, otherMode(state));
    case 'interrupt':
      return state.mode === 'interrupted'
        ? state
        : { ...withoutTrustAll(state), mode: 'interrupted' };
    case 'resume':
      return state.mode === 'interrupted' ? { ...state, mode: state.resumeTo } : state;
    case 'trustGranted':
      return state.restricted ? { ...state, restricted: false } : state;
    case 'resetTools':
      return withoutTrustAll(state);
    case 'trustAll':
      return mayTrustAll(state, event) ? { ...state, trustAllUntil: event.until } : state;
    case 'clock':
      return isOver(state, event.now) ? withoutTrustAll(state) : state;
    case 'limits':
      return withLimits(state, event.limits);
    case 'autonomy':
      return state.resumeTo === event.mode ? state : enter(state, event.mode);
  }
}

/** Trust-all is looser than either mode, so toggling out of it goes to the stricter one. */
function otherMode(state: ModeState): 'autopilot' | 'supervised' {
  if (state.trustAllUntil !== undefined) return 'supervised';
  return state.mode === 'autopilot' ? 'supervised' : 'autopilot';
}

function enter(state: ModeState, wanted: 'autopilot' | 'supervised'): ModeState {
  const mode = state.limits.supervisedOnly ? 'supervised' : wanted;
  if (mode === state.resumeTo && state.trustAllUntil === undefined) return state;
  const stopped = state.mode === 'interrupted';
  return { ...withoutTrustAll(state), resumeTo: mode, mode: stopped ? 'interrupted' : mode };
}

function withLimits(state: ModeState, limits: ModeLimits): ModeState {
  const { supervisedOnly, noTrustAll } = state.limits;
  if (supervisedOnly === limits.supervisedOnly && noTrustAll === limits.noTrustAll) return state;
  const limited = { ...state, limits };
  const kept = limits.noTrustAll === undefined ? limited : withoutTrustAll(limited);
  return limits.supervisedOnly ? enter(kept, 'supervised') : kept;
}

/** What keeps trust-all from being switched on in this state; undefined when nothing does. */
export function trustAllBar(
  state: ModeState,
): TrustAllBar | 'interrupted' | 'restricted' | undefined {
  if (state.mode === 'interrupted') return 'interrupted';
  if (state.restricted) return 'restricted';
  return state.limits.supervisedOnly ? 'managed' : state.limits.noTrustAll;
}

function mayTrustAll(
  state: ModeState,
  { now, until }: { readonly now: number; readonly until: number },
): boolean {
  const ms = until - now;
  if (until === state.trustAllUntil) return false;
  return trustAllBar(state) === undefined && ms > 0 && ms <= MAX_TRUST_ALL_MS;
}

/** A clock that was set back must not make trust-all last longer, so that ends it too. */
function isOver({ trustAllUntil }: ModeState, now: number): boolean {
  if (trustAllUntil === undefined) return false;
  return !(trustAllUntil > now && trustAllUntil - now <= MAX_TRUST_ALL_MS);
}

function withoutTrustAll(state: ModeState): ModeState {
  if (state.trustAllUntil === undefined) return state;
  const { trustAllUntil: _ended, ...rest } = state;
  return rest;
}

/** The mode as a decision at the time `now` has to see it. */
export function modeInEffect(state: ModeState, now: number): ModeInEffect {
  const { mode, resumeTo, restricted, trustAllUntil } = nextMode(state, { type: 'clock', now });
  return { mode, resumeTo, restricted, trustAll: trustAllUntil !== undefined };
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

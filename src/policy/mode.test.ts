import { describe, expect, it } from 'vitest';
import {
  INITIAL_MODE,
  MAX_TRUST_ALL_MS,
  modeInEffect,
  nextMode,
  strictness,
  trustAllBar,
  type ModeEvent,
  type ModeLimits,
  type ModeState,
} from './mode';

const NOW = 1_000_000;
const UNTIL = NOW + 60_000;
const free: ModeLimits = { supervisedOnly: false };

const open: ModeState = { ...INITIAL_MODE, restricted: false };
const supervised: ModeState = { ...open, mode: 'supervised', resumeTo: 'supervised' };
const interrupted: ModeState = { ...supervised, mode: 'interrupted' };
const trusting: ModeState = { ...open, trustAllUntil: UNTIL };
const held: ModeState = { ...supervised, limits: { supervisedOnly: true } };

const toggle: ModeEvent = { type: 'toggle' };
const interrupt: ModeEvent = { type: 'interrupt' };
const resume: ModeEvent = { type: 'resume' };
const trustAll: ModeEvent = { type: 'trustAll', now: NOW, until: UNTIL };
const limits = (given: ModeLimits): ModeEvent => ({ type: 'limits', limits: given });

describe('nextMode', () => {
  it.each<[string, ModeState, ModeEvent, ModeState]>([
    ['toggle leaves Autopilot', open, toggle, supervised],
    ['toggle comes back', supervised, toggle, open],
    ['toggle does not resume', interrupted, toggle, interrupted],
    ['toggle ends trust-all with the stricter mode', trusting, toggle, supervised],
    ['toggle cannot leave a Supervised that is held', held, toggle, held],
    ['interrupt stops Autopilot', open, interrupt, { ...open, mode: 'interrupted' }],
    ['interrupt stops Supervised', supervised, interrupt, interrupted],
    ['interrupt twice stays', interrupted, interrupt, interrupted],
    ['interrupt ends trust-all', trusting, interrupt, { ...open, mode: 'interrupted' }],
    ['interrupt passes what is held', held, interrupt, { ...held, mode: 'interrupted' }],
    ['resume goes back to Supervised', interrupted, resume, supervised],
    ['resume without interrupt changes nothing', open, resume, open],
    ['trust lifts the overlay', INITIAL_MODE, { type: 'trustGranted' }, open],
    ['trust-all is switched on', open, trustAll, trusting],
    [
      'trust-all works in Supervised',
      supervised,
      trustAll,
      { ...supervised, trustAllUntil: UNTIL },
    ],
    ['trust-all needs a trusted workspace', INITIAL_MODE, trustAll, INITIAL_MODE],
    ['trust-all does not resume', interrupted, trustAll, interrupted],
    ['trust-all is not to be had where Supervised is held', held, trustAll, held],
    ['reset ends trust-all', trusting, { type: 'resetTools' }, open],
    ['reset changes nothing else', supervised, { type: 'resetTools' }, supervised],
    ['time goes on under trust-all', trusting, { type: 'clock', now: UNTIL - 1 }, trusting],
    ['trust-all ends on time', trusting, { type: 'clock', now: UNTIL }, open],
    [
      'a clock that was set back a little changes nothing',
      trusting,
      { type: 'clock', now: 0 },
      trusting,
    ],
    ['a policy holds Supervised', open, limits(held.limits), held],
    ['a policy lets go of Supervised', held, limits(free), supervised],
    ['settings ask for Supervised', open, { type: 'autonomy', mode: 'supervised' }, supervised],
    ['settings go back to Autopilot', supervised, { type: 'autonomy', mode: 'autopilot' }, open],
    ['settings do not pass what is held', held, { type: 'autonomy', mode: 'autopilot' }, held],
    [
      'settings do not resume',
      interrupted,
      { type: 'autonomy', mode: 'autopilot' },
      { ...open, mode: 'interrupted' },
    ],
  ])('%s', (_name, state, event, expected) => {
    expect(nextMode(state, event)).toEqual(expected);
  });

  it('ends trust-all when the clock was set back by more than it may last', () => {
    const now = UNTIL - MAX_TRUST_ALL_MS - 1;
    expect(nextMode(trusting, { type: 'clock', now })).toEqual(open);
  });

  it('gives trust-all for sixty minutes at most, and never for the past', () => {
    const asked = (ms: number): ModeState =>
      nextMode(open, { type: 'trustAll', now: NOW, until: NOW + ms });
    expect(asked(MAX_TRUST_ALL_MS)).not.toBe(open);
    expect(asked(MAX_TRUST_ALL_MS + 1)).toBe(open);
    expect(asked(0)).toBe(open);
    expect(asked(Number.NaN)).toBe(open);
  });

  it('ends trust-all as soon as the folder is marked production', () => {
    const production: ModeLimits = { supervisedOnly: false, noTrustAll: 'production' };
    const next = nextMode(trusting, limits(production));
    expect(next).toEqual({ ...open, limits: production });
    expect(nextMode(next, trustAll)).toBe(next);
    expect(trustAllBar(next)).toBe('production');
  });
});

const ALL_STATES: readonly ModeState[] = (['autopilot', 'supervised', 'interrupted'] as const)
  .flatMap(mode =>
    (['autopilot', 'supervised'] as const)
      .filter(resumeTo => mode === 'interrupted' || mode === resumeTo)
      .map(resumeTo => ({ mode, resumeTo })),
  )
  .flatMap(state => [true, false].map(restricted => ({ ...state, restricted })))
  .flatMap(state =>
    [
      free,
      { supervisedOnly: true },
      { supervisedOnly: false, noTrustAll: 'production' as const },
      { supervisedOnly: false, noTrustAll: 'managed' as const },
    ].map(given => ({ ...state, limits: given })),
  )
  .flatMap(state => [state, { ...state, trustAllUntil: UNTIL }])
  .filter(
    ({ limits: given, resumeTo, mode, ...state }) =>
      (!given.supervisedOnly || resumeTo === 'supervised') &&
      (!('trustAllUntil' in state) ||
        trustAllBar({ ...state, mode, resumeTo, limits: given }) === undefined),
  );

const ALL_EVENTS: readonly ModeEvent[] = [
  ...[toggle, interrupt, resume, trustAll, limits(free), limits({ supervisedOnly: true })],
  ...[limits({ supervisedOnly: false, noTrustAll: 'production' })],
  ...(['trustGranted', 'resetTools'] as const).map(type => ({ type })),
  ...[NOW, UNTIL, 0].map(now => ({ type: 'clock' as const, now })),
  ...(['autopilot', 'supervised'] as const).map(mode => ({ type: 'autonomy' as const, mode })),
];

it.each(ALL_EVENTS)('every state after %j', event => {
  expect(ALL_STATES.length).toBeGreaterThan(25);
  for (const state of ALL_STATES) {
    const next = nextMode(state, event);
    // What a person or an organisation forbade stays forbidden.
    if (next.trustAllUntil !== undefined) expect(trustAllBar(next)).toBeUndefined();
    if (next.limits.supervisedOnly) expect(next.resumeTo).toBe('supervised');
    if (next.mode !== 'interrupted') expect(next.mode).toBe(next.resumeTo);
    // An agent that was stopped stays stopped, and only a person's trust opens a workspace.
    if (state.mode === 'interrupted') expect(next.mode === 'interrupted').toBe(event !== resume);
    if (event.type !== 'trustGranted') expect(next.restricted).toBe(state.restricted);
    // Nothing loosens but what a person does, or settings that were agreed to.
    const loosening = ['toggle', 'resume', 'autonomy'];
    if (!loosening.includes(event.type)) {
      expect(strictness(next.mode)).toBeGreaterThanOrEqual(strictness(state.mode));
    }
    if (event !== trustAll && state.trustAllUntil === undefined) {
      expect(next.trustAllUntil).toBeUndefined();
    }
    // Without a change the object stays the same, so that nobody is told of one.
    if (JSON.stringify(next) === JSON.stringify(state)) expect(next).toBe(state);
  }
});

describe('modeInEffect', () => {
  it('sees trust-all only while it lasts, whoever forgot to end it', () => {
    expect(modeInEffect(trusting, NOW).trustAll).toBe(true);
    expect(modeInEffect(trusting, UNTIL).trustAll).toBe(false);
    expect(modeInEffect(open, NOW).trustAll).toBe(false);
  });
});

describe('an attack on the mode', () => {
  const limited = nextMode(open, { type: 'limits', limits: { supervisedOnly: true } });

  it('cannot be loosened past an organisation’s limit by any order of events', () => {
    const events = [
      { type: 'toggle' },
      { type: 'interrupt' },
      { type: 'resume' },
      { type: 'autonomy', mode: 'autopilot' },
      { type: 'trustAll', now: 0, until: 1000 },
      { type: 'trustGranted' },
      { type: 'resetTools' },
      { type: 'clock', now: 5 },
    ] as const;
    const look = (state: ModeState, depth: number): void => {
      expect(state.mode).not.toBe('autopilot');
      expect(state.resumeTo).toBe('supervised');
      expect(state.trustAllUntil).toBeUndefined();
      if (depth > 0) for (const event of events) look(nextMode(state, event), depth - 1);
    };
    look(limited, 4);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 60 * 60_000 + 1])(
    'trust-all does not last until %d',
    until => {
      expect(nextMode(open, { type: 'trustAll', now: 0, until })).toBe(open);
    },
  );
});

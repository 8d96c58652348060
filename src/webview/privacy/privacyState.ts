/** What survives when the panel is hidden or the window is loaded anew. */
export interface PrivacyPanelState {
  /** Topics of facts that are unfolded. */
  readonly open: ReadonlySet<string>;
  /** How far down the page is, in pixels. */
  readonly scroll: number;
}

/** More topics than there are. */
const MAX_OPEN = 100;

/** The form that the editor keeps. */
export function packState({ open, scroll }: PrivacyPanelState): unknown {
  return { open: [...open].slice(-MAX_OPEN), scroll };
}

/** Reads a kept state; another version may have written it, so whatever is odd is left out. */
export function unpackState(packed: unknown): PrivacyPanelState {
  const state = (typeof packed === 'object' && packed !== null ? packed : {}) as Readonly<
    Partial<Record<string, unknown>>
  >;
  const { open, scroll } = state;
  return {
    open: new Set(
      (Array.isArray(open) ? open : []).filter(
        (topic): topic is string => typeof topic === 'string',
      ),
    ),
    scroll: typeof scroll === 'number' && scroll > 0 ? scroll : 0,
  };
}

import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type {
  PrivacyMessage,
  PrivacyRequest,
  PrivacyStrings,
  PrivacyView,
} from '../../protocol/privacyPanel';
import type { PanelHost } from '../shared/panelHost';
import { useKeptState, useTold } from '../shared/useHost';
import { fill } from '../shared/words';
import { Facts } from './facts';
import { packState, type PrivacyPanelState, unpackState } from './privacyState';
import { SwitchRow } from './switchRow';

type Host = PanelHost<PrivacyRequest, PrivacyMessage>;

/** What the window told the panel so far. */
interface Told {
  readonly strings?: PrivacyStrings;
  readonly view?: PrivacyView;
  readonly announced: string;
}

const NOTHING_TOLD: Told = { announced: '' };

function hear(told: Told, message: PrivacyMessage): Told {
  switch (message.type) {
    case 'start':
      return { ...told, strings: message.strings };
    case 'view':
      return { ...told, view: message.view };
    case 'announce':
      return { ...told, announced: message.text };
  }
}

/** The whole panel: what may be sent, its switches, and what the vendor says. */
export function PrivacyApp({ host }: { readonly host: Host }): JSX.Element | null {
  const told = useTold(host, hear, NOTHING_TOLD);
  const [state, setState] = useKeptState(host, unpackState, packState);
  const { strings, view } = told;
  useScroll(view !== undefined, state.scroll, scroll =>
    setState(before => ({ ...before, scroll })),
  );
  if (!strings) return null;
  if (!view) return <p class="message">{strings.loading}</p>;
  const send = (request: PrivacyRequest): void => host.send(request);
  const unfold = (topic: string, isOpen: boolean): void =>
    setState(before => withTopic(before, topic, isOpen));
  return (
    <>
      <Head {...{ strings, view }} announced={told.announced} send={send} />
      <section aria-labelledby="switches">
        <h2 id="switches">{strings.switches}</h2>
        <ul class="switches">
          {view.rows.map(row => (
            <SwitchRow key={row.id} {...{ row, strings }} send={send} />
          ))}
        </ul>
      </section>
      <Facts facts={view.facts} open={state.open} {...{ strings, unfold }} />
    </>
  );
}

function withTopic(state: PrivacyPanelState, topic: string, isOpen: boolean): PrivacyPanelState {
  if (state.open.has(topic) === isOpen) return state;
  const open = new Set(state.open);
  if (isOpen) open.add(topic);
  else open.delete(topic);
  return { ...state, open };
}

/** Goes to where the page was once there is something to see, and notes where the person goes. */
function useScroll(isDrawn: boolean, kept: number, keep: (scroll: number) => void): void {
  const first = useRef(kept);
  useLayoutEffect(() => {
    if (!isDrawn) return;
    window.scrollTo(0, first.current);
    const note = (): void => keep(Math.round(window.scrollY));
    window.addEventListener('scrollend', note);
    return () => window.removeEventListener('scrollend', note);
  }, [isDrawn]);
}

interface HeadProps {
  readonly strings: PrivacyStrings;
  readonly view: PrivacyView;
  readonly announced: string;
  readonly send: (request: PrivacyRequest) => void;
}

/** What concerns all switches at once, and what came of the last click. */
function Head({ strings, view, announced, send }: HeadProps): JSX.Element {
  const { undo, canOptOut, enterprisePlan } = view;
  return (
    <header>
      <h1>{strings.title}</h1>
      <p class="intro">{strings.intro}</p>
      <div class="bar">
        <Action
          text={strings.optOut}
          isOff={!canOptOut}
          isMain
          onClick={() => send({ type: 'optOut' })}
        />
        <Action
          text={undo === undefined ? strings.nothingToUndo : fill(strings.undo, undo)}
          isOff={undo === undefined}
          onClick={() => send({ type: 'undo' })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={enterprisePlan}
            onChange={event =>
              send({ type: 'recordPlan', enterprise: event.currentTarget.checked })
            }
          />
          {strings.enterprisePlan}
        </label>
      </div>
      <p class="status" role="status">
        {announced}
      </p>
    </header>
  );
}

interface ActionProps {
  readonly text: string;
  readonly isOff: boolean;
  readonly isMain?: boolean;
  readonly onClick: () => void;
}

/** A button that keeps the focus when there is nothing left for it to do. */
function Action({ text, isOff, isMain = false, onClick }: ActionProps): JSX.Element {
  return (
    <button
      type="button"
      class={isMain ? 'main' : ''}
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) onClick();
      }}
    >
      {text}
    </button>
  );
}

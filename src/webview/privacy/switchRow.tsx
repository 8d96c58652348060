import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type {
  PrivacyRequest,
  PrivacyRow,
  PrivacyStrings,
  SwitchState,
} from '../../protocol/privacyPanel';
import { Drawing } from '../shared/drawing';
import { Documents } from './facts';

/** Paths on a grid of 16; each stands beside the word for the state. */
const DRAWINGS: Readonly<Record<SwitchState, string>> = {
  on: 'M8 13V7M5 10l3-3 3 3M2.5 3h11',
  off: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.8 3.8l8.4 8.4',
  unknown: 'M6 6a2 2 0 1 1 3 1.8c-.7.4-1 .8-1 1.7M8 12v.2',
  managed: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
};

interface RowProps {
  readonly row: PrivacyRow;
  readonly strings: PrivacyStrings;
  readonly send: (request: PrivacyRequest) => void;
}

/** One thing that may leave the machine: what, where to, who sees it, its state and its switch. */
export function SwitchRow({ row, strings, send }: RowProps): JSX.Element {
  const heading = `row-${row.id}`;
  return (
    <li class="switch" aria-labelledby={heading} data-row={row.id}>
      <div class="top">
        <h3 id={heading}>{row.title}</h3>
        <span class={`state ${row.state}`}>
          <Drawing path={DRAWINGS[row.state]} /> {strings.states[row.state]}
        </span>
        <Controls {...{ row, strings, send, heading }} />
      </div>
      <dl>
        <Line term={strings.sends}>{row.sends}</Line>
        <Line term={strings.where}>{row.where}</Line>
        <Line term={strings.seenBy}>{row.seenBy}</Line>
        <Line term={strings.stored}>{row.stored}</Line>
        <Line term={strings.readFrom}>
          <span class="source">{row.source}</span>
        </Line>
        {row.note !== undefined && <Line term={strings.note}>{row.note}</Line>}
        <Line term={strings.documents}>
          <Documents documents={row.documents} />
        </Line>
      </dl>
    </li>
  );
}

interface LineProps {
  readonly term: string;
  readonly children: ComponentChildren;
}

function Line({ term, children }: LineProps): JSX.Element {
  return (
    <div class="line">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface ControlsProps extends RowProps {
  readonly heading: string;
}

/** The row's buttons. A click may replace the button that has the focus; the focus then stays here. */
function Controls({ row, strings, send, heading }: ControlsProps): JSX.Element {
  const group = useRef<HTMLDivElement>(null);
  const isMeant = useRef(false);
  useLayoutEffect(() => {
    if (!isMeant.current || document.activeElement !== document.body) return;
    isMeant.current = false;
    group.current?.querySelector('button')?.focus();
  }, [row.control, row.state]);
  const put = (on: boolean): void => {
    isMeant.current = true;
    send({ type: 'switch', row: row.id, on });
  };
  return (
    <div class="controls" role="group" aria-labelledby={heading} ref={group}>
      {row.control === 'toggle' && (
        <button
          type="button"
          class="toggle"
          role="switch"
          aria-checked={row.state === 'on'}
          aria-labelledby={heading}
          onClick={() => put(row.state !== 'on')}
        >
          <span class="track">
            <span class="knob" />
          </span>
        </button>
      )}
      {row.control === 'choose' && (
        <>
          <button type="button" onClick={() => put(false)}>
            {strings.switchOff}
          </button>
          <button type="button" onClick={() => put(true)}>
            {strings.switchOn}
          </button>
        </>
      )}
      {row.control === 'browser' && (
        <Browser recorded={row.recorded} strings={strings} send={send} />
      )}
      {row.opens !== 'nothing' && (
        <button type="button" onClick={() => send({ type: 'open', row: row.id })}>
          {row.opens === 'setting' ? strings.openSetting : strings.openFile}
        </button>
      )}
    </div>
  );
}

interface BrowserProps {
  readonly recorded: boolean;
  readonly strings: PrivacyStrings;
  readonly send: (request: PrivacyRequest) => void;
}

/** What only a page of the vendor's switches: the way there, and the person's own note. */
function Browser({ recorded, strings, send }: BrowserProps): JSX.Element {
  return (
    <>
      <button type="button" onClick={() => send({ type: 'openAgentSettings' })}>
        {strings.openBrowser}
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={recorded}
          onChange={event => send({ type: 'recordAgent', done: event.currentTarget.checked })}
        />
        {strings.recordDone}
      </label>
    </>
  );
}

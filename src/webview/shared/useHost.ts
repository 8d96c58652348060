import { type Dispatch, type StateUpdater, useEffect, useState } from 'preact/hooks';
import type { PanelHost } from './panelHost';

/** Says that the panel stands, and puts together with `hear` what the window tells from then on. */
export function useTold<Told, Message>(
  host: PanelHost<{ readonly type: 'ready' }, Message>,
  hear: (told: Told, message: Message) => Told,
  nothing: Told,
): Told {
  const [told, setTold] = useState(nothing);
  useEffect(() => {
    host.listen(message => setTold(before => hear(before, message)));
    host.send({ type: 'ready' });
  }, [host]);
  return told;
}

/** A state that the editor keeps when it takes the panel down and draws it anew later. */
export function useKeptState<State>(
  host: Pick<PanelHost<never, never>, 'keptState' | 'keepState'>,
  unpack: (packed: unknown) => State,
  pack: (state: State) => unknown,
): [State, Dispatch<StateUpdater<State>>] {
  const [state, setState] = useState(() => unpack(host.keptState()));
  useEffect(() => host.keepState(pack(state)), [host, state]);
  return [state, setState];
}

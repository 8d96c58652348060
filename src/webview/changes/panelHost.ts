import type { PanelMessage, PanelRequest } from '../../protocol/changesPanel';

/** What the editor gives to the script of a webview. */
interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** The window as the panel sees it. */
export interface PanelHost {
  send(request: PanelRequest): void;
  listen(receive: (message: PanelMessage) => void): void;
  keptState(): unknown;
  keepState(state: unknown): void;
}

export function connectHost(): PanelHost {
  const api = acquireVsCodeApi();
  return {
    send: request => api.postMessage(request),
    listen: receive =>
      window.addEventListener('message', ({ data }: MessageEvent<PanelMessage>) => receive(data)),
    keptState: () => api.getState(),
    keepState: state => api.setState(state),
  };
}

/** What the editor gives to the script of a webview. */
interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** The window as the panel sees it. */
export interface PanelHost<Request, Message> {
  send(request: Request): void;
  listen(receive: (message: Message) => void): void;
  keptState(): unknown;
  keepState(state: unknown): void;
}

/** Connects to the window; once a page, for the editor gives its interface once. */
export function connectHost<Request, Message>(): PanelHost<Request, Message> {
  const api = acquireVsCodeApi();
  return {
    send: request => api.postMessage(request),
    listen: receive =>
      window.addEventListener('message', ({ data }: MessageEvent<Message>) => receive(data)),
    keptState: () => api.getState(),
    keepState: state => api.setState(state),
  };
}

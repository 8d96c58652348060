/** The little of the editor's API that texts need, for tests without an editor. */
export const l10n = {
  t: (text: string, ...values: readonly (string | number)[]): string =>
    text.replace(/\{(\d)\}/gu, (whole, at: string) => String(values[Number(at)] ?? whole)),
};

export const env = { language: 'en' };

export class EventEmitter<T> {
  readonly #listeners = new Set<(event: T) => void>();
  readonly event = (listener: (event: T) => void): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(event: T): void {
    for (const listener of this.#listeners) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export const workspace = { workspaceFolders: [], textDocuments: [] };

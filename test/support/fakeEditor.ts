/** Settings of an editor that is not there: three levels, as `inspect` tells them apart. */
export interface FakeSettings {
  /** By whole names, such as `checkrein.trustedCommands`. */
  global: Record<string, unknown>;
  workspace: Record<string, unknown>;
  /** By the path of a workspace folder. */
  folders: Record<string, Record<string, unknown>>;
}

interface FakeUri {
  readonly scheme: string;
  readonly fsPath: string;
}

const uri = (fsPath: string): FakeUri => ({ scheme: 'file', fsPath });

class FakeEmitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  readonly event = (listener: (event: T) => void): { dispose: () => void } => {
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

/** The part of the `vscode` module that policy and mode use, to be put in its place by `vi.mock`. */
export class FakeEditor {
  settings: FakeSettings = { global: {}, workspace: {}, folders: {} };
  folders: string[] = [];
  workspaceFile: string | undefined;
  isTrusted = true;
  installed: string[] = [];
  /** What was written, in order: name, value, target. */
  readonly written: [string, unknown, unknown][] = [];
  readonly #configurationChanged = new FakeEmitter<{ affectsConfiguration: () => boolean }>();
  readonly #foldersChanged = new FakeEmitter<undefined>();
  readonly #trustGranted = new FakeEmitter<undefined>();

  /** Takes new settings over, as the editor does after an edit of a settings file. */
  applySettings(settings: Partial<FakeSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.#configurationChanged.fire({ affectsConfiguration: () => true });
  }

  /** What `import * as vscode` gives. */
  module(): Record<string, unknown> {
    const workspace = {
      getConfiguration: (section: string, folder?: FakeUri) => this.#configuration(section, folder),
      onDidChangeConfiguration: this.#configurationChanged.event,
      onDidChangeWorkspaceFolders: this.#foldersChanged.event,
      onDidGrantWorkspaceTrust: this.#trustGranted.event,
    };
    Object.defineProperties(workspace, {
      isTrusted: { get: () => this.isTrusted },
      workspaceFolders: { get: () => this.folders.map(path => ({ uri: uri(path) })) },
      workspaceFile: {
        get: () => (this.workspaceFile === undefined ? undefined : uri(this.workspaceFile)),
      },
    });
    return {
      workspace,
      extensions: {
        getExtension: (id: string) => (this.installed.includes(id) ? { id } : undefined),
      },
      l10n: { t: (text: string) => text },
      ConfigurationTarget: { Global: 'global', Workspace: 'workspace' },
      EventEmitter: FakeEmitter,
      Disposable: class {
        constructor(readonly dispose: () => void) {}
      },
      Uri: { file: uri },
    };
  }

  #configuration(section: string, folder?: FakeUri): Record<string, unknown> {
    const { global, workspace, folders } = this.settings;
    const ofFolder = folders[folder?.fsPath ?? ''] ?? {};
    const own = (level: Record<string, unknown>): [string, unknown][] =>
      Object.entries(level).flatMap(([name, value]) =>
        name.startsWith(`${section}.`) ? [[name.slice(section.length + 1), value]] : [],
      );
    const merged = Object.fromEntries([global, workspace, ofFolder].flatMap(own));
    return {
      ...merged,
      get: (key: string) => merged[key],
      inspect: (key: string) => ({
        globalValue: global[`${section}.${key}`],
        workspaceValue: workspace[`${section}.${key}`],
        workspaceFolderValue: ofFolder[`${section}.${key}`],
      }),
      update: (key: string, value: unknown, target: unknown) => {
        this.written.push([`${section}.${key}`, value, target]);
        this.applySettings({ global: { ...global, [`${section}.${key}`]: value } });
        return Promise.resolve();
      },
    };
  }
}

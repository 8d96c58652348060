import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { HumanError } from '../../files/humanError';
import { readIfThere } from '../../files/readIfThere';
import { refusePattern } from '../../policy/commands/trustedPatterns';
import type { Policy } from '../../policy/policy';
import { EditorLevels, fromKiroSettings } from '../../settings/editorSettings';
import { effectivePolicy } from '../../settings/effectivePolicy';
import type { EffectivePolicy } from '../../settings/mergePolicy';
import { PolicyFiles, type PolicyFilesState } from '../../settings/policyFiles';
import { isRepositoryScope, type PolicyReading, type Scope } from '../../settings/policyLayer';
import { policyPlaces } from '../../settings/policyPlaces';
import { workspaceRoots } from '../windowState';
import type { Consents } from './consents';
import type { SessionTools } from './sessionTools';

const SECTION = 'checkrein';
const KIRO_SECTION = 'kiroAgent';
const KIRO_KEYS = ['agentAutonomy', 'trustedCommands', 'trustedTools', 'commandDenylist'] as const;
/** How often the policy files are looked at; decisions look for themselves. */
const LOOK_EVERY_MS = 400;
const MAX_SETTINGS_BYTES = 2 * 1024 * 1024;

interface SourceParts {
  /** The extension's own folder in the editor's storage. */
  readonly globalStorageFolder: string;
  readonly consents: Consents;
  readonly session: SessionTools;
}

interface Inputs {
  readonly files: PolicyFilesState;
  readonly editor: readonly PolicyReading[];
  readonly consents: ReadonlySet<string>;
}

/**
 * The policy of this window: files, the editor's settings, and what was said for the session, all
 * merged. Every look is at the files as they are now, so that no decision rests on yesterday's.
 */
export class PolicySource implements vscode.Disposable {
  readonly #files = new PolicyFiles();
  readonly #levels = new EditorLevels();
  readonly #changed = new vscode.EventEmitter<EffectivePolicy>();
  readonly #subscriptions: vscode.Disposable[];
  #editor: readonly PolicyReading[] | undefined;
  #last: { readonly inputs: Inputs; readonly effective: EffectivePolicy } | undefined;
  #announced: EffectivePolicy | undefined;
  #lasting: { readonly inputs: Inputs; readonly policy: Policy } | undefined;
  readonly onDidChange = this.#changed.event;

  /** The user settings file, as far as it can be told, for people to read. */
  readonly settingsFile: string;

  constructor(private readonly parts: SourceParts) {
    // .../User/globalStorage/PUBLISHER.NAME lies beside .../User/settings.json.
    this.settingsFile = join(parts.globalStorageFolder, '..', '..', 'settings.json');
    const timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    const again = (): void => {
      this.#editor = undefined;
      this.#look();
    };
    this.#subscriptions = [
      new vscode.Disposable(() => clearInterval(timer)),
      vscode.workspace.onDidChangeConfiguration(event => {
        if ([SECTION, KIRO_SECTION].some(section => event.affectsConfiguration(section))) again();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      parts.consents.onDidChange(() => this.#look()),
      parts.session.onDidChange(() => this.#look()),
    ];
    // So that the first look compares with what was there at the start.
    this.#look();
  }

  get effective(): EffectivePolicy {
    const inputs = this.#inputs();
    if (!this.#last || !same(this.#last.inputs, inputs)) {
      const { session } = this.parts;
      const editor = [...inputs.editor, session.reading];
      this.#last = { inputs, effective: effectivePolicy({ ...inputs, editor }) };
    }
    return this.#last.effective;
  }

  get policy(): Policy {
    return this.effective.policy;
  }

  /** The policy without what was said for the session: what offline hooks go by. */
  get lastingPolicy(): Policy {
    const inputs = this.#inputs();
    if (!this.#lasting || !same(this.#lasting.inputs, inputs)) {
      this.#lasting = { inputs, policy: effectivePolicy(inputs).policy };
    }
    return this.#lasting.policy;
  }

  /** The policy without any workspace: what counts everywhere. */
  get userPolicy(): Policy {
    const places = policyPlaces({ platform: process.platform, home: homedir(), roots: [] });
    const { editor } = this.#inputs();
    return effectivePolicy({
      files: new PolicyFiles().read(places),
      editor: editor.filter(reading => !isRepositoryScope(scopeOf(reading))),
      consents: new Set(),
    }).policy;
  }

  /** Adds patterns to the user settings; one that no list may hold is refused with the reason. */
  async trust(patterns: readonly string[]): Promise<void> {
    for (const pattern of patterns) {
      const refusal = refusePattern(pattern, 'bash');
      if (refusal) throw new HumanError(refusal.reason);
    }
    await this.#write([...new Set([...this.#patterns(), ...patterns])]);
  }

  /** Takes patterns out of the user settings again. */
  async distrust(patterns: readonly string[]): Promise<void> {
    await this.#write(this.#patterns().filter(known => !patterns.includes(known)));
  }

  dispose(): void {
    this.#changed.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #look(): void {
    // A decision may have seen the change first; it is told once all the same.
    const { effective } = this;
    if (effective === this.#announced) return;
    this.#announced = effective;
    this.#changed.fire(effective);
  }

  #inputs(): Inputs & { readonly session: PolicyReading } {
    const { platform } = process;
    const places = policyPlaces({ platform, home: homedir(), roots: workspaceRoots() });
    this.#editor ??= readAllSettings(this.#levels, this.settingsFile);
    return {
      files: this.#files.read(places),
      editor: this.#editor,
      consents: this.parts.consents.hashes,
      session: this.parts.session.reading,
    };
  }

  #patterns(): readonly string[] {
    // Only the user's own value: what other places add is not written here.
    const value: unknown = vscode.workspace
      .getConfiguration(SECTION)
      .inspect('trustedCommands')?.globalValue;
    if (value === undefined) return [];
    // Writing over a value that could not be read would lose what the person put there.
    if (!Array.isArray(value) || !value.every(item => typeof item === 'string')) {
      throw new HumanError('checkrein.trustedCommands is not a list of texts; mend it first.');
    }
    return value;
  }

  #write(patterns: readonly string[]): Thenable<void> {
    return vscode.workspace
      .getConfiguration(SECTION)
      .update('trustedCommands', patterns, vscode.ConfigurationTarget.Global);
  }
}

function same(a: object, b: object): boolean {
  const other = b as Readonly<Record<string, unknown>>;
  return Object.entries(a).every(([key, value]) => other[key] === value);
}

function scopeOf(reading: PolicyReading): Scope {
  return reading.ok ? reading.layer.scope : reading.scope;
}

type Level = 'globalValue' | 'workspaceValue' | 'workspaceFolderValue';

/** What `checkrein.*` and Kiro's own keys say at each level. */
function readAllSettings(levels: EditorLevels, userFile: string): readonly PolicyReading[] {
  const workspaceFile = workspaceSettingsFile();
  const read = (
    [own, kiro]: readonly [Scope, Scope],
    level: Level,
    file: string,
    folder?: vscode.Uri,
  ): readonly PolicyReading[] => {
    const values = valuesAt(SECTION, keysOf(SECTION, folder), level, folder);
    const kiroValues = fromKiroSettings(valuesAt(KIRO_SECTION, KIRO_KEYS, level, folder));
    const isEmpty = [values, kiroValues].every(all =>
      Object.values(all).every(value => value === undefined),
    );
    const text = isEmpty ? undefined : readText(file);
    const place = { file, ...(text !== undefined && { text }) };
    return [
      levels.read({ ...place, scope: own, values }),
      levels.read({ ...place, scope: kiro, values: kiroValues }),
    ];
  };
  const ofWorkspace = ['editorWorkspace', 'kiroWorkspace'] as const;
  // Without a workspace file the folder's settings are the workspace's.
  const folders = vscode.workspace.workspaceFile ? (vscode.workspace.workspaceFolders ?? []) : [];
  return [
    ...read(['editorUser', 'kiroUser'], 'globalValue', userFile),
    ...read(ofWorkspace, 'workspaceValue', workspaceFile),
    ...folders.flatMap(({ uri }) =>
      read(ofWorkspace, 'workspaceFolderValue', folderSettingsFile(uri), uri),
    ),
  ].filter(saysSomething);
}

function saysSomething(reading: PolicyReading): boolean {
  if (!reading.ok || reading.problems.length > 0) return true;
  return Object.keys(reading.layer.values).length > 0;
}

/** Every setting of a section that stands anywhere, known or not. */
function keysOf(section: string, folder: vscode.Uri | undefined): readonly string[] {
  const all: Readonly<Record<string, unknown>> = vscode.workspace.getConfiguration(section, folder);
  return Object.keys(all).filter(key => typeof all[key] !== 'function');
}

function valuesAt(
  section: string,
  keys: readonly string[],
  level: Level,
  folder: vscode.Uri | undefined,
): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration(section, folder);
  const entries = keys.map(key => [key, configuration.inspect(key)?.[level]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function workspaceSettingsFile(): string {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  if (workspaceFile?.scheme === 'file') return workspaceFile.fsPath;
  const [folder] = workspaceFolders ?? [];
  return folder ? folderSettingsFile(folder.uri) : '';
}

function folderSettingsFile(folder: vscode.Uri): string {
  return join(folder.fsPath, '.vscode', 'settings.json');
}

/** The text of a settings file, for finding lines: when it cannot be read only those are lost. */
function readText(file: string): string | undefined {
  const bytes = readIfThere(file, MAX_SETTINGS_BYTES);
  return bytes instanceof Buffer ? bytes.toString('utf8') : undefined;
}

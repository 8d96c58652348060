import { join } from 'node:path';
import * as vscode from 'vscode';
import { HumanError } from '../files/humanError';
import { EMPTY_POLICY, type Policy } from '../policy/policy';
import { readTrustedCommands } from '../settings/trustedCommands';

const SECTION = 'checkrein';
const TRUSTED_COMMANDS = 'trustedCommands';

/** The policy as the person's settings say it; live, and without what a workspace tries to set. */
export class PolicySource implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  /** The user settings file, as far as it can be told, for people to read. */
  readonly settingsFile: string;

  constructor(globalStorage: vscode.Uri) {
    // .../User/globalStorage/PUBLISHER.NAME lies beside .../User/settings.json.
    this.settingsFile = join(globalStorage.fsPath, '..', '..', 'settings.json');
    this.#subscription = vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(`${SECTION}.${TRUSTED_COMMANDS}`)) this.#changed.fire();
    });
  }

  get policy(): Policy {
    return { ...EMPTY_POLICY, commands: { trusted: this.#read().rules } };
  }

  /** What is wrong with the settings, for the status; undefined when nothing is. */
  get problem(): string | undefined {
    return this.#read().problem;
  }

  /** Adds patterns to the user settings. */
  async trust(patterns: readonly string[]): Promise<void> {
    await this.#write([...new Set([...this.#patterns(), ...patterns])]);
  }

  /** Takes patterns out of the user settings again. */
  async distrust(patterns: readonly string[]): Promise<void> {
    await this.#write(this.#patterns().filter(known => !patterns.includes(known)));
  }

  dispose(): void {
    this.#changed.dispose();
    this.#subscription.dispose();
  }

  #read(): ReturnType<typeof readTrustedCommands> {
    // Only the user's own value: whatever a workspace writes into its settings does not count.
    const inspected = vscode.workspace.getConfiguration(SECTION).inspect(TRUSTED_COMMANDS);
    return readTrustedCommands(inspected?.globalValue, this.settingsFile);
  }

  #patterns(): string[] {
    const { rules, problem } = this.#read();
    // Writing over a value that could not be read would lose what the person put there.
    if (problem !== undefined) throw new HumanError(problem);
    return rules.map(({ pattern }) => pattern);
  }

  #write(patterns: readonly string[]): Thenable<void> {
    return vscode.workspace
      .getConfiguration(SECTION)
      .update(TRUSTED_COMMANDS, patterns, vscode.ConfigurationTarget.Global);
  }
}

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { StateFolders } from '../../files/stateHome';
import {
  readPrivacyRecord,
  writePrivacyRecord,
  type PrivacyRecord,
} from '../../privacy/privacyRecord';
import { findKiroCli, KiroCliSettings } from '../../privacy/switches/kiroCliSettings';
import { readSwitches, type SwitchReading } from '../../privacy/switches/readSwitch';
import type { SwitchId } from '../../privacy/switches/switchTable';
import {
  optOutOfEverything,
  setSwitch,
  undoSwitch,
  type SwitchChange,
  type SwitchResult,
  type SwitchWriter,
} from '../../privacy/switches/writeSwitch';
import { workspaceRoots } from '../windowState';
import { windowPrivacyPlaces } from './windowPlaces';

/** How long Kiro CLI may take to write a setting, in milliseconds. */
const PROGRAM_LIMIT_MS = 10_000;
const MEMENTO_KEY = 'checkrein.privacy.undo.1';
const MAX_STEPS = 20;

/** What one click changed, to be taken back together. */
export interface SwitchStep {
  readonly id: string;
  /** The switch, or what was done to all of them. */
  readonly title: string;
  readonly changes: readonly SwitchChange[];
}

/** What came of a click. */
export interface SwitchOutcome {
  readonly results: readonly SwitchResult[];
  /** What was changed, if anything was. */
  readonly step?: SwitchStep;
}

interface SwitchesParts {
  readonly folders: StateFolders;
  /** Keeps what can be taken back when the window is loaded anew. */
  readonly memento: vscode.Memento;
}

/** The switches as this window reads and changes them, one change at a time. */
export class PrivacySwitches implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after each change that was made here. */
  readonly onDidChange = this.#changed.event;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SwitchesParts) {}

  /** Every switch from its real place, as it is now. */
  read(): readonly SwitchReading[] {
    return readSwitches(windowPrivacyPlaces(), this.record);
  }

  get record(): PrivacyRecord {
    return readPrivacyRecord(this.parts.folders.home);
  }

  /** What the next undo takes back. */
  get latest(): SwitchStep | undefined {
    return this.#steps.at(-1);
  }

  set(id: SwitchId, isOn: boolean): Promise<SwitchOutcome> {
    return this.#change(async writer => {
      const result = await setSwitch(id, isOn, writer);
      return { title: result.reading.row.title, results: [result] };
    });
  }

  /** Switches off whatever sends something, where it is not off already. */
  optOut(): Promise<SwitchOutcome> {
    return this.#change(async writer => ({
      title: vscode.l10n.t('Opt out of Everything'),
      results: await optOutOfEverything(readSwitches(writer.places, writer.record), writer),
    }));
  }

  /** Takes a step back; gives what was wrong, if anything. It is not offered again either way. */
  undo(step: SwitchStep): Promise<readonly string[]> {
    return this.#alone(async () => {
      // The latest first, so that each finds its file as it left it.
      const faults = [...step.changes]
        .reverse()
        .flatMap(change => undoSwitch(change, this.parts.folders.backups, new Date()) ?? []);
      await this.#keep(this.#steps.filter(({ id }) => id !== step.id));
      return faults;
    });
  }

  /** Notes what only the person can know. */
  note(change: Partial<PrivacyRecord>): void {
    writePrivacyRecord(this.parts.folders.home, { ...this.record, ...change });
    this.#changed.fire();
  }

  /** Takes the note away that the autonomous agent was switched off. */
  forgetAgent(): void {
    const { autonomousAgentOptedOut: _, ...rest } = this.record;
    writePrivacyRecord(this.parts.folders.home, rest);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  get #steps(): readonly SwitchStep[] {
    return this.parts.memento.get<readonly SwitchStep[]>(MEMENTO_KEY) ?? [];
  }

  #keep(steps: readonly SwitchStep[]): Thenable<void> {
    return this.parts.memento.update(MEMENTO_KEY, steps.slice(-MAX_STEPS));
  }

  #change(
    run: (
      writer: SwitchWriter,
    ) => Promise<{ readonly title: string; readonly results: readonly SwitchResult[] }>,
  ): Promise<SwitchOutcome> {
    return this.#alone(async () => {
      const { title, results } = await run(this.#writer());
      const changes = results.flatMap(({ change }) =>
        change && change.change !== 'unchanged' ? [change] : [],
      );
      if (changes.length === 0) return { results };
      const step = { id: randomUUID(), title, changes };
      await this.#keep([...this.#steps, step]);
      return { results, step };
    });
  }

  /** Two changes at once could write the same file. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work, work).finally(() => this.#changed.fire());
    this.#last = run.catch(() => undefined);
    return run;
  }

  #writer(): SwitchWriter {
    const path = process.env['PATH'] ?? '';
    const program = findKiroCli({ path, platform: process.platform, roots: workspaceRoots() });
    return {
      places: windowPrivacyPlaces(),
      record: this.record,
      backups: this.parts.folders.backups,
      kiroCli: program === undefined ? undefined : new KiroCliSettings(program, runProgram),
      now: () => new Date(),
    };
  }
}

/** Never in the workspace, whose files could change what the program does. */
function runProgram(program: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise(resolve => {
    const options = { cwd: homedir(), timeout: PROGRAM_LIMIT_MS, windowsHide: true };
    execFile(program, [...args], options, error => {
      const code = error?.code;
      resolve(error ? (typeof code === 'number' ? code : undefined) : 0);
    });
  });
}

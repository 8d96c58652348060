import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import {
  backUpText,
  readForeignFile,
  sha256,
  targetOf,
  writeForeignFile,
} from '../files/foreignFile';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import type { Agent, HookCommands, HookFile, HookPlaces } from './agent';
import { entryState, isOnlySkeleton, newHookText, withEntries, withoutEntries } from './hookText';

/** How one hook file stands. */
export interface HookFileState {
  readonly path: string;
  readonly state: 'absent' | 'different' | 'present' | 'unreadable';
  /** For `unreadable`: what is wrong, with file and line. */
  readonly problem?: string;
}

/** What an install or removal changed. */
export interface HookFileChange {
  readonly path: string;
  readonly change: 'created' | 'changed' | 'deleted' | 'unchanged' | 'failed';
  /** For `failed`: what is wrong with this file; the others were still done. */
  readonly problem?: string;
  /** Where the former content was kept. */
  readonly backup?: string;
}

const RECORD_ENDING = '.install.json';

/** What is kept at install time so that a removal can give back the very bytes. */
interface InstallRecord {
  readonly agent: string;
  readonly path: string;
  /** The workspace folder that the file belongs to, if it belongs to one. */
  readonly workspace?: string;
  /** The file's text without our entry, or null where there was no file. */
  readonly before: string | null;
  readonly afterSha256: string;
}

/** Puts the hook entry into an agent's files, looks after it, and takes it out again. */
export class HookInstaller {
  constructor(
    private readonly backups: string,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** The state of every file that has to hold the entry. */
  inspect(agent: Agent, places: HookPlaces, commands: HookCommands): HookFileState[] {
    return agent.hookFiles(places).map(file => {
      try {
        const text = readForeignFile(file);
        const state = text === undefined ? 'absent' : entryState(text, file, commands);
        return { path: file.path, state };
      } catch (error) {
        return { path: file.path, state: 'unreadable', problem: messageOf(error) };
      }
    });
  }

  /** Installs the entry in every file it can: one bad file must not leave the others open. */
  install(agent: Agent, places: HookPlaces, commands: HookCommands): HookFileChange[] {
    return agent.hookFiles(places).map(file =>
      attempt(file, () => {
        const before = readForeignFile(file);
        const after =
          before === undefined ? newHookText(file, commands) : withEntries(before, file, commands);
        if (before === after) return { path: file.path, change: 'unchanged' };
        const backup = this.#backUp(file, before);
        this.#record(agent, file, before, after);
        writeForeignFile(file, after);
        return before === undefined
          ? { path: file.path, change: 'created' }
          : { path: file.path, change: 'changed', ...(backup !== undefined && { backup }) };
      }),
    );
  }

  /** Takes the entry out; a file nobody else has touched gets its former bytes back. */
  uninstall(agent: Agent, places: HookPlaces): HookFileChange[] {
    return this.#remove(agent.hookFiles(places));
  }

  /** Takes the entry out of every file it was ever put into, in whatever workspace. */
  uninstallEverywhere(agents: readonly Agent[], home: string): HookFileChange[] {
    const files = this.#records().flatMap(({ agent: id, path, workspace }) => {
      const roots = workspace === undefined ? [] : [workspace];
      const agent = agents.find(candidate => candidate.id === id);
      return agent?.hookFiles({ home, roots }).filter(file => file.path === path) ?? [];
    });
    return this.#remove(files);
  }

  #remove(files: readonly HookFile[]): HookFileChange[] {
    return files.map(file =>
      attempt(file, () => {
        const text = readForeignFile(file);
        const after = text === undefined ? undefined : this.#formerText(file, text);
        if (after === text) return { path: file.path, change: 'unchanged' };
        const backup = this.#backUp(file, text);
        if (after === undefined) rmSync(targetOf(file));
        else writeForeignFile(file, after);
        rmSync(this.#recordPath(file), { force: true });
        const change = after === undefined ? 'deleted' : 'changed';
        return { path: file.path, change, ...(backup !== undefined && { backup }) };
      }),
    );
  }

  /** The text the file should have without our entry; undefined when it should not exist. */
  #formerText(file: HookFile, text: string): string | undefined {
    const record = this.#readRecord(file);
    if (record?.afterSha256 === sha256(text)) return record.before ?? undefined;
    const after = withoutEntries(text, file);
    return after !== text && record?.before === null && isOnlySkeleton(after, file)
      ? undefined
      : after;
  }

  #record(agent: Agent, file: HookFile, before: string | undefined, after: string): void {
    ensureOwnerOnlyFolder(this.backups);
    const earlier = this.#readRecord(file);
    const untouched = before !== undefined && earlier?.afterSha256 === sha256(before);
    const former = before === undefined ? null : withoutEntries(before, file);
    const record: InstallRecord = {
      agent: agent.id,
      path: file.path,
      ...(file.workspace !== undefined && { workspace: file.workspace }),
      before: untouched ? earlier.before : former,
      afterSha256: sha256(after),
    };
    writeFileAtomic(this.#recordPath(file), JSON.stringify(record));
  }

  #readRecord(file: HookFile): InstallRecord | undefined {
    const record = parseRecord(this.#recordPath(file));
    return record?.path === file.path ? record : undefined;
  }

  #records(): InstallRecord[] {
    if (!existsSync(this.backups)) return [];
    return readdirSync(this.backups)
      .filter(name => name.endsWith(RECORD_ENDING))
      .flatMap(name => parseRecord(join(this.backups, name)) ?? []);
  }

  #recordPath(file: HookFile): string {
    return join(this.backups, `${sha256(file.path).slice(0, 16)}${RECORD_ENDING}`);
  }

  #backUp(file: HookFile, text: string | undefined): string | undefined {
    return text === undefined ? undefined : backUpText(this.backups, file.path, text, this.now());
  }
}

function attempt(file: HookFile, action: () => HookFileChange): HookFileChange {
  try {
    return action();
  } catch (error) {
    return { path: file.path, change: 'failed', problem: messageOf(error) };
  }
}

function parseRecord(file: string): InstallRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<InstallRecord>;
    const isRecord =
      typeof record.agent === 'string' &&
      typeof record.path === 'string' &&
      typeof record.afterSha256 === 'string' &&
      (record.before === null || typeof record.before === 'string');
    return isRecord ? (record as InstallRecord) : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

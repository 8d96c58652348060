import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { HumanError } from '../files/humanError';
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

const MAX_HOOK_FILE_BYTES = 5 * 1024 * 1024;
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
        const text = readHookFile(file);
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
        const before = readHookFile(file);
        const after =
          before === undefined ? newHookText(file, commands) : withEntries(before, file, commands);
        if (before === after) return { path: file.path, change: 'unchanged' };
        const backup = this.#backUp(file, before);
        this.#record(agent, file, before, after);
        mkdirSync(dirname(file.path), { recursive: true });
        writeFileAtomic(targetOf(file), after, 0o644);
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
        const text = readHookFile(file);
        const after = text === undefined ? undefined : this.#formerText(file, text);
        if (after === text) return { path: file.path, change: 'unchanged' };
        const backup = this.#backUp(file, text);
        if (after === undefined) rmSync(targetOf(file));
        else writeFileAtomic(targetOf(file), after, 0o644);
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
    if (text === undefined) return undefined;
    ensureOwnerOnlyFolder(this.backups);
    const time = this.now().toISOString().replace(/[:.]/g, '-');
    const name = `${time}-${sha256(file.path).slice(0, 8)}-${basename(file.path)}`;
    const backup = join(this.backups, name);
    writeFileAtomic(backup, text);
    return backup;
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

/** The file's text; undefined when it does not exist. Throws a HumanError for an unsafe place. */
function readHookFile(file: HookFile): string | undefined {
  refuseLinks(file);
  const stat = statSync(file.path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile() || stat.size > MAX_HOOK_FILE_BYTES) {
    throw new HumanError(`${file.path} is not a file of a usual size; it was left alone.`);
  }
  const bytes = readFileSync(file.path);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) {
    throw new HumanError(`${file.path} is not UTF-8 text; it was left alone.`);
  }
  return text;
}

/** A repository must not make us write elsewhere through a link of its own. */
function refuseLinks({ path, workspace }: HookFile): void {
  if (workspace === undefined) return;
  const parts = relative(workspace, path).split(sep);
  parts.forEach((_, index) => {
    const step = join(workspace, ...parts.slice(0, index + 1));
    if (lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new HumanError(`${step} is a symbolic link; replace it by a real file or folder.`);
    }
  });
}

/** A person's own file may be a link into a folder of dotfiles: the file behind it is written. */
function targetOf({ path }: HookFile): string {
  if (existsSync(path)) return realpathSync(path);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new HumanError(`${path} is a link to a file that does not exist; make that file first.`);
  }
  return path;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

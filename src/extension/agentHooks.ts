import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Agent, HookCommands, HookPlaces } from '../agents/agent';
import { HookInstaller, type HookFileChange, type HookFileState } from '../agents/hookInstaller';
import { hookCommands } from '../broker/hookLauncher';
import type { StateFolders } from '../files/stateHome';
import type { Journal } from '../history/journal';
import { workspaceRoots } from './windowState';

/**
 * How far an agent is held. "Installed" is not "protected": only a call that really arrived proves
 * that the gate is live.
 */
export type Protection =
  | { readonly state: 'notInstalled' }
  | { readonly state: 'partly'; readonly missing: readonly string[] }
  | { readonly state: 'needsNewChat' }
  | { readonly state: 'verified'; readonly at: string }
  | { readonly state: 'broken'; readonly problem: string };

const STORED_TIMES = 'agentTimes';

interface AgentTimes {
  readonly installed?: string;
  readonly seen?: string;
}

/** Installs and removes the hooks of this window's folders and knows how each agent stands. */
export class AgentHooks implements vscode.Disposable {
  readonly #installer: HookInstaller;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly folders: StateFolders,
    private readonly journal: Journal,
    private readonly memento: vscode.Memento,
    /** Files of Checkrein's own that somebody has changed: then no agent is held for certain. */
    private readonly tampered: () => readonly string[],
  ) {
    this.#installer = new HookInstaller(folders.backups);
  }

  /** Puts the agent's hook in place; a file that could not be changed says why. */
  install(agent: Agent): readonly HookFileChange[] {
    const changes = this.#installer.install(agent, places(), this.#commands(agent));
    if (changes.some(({ change }) => change === 'created' || change === 'changed')) {
      this.#store(agent, { installed: new Date().toISOString() });
    }
    this.journal.append({ event: 'hook', agent: agent.id, action: 'installed', changes });
    this.#changed.fire();
    return changes;
  }

  /** Takes the agent's hook out again. */
  remove(agent: Agent): readonly HookFileChange[] {
    const changes = this.#installer.uninstall(agent, places());
    this.#store(agent, {});
    this.journal.append({ event: 'hook', agent: agent.id, action: 'removed', changes });
    this.#changed.fire();
    return changes;
  }

  /** Notes that a real call of the agent arrived. */
  sawCall(agent: Agent): void {
    this.#store(agent, { ...this.#times(agent), seen: new Date().toISOString() });
    this.#changed.fire();
  }

  /** The state of each file, for people. */
  files(agent: Agent): readonly HookFileState[] {
    return this.#installer.inspect(agent, places(), this.#commands(agent));
  }

  protection(agent: Agent): Protection {
    const [changedFile] = this.tampered();
    if (changedFile !== undefined) {
      const problem = vscode.l10n.t('{0} was changed: choose Repair', changedFile);
      return { state: 'broken', problem };
    }
    const off = agent.hooksOffBecause?.(places());
    if (off !== undefined)
      return { state: 'broken', problem: vscode.l10n.t('{0} switches hooks off', off) };
    const files = this.files(agent);
    const unreadable = files.find(({ state }) => state === 'unreadable');
    if (unreadable) return { state: 'broken', problem: unreadable.problem ?? unreadable.path };
    const present = files.filter(({ state }) => state === 'present');
    const missing = files.filter(({ state }) => state !== 'present').map(({ path }) => path);
    const changed = files.find(({ state }) => state === 'different');
    if (changed) return { state: 'broken', problem: changed.path };
    if (present.length === 0) return { state: 'notInstalled' };
    if (missing.length > 0) return { state: 'partly', missing };
    const { installed = '', seen } = this.#times(agent);
    return seen !== undefined && seen > installed
      ? { state: 'verified', at: seen }
      : { state: 'needsNewChat' };
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #commands(agent: Agent): HookCommands {
    return hookCommands(this.folders, process.platform, agent);
  }

  #times(agent: Agent): AgentTimes {
    return this.memento.get<Record<string, AgentTimes>>(STORED_TIMES, {})[agent.id] ?? {};
  }

  #store(agent: Agent, times: AgentTimes): void {
    const all = this.memento.get<Record<string, AgentTimes>>(STORED_TIMES, {});
    void this.memento.update(STORED_TIMES, { ...all, [agent.id]: times });
  }
}

function places(): HookPlaces {
  return { home: homedir(), roots: workspaceRoots() };
}

/** The protection in words, always together with what to do next. */
export function protectionText(protection: Protection): string {
  switch (protection.state) {
    case 'notInstalled':
      return vscode.l10n.t('not installed');
    case 'partly':
      return vscode.l10n.t('not complete: missing in {0}', protection.missing.join(', '));
    case 'needsNewChat':
      return vscode.l10n.t('installed, not yet proven: start a new chat or session');
    case 'verified':
      return vscode.l10n.t('verified {0}', new Date(protection.at).toLocaleString());
    case 'broken':
      return vscode.l10n.t('broken: {0}', protection.problem);
  }
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Agent, HookPlaces } from '../agents/agent';
import { HookInstaller, type HookFileChange } from '../agents/hookInstaller';
import { findAgent, KNOWN_AGENTS } from '../agents/knownAgents';
import { hookCommands, installHookClient } from '../broker/hookLauncher';
import { WindowRegistry } from '../broker/windowRegistry';
import { HumanError } from '../files/humanError';
import type { StateFolders } from '../files/stateHome';
import { USAGE_EXIT } from './exitCodes';

/** What the verb works with. */
export interface HooksVerbParts {
  readonly folders: StateFolders;
  readonly home: string;
  readonly cwd: string;
  readonly node: string;
  readonly bundles: string;
  readonly platform: NodeJS.Platform;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

interface Arguments {
  readonly action: 'status' | 'install' | 'remove';
  readonly agents: readonly Agent[];
  readonly places: HookPlaces;
  /** True to go through every file a hook was ever put into. */
  readonly everywhere: boolean;
}

/** `checkrein hooks status|install|remove [AGENT] [--workspace DIR] [--everywhere]`; the exit code. */
export function runHooksVerb(args: readonly string[], parts: HooksVerbParts): number {
  const read = readArguments(args, parts);
  if (!read) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  try {
    if (read.everywhere) removeEverywhere(parts);
    else for (const agent of read.agents) run(read, agent, parts);
    return 0;
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    parts.printError(error.message);
    return 1;
  }
}

function run({ action, places }: Arguments, agent: Agent, parts: HooksVerbParts): void {
  const installer = new HookInstaller(parts.folders.backups);
  const commands = hookCommands(parts.folders, parts.platform, agent);
  if (action === 'status') {
    for (const { path, state, problem } of installer.inspect(agent, places, commands)) {
      parts.print(`${agent.id}\t${state}\t${problem ?? path}`);
    }
    return;
  }
  if (action === 'install') installHookClient(parts);
  const changes =
    action === 'install'
      ? installer.install(agent, places, commands)
      : installer.uninstall(agent, places);
  report(changes, `${agent.id}\t`, parts);
}

const USAGE = `Usage: checkrein hooks status|install|remove [AGENT] [--workspace DIR]
       checkrein hooks remove --everywhere`;

/**
 * What an editor runs when the extension was uninstalled: hooks nobody answers would block their
 * agents for ever. While another window is open, its agents stay held.
 */
function removeEverywhere(parts: HooksVerbParts): void {
  const registry = new WindowRegistry(parts.folders.windows);
  if (existsSync(parts.folders.windows) && registry.list().length > 0) {
    parts.print('Another editor window still holds agents: the hooks stay.');
    return;
  }
  const installer = new HookInstaller(parts.folders.backups);
  report(installer.uninstallEverywhere(KNOWN_AGENTS, parts.home), '', parts);
}

function report(
  changes: readonly HookFileChange[],
  label: string,
  { print }: HooksVerbParts,
): void {
  for (const { path, change, problem } of changes) print(`${label}${change}\t${problem ?? path}`);
  if (changes.some(({ change }) => change === 'failed')) {
    throw new HumanError('A file could not be changed; the others were.');
  }
}

function readArguments(args: readonly string[], parts: HooksVerbParts): Arguments | undefined {
  const [action, ...rest] = args;
  if (action !== 'status' && action !== 'install' && action !== 'remove') return undefined;
  // Every file that ever got a hook: a choice of agent or folder would have no meaning.
  const everywhere = rest.length === 1 && rest[0] === '--everywhere' && action === 'remove';
  let agents: readonly Agent[] = KNOWN_AGENTS;
  let workspace = parts.cwd;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const agent = findAgent(word);
    if (agent) agents = [agent];
    else if (everywhere) continue;
    else if (word === '--workspace' && rest[index + 1] !== undefined) {
      workspace = resolve(parts.cwd, rest[index + 1] ?? '');
      index += 1;
    } else return undefined;
  }
  return { action, agents, everywhere, places: { home: parts.home, roots: [workspace] } };
}

import { existsSync, readdirSync, statSync } from 'node:fs';
import type { Agent, HookPlaces } from '../agents/agent';
import { HookInstaller } from '../agents/hookInstaller';
import { KNOWN_AGENTS } from '../agents/knownAgents';
import { hookCommands } from '../broker/hookLauncher';
import type { StateFolders } from '../files/stateHome';
import { readJournal } from '../history/journal';
import type { AgentProtection } from '../privacy/posture/postureFacts';

/** Days of the journal that are looked through for a call. */
const MAX_DAYS = 7;

/** How far each agent is held in a folder, as the files and the journal tell it. */
export function agentStates(
  folders: StateFolders,
  places: HookPlaces,
  platform: NodeJS.Platform,
): readonly AgentProtection[] {
  const calls = lastCalls(folders.journal);
  return KNOWN_AGENTS.map(agent => ({
    id: agent.id,
    name: agent.displayName,
    ...stateOf(agent, folders, places, platform, calls.get(agent.id)),
  }));
}

function stateOf(
  agent: Agent,
  folders: StateFolders,
  places: HookPlaces,
  platform: NodeJS.Platform,
  lastCall: string | undefined,
): Pick<AgentProtection, 'state' | 'detail'> {
  const off = agent.hooksOffBecause?.(places);
  if (off !== undefined) return { state: 'broken', detail: `${off} switches hooks off` };
  const commands = hookCommands(folders, platform, agent);
  const files = new HookInstaller(folders.backups).inspect(agent, places, commands);
  const bad = files.find(({ state }) => state === 'unreadable' || state === 'different');
  if (bad) return { state: 'broken', detail: bad.problem ?? `${bad.path} was changed` };
  const present = files.filter(({ state }) => state === 'present');
  if (present.length === 0) return { state: 'notInstalled' };
  const missing = files.filter(({ state }) => state === 'absent').map(({ path }) => path);
  if (missing.length > 0) return { state: 'partly', detail: `missing in ${missing.join(', ')}` };
  const written = Math.max(...present.map(({ path }) => statSync(path).mtimeMs));
  return lastCall !== undefined && Date.parse(lastCall) > written
    ? { state: 'verified', detail: lastCall }
    : { state: 'needsNewChat' };
}

/** The time of the last call of each agent in the journal. */
function lastCalls(journal: string): ReadonlyMap<string, string> {
  const calls = new Map<string, string>();
  if (!existsSync(journal)) return calls;
  const days = [...new Set(readdirSync(journal).map(name => name.slice(0, 10)))].sort();
  for (const day of days.slice(-MAX_DAYS)) {
    for (const { event, time, ...entry } of readJournal(journal, day).entries) {
      if (event === 'call' && typeof entry['agent'] === 'string') calls.set(entry['agent'], time);
    }
  }
  return calls;
}

import type { Agent, AgentId } from './agent';
import { geminiCli } from './geminiCli';
import { kiro } from './kiro';
import { kiroCli } from './kiroCli';

/** Every agent Checkrein can hold, in the order people see them. */
export const KNOWN_AGENTS: readonly Agent[] = [kiro, kiroCli, geminiCli];

/** The agent with an id, or undefined for anything else. */
export function findAgent(id: string): Agent | undefined {
  return KNOWN_AGENTS.find(agent => agent.id === (id as AgentId));
}

import { findAgent } from '../agents/knownAgents';
import { stateFolders } from '../files/stateHome';
import { Journal } from '../history/journal';
import { summarizeCall } from '../history/summarizeCall';
import { decide } from '../policy/decide';
import { deny, type Decision } from '../policy/decision';
import { block, type HookAnswer } from '../protocol/hookProtocol';
import { followLinks } from './followLinks';
import { findSnapshot } from './policySnapshot';
import { readCall } from './readMessage';
import { outcome, unreadableDecision } from './toolCallGate';

/**
 * Decides a call when no window is open, by the last policy of the folder it belongs to. Nobody
 * can be asked, so what would ask is denied and says so. The journal gets its line as always.
 */
export async function decideOffline(
  agentId: string,
  payload: Uint8Array,
  home: string,
): Promise<HookAnswer> {
  const agent = findAgent(agentId);
  if (!agent) return block(`this version does not know the agent "${agentId}".`);
  const folders = stateFolders(home);
  const journal = new Journal(folders.journal);
  const read = readCall(agent, payload);
  if (!read.ok) {
    const decision = unreadableDecision(read.reason);
    journal.append({ event: 'call', agent: agent.id, offline: true, ...outcome(decision) });
    return agent.answer(decision);
  }
  const snapshot = findSnapshot(folders.snapshots, read.call.cwd);
  const call = snapshot ? await followLinks(read.call, snapshot.state.paths) : read.call;
  const decision = snapshot
    ? withoutAsking(decide(call, snapshot.policy, snapshot.state))
    : deny(
        'noWindow',
        'No editor window is open, and this folder has never been opened with Checkrein.',
      );
  journal.append({ event: 'call', offline: true, ...summarizeCall(call), ...outcome(decision) });
  return agent.answer(decision);
}

function withoutAsking(decision: Decision): Decision {
  if (decision.effect !== 'ask') return decision;
  return deny('noWindow', `No editor window is open, so nobody can be asked. ${decision.reason}`);
}

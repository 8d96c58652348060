import { TextDecoder } from 'node:util';
import type { Agent, PayloadResult } from '../agents/agent';

/** Brings raw bytes from an agent to a tool call. Never throws. */
export function readCall(agent: Agent, payload: Uint8Array): PayloadResult {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return { ok: false, reason: 'the payload is not UTF-8' };
  }
  if (text.trim() === '') return { ok: false, reason: 'the payload is empty' };
  try {
    return agent.readPayload(JSON.parse(text));
  } catch {
    return { ok: false, reason: 'the payload is not JSON' };
  }
}

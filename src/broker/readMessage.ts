import { TextDecoder } from 'node:util';
import type { Agent, AgentReport, PayloadResult } from '../agents/agent';

/** Brings raw bytes from an agent to a tool call. Never throws. */
export function readCall(agent: Agent, payload: Uint8Array): PayloadResult {
  const json = readJson(payload);
  return json.ok ? agent.readPayload(json.value) : json;
}

/** Brings raw bytes from an agent to a report; undefined for anything else. Never throws. */
export function readReport(agent: Agent, payload: Uint8Array): AgentReport | undefined {
  const json = readJson(payload);
  return json.ok ? agent.readReport(json.value) : undefined;
}

type Json =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

function readJson(payload: Uint8Array): Json {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return { ok: false, reason: 'the payload is not UTF-8' };
  }
  if (text.trim() === '') return { ok: false, reason: 'the payload is empty' };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, reason: 'the payload is not JSON' };
  }
}

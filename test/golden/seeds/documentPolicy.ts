import { decide } from '../../../src/policy/decide';
import type { Decision, Effect } from '../../../src/policy/decision';
import { INITIAL_MODE, modeInEffect, type ModeState } from '../../../src/policy/mode';
import type { ShellDialect, ToolCall } from '../../../src/policy/toolCall';
import { kiro } from '../../../src/agents/kiro';
import { kiroCli } from '../../../src/agents/kiroCli';
import { looseningOf } from '../../../src/settings/loosening';
import { mergePolicy, type EffectivePolicy } from '../../../src/settings/mergePolicy';
import type { PolicyLayer, Scope } from '../../../src/settings/policyLayer';
import type { PolicyValues } from '../../../src/settings/policySchema';
import { readPolicyText } from '../../../src/settings/readPolicyText';

/** A workspace, as the vendor's documents assume one. */
export const ROOT = '/home/me/project';
/** When nothing else is said. */
export const NOW = 1_000_000;
/** The mode of a trusted window that has just opened. */
export const OPENED: ModeState = { ...INITIAL_MODE, restricted: false };

const FILES: Partial<Record<Scope, string>> = {
  user: '/home/me/.kiro/settings.json',
  project: `${ROOT}/.kiro/settings.json`,
};

/** The text of a settings file as the policy takes it. Throws where the file is refused. */
export function settingsFile(scope: Scope, text: string): PolicyLayer {
  const reading = readPolicyText(text, { scope, file: FILES[scope] ?? `/${scope}` });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.layer;
}

/** Settings of a person, by their keys. */
export function settings(values: PolicyValues, scope: Scope = 'user'): PolicyLayer {
  return settingsFile(scope, JSON.stringify(values));
}

/** All settings together; everything a repository loosens has been agreed to, unless said so. */
export function together(layers: readonly PolicyLayer[], agreed = true): EffectivePolicy {
  const hashes = agreed ? layers.flatMap(layer => looseningOf(layer)?.hash ?? []) : [];
  return mergePolicy(layers, { consents: new Set(hashes) });
}

/** What happens with a call under settings, in a mode. */
export function decided(
  call: ToolCall,
  { layers = [] as readonly PolicyLayer[], mode = OPENED, now = NOW } = {},
): Decision {
  return decide(call, together(layers).policy, {
    mode: modeInEffect(mode, now),
    paths: { roots: [ROOT], home: '/home/me', stateHome: '/home/me/.local/share/checkrein' },
  });
}

/** The same, as `allow`, `ask` or `deny`. */
export function effect(call: ToolCall, options: Parameters<typeof decided>[1] = {}): Effect {
  return decided(call, options).effect;
}

/** A call as Kiro itself announces it. */
export function kiroCall(tool: string, input: Record<string, unknown>): ToolCall {
  return read(kiro, 'PreToolUse', tool, input);
}

/** A call as Kiro CLI announces it. */
export function cliCall(tool: string, input: Record<string, unknown>): ToolCall {
  return read(kiroCli, 'preToolUse', tool, input);
}

function read(
  agent: typeof kiro,
  event: string,
  tool: string,
  input: Record<string, unknown>,
): ToolCall {
  const result = agent.readPayload({
    session_id: 's',
    cwd: ROOT,
    hook_event_name: event,
    tool_name: tool,
    tool_input: input,
  });
  if (!result.ok) throw new Error(result.reason);
  return result.call;
}

/** A command as Kiro announces it. */
export function command(text: string, dialect: ShellDialect = 'bash'): ToolCall {
  const tool = dialect === 'powershell' ? 'execute_pwsh' : 'execute_bash';
  return kiroCall(tool, { command: text });
}

/** One call of every kind that is no read, all of them harmless. */
export const CHANGES: Readonly<Record<string, ToolCall>> = {
  create: kiroCall('fs_write', { path: 'src/new.ts', text: 'x' }),
  modify: kiroCall('str_replace', { path: 'src/a.ts', oldStr: 'a', newStr: 'b' }),
  delete: kiroCall('delete_file', { targetFile: 'src/a.ts' }),
  command: command('npm test'),
  web: kiroCall('web_fetch', { url: 'https://example.com' }),
  mcp: kiroCall('@github/create_issue', { title: 'x' }),
  subagent: kiroCall('invoke_sub_agent', { name: 'x' }),
  aws: cliCall('use_aws', { service_name: 'ec2', operation_name: 'run-instances' }),
};

export const READ = kiroCall('read_file', { path: 'src/a.ts' });

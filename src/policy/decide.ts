import type { CommandRules } from './commands/commandVerdict';
import { judgeCommand } from './commands/judgeCommand';
import { proposePatterns } from './commands/trustedPatterns';
import {
  ALL_SCOPES,
  allow,
  deny,
  type ApprovalScope,
  type Decision,
  type ReasonCode,
  type Rule,
} from './decision';
import { isTooLong } from './pathGlobs';
import { isAllowedPlace, protectedPathRule, secretFileRule, type PathContext } from './paths';
import type { DecisionState, Policy } from './policy';
import type { ShellDialect, ToolCall, TouchedPath } from './toolCall';
import { isAwsTool } from './toolNames';
import {
  excludedTool,
  kebabCase,
  missingFrom,
  trustedTool,
  trustsAws,
  untrustedTool,
  type ToolRules,
} from './tools';

/**
 * May this tool call run? Looked at in this order: interrupted, excluded tools, denied and
 * never-list commands, paths, a policy that cannot be read, untrusted workspace, unknown fields,
 * untrusted tools, sandbox, reads, trust-all, Supervised, trusted commands, writes in the workspace,
 * trusted tools. Deny beats ask beats allow, and any other tool asks.
 */
export function decide(call: ToolCall, policy: Policy, state: DecisionState): Decision {
  if (state.mode.mode === 'interrupted') return deny('interrupted', INTERRUPTED);
  const refused = refusedTool(call, policy.tools);
  if (refused) return refused;
  const paths = { ...state.paths, rules: policy.paths };
  const command = commandDecision(call, policy, { ...state, paths });
  if (command?.destructive || command?.effect === 'deny') return command;
  const teardown = awsTeardown(call, state);
  if (teardown) return teardown;
  const place = pathDecision(call, paths);
  const open = unsettled(call, policy, state, command);
  // An answer must not reach further than the strictest of the reasons to ask lets it.
  if (place && open) {
    return { ...place, scopes: place.scopes.filter(scope => open.scopes.includes(scope)) };
  }
  return place ?? open ?? byMode(call, policy, state, command);
}

/** What asks whatever the mode: nothing that is trusted can make up for it. */
function unsettled(
  call: ToolCall,
  { blockedBecause, tools, sandbox }: Policy,
  { mode }: DecisionState,
  command: Decision | undefined,
): Decision | undefined {
  const once = (code: ReasonCode, reason: string, rule?: Rule): Decision =>
    ask(call, code, reason, {
      scopes: ['once'],
      ...commandFacts(command),
      ...(rule && { rule }),
    });
  if (blockedBecause !== undefined) return once('policyBroken', blockedBecause);
  if (mode.restricted)
    return once('restricted', 'The workspace is not trusted, so every call asks.');
  if (call.unknownField !== undefined) {
    const field = JSON.stringify(call.unknownField.slice(0, 80));
    return once('unknownField', `The call has a field that this version does not know: ${field}.`);
  }
  const untrusted = untrustedTool(call, tools);
  if (untrusted) {
    const reason = `The tool ${JSON.stringify(call.tool)} is not trusted: ${JSON.stringify(untrusted.pattern)}.`;
    const scopes: readonly ApprovalScope[] = ['once', 'session'];
    return ask(call, 'untrustedTool', reason, {
      scopes,
      ...commandFacts(command),
      rule: untrusted,
    });
  }
  if (sandbox && (call.capability === 'shell' || call.capability === 'other')) {
    const reason = 'The policy asks for a sandbox, which is not enforced yet, so commands ask.';
    return once('sandbox', reason, sandbox);
  }
  return undefined;
}

function byMode(
  call: ToolCall,
  { tools }: Policy,
  { mode }: DecisionState,
  command: Decision | undefined,
): Decision {
  const { capability } = call;
  if (capability === 'read') return allow('readTool', 'Reading inside the workspace.');
  // A command was judged under trust-all already: what asks there is above it.
  if (mode.trustAll) return command ?? allow('trustAll', 'Trust-all is on for this session.');
  if (mode.mode === 'supervised') {
    return ask(call, 'supervised', `Supervised mode asks before every ${capability} call.`, {
      scopes: ['once', 'session'],
      ...commandFacts(command),
    });
  }
  if (command) return command;
  if (capability === 'write') {
    return allow('insideWorkspace', 'Autopilot lets writes inside the workspace pass.');
  }
  const rule = trustedTool(call, tools);
  if (rule) {
    const reason = `The tool is trusted: ${JSON.stringify(rule.pattern)}.`;
    return { ...allow('trustedTool', reason), rule };
  }
  return ask(call, 'untrustedTool', `No rule trusts the tool ${JSON.stringify(call.tool)}.`, {
    scopes: ['once', 'session'],
  });
}

function refusedTool(call: ToolCall, tools: ToolRules): Decision | undefined {
  const rule = excludedTool(call, tools);
  const name = JSON.stringify(call.tool);
  if (rule) {
    const reason = `The tool ${name} is excluded: ${JSON.stringify(rule.pattern)}.`;
    return { ...deny('excludedTool', reason), rule };
  }
  const limit = missingFrom(call, tools);
  if (!limit) return undefined;
  const reason = `The settings limit which tools may run at all, and ${name} is none of them.`;
  const [first] = limit;
  return { ...deny('excludedTool', reason), ...(first && { rule: first }) };
}

const INTERRUPTED =
  'A person has interrupted the agent. Stop here and wait; do not try to work around this.';

/** What the command judgement found out stays worth showing when the mode is what asks. */
function commandFacts(command: Decision | undefined): Partial<Decision> {
  if (command?.kiroWouldRun === undefined) return {};
  return { undecided: command.undecided, kiroWouldRun: command.kiroWouldRun };
}

function commandDecision(
  call: ToolCall,
  policy: Policy,
  state: DecisionState,
): Decision | undefined {
  if (call.capability !== 'shell') return undefined;
  if (!call.command) {
    return ask(
      call,
      'untrustedCommand',
      'A shell is to be used in a way that has no command line.',
      {
        scopes: ['once'],
      },
    );
  }
  const { text, dialect, cwd } = call.command;
  const rules = commandRules(call, policy, state.mode.trustAll);
  const verdict = judgeCommand(text, rules, { ...state.paths, dialect, cwd: cwd.path });
  const denied = verdict.effect === 'deny';
  const inPlace = [cwd.path, cwd.real].every(at => isAllowedPlace(at, state.paths));
  if (!denied && !verdict.neverList && !inPlace) {
    return ask(call, 'outsideWorkspace', `It would run in ${cwd.real}, outside the workspace.`, {
      scopes: ['once', 'session'],
      kiroWouldRun: verdict.kiroWouldRun,
    });
  }
  const link = linkDecision(call, state.paths);
  if (link && verdict.effect === 'allow') return { ...link, kiroWouldRun: verdict.kiroWouldRun };
  const { effect, code, reason, kiroWouldRun } = verdict;
  const facts = { kiroWouldRun, ...(verdict.rule && { rule: verdict.rule }) };
  if (effect === 'allow') return { ...allow(code, reason), ...facts };
  if (effect === 'deny') return { ...deny(code, reason), ...facts };
  const undecided = verdict.parts.filter(part => part.effect !== 'allow');
  return ask(call, code, reason, {
    ...facts,
    destructive: verdict.neverList,
    undecided: undecided.map(({ start, end }) => ({ start, end })),
    scopes: askScopes(verdict.neverList, undecided, dialect),
  });
}

const TRUST_ALL: Rule = { effect: 'allow', pattern: '*', source: { file: 'trust-all' } };

/** An AWS call is on the never list when the command line that does the same is. */
function awsTeardown(call: ToolCall, { paths }: DecisionState): Decision | undefined {
  const { service_name: service, operation_name: operation } = call.input;
  if (!isAwsTool(call.tool) || typeof service !== 'string' || typeof operation !== 'string') {
    return undefined;
  }
  const line = `aws ${service.toLowerCase()} ${kebabCase(operation)}`;
  const context = { ...paths, dialect: 'bash', cwd: call.cwd } as const;
  const verdict = judgeCommand(line, { trusted: [] }, context);
  if (!verdict.neverList) return undefined;
  return ask(call, 'neverList', verdict.reason, { scopes: ['once'], destructive: true });
}

/** Trust in the shell tool itself, or in everything, is trust in every command but the never list. */
function commandRules(
  call: ToolCall,
  { commands, tools }: Policy,
  trustAll: boolean,
): CommandRules {
  const tool = trustedTool(call, tools);
  const universal = trustAll ? TRUST_ALL : tool;
  const trusted = universal ? withUniversal(commands.trusted, universal) : commands.trusted;
  const readingAws = trustsAws(tools);
  if (trusted === commands.trusted && !readingAws) return commands;
  return { ...commands, trusted, ...(readingAws && { readingAws }) };
}

const universals = new WeakMap<readonly Rule[], WeakMap<Rule, readonly Rule[]>>();

/** The same rules with trust in everything before them; the same list for the same rules. */
function withUniversal(rules: readonly Rule[], by: Rule): readonly Rule[] {
  const lists = universals.get(rules) ?? new WeakMap<Rule, readonly Rule[]>();
  universals.set(rules, lists);
  const known = lists.get(by);
  if (known) return known;
  const list = [{ ...by, pattern: '*' }, ...rules];
  lists.set(by, list);
  return list;
}

/** The text of a command was judged by names; a link among them may lead to another kind of file. */
function linkDecision(call: ToolCall, paths: PathContext): Decision | undefined {
  for (const { access, ...touched } of call.command?.links ?? []) {
    const decision = onePathDecision(call, touched, access, paths);
    if (decision) return decision;
  }
  return undefined;
}

/** "Always" needs a pattern for every part that asks. */
function askScopes(
  neverList: boolean,
  undecided: readonly { readonly code: ReasonCode; readonly text: string }[],
  dialect: ShellDialect,
): readonly ApprovalScope[] {
  if (neverList || undecided.some(part => part.code === 'protectedPath')) return ['once'];
  const covered =
    undecided.length > 0 &&
    undecided.every(
      ({ code, text }) => code === 'untrustedCommand' && proposePatterns(text, dialect).length > 0,
    );
  return covered ? ALL_SCOPES : ['once', 'session'];
}

/** Asks for files whose place makes them dangerous, in every mode; undefined when none is. */
function pathDecision(call: ToolCall, paths: PathContext): Decision | undefined {
  if (call.capability !== 'read' && call.capability !== 'write') return undefined;
  // A tool may read nothing; none writes nothing.
  if (!call.paths || (call.capability === 'write' && call.paths.length === 0)) {
    return ask(call, 'unknownPath', 'The call does not say which file it touches.', {
      scopes: ['once'],
    });
  }
  for (const touched of call.paths) {
    const decision = onePathDecision(call, touched, call.capability, paths);
    if (decision) return decision;
  }
  return undefined;
}

function onePathDecision(
  call: ToolCall,
  touched: TouchedPath,
  access: 'read' | 'write',
  paths: PathContext,
): Decision | undefined {
  // Both names count: the one the agent used and the file it leads to.
  const names = touched.path === touched.real ? [touched.path] : [touched.path, touched.real];
  if (names.some(isTooLong)) {
    return ask(call, 'unknownPath', 'A path is longer than any file can have.', {
      scopes: ['once'],
    });
  }
  const first = <T>(find: (path: string) => T | undefined): T | undefined =>
    names.map(find).find(found => found !== undefined);
  if (access === 'write') {
    const rule = first(path => protectedPathRule(path, paths));
    if (rule) return pathAsk(call, 'protectedPath', touched, 'is protected', rule);
  }
  const secret = first(path => secretFileRule(path, paths));
  if (secret) return pathAsk(call, 'secretFile', touched, 'may hold secrets', secret);
  const outside = names.some(path => !isAllowedPlace(path, paths));
  return outside
    ? pathAsk(call, 'outsideWorkspace', touched, 'is outside the workspace')
    : undefined;
}

function pathAsk(
  call: ToolCall,
  code: ReasonCode,
  touched: TouchedPath,
  what: string,
  rule?: Rule,
): Decision {
  const target = touched.path === touched.real ? '' : ` (a link to ${touched.real})`;
  return ask(call, code, `${touched.path}${target} ${what}.`, {
    scopes: code === 'protectedPath' ? ['once'] : ['once', 'session'],
    ...(rule && { rule }),
  });
}

function ask(call: ToolCall, code: ReasonCode, reason: string, extra: Partial<Decision>): Decision {
  const whole = call.command ? [{ start: 0, end: call.command.text.length }] : [];
  return {
    effect: 'ask',
    code,
    reason,
    undecided: whole,
    destructive: false,
    ...extra,
    // Without a session's name nothing tells its calls from those of another one.
    scopes: (extra.scopes ?? ['once']).filter(
      scope => scope !== 'session' || call.sessionId !== '',
    ),
  };
}

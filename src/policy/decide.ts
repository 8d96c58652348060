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
import { isInside, protectedPathRule, secretFileRule } from './paths';
import type { DecisionState, Policy } from './policy';
import type { ShellDialect, ToolCall, TouchedPath } from './toolCall';

/**
 * May this tool call run? Looked at in this order: interrupted, denied and never-list commands,
 * paths, untrusted workspace, unknown fields, reads, Supervised, trusted commands, writes in the
 * workspace. Deny beats ask beats allow, and any other tool asks.
 */
export function decide(call: ToolCall, policy: Policy, state: DecisionState): Decision {
  if (state.mode.mode === 'interrupted') return deny('interrupted', INTERRUPTED);
  const command = commandDecision(call, policy, state);
  if (command?.destructive || command?.effect === 'deny') return command;
  const path = pathDecision(call, state);
  if (path) return path;
  if (state.mode.restricted) return restricted(call, command);
  if (call.unknownField !== undefined) return unknownField(call, call.unknownField, command);
  if (call.capability === 'read') return allow('readTool', 'Reading inside the workspace.');
  if (state.mode.mode === 'supervised') {
    return ask(call, 'supervised', `Supervised mode asks before every ${call.capability} call.`, {
      scopes: ['once', 'session'],
      ...commandFacts(command),
    });
  }
  if (command) return command;
  if (call.capability === 'write') {
    return allow('insideWorkspace', 'Autopilot lets writes inside the workspace pass.');
  }
  return ask(call, 'untrustedTool', `No rule trusts the tool ${JSON.stringify(call.tool)}.`, {
    scopes: ['once', 'session'],
  });
}

const INTERRUPTED =
  'A person has interrupted the agent. Stop here and wait; do not try to work around this.';

function restricted(call: ToolCall, command: Decision | undefined): Decision {
  const reason = 'The workspace is not trusted, so every call asks.';
  return ask(call, 'restricted', reason, { scopes: ['once'], ...commandFacts(command) });
}

function unknownField(call: ToolCall, field: string, command: Decision | undefined): Decision {
  const reason = `The call has a field that this version does not know: ${JSON.stringify(field.slice(0, 80))}.`;
  return ask(call, 'unknownField', reason, {
    scopes: ['once'],
    ...commandFacts(command),
  });
}

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
  const verdict = judgeCommand(
    text,
    { trusted: policy.trustedCommands },
    { ...state.paths, dialect, cwd: cwd.path },
  );
  if (!verdict.neverList && ![cwd.path, cwd.real].every(at => isInside(at, state.paths.roots))) {
    return ask(call, 'outsideWorkspace', `It would run in ${cwd.real}, outside the workspace.`, {
      scopes: ['once', 'session'],
      kiroWouldRun: verdict.kiroWouldRun,
    });
  }
  const link = linkDecision(call, state);
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

/** The text of a command was judged by names; a link among them may lead to another kind of file. */
function linkDecision(call: ToolCall, state: DecisionState): Decision | undefined {
  for (const { access, ...touched } of call.command?.links ?? []) {
    const decision = onePathDecision(call, touched, access, state);
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
function pathDecision(call: ToolCall, state: DecisionState): Decision | undefined {
  if (call.capability !== 'read' && call.capability !== 'write') return undefined;
  if (!call.paths) {
    return ask(call, 'unknownPath', 'The call does not say which file it touches.', {
      scopes: ['once'],
    });
  }
  for (const touched of call.paths) {
    const decision = onePathDecision(call, touched, call.capability, state);
    if (decision) return decision;
  }
  return undefined;
}

function onePathDecision(
  call: ToolCall,
  touched: TouchedPath,
  access: 'read' | 'write',
  { paths }: DecisionState,
): Decision | undefined {
  // Both names count: the one the agent used and the file it leads to.
  const names = touched.path === touched.real ? [touched.path] : [touched.path, touched.real];
  const first = <T>(find: (path: string) => T | undefined): T | undefined =>
    names.map(find).find(found => found !== undefined);
  if (access === 'write') {
    const rule = first(path => protectedPathRule(path, paths));
    if (rule) return pathAsk(call, 'protectedPath', touched, 'is protected', rule);
  }
  const secret = first(path => secretFileRule(path));
  if (secret) return pathAsk(call, 'secretFile', touched, 'may hold secrets', secret);
  const outside = names.some(path => !isInside(path, paths.roots));
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

import { TOOL_NAMES } from '../../policy/toolNames';
import { nearestName } from '../../settings/nearestName';
import type { PolicyFile } from '../fileKinds';
import { quote, type Finding, type Fix } from '../finding';
import { firstLine, withoutEntry } from '../removal';
import { OLD_TRIGGERS, TRIGGERS } from '../schemas/agentFiles';
import {
  itemsOf,
  plainValue,
  propertiesOf,
  propertyOf,
  rangeOf,
  textOf,
  valueAt,
  type SyntaxNode,
} from '../syntaxTree';
import { hookCommand, type HookRole } from './hookCommand';
import type { RuleInput } from './ruleInput';

/** Hook files of Kiro 1.x and 0.x. */
export function* hookRules(input: RuleInput): Iterable<Finding> {
  const { file } = input;
  const { kind } = file;
  if (kind !== 'hook' && kind !== 'oldHook') return;
  yield* place(input);
  if (kind === 'oldHook') {
    yield* oldHook(input);
    return;
  }
  const seen = new Set<string>();
  for (const hook of itemsOf(valueAt(input.root, 'hooks'))) {
    if (hook.type !== 'object') continue;
    yield* twice(input.text, hook, seen);
    yield* oneHook(hook, file);
  }
}

/** A hook that does what one above it does. */
function* twice(text: string, hook: SyntaxNode, seen: Set<string>): Iterable<Finding> {
  if (hook.type !== 'object') return;
  const {
    name: _name,
    description: _description,
    ...same
  } = plainValue(hook) as Record<string, unknown>;
  const key = JSON.stringify(same);
  if (seen.has(key) && Object.keys(same).length > 0) {
    const fixes = (): readonly Fix[] => [
      { title: 'Remove this hook', changes: withoutEntry(text, hook) },
    ];
    const message = 'A hook that does the same stands above.';
    yield { code: 'hook-duplicate', message, ...start(hook), fixes };
  }
  seen.add(key);
}

function start(hook: SyntaxNode): { readonly start: number; readonly end: number } {
  return rangeOf(hook.children?.[0] ?? hook);
}

function* place({ file, text, facts }: RuleInput): Iterable<Finding> {
  const top = firstLine(text);
  const below = file.path.split('/.kiro/hooks/').at(-1) ?? '';
  if (below.includes('/')) {
    yield {
      code: 'hook-place',
      message: 'Kiro loads hooks from .kiro/hooks itself, not from folders in it.',
      ...top,
    };
  }
  if (facts.isLink) {
    yield {
      code: 'hook-place',
      message: 'Kiro passes over hook files that are symbolic links.',
      ...top,
    };
  }
}

function* oneHook(hook: SyntaxNode, file: PolicyFile): Iterable<Finding> {
  const triggerNode = valueAt(hook, 'trigger');
  const given = textOf(triggerNode);
  const trigger = Object.keys(TRIGGERS).find(name => name.toLowerCase() === given?.toLowerCase());
  if (triggerNode && given !== undefined && trigger === undefined) {
    const near = nearestName(given, Object.keys(TRIGGERS));
    const message = `Kiro knows no trigger ${quote(given)} and ignores this hook${near === undefined ? '' : `: did you mean ${quote(near)}?`}`;
    yield {
      code: 'unknown-trigger',
      message,
      ...rangeOf(triggerNode),
      fixes: () => replaced(triggerNode, near),
    };
  }
  const blocks = trigger !== undefined && TRIGGERS[trigger] === 'blocks';
  yield* matcher(hook, trigger);
  yield* action(hook, trigger, { blocks, place: file.place });
  const timeout = valueAt(hook, 'timeout');
  if (blocks && timeout?.type === 'number' && (timeout.value === 0 || timeout.value >= 60)) {
    const why = timeout.value === 0 ? '0 means no limit' : 'what counts from 60 s on is not clear';
    const message = `A hook that runs out of time lets the call through, and ${why}. Stay well below 60.`;
    yield { code: 'hook-timeout', message, ...rangeOf(timeout) };
  } else if (timeout?.type === 'number' && timeout.value > MAX_SECONDS) {
    yield { code: 'hook-timeout', message: OUT_OF_RANGE, ...rangeOf(timeout) };
  }
}

function replaced(node: SyntaxNode, text: string | undefined): readonly Fix[] {
  if (text === undefined) return [];
  return [
    {
      title: `Change to ${quote(text)}`,
      changes: [{ ...rangeOf(node), text: JSON.stringify(text) }],
    },
  ];
}

const CATEGORIES = new Set([
  'read',
  'write',
  'shell',
  'web',
  'spec',
  '*',
  '@mcp',
  '@powers',
  '@builtin',
]);

function* matcher(hook: SyntaxNode, trigger: string | undefined): Iterable<Finding> {
  const property = propertyOf(hook, 'matcher');
  const ofTools = trigger === 'PreToolUse' || trigger === 'PostToolUse';
  const triggerNode = propertyOf(hook, 'trigger');
  if (!property && ofTools && triggerNode) {
    const { end } = rangeOf(triggerNode);
    yield {
      code: 'hook-without-matcher',
      message: 'Without a matcher this runs for every tool call.',
      ...rangeOf(triggerNode),
      fixes: () => [
        { title: 'Add "matcher": "*"', changes: [{ start: end, end, text: ', "matcher": "*"' }] },
      ],
    };
  }
  const node = property?.valueNode;
  const text = textOf(node);
  if (!node || text === undefined || CATEGORIES.has(text)) return;
  const fault = regexFault(text);
  if (fault !== undefined) {
    yield {
      code: 'hook-bad-regex',
      message: `Kiro ignores this hook: ${fault}.`,
      ...rangeOf(node),
    };
  } else if (ofTools && /\s/.test(text)) {
    const message =
      'A matcher sees the name of the tool, never the text of a command: this matches nothing.';
    yield { code: 'hook-never-matches', message, ...rangeOf(node) };
  } else if (ofTools && /^\w+$/.test(text) && !TOOL_NAMES.includes(text.toLowerCase())) {
    const near = nearestName(text, [...TOOL_NAMES, ...CATEGORIES]);
    if (near === undefined) return;
    const message = `No tool is called ${quote(text)}: did you mean ${quote(near)}?`;
    yield {
      code: 'hook-never-matches',
      message,
      ...rangeOf(node),
      fixes: () => replaced(node, near),
    };
  }
}

/** Compiled and never run: an expression of a repository could run for ever. */
export function regexFault(source: string): string | undefined {
  if (source.length > 1_000) return 'the expression is too long to be looked at';
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: .*: /s, '')
      : 'it does not compile';
  }
}

function* action(hook: SyntaxNode, trigger: string | undefined, role: HookRole): Iterable<Finding> {
  const node = valueAt(hook, 'action');
  const type = textOf(valueAt(node, 'type'));
  const wanted = type === 'command' ? 'command' : type === 'agent' ? 'prompt' : undefined;
  if (node && wanted !== undefined && !propertyOf(node, wanted)) {
    yield {
      code: 'wrong-value',
      message: `An action of type ${quote(type ?? '')} needs ${quote(wanted)}.`,
      ...rangeOf(node),
    };
  }
  const typeNode = propertyOf(node, 'type');
  if (type === 'agent' && trigger === 'PreToolUse' && typeNode) {
    const message = 'A prompt asks the model, which may go on: it stops no tool call.';
    yield { code: 'hook-cannot-block', message, ...rangeOf(typeNode) };
  }
  const command = valueAt(node, 'command');
  if (command?.type === 'string') yield* hookCommand(command, role);
}

function* oldHook({ root, file }: RuleInput): Iterable<Finding> {
  const node = valueAt(root, 'when', 'type');
  const given = textOf(node);
  if (node && given !== undefined && !OLD_TRIGGERS.includes(given)) {
    const near = nearestName(given, OLD_TRIGGERS);
    const message = `Kiro knows no trigger ${quote(given)}${near === undefined ? '' : `: did you mean ${quote(near)}?`}`;
    yield { code: 'unknown-trigger', message, ...rangeOf(node), fixes: () => replaced(node, near) };
  }
  if (node && given === 'preToolUse') {
    const message =
      'Kiro 0.x gives this hook neither the tool call nor a way to stop it; Kiro 1.x reads .json hooks.';
    yield { code: 'hook-cannot-block', message, ...rangeOf(node) };
  }
  const when = propertyOf(root, 'when');
  if (when && (given ?? '').startsWith('file') && !propertyOf(when.valueNode, 'patterns')) {
    yield {
      code: 'agent-incomplete',
      message: 'Without "patterns" this runs for no file.',
      ...rangeOf(when.keyNode),
    };
  }
  if (
    when &&
    /^(?:pre|post)ToolUse$/.test(given ?? '') &&
    !propertyOf(when.valueNode, 'toolTypes')
  ) {
    yield {
      code: 'agent-incomplete',
      message: 'Without "toolTypes" this runs for no tool.',
      ...rangeOf(when.keyNode),
    };
  }
  const then = propertyOf(root, 'then');
  const type = textOf(valueAt(then?.valueNode, 'type'));
  const wanted = type === 'runCommand' ? 'command' : type === 'askAgent' ? 'prompt' : undefined;
  if (then && wanted !== undefined && !propertyOf(then.valueNode, wanted)) {
    yield {
      code: 'wrong-value',
      message: `${quote(type ?? '')} needs ${quote(wanted)}.`,
      ...rangeOf(then.keyNode),
    };
  }
  const command = valueAt(then?.valueNode, 'command');
  if (command?.type === 'string') {
    yield* hookCommand(command, { blocks: false, place: file.place });
  }
  const limit = valueAt(then?.valueNode, 'timeout');
  if (limit?.type === 'number' && limit.value > MAX_SECONDS) {
    yield { code: 'hook-timeout', message: OUT_OF_RANGE, ...rangeOf(limit) };
  }
}

const AGENT_EVENTS = ['agentSpawn', 'userPromptSubmit', 'preToolUse', 'postToolUse', 'stop'];

/** The hooks inside an agent file of Kiro CLI 2. */
export function* agentHooks({ root, text, file }: RuleInput): Iterable<Finding> {
  for (const { keyNode, valueNode } of propertiesOf(valueAt(root, 'hooks'))) {
    const event = keyNode.value;
    if (!AGENT_EVENTS.includes(event)) {
      const near = nearestName(event, AGENT_EVENTS);
      const message = `Kiro CLI knows no event ${quote(event)}${near === undefined ? '' : `: did you mean ${quote(near)}?`}`;
      yield {
        code: 'unknown-trigger',
        message,
        ...rangeOf(keyNode),
        fixes: () => replaced(keyNode, near),
      };
    }
    const blocks = event === 'preToolUse';
    const seen = new Set<string>();
    for (const hook of itemsOf(valueNode)) {
      yield* twice(text, hook, seen);
      const command = propertyOf(hook, 'command')?.valueNode;
      if (command?.type === 'string') yield* hookCommand(command, { blocks, place: file.place });
      else if (hook.type === 'object') {
        yield { code: 'wrong-value', message: 'A hook needs "command".', ...rangeOf(hook) };
      }
      if (blocks) yield* guardOfCli(hook);
    }
  }
}

/** An answer that is remembered was given to another call, and one that comes late blocks nothing. */
function* guardOfCli(hook: SyntaxNode): Iterable<Finding> {
  const kept = valueAt(hook, 'cache_ttl_seconds');
  if (kept?.type === 'number' && kept.value > 0) {
    const message = `For ${kept.value} s after an answer this hook does not run, whatever the call is.`;
    const fixes = (): readonly Fix[] => [
      { title: 'Set to 0', changes: [{ ...rangeOf(kept), text: '0' }] },
    ];
    yield { code: 'hook-cached', message, ...rangeOf(kept), fixes };
  }
  const limit = valueAt(hook, 'timeout_ms');
  if (limit?.type === 'number' && (limit.value <= 0 || limit.value > MAX_SECONDS * 1_000)) {
    yield { code: 'hook-timeout', message: OUT_OF_RANGE, ...rangeOf(limit) };
  }
}

/** Nobody waits longer for a hook. */
const MAX_SECONDS = 300;
const OUT_OF_RANGE = `A time limit lies between 0 and ${MAX_SECONDS} seconds; a hook that runs out of it blocks nothing.`;

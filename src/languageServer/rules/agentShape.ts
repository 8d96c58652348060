import { TOOL_NAMES } from '../../policy/toolNames';
import { nearestName } from '../../settings/nearestName';
import { quote, type Finding, type Fix } from '../finding';
import {
  propertiesOf,
  propertyOf,
  rangeOf,
  stringsIn,
  textOf,
  valueAt,
  type SyntaxNode,
} from '../syntaxTree';
import type { RuleInput } from './ruleInput';

/** What an agent of Kiro CLI is called and told, and whether the tools that it names exist. */
export function* agentShape({ root }: RuleInput): Iterable<Finding> {
  if (root?.type !== 'object') return;
  const missing = ['name', 'prompt'].filter(
    key => (textOf(valueAt(root, key)) ?? '').trim() === '',
  );
  const [first] = root.properties;
  if (missing.length > 0 && first) {
    const message = `The agent has no ${missing.join(' and no ')}.`;
    yield { code: 'agent-without-words', message, ...rangeOf(first.keyNode) };
  }
  for (const list of ['tools', 'allowedTools']) {
    for (const entry of stringsIn(valueAt(root, list))) yield* knownTool(entry, entry.value);
  }
  // An alias stands behind the name of the tool that it is for.
  for (const { keyNode } of propertiesOf(valueAt(root, 'toolAliases'))) {
    yield* knownTool(keyNode, keyNode.value);
  }
  const model = propertyOf(root, 'model')?.valueNode;
  if (model && /^$|\s/.test(textOf(model) ?? 'x')) {
    yield {
      code: 'agent-incomplete',
      message: 'This is no name of a model.',
      ...rangeOf(model),
    };
  }
}

function* knownTool(node: SyntaxNode, name: string): Iterable<Finding> {
  if (!/^\w+$/.test(name) || TOOL_NAMES.includes(name.toLowerCase())) return;
  const near = nearestName(name, TOOL_NAMES);
  // Versions bring new tools along: only what looks like a slip is said.
  if (near === undefined) return;
  const fix: Fix = {
    title: `Change to ${quote(near)}`,
    changes: [{ ...rangeOf(node), text: JSON.stringify(near) }],
  };
  yield {
    code: 'misspelt-tool',
    message: `No agent has a tool ${quote(name)}: did you mean ${quote(near)}?`,
    ...rangeOf(node),
    fixes: () => [fix],
  };
}

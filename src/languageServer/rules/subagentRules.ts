import type { StringASTNode } from 'vscode-json-languageservice';
import { nearestName } from '../../settings/nearestName';
import { quote, type Finding, type Fix } from '../finding';
import { propertiesOf, rangeOf, stringsIn, valueAt, type SyntaxNode } from '../syntaxTree';
import type { KnownAgent } from '../workspaceFacts';
import { hasTool, sameName } from './agentTools';
import type { RuleInput } from './ruleInput';

/** The tools of Kiro CLI whose settings name agents. */
const AGENT_SETTINGS = ['subagent', 'use_subagent', 'delegate', 'crew'];
/** Kiro brings agents of its own along, and each version others. */
const BUILT_IN = /^(?:default|kiro[_-].*|general-.*|spec-.*|context-gatherer|plan(?:ner)?|help)$/;
/** `@name` in a prompt; not an address, a package (`@types/node`) or a call (`@Test()`). */
const MENTION = /(?:^|\\[bfnrt]|[^\w@\\.])@([A-Za-z][\w-]{0,63})(?![\w/(@-]|\.\w)/g;
const MAX_MENTIONS = 100;

/** A place in the text that names another agent. */
interface AgentName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** What takes the place of the whole range for another name. */
  readonly write: (name: string) => string;
}

/** Other agents that an agent names: whether there are such, and who may do more of the two. */
export function* subagentRules(input: RuleInput): Iterable<Finding> {
  const { agents } = input.facts;
  if (!agents) return;
  const known = new Map(agents.map(agent => [agent.name.toLowerCase(), agent]));
  const said = new Set<string>();
  for (const place of [...inSettings(input), ...inPrompt(input)]) {
    const name = place.name.toLowerCase();
    if (BUILT_IN.test(name) || name === ownName(input).toLowerCase()) continue;
    const agent = known.get(name);
    if (!agent) yield missing(place, agents);
    else if (!said.has(name)) yield* compare(input, place, agent);
    said.add(name);
  }
}

function ownName({ file, root }: RuleInput): string {
  const name = valueAt(root, 'name');
  const base = file.path.slice(file.path.lastIndexOf('/') + 1);
  return name?.type === 'string' ? name.value : base.replace(/\.json$/, '');
}

function* inSettings({ root }: RuleInput): Iterable<AgentName> {
  for (const tool of AGENT_SETTINGS) {
    for (const list of ['availableAgents', 'trustedAgents']) {
      for (const node of stringsIn(valueAt(root, 'toolsSettings', tool, list))) {
        if (/[*?[{]/.test(node.value)) continue;
        yield { name: node.value, ...rangeOf(node), write: name => JSON.stringify(name) };
      }
    }
  }
}

/** Only of an agent that can start others: elsewhere `@word` may mean anything. */
function* inPrompt({ root, text }: RuleInput): Iterable<AgentName> {
  const prompt = valueAt(root, 'prompt');
  const tools = namesIn(valueAt(root, 'tools')) ?? [];
  if (!isInline(prompt) || !hasTool('subagent', tools)) return;
  const servers = new Set([
    ...propertiesOf(valueAt(root, 'mcpServers')).map(({ keyNode }) => keyNode.value),
    ...tools.filter(tool => tool.startsWith('@')).map(tool => tool.slice(1).split('/')[0]),
  ]);
  // The text as it stands, so that the places are right whatever is escaped before them.
  const written = text.slice(prompt.offset, prompt.offset + prompt.length);
  let count = 0;
  for (const match of written.matchAll(MENTION)) {
    const name = match[1] ?? '';
    if (servers.has(name)) continue;
    count += 1;
    if (count > MAX_MENTIONS) return;
    const end = prompt.offset + match.index + match[0].length;
    yield { name, start: end - name.length - 1, end, write: other => `@${other}` };
  }
}

function isInline(prompt: SyntaxNode | undefined): prompt is StringASTNode {
  return prompt?.type === 'string' && !prompt.value.startsWith('file://');
}

function missing({ name, start, end, write }: AgentName, agents: readonly KnownAgent[]): Finding {
  const near = nearestName(
    name,
    agents.map(agent => agent.name),
  );
  const fix = (other: string): Fix => ({
    title: `Change to ${quote(other)}`,
    changes: [{ start, end, text: write(other) }],
  });
  return {
    code: 'subagent-missing',
    message: `There is no agent ${quote(name)} here or in your home folder.`,
    ...{ start, end },
    ...(near !== undefined && { fixes: () => [fix(near)] }),
  };
}

function* compare(
  { root }: RuleInput,
  { start, end }: AgentName,
  other: KnownAgent,
): Iterable<Finding> {
  const tools = namesIn(valueAt(root, 'tools'));
  const theirs = other.tools?.map(sameName);
  // A list that is not there names nothing: it is no sign that a tool is missing.
  if (!tools || !theirs) return;
  const more = (other.allowedTools ?? []).map(sameName).filter(tool => !hasTool(tool, tools));
  if (more.length > 0) {
    const message = `Through ${quote(other.name)} this agent uses ${list(more)} unasked, which it does not have itself.`;
    yield { code: 'subagent-wider', message, start, end };
  }
  const own = tools.filter(tool => tool !== 'subagent' && !hasTool(tool, theirs));
  if (own.length > 0) {
    const message = `What ${quote(other.name)} may not do, this agent can do itself: it has ${list(own)} besides.`;
    yield { code: 'subagent-narrower', message, start, end };
  }
}

function list(tools: readonly string[]): string {
  const shown = [...new Set(tools)].slice(0, 5).map(quote).join(', ');
  return tools.length > 5 ? `${shown} and more` : shown;
}

function namesIn(node: SyntaxNode | undefined): readonly string[] | undefined {
  return node?.type === 'array' ? stringsIn(node).map(({ value }) => sameName(value)) : undefined;
}

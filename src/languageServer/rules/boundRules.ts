import { hasTooManyLines } from '../gitignore';
import type { Finding } from '../finding';
import { firstLine } from '../removal';
import { MAX_ITEMS, MAX_TEXT, rangeOf, type SyntaxNode } from '../syntaxTree';
import { policyKeys } from './policyValues';
import type { RuleInput } from './ruleInput';

/**
 * Says where something is longer than what the rules look at: an entry that forbids nothing, or
 * allows everything, must not hide behind two thousand others.
 */
export function* boundRules(input: RuleInput): Iterable<Finding> {
  const { file, root, text } = input;
  if ((file.kind === 'ignore' || file.kind === 'gitignore') && hasTooManyLines(text)) {
    const message = 'There are too many lines; not all of them were looked at.';
    yield { code: 'too-many', message, ...firstLine(text) };
  }
  // Of an editor's settings only those of two names are ours.
  const ours =
    file.kind === 'editorSettings' ? [...policyKeys(input)].map(({ node }) => node) : [root];
  for (const node of ours) if (node) yield* below(node);
}

/** What a model is told may be long; it is searched for secrets as a whole. */
const PROSE: ReadonlySet<string> = new Set(['prompt', 'description']);

function* below(node: SyntaxNode): Iterable<Finding> {
  const { start } = rangeOf(node);
  if (node.type === 'string' && node.length > MAX_TEXT) {
    const message = `This text is longer than ${MAX_TEXT} characters and was not looked at.`;
    yield { code: 'too-large', message, start, end: start + 1 };
  }
  if (node.type === 'array' && node.items.length > MAX_ITEMS) {
    const [last] = node.items.slice(MAX_ITEMS);
    const message = `Only the first ${MAX_ITEMS} entries of this list were looked at.`;
    yield { code: 'too-many', message, ...rangeOf(last ?? node) };
  }
  if (node.type === 'property' && PROSE.has(node.keyNode.value)) return;
  for (const child of node.children ?? []) yield* below(child);
}

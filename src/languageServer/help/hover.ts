import { getLanguageService, type MarkupContent } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { refusePattern } from '../../policy/commands/trustedPatterns';
import { parsePattern } from '../../policy/commands/patternMatch';
import { makeVisible, plainText } from '../../policy/visibleText';
import type { PlacedValue } from '../../protocol/languageProtocol';
import type { OpenFile } from '../diagnose';
import { policyKeys } from '../rules/policyValues';
import { DIALECT } from '../rules/ruleInput';
import { openSchema, schemaOf } from '../schemas/schemaOf';
import { rangeOf, stringsIn, type SyntaxNode, type SyntaxTree } from '../syntaxTree';
import { withoutSecrets } from '../withoutSecrets';
import { recentMatches } from './recentMatches';

/** What a person sees over a word: Markdown, and the range it is about. */
export interface HoverText {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

/** The meaning of a key or an entry, and what it does now. */
export async function hover(
  open: OpenFile,
  tree: SyntaxTree,
  offset: number,
): Promise<HoverText | undefined> {
  const entry = hoverPattern(open, tree, offset);
  if (entry) return entry;
  const schema = schemaOf(open.file.kind);
  const node = tree.json.getNodeFromOffset(offset, true);
  if (!schema || !node) return undefined;
  const json = getLanguageService({
    clientCapabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } },
  });
  const uri = 'checkrein:///policy.json';
  json.configure({ schemas: [{ uri, fileMatch: ['*'], schema: openSchema(schema) }] });
  const { document } = open;
  const named = TextDocument.create(uri, 'json', document.version, document.getText());
  const found = await json.doHover(named, document.positionAt(offset), tree.json);
  const markdown = found ? wordsOf(found.contents as MarkupContent | readonly string[]) : '';
  const now = sayValues(open, node);
  const all = [markdown, now].filter(part => part !== '').join('\n\n');
  return all === '' ? undefined : { markdown: all, ...rangeOf(node) };
}

const MAX_VALUES = 8;
const STATUS: Readonly<Record<PlacedValue['status'], string>> = {
  inEffect: '',
  needsConsent: ' (no effect until a person approves it)',
  locked: ' (no effect: locked by the organisation)',
};

/** Which places say something for the key under the cursor, and what of that counts. */
function sayValues({ file, facts }: OpenFile, node: SyntaxNode): string {
  const property = node.type === 'property' ? node : node.parent;
  if (property?.type !== 'property' || property.keyNode !== node) return '';
  // Only keys at the top belong to the policy.
  if (property.parent?.parent && file.kind !== 'editorSettings') return '';
  const prefix = file.kind === 'editorSettings' ? 'checkrein.' : '';
  const name = property.keyNode.value;
  if (!name.startsWith(prefix)) return '';
  const values = facts.values.filter(({ key }) => key === name.slice(prefix.length));
  if (values.length === 0) return '';
  const lines = values.slice(0, MAX_VALUES).map(({ text, file: from, line, status }) => {
    const where = line === undefined ? from : `${from}:${line}`;
    return `- ${code(withoutSecrets(text))} – ${code(where)}${STATUS[status]}`;
  });
  const more = values.length - lines.length;
  return ['Now:', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function wordsOf(contents: MarkupContent | readonly string[] | string): string {
  if (typeof contents === 'string') return contents;
  return 'value' in contents ? contents.value : contents.join('\n\n');
}

const EFFECT: Readonly<Record<string, string>> = {
  trustedCommands: 'runs unasked in Autopilot',
  deniedCommands: 'never runs',
  neverList: 'always asks',
};

function hoverPattern(
  { file, document, facts }: OpenFile,
  tree: SyntaxTree,
  offset: number,
): HoverText | undefined {
  const input = { file, facts, text: document.getText(), yaml: false, root: tree.root };
  for (const { key, node } of policyKeys(input)) {
    const effect = Object.hasOwn(EFFECT, key) ? EFFECT[key] : undefined;
    if (effect === undefined) continue;
    const entry = stringsIn(node).find(
      ({ offset: at, length }) => at <= offset && offset <= at + length,
    );
    if (!entry) continue;
    return { markdown: sayPattern(entry.value, effect, facts.recentCommands), ...rangeOf(entry) };
  }
  return undefined;
}

function sayPattern(pattern: string, effect: string, recent: readonly string[]): string {
  const { universal, end } = parsePattern(pattern, DIALECT);
  const what = universal
    ? 'Every command'
    : end === 'exact'
      ? 'Exactly this command'
      : end === 'arguments'
        ? 'This command with any arguments'
        : 'Each command that begins so';
  const refusal =
    effect === EFFECT['trustedCommands'] ? refusePattern(pattern, DIALECT) : undefined;
  const { hits, of } = recentMatches(pattern, recent);
  const lines = [
    `${what} ${effect}.`,
    ...(refusal ? [plainText(withoutSecrets(refusal.reason))] : []),
    ...(of > 0 ? [`It covers ${hits} of your last ${of} commands.`] : []),
  ];
  return lines.join('\n\n');
}

/** Foreign text as code, in which Markdown has no meaning. */
function code(text: string): string {
  return `\`${makeVisible(text, false).replaceAll('`', "'")}\``;
}

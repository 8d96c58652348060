import { getLanguageService, type MarkupContent } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { refusePattern } from '../../policy/commands/trustedPatterns';
import { parsePattern } from '../../policy/commands/patternMatch';
import { plainText } from '../../policy/visibleText';
import type { OpenFile } from '../diagnose';
import { policyKeys } from '../rules/policyValues';
import { DIALECT } from '../rules/ruleInput';
import { openSchema, schemaOf } from '../schemas/schemaOf';
import { rangeOf, stringsIn, type SyntaxTree } from '../syntaxTree';
import { withoutSecrets } from '../tokenFormats';
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
  return markdown === '' ? undefined : { markdown, ...rangeOf(node) };
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

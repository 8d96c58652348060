import type { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService, type Diagnostic } from 'vscode-json-languageservice';
import type { PolicyFile } from './fileKinds';
import { quote, type Finding, type Fix } from './finding';
import { ignoredBy } from './gitignore';
import { agentFileRules } from './rules/agentFileRules';
import { boundRules } from './rules/boundRules';
import { commandRules } from './rules/commandRules';
import { hookRules } from './rules/hookRules';
import { ignoreRules } from './rules/ignoreRules';
import { permissionRules } from './rules/permissionRules';
import type { RuleFamily, RuleInput } from './rules/ruleInput';
import { secretFormats } from './rules/secretFormats';
import { serverRules } from './rules/serverRules';
import { settingRules } from './rules/settingRules';
import { shapeRules } from './rules/shapeRules';
import { steeringRules } from './rules/steeringRules';
import { openSchema, schemaOf } from './schemas/schemaOf';
import { wordsOf, type SyntaxFault, type SyntaxNode, type SyntaxTree } from './syntaxTree';
import { withoutSecrets } from './withoutSecrets';
import type { WorkspaceFacts } from './workspaceFacts';

/** A file as it stands in an editor or on the disk. */
export interface OpenFile {
  readonly file: PolicyFile;
  readonly document: TextDocument;
  readonly facts: WorkspaceFacts;
}

/** More findings of one family help nobody, and an editor must not have to show a million. */
const MAX_FINDINGS = 200;

const FAMILIES: readonly RuleFamily[] = [
  ...[boundRules, shapeRules, commandRules, settingRules, serverRules, permissionRules],
  ...[hookRules, agentFileRules, ignoreRules, secretFormats, steeringRules],
];

const json = getLanguageService({});

/** Everything that is to be said about a file, in the order of its text. */
export async function diagnose(
  { file, document, facts }: OpenFile,
  tree: SyntaxTree,
): Promise<readonly Finding[]> {
  const text = document.getText();
  const yaml = isYaml(file);
  const input: RuleInput = { file, text, facts, yaml, root: tree.root };
  const findings = [
    ...tree.faults.flatMap(fault => syntaxFinding(fault, file, text)),
    ...emptyFinding(tree, file),
    ...byteOrderMark(file, text),
    ...(await schemaFindings(document, tree, file)),
  ];
  for (const family of FAMILIES) {
    findings.push(...atMost(family(input), input.text));
  }
  findings.push(...notIgnored(findings, input));
  return secretsOnce(findings)
    .map(finding => ({ ...within(finding, text.length), message: withoutSecrets(finding.message) }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The findings of a family, and where there are too many an error instead of the rest. */
function* atMost(findings: Iterable<Finding>, text: string): Iterable<Finding> {
  let count = 0;
  for (const finding of findings) {
    count += 1;
    if (count > MAX_FINDINGS) {
      // What was left out may be worse than what is shown, so the file must not pass.
      const message = `There are more than ${MAX_FINDINGS} findings of one kind; not everything was checked.`;
      yield { code: 'too-many', message, start: 0, end: Math.min(1, text.length) };
      return;
    }
    yield finding;
  }
}

/** What is missing is missed behind the end of a text, where nothing can be marked. */
function within(finding: Finding, length: number): Finding {
  const start = Math.max(0, Math.min(finding.start, length - 1));
  const end = Math.min(length, Math.max(finding.end, start + 1));
  return start === finding.start && end === finding.end ? finding : { ...finding, start, end };
}

/** True for the files that are YAML; a `permissions.json` is JSON. */
export function isYaml({ kind, path }: PolicyFile): boolean {
  return kind === 'permissions' && !path.endsWith('.json');
}

function syntaxFinding(fault: SyntaxFault, file: PolicyFile, text: string): readonly Finding[] {
  const { kind, message, start, end } = fault;
  // Keys that stand twice are looked for in the tree, with a fix for each.
  if (kind === 'duplicate') return [];
  if (kind === 'syntax') {
    return [
      {
        code: 'syntax',
        message: `${message.replace(/\.$/, '')}.`,
        start,
        end: Math.max(end, start + 1),
      },
    ];
  }
  const strict = ['agent', 'managedSettings', 'hook', 'oldHook', 'mcp'].includes(file.kind);
  if (!strict) return [];
  const what = kind === 'comment' ? 'A comment' : 'A trailing comma';
  const fixes = (): readonly Fix[] => [
    { title: `Remove ${what.toLowerCase().slice(2)}`, changes: [{ start, end, text: '' }] },
  ];
  return text.slice(start, end) === ''
    ? []
    : [
        {
          code: 'strict-json',
          message: `${what} may keep Kiro from reading this file.`,
          start,
          end,
          fixes,
        },
      ];
}

/** A text without any value, which the readers of these files do not take for an empty object. */
function emptyFinding({ root, faults }: SyntaxTree, file: PolicyFile): readonly Finding[] {
  const mayBeEmpty =
    isYaml(file) || ['editorSettings', 'steering', 'ignore', 'gitignore'].includes(file.kind);
  if (root || mayBeEmpty || faults.some(({ kind }) => kind === 'syntax')) return [];
  return [
    {
      code: 'syntax',
      message: 'The file is empty: it must hold one { … } object.',
      start: 0,
      end: 0,
    },
  ];
}

function byteOrderMark({ kind }: PolicyFile, text: string): readonly Finding[] {
  if (kind !== 'managedSettings' || !text.startsWith('\ufeff')) return [];
  const fixes = (): readonly Fix[] => [
    { title: 'Remove the byte order mark', changes: [{ start: 0, end: 1, text: '' }] },
  ];
  const message = 'Kiro reads this file only without a byte order mark.';
  return [{ code: 'byte-order-mark', message, start: 0, end: 1, fixes }];
}

async function schemaFindings(
  document: TextDocument,
  { json: parsed, root }: SyntaxTree,
  { kind }: PolicyFile,
): Promise<readonly Finding[]> {
  const schema = schemaOf(kind);
  if (!schema || !root) return [];
  const found = await json.doValidation(
    document,
    parsed,
    { comments: 'ignore', trailingCommas: 'ignore', schemaValidation: 'error' },
    { ...openSchema(schema), id: `checkrein://${kind}` },
  );
  return found.filter(isOfSchema).map(({ message, range }) => {
    const start = document.offsetAt(range.start);
    const key = keyAbove(parsed.getNodeFromOffset(start));
    const name = key === undefined ? '' : `${quote(key)}: `;
    return {
      code: 'wrong-value',
      message: `${name}${wordsOf(message)}`,
      ...{ start, end: document.offsetAt(range.end) },
    };
  });
}

/** The key whose value, or an entry of it, a node is. */
function keyAbove(node: SyntaxNode | undefined): string | undefined {
  if (!node || node.type === 'property') return node?.keyNode.value;
  return keyAbove(node.parent);
}

/** The faults of the syntax come along again; they have numbers of their own. */
function isOfSchema({ code }: Diagnostic): boolean {
  return typeof code !== 'number' || code < 0x100;
}

/** What is said about a value by its name need not be said again by its form. */
function secretsOnce(findings: readonly Finding[]): readonly Finding[] {
  const named = findings.filter(({ code }) => code === 'literal-secret' || code === 'maybe-secret');
  return findings.filter(
    ({ code, start, end }) =>
      code !== 'secret-in-text' || !named.some(other => other.start < end && start < other.end),
  );
}

/** A secret in a file of a repository that git would publish. */
function notIgnored(findings: readonly Finding[], { file, facts }: RuleInput): readonly Finding[] {
  const { gitignore } = facts;
  const secret = findings.find(
    ({ code }) => code === 'literal-secret' || code === 'secret-in-text',
  );
  if (!secret || !gitignore || file.place !== 'workspace' || file.kind === 'gitignore') return [];
  const folder = gitignore.file.replaceAll('\\', '/').replace(/\.gitignore$/, '');
  if (!file.path.startsWith(folder)) return [];
  const path = file.path.slice(folder.length);
  if (ignoredBy(gitignore.text, path)) return [];
  const lead = gitignore.text === '' || gitignore.text.endsWith('\n') ? '' : '\n';
  return [
    {
      code: 'secrets-not-ignored',
      message: `Git does not ignore ${path}, which holds a secret.`,
      ...{ start: secret.start, end: secret.end },
      fixes: () => [
        {
          title: `Add ${path} to .gitignore`,
          changes: [],
          append: { file: gitignore.file, text: `${lead}/${path}\n` },
        },
      ],
    },
  ];
}

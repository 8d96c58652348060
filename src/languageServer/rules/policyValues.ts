import type { StringASTNode } from 'vscode-json-languageservice';
import type { PolicyKey } from '../../settings/policySchema';
import { propertiesOf, propertyOf, stringsIn, type SyntaxNode } from '../syntaxTree';
import type { RuleInput } from './ruleInput';

/** A key of the policy as it stands in a file. */
export interface PlacedKey {
  readonly key: string;
  /** True for `kiroAgent.*`, which Kiro itself reads. */
  readonly kiro: boolean;
  readonly node: SyntaxNode;
  readonly keyNode: SyntaxNode;
}

/** Every key of the policy in a file: bare in policy files, with a prefix in an editor's settings. */
export function* policyKeys({ file, root }: RuleInput): Iterable<PlacedKey> {
  if (file.kind === 'settings' || file.kind === 'managedPolicy') {
    for (const { keyNode, valueNode } of propertiesOf(root)) {
      if (valueNode) yield { key: keyNode.value, kiro: false, node: valueNode, keyNode };
    }
  }
  if (file.kind !== 'editorSettings') return;
  const nested = propertyOf(root, 'settings')?.valueNode;
  for (const { keyNode, valueNode } of [...propertiesOf(root), ...propertiesOf(nested)]) {
    const match = /^(checkrein|kiroAgent)\.(\w+)$/.exec(keyNode.value);
    if (!match || !valueNode) continue;
    yield { key: match[2] ?? '', kiro: match[1] === 'kiroAgent', node: valueNode, keyNode };
  }
}

/** The entries of one list of the policy, and those of Kiro's list of the same name. */
export function entriesOf(input: RuleInput, key: PolicyKey): readonly StringASTNode[] {
  return [...policyKeys(input)]
    .filter(placed => placed.key === key)
    .flatMap(({ node }) => stringsIn(node));
}

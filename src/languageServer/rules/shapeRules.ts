import type { JSONSchema, PropertyASTNode } from 'vscode-json-languageservice';
import { nearestName } from '../../settings/nearestName';
import type { FileKind } from '../fileKinds';
import { quote, type Finding, type Fix } from '../finding';
import { withoutEntry } from '../removal';
import { schemaOf } from '../schemas/schemaOf';
import { propertiesOf, rangeOf, type SyntaxNode } from '../syntaxTree';
import type { RuleInput } from './ruleInput';

/** Keys that are not known where they stand, and keys that stand twice. */
export function* shapeRules(input: RuleInput): Iterable<Finding> {
  const schema = schemaOf(input.file.kind);
  if (!schema) return;
  for (const stranger of strangers(input.root, schema, input.file.kind)) {
    yield unknownKey(input, stranger);
  }
  yield* duplicates(input, input.root);
}

interface Stranger {
  readonly property: PropertyASTNode;
  readonly near: string | undefined;
  /** True when the object takes no other keys than those it has. */
  readonly closed: boolean;
  readonly depth: number;
}

const VOIDING: ReadonlySet<FileKind> = new Set(['permissions', 'managedSettings', 'agent']);

function unknownKey({ file: { kind } }: RuleInput, stranger: Stranger): Finding {
  const { property, near, closed, depth } = stranger;
  const name = quote(property.keyNode.value);
  const meant = near === undefined ? '' : `: did you mean ${quote(near)}?`;
  const at = rangeOf(property.keyNode);
  const mend = (): readonly Fix[] => (near === undefined ? [] : [renamed(property, near)]);
  const say = (code: Finding['code'], what: string): Finding => ({
    code,
    message: what,
    ...at,
    fixes: mend,
  });
  if (closed && VOIDING.has(kind)) {
    return say(
      'unknown-field-voids-file',
      `Kiro rejects the whole file for ${name}${meant || ', which it does not know'}.`,
    );
  }
  const ours = depth === 0 && (kind === 'settings' || kind === 'managedPolicy');
  if (ours && near !== undefined) return say('misspelt-key', `${name} is not known${meant}`);
  if (ours && kind === 'managedPolicy') {
    return say('unknown-field-voids-file', `${name} is not known; the policy is not used with it.`);
  }
  if (kind === 'editorSettings' && near !== undefined)
    return say('misspelt-key', `${name} is not known${meant}`);
  return say('unknown-key', `${name} is not known here${meant || '; it has no effect.'}`);
}

function renamed({ keyNode }: PropertyASTNode, name: string): Fix {
  const { start, end } = rangeOf(keyNode);
  // A key of YAML need not stand in quotes.
  const quoted = end - start >= keyNode.value.length + 2;
  return {
    title: `Change to ${quote(name)}`,
    changes: [{ start, end, text: quoted ? JSON.stringify(name) : name }],
  };
}

function* strangers(
  node: SyntaxNode | undefined,
  schema: JSONSchema | boolean | undefined,
  kind: FileKind,
  depth = 0,
): Iterable<Stranger> {
  if (!node || typeof schema !== 'object') return;
  if (node.type === 'array') {
    const { items } = schema;
    if (Array.isArray(items)) return;
    for (const item of node.items) yield* strangers(item, items, kind, depth + 1);
    return;
  }
  const { properties, additionalProperties } = schema;
  const known = Object.keys(properties ?? {});
  for (const property of propertiesOf(node)) {
    const name = property.keyNode.value;
    if (properties && Object.hasOwn(properties, name)) {
      yield* strangers(property.valueNode, properties[name], kind, depth + 1);
    } else if (known.length === 0) {
      yield* strangers(property.valueNode, additionalProperties, kind, depth + 1);
    } else {
      const closed = additionalProperties === false;
      const near = isOurs(kind, name) ? nearestName(name, known) : undefined;
      if (closed || near !== undefined) yield { property, near, closed, depth };
    }
  }
}

/** An editor has thousands of settings; only those of two names are looked at. */
function isOurs(kind: FileKind, name: string): boolean {
  return kind !== 'editorSettings' || /^(?:check-?rein|kiro-?agent)\./i.test(name);
}

function* duplicates(input: RuleInput, node: SyntaxNode | undefined): Iterable<Finding> {
  if (node?.type === 'array') for (const item of node.items) yield* duplicates(input, item);
  const seen = new Map<string, PropertyASTNode>();
  for (const property of propertiesOf(node)) {
    const { value: name } = property.keyNode;
    if (seen.has(name)) {
      yield {
        code: 'duplicate-key',
        message: `${quote(name)} stands here twice: keep one of them.`,
        ...rangeOf(property.keyNode),
        fixes: () =>
          input.yaml
            ? []
            : [
                remove(input.text, property, 'this one'),
                remove(input.text, seen.get(name) ?? property, 'the first one'),
              ],
      };
    } else seen.set(name, property);
    yield* duplicates(input, property.valueNode);
  }
}

function remove(text: string, property: PropertyASTNode, which: string): Fix {
  return {
    title: `Remove ${which} (${quote(property.keyNode.value)})`,
    changes: withoutEntry(text, property),
  };
}

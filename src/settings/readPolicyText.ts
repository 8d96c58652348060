import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type * as z from 'zod/mini';
import { LineIndex } from './lineIndex';
import { nearestName } from './nearestName';
import { sayIssue } from './sayIssue';
import type { PolicyLayer, PolicyLines, PolicyProblem, PolicyReading } from './policyLayer';
import { ManagedFileSchema, POLICY_KEYS, SettingsFileSchema, type PolicyKey } from './policySchema';

const MAX_PROBLEMS = 20;

type PolicyPlace = Pick<PolicyLayer, 'scope' | 'file'>;

/**
 * Reads the text of a policy file: JSON with comments and trailing commas. Whatever is wrong in it
 * voids the whole file, because half a policy is worse than none; only a key that is no misspelling
 * of ours is passed over, since Kiro may write keys of its own.
 */
export function readPolicyText(text: string, place: PolicyPlace): PolicyReading {
  try {
    // Editors of Windows put a byte order mark before the text.
    return readWhole(text.replace(/^\uFEFF/, ''), place);
  } catch (error) {
    // Nesting that no person writes exhausts the parser's stack.
    const message = `the file cannot be read (${error instanceof Error ? error.message : String(error)})`;
    return {
      ok: false,
      scope: place.scope,
      problems: [{ file: place.file, message, severity: 'error' }],
    };
  }
}

function readWhole(text: string, { scope, file }: PolicyPlace): PolicyReading {
  const places = new LineIndex(text);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const problem = (offset: number, message: string): PolicyProblem => ({
    file,
    ...places.at(offset),
    message,
    severity: 'error',
  });
  if (errors.length > 0 || tree?.type !== 'object') {
    const [first] = errors;
    const what = first ? sayParseError(first) : 'the file must hold one { … } object';
    return { ok: false, scope, problems: [problem(first?.offset ?? 0, what)] };
  }
  const schema = scope === 'managed' ? ManagedFileSchema : SettingsFileSchema;
  const known = Object.keys(schema.def.shape);
  const strangers = unknownKeys(tree, known);
  const problems = [
    ...duplicateKeys(tree).map(([offset, name]) =>
      problem(offset, `${quote(name)} stands here twice: keep one of them`),
    ),
    ...strangers.map(({ offset, name, near }): PolicyProblem =>
      near === undefined
        ? {
            ...problem(
              offset,
              `${quote(name)} is not a key that Checkrein knows; it has no effect`,
            ),
            severity: scope === 'managed' ? 'error' : 'warning',
          }
        : problem(offset, `${quote(name)} is not known: did you mean ${quote(near)}?`),
    ),
  ];
  const value = toValue(tree, new Set(strangers.map(({ name }) => name)));
  const parsed = schema.safeParse(value);
  if (!parsed.success) problems.push(...typeProblems(parsed.error, tree, problem));
  if (!parsed.success || problems.some(({ severity }) => severity === 'error')) {
    return { ok: false, scope, problems: problems.slice(0, MAX_PROBLEMS) };
  }
  const layer = layerOf(parsed.data, tree, places, { scope, file });
  return { ok: true, layer, problems: problems.slice(0, MAX_PROBLEMS) };
}

function layerOf(
  data: z.infer<typeof SettingsFileSchema> & Partial<z.infer<typeof ManagedFileSchema>>,
  tree: Node,
  places: LineIndex,
  { scope, file }: PolicyPlace,
): PolicyLayer {
  const values: Record<string, unknown> = {};
  for (const key of POLICY_KEYS) if (data[key] !== undefined) values[key] = data[key];
  return {
    scope,
    file,
    values: values,
    lines: linesOf(tree, places),
    ...(data.lock && { lock: data.lock }),
    ...(data.trustAll !== undefined && { trustAll: data.trustAll }),
  };
}

function sayParseError({ error }: ParseError): string {
  const words = printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return `this is not valid JSON (${words})`;
}

function* properties(node: Node): Iterable<readonly [Node, Node | undefined]> {
  for (const child of node.children ?? []) {
    const [key, value] = child.children ?? [];
    if (key) yield [key, value];
  }
}

/** Every key that stands twice in one object, anywhere in the file. */
function duplicateKeys(node: Node): readonly (readonly [number, string])[] {
  const found: (readonly [number, string])[] = [];
  if (node.type === 'object') {
    const seen = new Set<string>();
    for (const [key, value] of properties(node)) {
      const name = String(key.value);
      if (seen.has(name)) found.push([key.offset, name]);
      seen.add(name);
      if (value) found.push(...duplicateKeys(value));
    }
  } else if (node.type === 'array') {
    for (const child of node.children ?? []) found.push(...duplicateKeys(child));
  }
  return found;
}

function unknownKeys(
  tree: Node,
  known: readonly string[],
): readonly { readonly offset: number; readonly name: string; readonly near?: string }[] {
  return [...properties(tree)].flatMap(([key]) => {
    const name = String(key.value);
    if (known.includes(name)) return [];
    const near = nearestName(name, known);
    return [{ offset: key.offset, name, ...(near !== undefined && { near }) }];
  });
}

/** The file's value without the top-level keys that are not ours to judge. */
function toValue(tree: Node, without: ReadonlySet<string>): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [key, child] of properties(tree)) {
    const name = String(key.value);
    if (child && !without.has(name)) {
      // Defined, not assigned: a key "__proto__" is a key like any other.
      Object.defineProperty(value, name, {
        value: plain(child),
        enumerable: true,
        configurable: true,
      });
    }
  }
  return value;
}

function plain(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plain);
  return node.type === 'object' ? toValue(node, new Set()) : node.value;
}

type SayProblem = (offset: number, message: string) => PolicyProblem;

function typeProblems(
  { issues }: z.core.$ZodError,
  tree: Node,
  problem: SayProblem,
): readonly PolicyProblem[] {
  // Finding the place of one takes a walk through the file, which may hold very many.
  return issues.slice(0, MAX_PROBLEMS).map(issue => {
    const path = issue.path.map(part => (typeof part === 'number' ? part : String(part)));
    const name = path.length === 0 ? 'the file' : quote(path.join('.'));
    return problem(nodeAt(tree, path).offset, `${name} ${sayIssue(issue)}`);
  });
}

/** The deepest node on a path that exists. */
function nodeAt(tree: Node, path: readonly (string | number)[]): Node {
  let node = tree;
  for (const part of path) {
    const next =
      typeof part === 'number'
        ? node.children?.[part]
        : [...properties(node)].find(([key]) => key.value === part)?.[1];
    if (!next) return node;
    node = next;
  }
  return node;
}

function linesOf(tree: Node, places: LineIndex): PolicyLines {
  const lines = new Map<string, { line: number; entries: readonly number[] }>();
  for (const [key, value] of properties(tree)) {
    const name = String(key.value);
    if (!POLICY_KEYS.includes(name as PolicyKey)) continue;
    const entries = value?.type === 'array' ? (value.children ?? []) : [];
    lines.set(name, {
      line: places.at(key.offset).line,
      entries: entries.map(({ offset }) => places.at(offset).line),
    });
  }
  return lines;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

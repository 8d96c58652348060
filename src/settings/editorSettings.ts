import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { sayIssue } from './sayIssue';
import type { PolicyProblem, PolicyReading, Scope } from './policyLayer';
import { POLICY_KEYS, PolicyValuesSchema, type PolicyKey } from './policySchema';

/** Settings of the editor at one level, as its API gives them: nothing about them is known. */
interface EditorValues {
  readonly scope: Scope;
  /** The settings file, for people and for finding lines. */
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The file's text, as far as it could be read; only used to find lines. */
  readonly text?: string;
}

/** Reads `checkrein.*` of one level. A value of a wrong type voids the level: never half a policy. */
export function readEditorSettings({ scope, file, values, text }: EditorValues): PolicyReading {
  const given = Object.fromEntries(
    POLICY_KEYS.filter(key => values[key] !== undefined).map(key => [key, values[key]]),
  );
  const lines = text === undefined ? new Map<string, number>() : linesOf(text);
  const parsed = PolicyValuesSchema.safeParse(given);
  if (parsed.success)
    return { ok: true, layer: { scope, file, values: parsed.data, lines }, problems: [] };
  const problems = parsed.error.issues.map((issue): PolicyProblem => {
    const [key, index] = issue.path.map(String);
    const line = lines.get([key, index].filter(Boolean).join('/')) ?? lines.get(key ?? '');
    const entry = index === undefined ? '' : `, entry ${Number(index) + 1},`;
    return {
      file,
      ...(line !== undefined && { line }),
      message: `checkrein.${key ?? '*'}${entry} ${sayIssue(issue)}`,
      severity: 'error',
    };
  });
  return { ok: false, problems };
}

/**
 * Kiro's own lists as ours. An entry of its denylist makes Kiro ask wherever the text stands, so it
 * becomes one of the never list: always asked, never blocked. Of a line of several commands, which
 * no pattern can stand for, the first one does.
 */
export function fromKiroSettings(
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { agentAutonomy, trustedCommands, trustedTools, commandDenylist } = values;
  const neverList = Array.isArray(commandDenylist)
    ? commandDenylist.map((entry: unknown) =>
        typeof entry === 'string' && entry !== '' ? neverPattern(entry) : entry,
      )
    : commandDenylist;
  return { agentAutonomy, trustedCommands, trustedTools, neverList };
}

function neverPattern(entry: string): string {
  const first = entry
    .split(/[;&|<>`()]+/)
    .map(part => part.trim())
    .find(part => part !== '');
  const head = (first ?? '').replace(/\s*\*+$/, '');
  return `${head} *`.trim();
}

const MAX_TEXT = 1024 * 1024;

/** Where `checkrein.*` stands in a settings file, or in the `settings` of a workspace file. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const tree = text.length > MAX_TEXT ? undefined : parse(text);
  if (!tree) return lines;
  for (const key of POLICY_KEYS) {
    const node =
      findNodeAtLocation(tree, [`checkrein.${key}`]) ??
      findNodeAtLocation(tree, ['settings', `checkrein.${key}`]);
    if (node) remember(lines, key, node, text);
  }
  return lines;
}

function parse(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    // Only lines are lost.
    return undefined;
  }
}

function remember(lines: Map<string, number>, key: PolicyKey, node: Node, text: string): void {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  lines.set(key, lineAt(node.offset));
  if (node.type !== 'array') return;
  let line = lineAt(node.offset);
  let at = node.offset;
  for (const [index, child] of (node.children ?? []).entries()) {
    line += text.slice(at, child.offset).split('\n').length - 1;
    at = child.offset;
    lines.set(`${key}/${index}`, line);
  }
}

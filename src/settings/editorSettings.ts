import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { LineIndex } from './lineIndex';
import { onlyTightening } from './loosening';
import { nearestName } from './nearestName';
import type { PolicyLayer, PolicyLines, PolicyProblem, PolicyReading, Scope } from './policyLayer';
import { POLICY_KEYS, PolicyValuesSchema, type PolicyKey } from './policySchema';
import { sayIssue } from './sayIssue';

/** Settings of the editor at one level, as its API gives them: nothing about them is known. */
interface EditorValues {
  readonly scope: Scope;
  /** The settings file, for people and for finding lines. */
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The file's text, as far as it could be read; only used to find lines. */
  readonly text?: string;
}

const MAX_PROBLEMS = 20;

/** Reads the levels of the editor's settings, and keeps what each asked for when it was last good. */
export class EditorLevels {
  readonly #lastGood = new Map<string, PolicyLayer>();

  read(level: EditorValues): PolicyReading {
    const reading = readEditorSettings(level);
    const key = `${level.scope}\0${level.file}`;
    if (!reading.ok) {
      const lastGood = this.#lastGood.get(key);
      return lastGood ? { ...reading, kept: onlyTightening(lastGood) } : reading;
    }
    // A level without settings is no good state: like a file that is not there.
    if (Object.keys(reading.layer.values).length > 0) this.#lastGood.set(key, reading.layer);
    else this.#lastGood.delete(key);
    return reading;
  }
}

/**
 * Reads `checkrein.*`, or Kiro's own keys, of one level. A value of a wrong type or a misspelt key
 * voids the level: never half a policy. A key that is near to none of ours only shows.
 */
export function readEditorSettings({ scope, file, values, text }: EditorValues): PolicyReading {
  const section = scope.startsWith('kiro') ? 'kiroAgent' : 'checkrein';
  const settings = new SettingsText(section, text);
  const given: Record<string, unknown> = {};
  const problems: PolicyProblem[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (POLICY_KEYS.includes(key as PolicyKey)) given[key] = value;
    else problems.push({ file, ...unknownKey(key, settings) });
  }
  const parsed = PolicyValuesSchema.safeParse(given);
  for (const issue of parsed.error?.issues.slice(0, MAX_PROBLEMS) ?? []) {
    const [key = '', index] = issue.path.map(String);
    const entry = index === undefined ? '' : `, entry ${Number(index) + 1},`;
    problems.push({
      file,
      ...settings.at(key, index),
      message: `${settings.nameOf(key)}${entry} ${sayIssue(issue)}`,
      severity: 'error',
    });
  }
  if (!parsed.success || problems.some(({ severity }) => severity === 'error')) {
    return { ok: false, scope, problems };
  }
  return { ok: true, layer: { scope, file, values: parsed.data, lines: settings.lines }, problems };
}

function unknownKey(key: string, settings: SettingsText): Omit<PolicyProblem, 'file'> {
  const name = JSON.stringify(settings.nameOf(key).slice(0, 80));
  const near = nearestName(key, POLICY_KEYS);
  const message =
    near === undefined
      ? `${name} is not a setting that Checkrein knows; it has no effect`
      : `${name} is not known: did you mean ${JSON.stringify(settings.nameOf(near))}?`;
  return { ...settings.at(key), message, severity: near === undefined ? 'warning' : 'error' };
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

/** Where settings stand in a settings file, or in the `settings` of a workspace file. */
class SettingsText {
  readonly #tree: Node | undefined;
  readonly #places: LineIndex;

  constructor(
    private readonly section: string,
    text = '',
  ) {
    this.#places = new LineIndex(text);
    this.#tree = text.length > MAX_TEXT ? undefined : parse(text);
  }

  /** The setting that a key of the policy came from, as people find it in the editor. */
  nameOf(key: string): string {
    const isDenylist = this.section === 'kiroAgent' && key === 'neverList';
    return `${this.section}.${isDenylist ? 'commandDenylist' : key}`;
  }

  /** Line and column of a setting, or of an entry of its list; nothing where it is not found. */
  at(key: string, index?: string): { readonly line: number; readonly column: number } | undefined {
    const property = this.#property(key);
    const value = property?.children?.[1];
    const node = (index === undefined ? undefined : value?.children?.[Number(index)]) ?? property;
    return node && this.#places.at(node.offset);
  }

  /** Lines of every setting and of the entries of lists, as a layer has them. */
  get lines(): PolicyLines {
    const lines = new Map<string, { line: number; entries: readonly number[] }>();
    for (const key of POLICY_KEYS) {
      const property = this.#property(key);
      if (!property) continue;
      const value = property.children?.[1];
      const entries = value?.type === 'array' ? (value.children ?? []) : [];
      lines.set(key, {
        line: this.#places.at(property.offset).line,
        entries: entries.map(({ offset }) => this.#places.at(offset).line),
      });
    }
    return lines;
  }

  #property(key: string): Node | undefined {
    const name = this.nameOf(key);
    const inWorkspaceFile = this.#tree && findNodeAtLocation(this.#tree, ['settings']);
    const all = [this.#tree, inWorkspaceFile].flatMap(node =>
      node?.type === 'object' ? (node.children ?? []) : [],
    );
    const named = (wanted: (text: string) => boolean): Node | undefined =>
      all.find(({ children }) => wanted(String(children?.[0]?.value)));
    // The editor gives "checkrein.trusted.commands" as an object "checkrein.trusted".
    return named(text => text === name) ?? named(text => text.startsWith(`${name}.`));
  }
}

function parse(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    // Only lines are lost.
    return undefined;
  }
}

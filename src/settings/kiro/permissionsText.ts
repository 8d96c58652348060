import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import * as z from 'zod/mini';
import { HumanError } from '../../files/humanError';
import {
  type ForeignRule,
  KIRO_CAPABILITIES,
  type PermissionRule,
  PermissionRuleSchema,
  quoteGlob,
  ruleKey,
} from './permissionRule';
import { findYamlFault } from './yamlBounds';

/** A rule of a `permissions.yaml` and the 1-based lines it stands on. */
export interface PlacedRule {
  readonly rule: ForeignRule;
  readonly firstLine: number;
  readonly lastLine: number;
  /** True when it stands between Checkrein's marks. */
  readonly marked: boolean;
}

/** What a `permissions.yaml` says. */
export interface PermissionsFile {
  readonly rules: readonly PlacedRule[];
  /** Rules that Kiro passes over and such as let everything pass, each with its line. */
  readonly warnings: readonly string[];
}

const FileSchema = z.strictObject({
  rules: z.optional(z.nullable(z.array(PermissionRuleSchema))),
  policies: z.optional(z.nullable(z.array(z.string()))),
});
type FileContent = z.infer<typeof FileSchema>;

const MAX_CHARACTERS = 1024 * 1024;
const BEGIN = '# >>> checkrein: made from your policy, written anew when it changes';
const END = '# <<< checkrein';
const IS_BEGIN = /^[ \t]*# >>> checkrein\b/;
const IS_END = /^[ \t]*# <<< checkrein\b/;
/** Kiro's own writer wraps lines that are longer. */
const MAX_COLUMNS = 80;

/**
 * Reads the text of a `permissions.yaml`. Throws a HumanError with file and line for what Kiro would
 * not read: such a file has no rules for Kiro, and nobody but its owner can say what was meant.
 */
export function readPermissions(text: string, file: string): PermissionsFile {
  const { document, lines, content } = parse(text, file);
  const marks = findMarks(text, file);
  const items = rulesOf(document)?.items ?? [];
  const rules = (content.rules ?? []).map((rule, index): PlacedRule => {
    const [start, end] = rangeOf(items[index]);
    const firstLine = lines.linePos(start).line;
    const lastLine = lines.linePos(Math.max(start, lastOffset(text, start, end))).line;
    const marked = marks !== undefined && firstLine > marks.begin && lastLine < marks.end;
    return { rule, firstLine, lastLine, marked };
  });
  const warnings = rules.flatMap(({ rule, firstLine, marked }) => {
    const warning = marked ? undefined : warningOn(rule);
    return warning === undefined ? [] : [`${file}:${firstLine}: ${warning}.`];
  });
  return { rules, warnings: [...warnings, ...presetWarnings(content, file)] };
}

function warningOn({ capability, effect, match, exclude }: ForeignRule): string | undefined {
  if (!isKnown(capability)) {
    return `Kiro passes over a rule about ${JSON.stringify(capability)}, which it does not know`;
  }
  const every = match === undefined || match.some(glob => /^\*+$/.test(glob));
  const wide = ['shell', 'all', 'builtin'].includes(capability) && every && exclude === undefined;
  return effect === 'allow' && wide
    ? 'this rule of yours lets everything run that no other rule stops'
    : undefined;
}

/** Sets of rules that Kiro brings along, and that allow more than a policy would. */
const LOOSE_PRESETS = ['allow-all', 'dev-shell'];

function presetWarnings({ policies }: FileContent, file: string): readonly string[] {
  return (policies ?? [])
    .filter(name => LOOSE_PRESETS.includes(name))
    .map(name => `${file}: your "policies: ${name}" lets more run than your policy says.`);
}

function isKnown(capability: string): boolean {
  return KIRO_CAPABILITIES.some(known => known === capability);
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly content: FileContent;
}

function parse(text: string, file: string): Parsed {
  if (text.length > MAX_CHARACTERS) {
    throw new HumanError(`${file} is larger than 1 MB; it was left alone.`);
  }
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    throw new HumanError(
      `${file}:${lineAt(error.pos[0])}: this is not valid YAML (${error.message}).`,
    );
  }
  const fault = findYamlFault(document);
  if (fault) {
    throw new HumanError(
      `${file}:${lineAt(fault.start)}: this YAML cannot be read (${fault.reason}).`,
    );
  }
  const result = FileSchema.safeParse(valueOf(document, file) ?? {});
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new HumanError(
      `${file}:${lineAt(offsetAt(document, issue?.path ?? []))}: Kiro would not read this file, with all its rules: ${sayFault(issue)}. Put that right first.`,
    );
  }
  return { document, lines, content: result.data };
}

function valueOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw new HumanError(`${file}: this cannot be read (${String(error)}).`);
  }
}

function sayFault(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') {
    return `it does not know ${issue.keys.map(key => JSON.stringify(key)).join(', ')}`;
  }
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the file' : JSON.stringify(place)} is not what it expects`;
}

/** The start of the deepest node on the path of a fault. */
function offsetAt(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function rulesOf(document: Document.Parsed): YAMLSeq | undefined {
  const node: unknown = document.get('rules', true);
  return isSeq(node) ? node : undefined;
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = isMap(node) || isScalar(node) || isSeq(node) ? node.range : undefined;
  return [range?.[0] ?? 0, range?.[1] ?? 0];
}

/** The last character that is no white space. */
function lastOffset(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length - 1;
}

interface Marks {
  /** 1-based lines. */
  readonly begin: number;
  readonly end: number;
}

function findMarks(text: string, file: string): Marks | undefined {
  const lines = text.split('\n');
  const at = (pattern: RegExp): readonly number[] =>
    lines.flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
  const begins = at(IS_BEGIN);
  const ends = at(IS_END);
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined && end === undefined) return undefined;
  if (
    begins.length !== 1 ||
    ends.length !== 1 ||
    begin === undefined ||
    end === undefined ||
    end < begin
  ) {
    throw new HumanError(
      `${file}:${begin ?? end ?? 1}: the marks around Checkrein's rules are damaged; delete them and what stands between them.`,
    );
  }
  return { begin, end };
}

/** Rules known by `ruleKey`, for a file whose marks another program has dropped. */
export type KnownRules = ReadonlySet<string>;

/**
 * The text without Checkrein's rules: what stands between the marks or, where they are gone, the
 * rules of `known`. Everything else keeps its bytes.
 */
export function withoutOurs(text: string, file: string, known: KnownRules): string {
  const before = readPermissions(text, file);
  const marks = findMarks(text, file);
  const ours = oursOf(before, known);
  if (!marks && ours.length === 0) return text;
  const drop = new Set<number>();
  const ranges = marks ? [[marks.begin, marks.end] as const] : ours.map(linesOf);
  for (const [first, last] of ranges)
    for (let line = first; line <= last; line += 1) drop.add(line);
  const kept = text
    .split('\n')
    .filter((_, index) => !drop.has(index + 1))
    .join('\n');
  const after = withEmptyList(kept, file);
  const others = before.rules.filter(rule => !ours.includes(rule));
  assertRules(
    after,
    file,
    others.map(({ rule }) => rule),
  );
  return after;
}

function linesOf({ firstLine, lastLine }: PlacedRule): readonly [number, number] {
  return [firstLine, lastLine];
}

/** Checkrein's own rules in a file. */
export function oursOf({ rules }: PermissionsFile, known: KnownRules): readonly PlacedRule[] {
  const marked = rules.filter(rule => rule.marked);
  return marked.length > 0 ? marked : rules.filter(({ rule }) => known.has(ruleKey(rule)));
}

/** `rules:` with nothing below it may be more than Kiro takes: then the list is written out. */
function withEmptyList(text: string, file: string): string {
  const { document } = parse(text, file);
  const pair = isMap(document.contents) ? rulesPair(document.contents) : undefined;
  if (!pair || (isScalar(pair.value) ? pair.value.source !== '' : pair.value !== null)) return text;
  const colon = text.indexOf(':', rangeOf(pair.key)[1]);
  return `${text.slice(0, colon)}: []${text.slice(colon + 1)}`;
}

function rulesPair(root: YAMLMap): Pair | undefined {
  return root.items.find(({ key }) => isScalar(key) && key.value === 'rules');
}

/** The text with exactly these rules of Checkrein's, in one marked block at the top of the list. */
export function withOurs(
  text: string,
  file: string,
  rules: readonly PermissionRule[],
  known: KnownRules,
): string {
  const bare = withoutOurs(text, file, known);
  if (rules.length === 0) return bare;
  const others = readPermissions(bare, file).rules.map(({ rule }) => rule);
  const after = insert(bare, file, rules);
  assertRules(after, file, [...rules, ...others]);
  const marks = findMarks(after, file);
  const written = after.split('\n').slice(marks?.begin, marks?.end);
  if (written.some(line => line.trimEnd().length >= MAX_COLUMNS)) {
    throw new HumanError(
      `${file}: its list is indented so far that Kiro would wrap Checkrein's rules.`,
    );
  }
  return after;
}

function insert(text: string, file: string, rules: readonly PermissionRule[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const { document } = parse(text, file);
  const closed = text === '' || text.endsWith('\n') ? text : `${text}${eol}`;
  const root = document.contents;
  const block = (indent: string): string => blockText(rules, indent, eol);
  if (root === null || (isScalar(root) && root.source === ''))
    return `${closed}rules:${eol}${block('  ')}`;
  if (!isMap(root) || root.flow) {
    throw new HumanError(
      `${file}: write "rules:" as a list with one rule a line; this form is left alone.`,
    );
  }
  if (!document.has('rules')) return `${closed}rules:${eol}${block('  ')}`;
  return insertInto(closed, file, root, block);
}

function insertInto(
  text: string,
  file: string,
  root: YAMLMap,
  block: (indent: string) => string,
): string {
  const value: unknown = rulesPair(root)?.value;
  if (isSeq(value) && !value.flow) {
    const start = value.range?.[0] ?? 0;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const indent = text.slice(lineStart, start);
    if (/^ *$/.test(indent))
      return text.slice(0, lineStart) + block(indent) + text.slice(lineStart);
  }
  const empty = isSeq(value) ? value.items.length === 0 : isScalar(value) && value.value === null;
  const [start, end] = rangeOf(value);
  const lineEnd = text.indexOf('\n', end) + 1;
  if (!empty || lineEnd === 0) {
    throw new HumanError(
      `${file}: write "rules:" as a list with one rule a line; this form is left alone.`,
    );
  }
  const key = text.slice(0, start).replace(/[ \t]+$/, '');
  return `${key}${text.slice(end, lineEnd)}${block('  ')}${text.slice(lineEnd)}`;
}

function blockText(rules: readonly PermissionRule[], indent: string, eol: string): string {
  const lines = [BEGIN, ...rules.flatMap(ruleLines), END];
  return lines.map(line => `${indent}${line}${eol}`).join('');
}

function ruleLines({ capability, effect, match, exclude }: PermissionRule): readonly string[] {
  const list = (name: string, globs: readonly string[] | undefined): readonly string[] =>
    globs === undefined ? [] : [`  ${name}:`, ...globs.map(glob => `    - ${quoteGlob(glob)}`)];
  return [
    `- capability: ${capability}`,
    `  effect: ${effect}`,
    ...list('match', match),
    ...list('exclude', exclude),
  ];
}

/** Reads back what is about to be written: it must say exactly this, or it is not written. */
function assertRules(
  text: string,
  file: string,
  expected: readonly (PermissionRule | ForeignRule)[],
): void {
  const got = readPermissions(text, file).rules.map(({ rule }) => ruleKey(rule));
  const wanted = expected.map(ruleKey);
  if (got.length === wanted.length && got.every((key, index) => key === wanted[index])) return;
  throw new HumanError(
    `${file}: Checkrein cannot change this file without changing your own rules; it was left alone.`,
  );
}

/** True when nothing is left but an empty list of rules. */
export function isOnlyEmptyList(text: string): boolean {
  return /^\s*(?:rules:\s*(?:\[\s*\])?\s*)?$/.test(text);
}

import type { Rule, SourceRange } from '../decision';
import type { ShellDialect } from '../toolCall';
import type {
  CommandContext,
  CommandPart,
  CommandPath,
  CommandRules,
  CommandVerdict,
} from './commandVerdict';
import { kiroWouldRun } from './kiroRule';
import { findNever, findNeverInText } from './never/neverList';
import { type JudgedPart, LIMITED, PartJudge, WEIGHT } from './judgeParts';
import { ruleOfText, universalRule } from './patternMatch';
import { readLine } from './readLine';
import type { Script } from './script';
import { tripwire } from './tripwires';
import { refusePattern } from './trustedPatterns';

/**
 * Judges one command line. Pure, total (any string gets a verdict), and it never allows what it did
 * not understand. Deny beats ask beats allow, over all parts of the line.
 */
export function judgeCommand(
  line: string,
  rules: CommandRules,
  context: CommandContext,
): CommandVerdict {
  const wire = tripwire(line, context.dialect);
  if (wire) return unread(line, wire.reason, wire.at, rules, context);
  const read = readLine(line, context.dialect);
  if (!read.ok) return unread(line, read.reason, read.at, rules, context);
  if (isTooMuch(read.script)) return unread(line, TOO_MUCH, 0, rules, context);
  if (read.script.commands.length === 0) {
    return unread(line, 'there is no command in it', 0, rules, context);
  }
  return judgeScript(line, read.script, rules, context);
}

const TOO_MUCH = 'it has more parts than a person can check';
const MAX_COMMANDS = 200;
const MAX_WORDS = 1000;

/** No part may go unchecked, and checking must not take long: so a line may only have so many. */
function isTooMuch({ commands }: Script): boolean {
  let words = 0;
  for (const command of commands) {
    words += command.redirects.length;
    for (const word of command.words) words += word.forms.length;
  }
  return commands.length > MAX_COMMANDS || words > MAX_WORDS;
}

/** A line that no reader understood asks, whatever is trusted; what alarms in it is still named. */
function unread(
  line: string,
  because: string,
  at: number,
  rules: CommandRules,
  context: CommandContext,
): CommandVerdict {
  const whole = { start: 0, end: line.length };
  const kiro = kiroWouldRun(line, rules.trusted);
  const denied = kiroDenies(line, rules);
  if (denied) {
    const reason = `It is denied by ${JSON.stringify(denied.pattern)}.`;
    const part = partOf(line, whole, { effect: 'deny', code: 'deniedCommand', reason });
    return verdictOf([{ ...part, rule: denied }], [], false, kiro);
  }
  const alarm = line.length > 100_000 ? undefined : findNeverInText(line.slice(0, 20_000), context);
  // What cannot be read is covered by no list of what may run at all.
  if (rules.limits?.some(list => !universalRule(list, context.dialect))) {
    const part = partOf(line, whole, { effect: 'deny', code: 'deniedCommand', reason: LIMITED });
    return verdictOf([part], [], alarm !== undefined, kiro);
  }
  if (alarm) {
    const reason = neverSentence(alarm.reason);
    const part = partOf(line, whole, { effect: 'ask', code: 'neverList', reason });
    return verdictOf([part], [], true, kiro);
  }
  const reason = `The line could not be read: ${because}.`;
  const start = Math.min(at, Math.max(0, line.length - 1));
  const rest = { start, end: line.length };
  const part = partOf(line, rest, { effect: 'ask', code: 'shellStructure', reason });
  return verdictOf([part], [], false, kiro);
}

/** Where a line cannot be read, a denied command still counts if the line begins like it. */
function kiroDenies(line: string, rules: CommandRules) {
  return (rules.denied ?? []).find(rule => {
    const words = rule.pattern.trim().split(/\s+/);
    const head = words.at(-1) === '*' ? words.slice(0, -1) : words;
    const given = line.trim().split(/\s+/, head.length);
    return head.every((word, index) => given[index] === word);
  });
}

function judgeScript(
  line: string,
  script: Script,
  rules: CommandRules,
  context: CommandContext,
): CommandVerdict {
  const trusted = usableRules(rules.trusted, context.dialect);
  const effective = trusted === rules.trusted ? rules : { ...rules, trusted };
  const waiver = wholeLineTrust(line, effective, context);
  const judge = new PartJudge(effective, context, undefined, undefined, waiver !== undefined);
  const judged = judge.script(script);
  const never = findNever(script, context);
  const parts: CommandPart[] = [];
  for (const part of judged) {
    // A part on the never list shows that, not the weaker reason beside it.
    if (part.effect !== 'deny' && never.some(finding => covers(finding, part))) continue;
    parts.push(toPart(line, waiver ? waive(part, waiver) : part));
  }
  for (const { start, end, reason } of never) {
    const facts = { effect: 'ask', code: 'neverList', reason: neverSentence(reason) } as const;
    parts.push(partOf(line, { start, end }, facts));
  }
  const denied = wholeDenied(line, rules, context);
  if (denied) parts.push(denied);
  if (!isInOrder(parts)) parts.sort((a, b) => a.start - b.start || a.end - b.end);
  const kiro = kiroWouldRun(line, rules.trusted);
  const neverList = parts.some(({ code }) => code === 'neverList');
  return verdictOf(parts, judge.paths, neverList, kiro);
}

/** Mostly true, and then sorting is not worth its price. */
function isInOrder(parts: readonly CommandPart[]): boolean {
  for (let index = 1; index < parts.length; index += 1) {
    const [before, part] = [parts[index - 1], parts[index]];
    if (!before || !part) continue;
    if (part.start < before.start || (part.start === before.start && part.end < before.end)) {
      return false;
    }
  }
  return true;
}

function covers(outer: SourceRange, inner: SourceRange): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

const usable = new WeakMap<readonly Rule[], Map<ShellDialect, readonly Rule[]>>();

/** A trusted pattern of the never list has no effect, however it got into the settings. */
function usableRules(trusted: readonly Rule[], dialect: ShellDialect): readonly Rule[] {
  // Lists are immutable, so remembering the answer changes nothing but the time it takes.
  let memo = usable.get(trusted);
  if (!memo) {
    memo = new Map();
    usable.set(trusted, memo);
  }
  let known = memo.get(dialect);
  if (!known) {
    const kept = trusted.filter(({ pattern }) => refusePattern(pattern, dialect)?.kind !== 'never');
    known = kept.length === trusted.length ? trusted : kept;
    memo.set(dialect, known);
  }
  return known;
}

interface Waiver {
  readonly reason: string;
  readonly rule: JudgedPart['rule'];
}

/** Trust in the whole line: `*`, or a pattern that is this very line. */
function wholeLineTrust(
  line: string,
  { trusted }: CommandRules,
  { dialect }: CommandContext,
): Waiver | undefined {
  const exact = ruleOfText(line.trim(), trusted, dialect);
  if (exact) return { rule: exact, reason: 'Exactly this line is trusted.' };
  const universal = universalRule(trusted, dialect);
  return universal && { rule: universal, reason: 'Every command is trusted ("*").' };
}

function waive(part: JudgedPart, waiver: Waiver): JudgedPart {
  if (part.effect !== 'ask' || part.hard) return part;
  return { ...part, effect: 'allow', code: 'trustedCommand', ...waiver };
}

function wholeDenied(
  line: string,
  { denied = [] }: CommandRules,
  { dialect }: CommandContext,
): CommandPart | undefined {
  const rule = denied.length === 0 ? undefined : ruleOfText(line.trim(), denied, dialect);
  if (!rule) return undefined;
  const reason = 'Exactly this line is denied.';
  const facts = { effect: 'deny', code: 'deniedCommand', reason } as const;
  return { ...partOf(line, { start: 0, end: line.length }, facts), rule };
}

function toPart(line: string, part: JudgedPart): CommandPart {
  const { start, end, effect, code, reason, rule } = part;
  const text = line.slice(start, end);
  return rule
    ? { start, end, text, effect, code, reason, rule }
    : { start, end, text, effect, code, reason };
}

function partOf(
  line: string,
  { start, end }: SourceRange,
  facts: Pick<CommandPart, 'effect' | 'code' | 'reason'>,
): CommandPart {
  return { start, end, text: line.slice(start, end), ...facts };
}

/** The strictest part decides; among equals the never list speaks first, then the earliest part. */
function verdictOf(
  parts: readonly CommandPart[],
  paths: readonly CommandPath[],
  neverList: boolean,
  kiro: boolean,
): CommandVerdict {
  let strictest = parts[0] ?? NO_PART;
  for (const part of parts) if (strictness(part) > strictness(strictest)) strictest = part;
  const { effect, code, reason, rule } = strictest;
  return rule
    ? { effect, code, reason, rule, neverList, parts, paths, kiroWouldRun: kiro }
    : { effect, code, reason, neverList, parts, paths, kiroWouldRun: kiro };
}

/** What is said of a line in which only structure was found, none of it a command. */
const NO_PART: CommandPart = {
  start: 0,
  end: 0,
  text: '',
  effect: 'ask',
  code: 'shellStructure',
  reason: 'There is no command in it.',
};

function strictness({ effect, code }: CommandPart): number {
  return 2 * WEIGHT[effect] + (code === 'neverList' ? 1 : 0);
}

function neverSentence(because: string): string {
  return `No list can trust this command: ${because}.`;
}

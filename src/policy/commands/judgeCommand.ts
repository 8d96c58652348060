import type { Effect, Rule, SourceRange } from '../decision';
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
import { PartJudge, type JudgedPart } from './judgeParts';
import { universalRule } from './patternMatch';
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
  const kiro = kiroWouldRun(line, rules.trusted);
  const refuse = (reason: string, at: number): CommandVerdict => ({
    ...unread(line, reason, at, rules, context),
    kiroWouldRun: kiro,
  });
  const wire = tripwire(line, context.dialect);
  if (wire) return refuse(wire.reason, wire.at);
  const read = readLine(line, context.dialect);
  if (!read.ok) return refuse(read.reason, read.at);
  if (isTooMuch(read.script)) return refuse(TOO_MUCH, 0);
  if (read.script.commands.length === 0) return refuse('there is no command in it', 0);
  return { ...judgeScript(line, read.script, rules, context), kiroWouldRun: kiro };
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

type Judgement = Omit<CommandVerdict, 'kiroWouldRun'>;

/** A line that no reader understood asks, whatever is trusted; what alarms in it is still named. */
function unread(
  line: string,
  because: string,
  at: number,
  rules: CommandRules,
  context: CommandContext,
): Judgement {
  const whole = { start: 0, end: line.length };
  const denied = kiroDenies(line, rules);
  if (denied) {
    const reason = `It is denied by ${JSON.stringify(denied.pattern)}.`;
    const part = partOf(line, whole, { effect: 'deny', code: 'deniedCommand', reason });
    return { ...part, rule: denied, neverList: false, parts: [part], paths: [] };
  }
  const alarm = line.length > 100_000 ? undefined : findNeverInText(line.slice(0, 20_000), context);
  if (alarm) {
    const reason = neverSentence(alarm.reason);
    const part = partOf(line, whole, { effect: 'ask', code: 'neverList', reason });
    return { ...part, neverList: true, parts: [part], paths: [] };
  }
  const reason = `The line could not be read: ${because}.`;
  const start = Math.min(at, Math.max(0, line.length - 1));
  const part = partOf(
    line,
    { start, end: line.length },
    { effect: 'ask', code: 'shellStructure', reason },
  );
  return { ...part, neverList: false, parts: [part], paths: [] };
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
): Judgement {
  const trusted = rules.trusted.filter(rule => isUsable(rule, context));
  const effective = { ...rules, trusted };
  const judge = new PartJudge(effective, context);
  const judged = [...judge.script(script), ...wholeDenied(line, rules)];
  const waiver = wholeLineTrust(line, effective, context);
  const parts = judged.map(part => toPart(line, waive(part, waiver)));
  const never = findNever(script, context).map(({ start, end, reason }) =>
    partOf(
      line,
      { start, end },
      { effect: 'ask', code: 'neverList', reason: neverSentence(reason) },
    ),
  );
  // A part on the never list shows that, not the weaker reason beside it.
  const kept = parts.filter(
    part =>
      part.effect === 'deny' ||
      !never.some(({ start, end }) => start <= part.start && part.end <= end),
  );
  const sorted = [...kept, ...never].sort((a, b) => a.start - b.start || a.end - b.end);
  const neverList = sorted.some(({ code }) => code === 'neverList');
  return combine(sorted, judge.paths, neverList);
}

const usable = new Map<ShellDialect, WeakMap<Rule, boolean>>();

/** A trusted pattern of the never list has no effect, however it got into the settings. */
function isUsable(rule: Rule, { dialect }: CommandContext): boolean {
  // Rules are immutable, so remembering the answer changes nothing but the time it takes.
  const memo = usable.get(dialect) ?? new WeakMap<Rule, boolean>();
  usable.set(dialect, memo);
  const known = memo.get(rule);
  if (known !== undefined) return known;
  const refused = refusePattern(rule.pattern, dialect);
  const answer = refused === undefined || refused.kind === 'wide';
  memo.set(rule, answer);
  return answer;
}

interface Waiver {
  readonly reason: string;
  readonly rule: JudgedPart['rule'];
}

/** Trust in the whole line: `*`, or a pattern that is this very line. */
function wholeLineTrust(
  line: string,
  rules: CommandRules,
  context: CommandContext,
): Waiver | undefined {
  const text = line.trim();
  const exact = rules.trusted.find(rule => rule.pattern.trim() === text && text !== '*');
  if (exact) return { rule: exact, reason: 'Exactly this line is trusted.' };
  const universal = universalRule(rules.trusted, context.dialect);
  return universal && { rule: universal, reason: 'Every command is trusted ("*").' };
}

function waive(part: JudgedPart, waiver: Waiver | undefined): JudgedPart {
  if (!waiver || part.effect !== 'ask' || part.hard) return part;
  return { ...part, effect: 'allow', code: 'trustedCommand', ...waiver };
}

function wholeDenied(line: string, rules: CommandRules): readonly JudgedPart[] {
  const text = line.trim();
  const rule = (rules.denied ?? []).find(({ pattern }) => pattern.trim() === text);
  if (!rule) return [];
  const reason = 'Exactly this line is denied.';
  return [
    { start: 0, end: line.length, effect: 'deny', code: 'deniedCommand', reason, rule, hard: true },
  ];
}

function toPart(line: string, part: JudgedPart): CommandPart {
  const { start, end, effect, code, reason, rule } = part;
  const text = line.slice(start, end);
  return { start, end, text, effect, code, reason, ...(rule && { rule }) };
}

function partOf(
  line: string,
  { start, end }: SourceRange,
  facts: Pick<CommandPart, 'effect' | 'code' | 'reason'>,
): CommandPart {
  return { start, end, text: line.slice(start, end), ...facts };
}

const WEIGHT: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

/** The strictest part decides; among equals the never list speaks first, then the earliest part. */
function combine(
  parts: readonly CommandPart[],
  paths: readonly CommandPath[],
  neverList: boolean,
): Judgement {
  const strictest = [...parts].sort(
    (a, b) =>
      WEIGHT[b.effect] - WEIGHT[a.effect] ||
      Number(b.code === 'neverList') - Number(a.code === 'neverList'),
  )[0];
  if (!strictest) {
    const reason = 'There is no command in it.';
    return { effect: 'ask', code: 'shellStructure', reason, neverList, parts, paths };
  }
  const { effect, code, reason, rule } = strictest;
  return { effect, code, reason, ...(rule && { rule }), neverList, parts, paths };
}

function neverSentence(because: string): string {
  return `No list can trust this command: ${because}.`;
}

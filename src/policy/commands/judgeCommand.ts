import type { CommandContext, CommandRules, CommandVerdict } from './commandVerdict';
import type { ReasonCode, Rule } from '../decision';
import { kiroWouldRun } from './kiroRule';
import { neverListReason } from './neverList';
import { judgeReadOnly } from './readOnlyCommands';
import { findTrusted } from './trustedPatterns';
import { readWords, type Word } from './words';

/** Longer lines are not judged: they ask. A person cannot read them, and a parser may drown. */
const MAX_LENGTH = 10_000;

/** Judges one command line. Pure, total (any string gets a verdict) and never allows what it did not understand. */
export function judgeCommand(
  line: string,
  rules: CommandRules,
  context: CommandContext,
): CommandVerdict {
  const ask = (
    code: ReasonCode,
    reason: string,
    range = { start: 0, end: line.length },
    neverList = false,
  ): CommandVerdict => ({
    effect: 'ask',
    code,
    reason,
    neverList,
    parts: [{ ...range, text: line.slice(range.start, range.end), effect: 'ask', code, reason }],
    kiroWouldRun: kiroWouldRun(line, rules.trusted),
  });

  if (line.length > MAX_LENGTH) {
    return ask('shellStructure', `The command is longer than ${MAX_LENGTH} characters.`);
  }
  const read = readWords(line, context.dialect);
  if (!read.ok) {
    const never = neverListReason(roughWords(line));
    if (never) return ask('neverList', neverSentence(never), undefined, true);
    return ask(
      'shellStructure',
      `The line has shell structure (${JSON.stringify(read.found)}) that a list cannot vouch for.`,
      { start: read.at, end: line.length },
    );
  }
  return judgeWords(read.words, line, rules, context, ask);
}

type Ask = (
  code: ReasonCode,
  reason: string,
  range?: { start: number; end: number },
  neverList?: boolean,
) => CommandVerdict;

function judgeWords(
  words: readonly Word[],
  line: string,
  rules: CommandRules,
  context: CommandContext,
  ask: Ask,
): CommandVerdict {
  const values = words.map(word => word.value);
  const [name] = words;
  const never = neverListReason(values);
  if (never) return ask('neverList', neverSentence(never), undefined, true);
  // An assignment before the command can change what the command is; a glob can be its name.
  if (name === undefined || /[=*?]/.test(name.value)) {
    return ask('shellStructure', 'The line does not start with the name of a command.');
  }
  const allow = (code: ReasonCode, reason: string, rule?: Rule): CommandVerdict => ({
    effect: 'allow',
    code,
    reason,
    ...(rule && { rule }),
    neverList: false,
    parts: [{ start: 0, end: line.length, text: line, effect: 'allow', code, reason }],
    kiroWouldRun: kiroWouldRun(line, rules.trusted),
  });
  const rule = findTrusted(values, rules.trusted, context.dialect);
  if (rule) return allow('trustedCommand', `Trusted by ${JSON.stringify(rule.pattern)}.`, rule);
  const readOnly = judgeReadOnly(words, context);
  if (readOnly.readOnly) return allow('readOnlyCommand', 'A read-only command.');
  return ask('untrustedCommand', `No trusted command covers it; ${readOnly.because}.`);
}

function neverSentence(because: string): string {
  return `No list can trust this command: ${because}.`;
}

/** Words of a line that was not understood, good enough to raise an alarm, never to allow. */
function roughWords(line: string): string[] {
  return line
    .replace(/["'`\\$(){}]/g, '')
    .split(/\s+/)
    .filter(word => word !== '');
}

import { parsePattern } from '../../policy/commands/patternMatch';
import { refusePattern, type PatternRefusal } from '../../policy/commands/trustedPatterns';
import { DIALECT } from './ruleInput';
import { wideExamples } from './wideExamples';

/** What the text of a pattern alone tells about it. */
export interface PatternAnalysis {
  readonly refusal: PatternRefusal | undefined;
  readonly universal: boolean;
  /** Why no command can match. */
  readonly useless: string | undefined;
  /** Commands that would run unasked by this pattern and may surprise. */
  readonly examples: readonly string[];
}

const MAX_REMEMBERED = 5_000;
const remembered = new Map<string, PatternAnalysis>();

/** Looks at a pattern once: between two keystrokes all but one entry of a list stay as they are. */
export function analysePattern(pattern: string): PatternAnalysis {
  const known = remembered.get(pattern);
  if (known) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const { universal, end } = parsePattern(pattern, DIALECT);
  const refusal =
    refusePattern(pattern, DIALECT) ?? (end === 'exact' ? asBeginning(pattern) : undefined);
  const useless = whyNeverMatches(pattern);
  const examples = refusal || universal || useless !== undefined ? [] : wideExamples(pattern);
  const analysis = { refusal, universal, useless, examples };
  remembered.set(pattern, analysis);
  return analysis;
}

/** `rm -rf` alone runs nothing; whoever writes it means `rm -rf *`. */
function asBeginning(pattern: string): PatternRefusal | undefined {
  if (/[;&|<>`()]/.test(pattern)) return undefined;
  const refusal = refusePattern(`${pattern.trim()} *`, DIALECT);
  return refusal?.kind === 'never' ? refusal : undefined;
}

/** Why no command can match, as far as the text of a pattern tells. */
function whyNeverMatches(pattern: string): string | undefined {
  if (/[\r\n]/.test(pattern.trim())) return 'a command line has no line break';
  const { words, end } = parsePattern(pattern, DIALECT);
  if (/^\^|\$$|\.[*+](?:\s|$)|\\[sdwbSDWB]|^\/.*\/\w*$/.test(pattern.trim())) {
    return 'it looks like a regular expression, and patterns know none';
  }
  if (!words && /\*\s*$/.test(pattern)) return 'chains and pipes are judged part by part';
  if (!words && !/[;&|<>`()]/.test(pattern)) return 'a quotation mark is not closed';
  const star = words?.slice(0, end === 'exact' ? undefined : -1).find(word => word.includes('*'));
  if (star !== undefined) return 'only a star at the very end stands for anything';
  return undefined;
}

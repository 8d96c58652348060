import type { Rule } from '../decision';
import type { ShellDialect } from '../toolCall';
import { commandName, type SimpleCommand, UNKNOWN } from './script';

/** A pattern of one of Kiro's three forms, taken apart into words. */
export interface CompiledPattern {
  /** `*` alone. */
  readonly universal: boolean;
  /** The words before the star. Undefined when the pattern is more than a simple command. */
  readonly words: readonly string[] | undefined;
  /** How it ends: `npm test` (exact), `npm *` (any arguments), `npm run test*` (word begins so). */
  readonly end: 'exact' | 'arguments' | 'prefix';
}

/** A pattern that covers a command. */
export interface PatternMatch {
  readonly rule: Rule;
  /** How many words (assignments included) the pattern spells out. */
  readonly fixed: number;
  /** True when the pattern leaves the arguments open. */
  readonly open: boolean;
}

interface PatternWord {
  readonly value: string;
  /** True when the last character is an active star. */
  readonly star: boolean;
}

/** Takes a pattern apart. Only a star at its very end is a wildcard; any other stands for itself. */
export function parsePattern(pattern: string, dialect: ShellDialect): CompiledPattern {
  const words = splitWords(pattern, dialect);
  if (!words || words.length === 0) return { universal: false, words: undefined, end: 'exact' };
  const values = words.map(word => word.value);
  const last = words.at(-1);
  if (!last?.star) return { universal: false, words: values, end: 'exact' };
  const text = last.value.slice(0, -1);
  if (text !== '')
    return { universal: false, words: [...values.slice(0, -1), text], end: 'prefix' };
  const head = values.slice(0, -1);
  return { universal: head.length === 0, words: head, end: 'arguments' };
}

function splitWords(pattern: string, dialect: ShellDialect): readonly PatternWord[] | undefined {
  const words: PatternWord[] = [];
  let at = 0;
  while (at < pattern.length) {
    if (/\s/.test(pattern[at] ?? '')) {
      at += 1;
      continue;
    }
    let value = '';
    let star = false;
    while (at < pattern.length && !/\s/.test(pattern[at] ?? '')) {
      const character = pattern[at] ?? '';
      star = false;
      if (character === '"' || (character === "'" && dialect !== 'cmd')) {
        const close = pattern.indexOf(character, at + 1);
        if (close === -1) return undefined;
        value += pattern.slice(at + 1, close);
        at = close;
      } else if (character === '\\' && dialect === 'bash') {
        at += 1;
        value += pattern[at] ?? '';
      } else if (/[;&|<>`()]/.test(character)) {
        return undefined;
      } else {
        value += character;
        star = character === '*';
      }
      at += 1;
    }
    words.push({ value, star });
  }
  return words;
}

/** A rule whose pattern has words, taken apart once. */
interface WordRule {
  readonly words: readonly string[];
  readonly end: CompiledPattern['end'];
  readonly match: PatternMatch;
}

/** A list of rules, ready to be asked about command after command. */
interface CompiledRules {
  readonly universal: Rule | undefined;
  /** The rules without a star, by the text of their pattern. */
  readonly byText: ReadonlyMap<string, Rule>;
  /** The rules that can cover a command of this name, in the order of the list. */
  readonly byName: ReadonlyMap<string, readonly WordRule[]>;
  /** Those whose first word is only the beginning of a name (`npm*`). */
  readonly anyName: readonly WordRule[];
}

const compiled = new WeakMap<readonly Rule[], Map<ShellDialect, CompiledRules>>();

/** Compiles a list once; lists are immutable, so the memo changes nothing but the time. */
function compileRules(rules: readonly Rule[], dialect: ShellDialect): CompiledRules {
  let memo = compiled.get(rules);
  if (!memo) {
    memo = new Map();
    compiled.set(rules, memo);
  }
  let known = memo.get(dialect);
  if (!known) {
    known = compileList(rules, dialect);
    memo.set(dialect, known);
  }
  return known;
}

function compileList(rules: readonly Rule[], dialect: ShellDialect): CompiledRules {
  const anyName: WordRule[] = [];
  const byName = new Map<string, WordRule[]>();
  const byText = new Map<string, Rule>();
  let universal: Rule | undefined;
  for (const rule of rules) {
    const { words, end, universal: isUniversal } = parsePattern(rule.pattern, dialect);
    const text = rule.pattern.trim();
    // `git *` as a line is no more trusted than what its star stands for there.
    if (end === 'exact' && !byText.has(text)) byText.set(text, rule);
    if (isUniversal) universal ??= rule;
    if (!words || isUniversal) continue;
    const match = { rule, fixed: words.length, open: end !== 'exact' };
    const compiledRule = { words, end, match };
    if (end === 'prefix' && words.length === 1) {
      anyName.push(compiledRule);
      for (const sameName of byName.values()) sameName.push(compiledRule);
    } else {
      const name = nameKey(words[0] ?? '', dialect);
      const sameName = byName.get(name) ?? [...anyName];
      sameName.push(compiledRule);
      byName.set(name, sameName);
    }
  }
  return { universal, byText, byName, anyName };
}

/** Windows finds a command whatever the case of its name. */
function nameKey(name: string, dialect: ShellDialect): string {
  return dialect === 'bash' ? name : name.toLowerCase();
}

/** The first rule that covers the words of a command, compared word by word, never as a string. */
export function findMatch(
  command: SimpleCommand,
  rules: readonly Rule[],
): PatternMatch | undefined {
  if (rules.length === 0) return undefined;
  const { dialect } = command;
  const { byName, anyName } = compileRules(rules, dialect);
  const argv = argumentTexts(command);
  for (const rule of byName.get(nameKey(argv[0] ?? '', dialect)) ?? anyName) {
    if (covers(rule, argv, dialect)) return rule.match;
  }
  return undefined;
}

/**
 * The first rule that denies a command. Looser than `findMatch`, because a denial must hold however
 * the command is written: `/bin/git push`, `A=1 git push`, `git --no-pager -C . push`.
 */
export function findDenied(
  command: SimpleCommand,
  rules: readonly Rule[],
): PatternMatch | undefined {
  const { dialect, words } = command;
  const { universal, byName, anyName } = compileRules(rules, dialect);
  if (universal) return { rule: universal, fixed: 0, open: true };
  const argv = words.map(word => word.value);
  const given = argv[0] ?? '';
  for (const name of new Set([given, commandName(given, dialect)])) {
    for (const rule of byName.get(nameKey(name, dialect)) ?? anyName) {
      if (coversLoosely(rule, argv, dialect)) return rule.match;
    }
  }
  return findMatch(command, rules);
}

/** Assignments count as words, so that only a pattern that spells them covers them. */
function argumentTexts({ assignments, words }: SimpleCommand): readonly string[] {
  const texts: string[] = [];
  for (const { name, value } of assignments) {
    texts.push(value?.dynamic === 'no' ? `${name}=${value.value}` : `${name}=${UNKNOWN}`);
  }
  for (const word of words) texts.push(word.value);
  return texts;
}

function covers({ words, end }: WordRule, argv: readonly string[], dialect: ShellDialect): boolean {
  const last = words.length - 1;
  if (end === 'exact' ? argv.length !== words.length : argv.length <= last) return false;
  for (let index = 0; index <= last; index += 1) {
    const word = words[index] ?? '';
    const given = argv[index] ?? '';
    if (end === 'prefix' && index === last) return given.startsWith(word);
    if (given === word) continue;
    if (index > 0 || nameKey(given, dialect) !== nameKey(word, dialect)) return false;
  }
  return true;
}

function coversLoosely(
  { words, end }: WordRule,
  argv: readonly string[],
  dialect: ShellDialect,
): boolean {
  const last = words.length - 1;
  let at = 0;
  for (const [index, word] of words.entries()) {
    const matches = (given: string | undefined): boolean => {
      if (given === undefined) return false;
      if (end === 'prefix' && index === last) return given.startsWith(word);
      if (index > 0) return given === word;
      return [given, commandName(given, dialect)].some(
        name => nameKey(name, dialect) === nameKey(word, dialect),
      );
    };
    // Options, and what may be their values, may stand before the words that name the command.
    while (index > 0 && !matches(argv[at]) && isOptionOrValue(argv, at)) at += 1;
    if (!matches(argv[at])) return false;
    at += 1;
  }
  return end !== 'exact' || at === argv.length;
}

function isOptionOrValue(argv: readonly string[], at: number): boolean {
  const isOption = (index: number): boolean => argv[index]?.startsWith('-') === true;
  return isOption(at) || (isOption(at - 1) && at < argv.length);
}

/** The rule that is `*` alone, if there is one. */
export function universalRule(rules: readonly Rule[], dialect: ShellDialect): Rule | undefined {
  return compileRules(rules, dialect).universal;
}

/** The first rule that is this very text, without a star. */
export function ruleOfText(
  text: string,
  rules: readonly Rule[],
  dialect: ShellDialect,
): Rule | undefined {
  return compileRules(rules, dialect).byText.get(text);
}

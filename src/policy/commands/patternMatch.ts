import type { Rule } from '../decision';
import type { ShellDialect } from '../toolCall';
import type { SimpleCommand } from './script';

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

const compiled = new Map<ShellDialect, WeakMap<Rule, CompiledPattern>>();

/** Compiles a rule's pattern once; rules are immutable, so the memo changes nothing but the time. */
function compilePattern(rule: Rule, dialect: ShellDialect): CompiledPattern {
  let memo = compiled.get(dialect);
  if (!memo) {
    memo = new WeakMap();
    compiled.set(dialect, memo);
  }
  const known = memo.get(rule);
  if (known) return known;
  const fresh = parsePattern(rule.pattern, dialect);
  memo.set(rule, fresh);
  return fresh;
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

/** The first rule that covers the words of a command, compared word by word, never as a string. */
export function findMatch(
  command: SimpleCommand,
  rules: readonly Rule[],
  baseNames = false,
): PatternMatch | undefined {
  if (rules.length === 0) return undefined;
  const argv = argumentTexts(command);
  const bare = argv[0] === undefined ? argv : [lastSegment(argv[0]), ...argv.slice(1)];
  for (const rule of rules) {
    const pattern = compilePattern(rule, command.dialect);
    const { words } = pattern;
    if (!words || pattern.universal) continue;
    if (
      covers(pattern, words, argv, command.dialect) ||
      (baseNames && covers(pattern, words, bare, command.dialect))
    ) {
      return { rule, fixed: words.length, open: pattern.end !== 'exact' };
    }
  }
  return undefined;
}

function lastSegment(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Assignments count as words, so that only a pattern that spells them covers them. */
function argumentTexts({ assignments, words }: SimpleCommand): readonly string[] {
  const values = words.map(word => word.value);
  if (assignments.length === 0) return values;
  const prefix = assignments.map(({ name, value }) =>
    value?.dynamic === 'no' ? `${name}=${value.value}` : `${name}=\uffff`,
  );
  return [...prefix, ...values];
}

function covers(
  { end }: CompiledPattern,
  words: readonly string[],
  argv: readonly string[],
  dialect: ShellDialect,
): boolean {
  if (end === 'exact' ? argv.length !== words.length : argv.length < words.length) return false;
  return words.every((word, index) => {
    const given = argv[index] ?? '';
    if (end === 'prefix' && index === words.length - 1) return given.startsWith(word);
    // Windows finds a command whatever the case of its name.
    return (
      given === word ||
      (index === 0 && dialect !== 'bash' && given.toLowerCase() === word.toLowerCase())
    );
  });
}

/** True when one of the rules is `*` alone. */
export function universalRule(rules: readonly Rule[], dialect: ShellDialect): Rule | undefined {
  return rules.find(rule => compilePattern(rule, dialect).universal);
}

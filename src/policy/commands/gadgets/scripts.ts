import type { Word } from '../script';

/** The program text of sed and awk. What follows sed's `-i` is the ending of a copy, no program. */
export function riskyProgram(
  name: string,
  args: readonly Word[],
  open: readonly Word[],
): Word | undefined {
  if (name !== 'sed' && name !== 'awk') return undefined;
  const plain = name === 'sed' ? isPlainSed : isPlainAwk;
  const texts: Word[] = [];
  let operand: Word | undefined;
  args.forEach((word, index) => {
    const flag = args[index - 1]?.value ?? '';
    const isScript = name === 'sed' && /^(?:-[a-hj-zA-Z]*e|--expression)$/.test(flag);
    const isValue = name === 'awk' && /^-[vF]$/.test(flag);
    const attached = name === 'sed' ? /^-[a-hj-zA-Z]*?e(.+)$/s.exec(word.value)?.[1] : undefined;
    if (attached !== undefined) texts.push({ ...word, value: attached });
    else if (isScript) texts.push(word);
    else if (!isValue && !word.value.startsWith('-')) operand ??= word;
  });
  const all = texts.length > 0 ? texts : operand ? [operand] : [];
  return all.find(
    text =>
      open.some(({ start }) => start === text.start) &&
      (text.dynamic !== 'no' || !plain(text.value)),
  );
}

/**
 * True when a sed script does nothing but print, delete and substitute. `w`, `r`, `e` and `W` reach
 * files or run programs, also as flags of `s///`.
 */
function isPlainSed(script: string): boolean {
  let at = 0;
  const skip = (pattern: RegExp): void => {
    while (at < script.length && pattern.test(script[at] ?? '')) at += 1;
  };
  while (at < script.length) {
    skip(/[\s;{}]/);
    if (at >= script.length) return true;
    at = skipAddresses(script, at);
    if (at === -1) return false;
    skip(/[\s!]/);
    const verb = script[at] ?? '';
    at += 1;
    if ('pPdDqQ=lhHgGxnN'.includes(verb) && verb !== '') {
      skip(/\d/);
    } else if (verb === 's' || verb === 'y') {
      const delimiter = script[at] ?? '';
      const first = endOfSection(script, at + 1, delimiter);
      const second = first === -1 ? -1 : endOfSection(script, first + 1, delimiter);
      if (second === -1) return false;
      at = second + 1;
      skip(/[gIiMmp\d]/);
    } else if (verb === 'a' || verb === 'i' || verb === 'c') {
      const newline = script.indexOf('\n', at);
      at = newline === -1 ? script.length : newline;
    } else if (verb === 'b' || verb === 't' || verb === ':') {
      skip(/ /);
      // A blank ends the name: what follows is another command.
      skip(/\w/);
    } else if (verb !== '{' && verb !== '}') {
      return false;
    }
    if (at < script.length && !/[\s;}{]/.test(script[at] ?? '') && verb !== '{') return false;
  }
  return true;
}

function skipAddresses(script: string, from: number): number {
  let at = from;
  for (let count = 0; count < 2; count += 1) {
    const character = script[at] ?? '';
    if (/[\d$]/.test(character)) {
      while (/[\d$~+]/.test(script[at] ?? '')) at += 1;
    } else if (character === '/') {
      at = endOfSection(script, at + 1, '/');
      if (at === -1) return -1;
      at += 1;
      while (script[at] === 'I' || script[at] === 'M') at += 1;
    } else {
      return at;
    }
    if (script[at] !== ',') return at;
    at += 1;
    while (script[at] === ' ' || script[at] === '+' || script[at] === '~') at += 1;
  }
  return at;
}

/** The position of the next unescaped delimiter outside a bracket set, or -1. */
function endOfSection(script: string, from: number, delimiter: string): number {
  if (delimiter === '' || delimiter === '\\' || delimiter === '\n') return -1;
  for (let at = from; at < script.length; at += 1) {
    if (script[at] === '\\') at += 1;
    else if (script[at] === delimiter) return at;
  }
  return -1;
}

/**
 * True when an awk program neither runs programs nor writes files: no `system`, no `getline`, no
 * pipe, no redirected print. Strings, regular expressions and comments are skipped first.
 */
function isPlainAwk(program: string): boolean {
  const code = withoutLiterals(program);
  if (code === undefined) return false;
  if (/\b(?:system|getline|close|ENVIRON)\b|@/.test(code)) return false;
  if (/(?:^|[^|])\|(?:[^|]|$)/.test(code)) return false;
  // A line that ends so goes on in the next.
  const joined = code.replace(/(,|\\|&&|\|\||\bdo|\belse)\s*\n\s*/g, '$1 ');
  return joined.split(/[;\n{}]/).every(statement => !/\bprintf?\b[^>]*>/.test(statement));
}

/** The code of an awk program; undefined where it is not clear what is code and what is text. */
function withoutLiterals(program: string): string | undefined {
  let code = '';
  let at = 0;
  while (at < program.length) {
    const character = program[at] ?? '';
    const slash = character === '/' ? meaningOfSlash(code) : 'division';
    if (slash === 'unclear') return undefined;
    if (character === '#') {
      while (at < program.length && program[at] !== '\n') at += 1;
    } else if (character === '"' || slash === 'pattern') {
      const end = endOfLiteral(program, at, character);
      if (end === -1) return undefined;
      at = end + 1;
      code += 'S';
    } else {
      code += character;
      at += 1;
    }
  }
  return code;
}

/** Where the literal that begins at `from` ends, or -1 where readers of awk disagree. */
function endOfLiteral(program: string, from: number, delimiter: string): number {
  let inSet = false;
  for (let at = from + 1; at < program.length; at += 1) {
    const character = program[at];
    if (character === '\\') at += 1;
    else if (character === delimiter) return inSet ? -1 : at;
    else if (delimiter === '/' && character === '[') inSet = true;
    else if (delimiter === '/' && character === ']') inSet = false;
  }
  return -1;
}

/** What a slash after this code is: awk divides behind a value, and begins a pattern elsewhere. */
function meaningOfSlash(code: string): 'pattern' | 'division' | 'unclear' {
  const before = code.trimEnd();
  if (before.length < code.length && /\n\s*$/.test(code)) return 'pattern';
  if (before.endsWith(')')) return isCondition(before) ? 'unclear' : 'division';
  if (/\+\+$|--$|\b(?:print|printf|return|else|do|in|case|getline|exit)$/.test(before)) {
    return 'unclear';
  }
  return /[\w\]$"]$/.test(before) ? 'division' : 'pattern';
}

/** True when the code ends with the parentheses of `if (...)`, behind which a statement begins. */
function isCondition(code: string): boolean {
  let depth = 0;
  for (let at = code.length - 1; at >= 0; at -= 1) {
    if (code[at] === ')') depth += 1;
    else if (code[at] === '(') depth -= 1;
    if (depth === 0) return /\b(?:if|while|for)\s*$/.test(code.slice(0, at));
  }
  return true;
}

/**
 * True when a sed script does nothing but print, delete and substitute. `w`, `r`, `e` and `W` reach
 * files or run programs, also as flags of `s///`.
 */
export function isPlainSed(script: string): boolean {
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
      skip(/[\w ]/);
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
 * pipe, no redirected print. Strings and regular expressions are skipped first.
 */
export function isPlainAwk(program: string): boolean {
  const code = withoutLiterals(program);
  if (/\b(?:system|getline|close|ENVIRON)\b|@/.test(code)) return false;
  if (/(?:^|[^|])\|(?:[^|]|$)/.test(code)) return false;
  return code.split(/[;\n{}]/).every(statement => !/\bprintf?\b[^>]*>/.test(statement));
}

function withoutLiterals(program: string): string {
  let code = '';
  let at = 0;
  while (at < program.length) {
    const character = program[at] ?? '';
    const before = code.trimEnd().at(-1) ?? '(';
    const isRegex = character === '/' && '(,{;!~&|}\n'.includes(before);
    if (character === '"' || isRegex) {
      at += 1;
      while (at < program.length && program[at] !== character) at += program[at] === '\\' ? 2 : 1;
      code += 'S';
    } else {
      code += character;
    }
    at += 1;
  }
  return code;
}

import {
  literalWord,
  type ReadResult,
  type Redirect,
  type SimpleCommand,
  MAX_STAGES,
  nameOfWords,
  UNKNOWN,
  type Word,
} from '../script';

/**
 * Reads the literal subset of PowerShell: commands of plain words and strings, joined by
 * `; | && ||` and line ends, with redirects. Everything else is refused: expressions, script
 * blocks, call operators, type names, splatting, subexpressions. PowerShell's own parser is no
 * help: merely parsing `using module` loads code (openai/codex pre-rejects it for that reason), and
 * the tree-sitter grammar reads `hi>file` as one word.
 */
export function readPowerShell(line: string): ReadResult {
  const reader = new PowerShellReader(line);
  const commands = reader.read();
  if (reader.trouble) return { ok: false, ...reader.trouble };
  return { ok: true, script: { commands, issues: [] } };
}

/** Bare characters of a word. `,` makes a list of words, which is still nothing but words. */
function isBare(character: string): boolean {
  if (/^[\x00-\x7f]$/.test(character)) return /[A-Za-z0-9_\-./\\:+=,*?~^!%]/.test(character);
  // Written here because such an expression costs time even when nothing but bash is ever read.
  return /[\p{L}\p{M}\p{N}]/u.test(character);
}
/** PowerShell treats curly quotes as quotes, and long dashes as hyphens, wherever they stand. */
const LOOKALIKE = /[\u2013-\u2015\u2018-\u201f]/;
/** Words that begin a statement of another kind. */
const KEYWORDS = new Set(
  (
    'begin break catch class clean configuration continue data define do dynamicparam else elseif ' +
    'end enum exit filter finally for foreach from function hidden if import-dscresource in ' +
    'inlinescript interface module namespace parallel param process return sequence static ' +
    'switch throw trap try type until using var while workflow'
  ).split(' '),
);

class PowerShellReader {
  #at = 0;
  readonly #commands: SimpleCommand[] = [];
  /** The first thing that was not understood. The reader then stands at the end of the line. */
  trouble: { readonly reason: string; readonly at: number } | undefined;

  constructor(private readonly line: string) {
    const found = LOOKALIKE.exec(line);
    if (found) this.#refuse('PowerShell reads a look-alike quote or dash', found.index);
  }

  read(): readonly SimpleCommand[] {
    let pipedFrom: readonly SimpleCommand[] = [];
    let afterSuccess = false;
    let mustFollow = false;
    for (;;) {
      this.#skipBlank(mustFollow);
      const command = this.#command(pipedFrom, afterSuccess);
      if (command) this.#commands.push(command);
      else if (mustFollow) this.#refuse('a command is missing');
      const operator = this.#operator();
      if (operator === undefined) return this.#commands;
      mustFollow = operator === '|' || operator === '&&' || operator === '||';
      if (!command && operator !== '\n' && operator !== ';') this.#refuse('a command is missing');
      pipedFrom = operator === '|' && command ? [...pipedFrom, command] : [];
      if (pipedFrom.length > MAX_STAGES) this.#refuse('the pipeline is too long');
      afterSuccess = operator === '&&';
    }
  }

  #refuse(reason: string, at = this.#at): void {
    this.trouble ??= { reason, at };
    this.#at = this.line.length;
  }

  #peek(): string {
    return this.line[this.#at] ?? '';
  }

  #skipBlank(overLines: boolean): void {
    const blank = overLines ? ' \t\r\n' : ' \t';
    while (this.#peek() !== '' && blank.includes(this.#peek())) this.#at += 1;
    if (this.#peek() !== '#') return;
    while (this.#peek() !== '' && !'\r\n'.includes(this.#peek())) this.#at += 1;
    if (overLines) this.#skipBlank(true);
  }

  #operator(): string | undefined {
    const character = this.#peek();
    if (character === '') return undefined;
    const two = this.line.slice(this.#at, this.#at + 2);
    if (two === '&&' || two === '||') {
      this.#at += 2;
      return two;
    }
    if (character !== ';' && character !== '|' && character !== '\n' && character !== '\r') {
      this.#refuse(`${JSON.stringify(character)} is more than a plain command`);
      return undefined;
    }
    this.#at += 1;
    return character === '\r' ? '\n' : character;
  }

  #command(pipedFrom: readonly SimpleCommand[], afterSuccess: boolean): SimpleCommand | undefined {
    const start = this.#at;
    let end = start;
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.#skipBlank(false);
      const redirect = this.#redirect();
      if (redirect) redirects.push(redirect);
      const word = redirect ? undefined : this.#word(words.length === 0);
      if (word) words.push(word);
      if (!redirect && !word) break;
      end = this.#at;
    }
    if (words.length === 0) {
      if (redirects.length > 0) this.#refuse('a redirection has no command', start);
      return undefined;
    }
    return {
      start,
      end,
      dialect: 'powershell',
      assignments: [],
      words,
      name: nameOfWords(words, 'powershell'),
      redirects,
      pipedFrom,
      afterSuccess,
      depth: 0,
      group: false,
    };
  }

  #redirect(): Redirect | undefined {
    const match = /^(?:[1-6*]?>>?)(&[12])?/.exec(this.line.slice(this.#at, this.#at + 5));
    if (!match) {
      if (this.#peek() === '<') this.#refuse('PowerShell has no input redirection');
      return undefined;
    }
    const start = this.#at;
    this.#at += match[0].length;
    if (match[1] !== undefined) {
      return { start, end: this.#at, kind: 'duplicate' };
    }
    this.#skipBlank(false);
    const target = this.#word(false);
    if (!target) {
      this.#refuse('a redirection leads nowhere');
      return undefined;
    }
    const nowhere = target.pieces.length === 1 && isVariable(target, 'null');
    return { start, end: this.#at, kind: nowhere ? 'duplicate' : 'write', target };
  }

  #word(isName: boolean): Word | undefined {
    const start = this.#at;
    const built = new WindowsWord(start);
    for (;;) {
      const character = String.fromCodePoint(this.line.codePointAt(this.#at) ?? 0);
      if (this.#at >= this.line.length || ' \t\r\n;|>'.includes(character)) break;
      if (this.line.startsWith('&&', this.#at)) break;
      if (character === '#' && this.#at === start) break;
      if (isName && !/[\p{L}\p{N}_\-./\\:~?%]/u.test(character)) {
        this.#refuse(`${JSON.stringify(character)} does not begin the name of a command`);
      }
      this.#character(character, built, start);
    }
    if (this.#at === start) return undefined;
    if (this.line.slice(start, this.#at).startsWith('--%'))
      this.#refuse('--% ends the grammar', start);
    const word = built.finish(this.#at);
    if (isName) this.#checkName(word);
    return word;
  }

  #checkName({ value, start }: Word): void {
    if (KEYWORDS.has(value.toLowerCase())) this.#refuse('a statement, not a command', start);
    if (/^(?:\.|[\d.]+\w*|.*:)$/.test(value) || /^[\d-]/.test(value)) {
      this.#refuse('an expression, not a command', start);
    }
  }

  #character(character: string, built: WindowsWord, start: number): void {
    if (character === "'") return this.#singleQuoted(built);
    if (character === '"') return this.#doubleQuoted(built);
    if (character === '$') return this.#variable(built, 'split');
    const inside = this.#at > start;
    if (isBare(character) || (inside && /[@#]/.test(character))) {
      if (/[*?]/.test(character)) built.glob = true;
      if (character === '~' && !inside) built.tilde = true;
      built.add(character);
      this.#at += character.length;
      return;
    }
    this.#refuse(`${JSON.stringify(character)} is more than a plain word`);
  }

  #singleQuoted(built: WindowsWord): void {
    const open = this.#at;
    built.quoted = true;
    for (;;) {
      const close = this.line.indexOf("'", this.#at + 1);
      if (close === -1) return this.#refuse('a quote stays open', open);
      built.add(this.line.slice(this.#at + 1, close));
      this.#at = close + 1;
      if (this.#peek() !== "'") return;
      built.add("'");
    }
  }

  #doubleQuoted(built: WindowsWord): void {
    const open = this.#at;
    built.quoted = true;
    this.#at += 1;
    for (;;) {
      const character = this.#peek();
      if (character === '') return this.#refuse('a quote stays open', open);
      if (character === '$') {
        this.#variable(built, 'oneWord');
        continue;
      }
      this.#at += 1;
      if (character === '"') {
        if (this.#peek() !== '"') return;
        built.add('"');
        this.#at += 1;
      } else if (character === '`') {
        built.add(this.#escaped());
      } else {
        built.add(character);
      }
    }
  }

  #escaped(): string {
    const character = this.#peek();
    if (character === '' || character === 'u') {
      this.#refuse('an escape is unclear');
      return '';
    }
    this.#at += 1;
    return (
      { n: '\n', t: '\t', r: '\r', '0': '', a: '', b: '', e: '', f: '', v: '' }[character] ??
      character
    );
  }

  /** A plain variable runs nothing; its value is unknown. Anything more than a name is refused. */
  #variable(built: WindowsWord, dynamic: 'oneWord' | 'split'): void {
    const rest = this.line.slice(this.#at, this.#at + 80);
    const match = /^\$(?:env:[A-Za-z_]\w{0,60}|[A-Za-z]\w{0,60})(?![\w:.[({])/i.exec(rest);
    if (match) {
      this.#at += match[0].length;
      built.variable(match[0].slice(1).toLowerCase(), dynamic);
      return;
    }
    if (dynamic === 'oneWord' && /^\$["\s|)/\\.,]/.test(rest)) {
      built.add('$');
      this.#at += 1;
      return;
    }
    this.#refuse('a variable or expression is more than a name');
  }
}

function isVariable(word: Word, name: string): boolean {
  const [piece] = word.pieces;
  return typeof piece === 'object' && 'variable' in piece && piece.variable === name;
}

/** Collects a word of either Windows dialect. */
export class WindowsWord {
  quoted = false;
  glob = false;
  tilde = false;
  #value = '';
  #dynamic: Word['dynamic'] = 'no';
  readonly #pieces: (string | { readonly variable: string })[] = [];

  constructor(private readonly start: number) {}

  add(text: string): void {
    this.#value += text;
    const last = this.#pieces.at(-1);
    if (typeof last === 'string') this.#pieces[this.#pieces.length - 1] = last + text;
    else this.#pieces.push(text);
  }

  variable(name: string, dynamic: 'oneWord' | 'split'): void {
    this.#value += UNKNOWN;
    this.#pieces.push({ variable: name });
    if (this.#dynamic !== 'split') this.#dynamic = dynamic;
  }

  finish(end: number): Word {
    const { quoted, glob, tilde } = this;
    return {
      ...literalWord(this.#value, { start: this.start, end }, quoted),
      pieces: this.#pieces,
      glob,
      tilde,
      dynamic: this.#dynamic,
    };
  }
}

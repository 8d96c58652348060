import {
  MAX_STAGES,
  nameOfWords,
  type ReadResult,
  type Redirect,
  type SimpleCommand,
  type Word,
} from '../script';
import { WindowsWord } from './readPowerShell';

/**
 * Reads the literal subset of cmd.exe: commands of plain words and double-quoted strings, joined by
 * `& && || |`, with redirects. Refused: `%VAR%` (pasted before parsing, so its value can hold
 * operators), `^`, blocks, `for`, labels, line ends. Single quotes and backticks quote nothing.
 */
export function readCmd(line: string): ReadResult {
  const reader = new CmdReader(line);
  const commands = reader.read();
  if (reader.trouble) return { ok: false, ...reader.trouble };
  return { ok: true, script: { commands, issues: [] } };
}

/** Characters that are plain in cmd; of other scripts only letters, as cmd maps look-alikes. */
function isBare(character: string): boolean {
  if (/^[\x00-\x7f]$/.test(character)) return /[A-Za-z0-9_\-./\\:+*?~@#$[\]{}'`]/.test(character);
  // Written here because such an expression costs time even when nothing but bash is ever read.
  return /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{N}]/u.test(character);
}

/** Commands of cmd itself, whose switches need no blank before them: `dir/b`, `rd/s/q`. */
const INTERNAL = new Set(
  'assoc call cd chdir cls color copy date del dir echo erase ftype md mkdir mklink move path pause popd prompt pushd rd rem ren rename rmdir set start time title type ver verify vol'.split(
    ' ',
  ),
);

class CmdReader {
  #at = 0;
  trouble: { readonly reason: string; readonly at: number } | undefined;

  constructor(private readonly line: string) {
    this.#refuseExpansion('%', 'cmd pastes variables before it parses');
    this.#refuseExpansion('!', 'cmd may expand variables between exclamation marks');
    const newline = line.indexOf('\n');
    if (newline !== -1) this.#refuse('cmd stops at the line end', newline);
  }

  read(): readonly SimpleCommand[] {
    const commands: SimpleCommand[] = [];
    let pipedFrom: readonly SimpleCommand[] = [];
    let afterSuccess = false;
    while (!this.trouble) {
      const command = this.#command(pipedFrom, afterSuccess);
      if (!command) break;
      commands.push(command);
      const operator = /^(?:&&|\|\||&|\|)/.exec(this.line.slice(this.#at, this.#at + 2))?.[0];
      if (operator === undefined) {
        if (this.#at < this.line.length) this.#refuse('a character is more than a plain command');
        break;
      }
      this.#at += operator.length;
      pipedFrom = operator === '|' ? [...pipedFrom, command] : [];
      if (pipedFrom.length > MAX_STAGES) this.#refuse('the pipeline is too long');
      afterSuccess = operator === '&&';
    }
    return commands;
  }

  #refuse(reason: string, at = this.#at): void {
    this.trouble ??= { reason, at };
  }

  /** Two marks make a variable, one does not: `git log --format=%h` stays readable. */
  #refuseExpansion(mark: string, reason: string): void {
    const first = this.line.indexOf(mark);
    if (first === -1) return;
    const second = this.line.indexOf(mark, first + 1);
    if (second !== -1 || (mark === '%' && /^%[\d*~]/.test(this.line.slice(first, first + 2)))) {
      this.#refuse(reason, first);
    }
  }

  #command(pipedFrom: readonly SimpleCommand[], afterSuccess: boolean): SimpleCommand | undefined {
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    this.#skipBlank();
    const start = this.#at;
    let end = start;
    while (!this.trouble && this.#at < this.line.length && !'&|'.includes(this.#peek())) {
      const redirect = this.#redirect();
      if (redirect) redirects.push(redirect);
      else
        words.push(
          ...this.#word(words.length === 0).flatMap(word => splitSwitches(word, words[0])),
        );
      end = this.#at;
      this.#skipBlank();
    }
    if (words.length === 0) {
      this.#refuse('a command is missing', start);
      return undefined;
    }
    return {
      start,
      end,
      dialect: 'cmd',
      assignments: [],
      words,
      name: nameOfWords(words, 'cmd'),
      redirects,
      pipedFrom,
      afterSuccess,
      depth: 0,
      group: false,
    };
  }

  #peek(): string {
    return this.line[this.#at] ?? '';
  }

  #skipBlank(): void {
    while (' \t'.includes(this.#peek() || 'x')) this.#at += 1;
  }

  #redirect(): Redirect | undefined {
    const start = this.#at;
    const match = /^\d?(?:>>?|<)(&\d)?/.exec(this.line.slice(start, start + 5));
    if (!match) return undefined;
    this.#at += match[0].length;
    if (match[1] !== undefined) return { start, end: this.#at, kind: 'duplicate' };
    this.#skipBlank();
    const [target] = this.#word(false);
    if (!target || target.value === '') {
      this.#refuse('a redirection leads nowhere');
      return undefined;
    }
    const kind = match[0].includes('<') ? 'read' : 'write';
    return { start, end: this.#at, kind, target };
  }

  /** One word; the first may split into a command of cmd and its switches. */
  #word(isName: boolean): readonly Word[] {
    const start = this.#at;
    const built = new WindowsWord(start);
    while (!this.trouble && this.#at < this.line.length) {
      const character = String.fromCodePoint(this.line.codePointAt(this.#at) ?? 0);
      if (' \t&|<>'.includes(character)) break;
      if (character === '"') {
        this.#quoted(built);
        continue;
      }
      // These separate a name from its arguments; in arguments they are passed on as they are.
      if (/[,;=]/.test(character) ? isName : !isBare(character) && !/[%!]/.test(character)) {
        this.#refuse(`${JSON.stringify(character)} is more than a plain word`);
        break;
      }
      if (/[*?]/.test(character)) built.glob = true;
      built.add(character);
      this.#at += character.length;
    }
    if (this.#at === start) this.#refuse('a character is more than a plain command');
    const word = built.finish(this.#at);
    // `npm x/../../evil.exe`: cmd looks for a file of the whole text first, and `..` drops `npm x`.
    if (/[^/\\.]\/\.\.(?:[/\\]|$)/.test(word.value)) {
      this.#refuse('cmd may take a path with /.. for the name of a program', start);
    }
    if (!isName) return [word];
    if (couldBeFile(word)) this.#refuse('a file of that name would run instead', start);
    return splitName(word);
  }

  #quoted(built: WindowsWord): void {
    const close = this.line.indexOf('"', this.#at + 1);
    if (close === -1) return this.#refuse('a quote stays open');
    // Programs read \" as a quote inside the string, cmd does not: the two disagree what is quoted.
    if (this.line[close - 1] === '\\' && close - 1 > this.#at) {
      return this.#refuse('a backslash stands before a quote');
    }
    built.quoted = true;
    built.add(this.line.slice(this.#at + 1, close));
    this.#at = close + 1;
  }
}

/** `/s/q` after a command of cmd is two switches. */
function splitSwitches(word: Word, name: Word | undefined): readonly Word[] {
  const internal = name && !name.quoted && INTERNAL.has(name.value.toLowerCase());
  if (!internal || word.quoted || !/^(?:\/[A-Za-z]){2,}$/.test(word.value)) return [word];
  return word.value
    .split(/(?=\/)/)
    .map(value => ({ ...word, value, forms: [value], pieces: [value] }));
}

/** A command of cmd with what stands right behind it. */
const GLUED = /^([A-Za-z]+)([/.:\\+[\]].*)$/;

/**
 * `echo.bat` and `echo\..\x.exe` run a file where there is one, `echo.` and `cd..` do not. Only
 * commands that move take a path right behind their name in earnest.
 */
function couldBeFile(word: Word): boolean {
  const [, name = '', rest = ''] = GLUED.exec(word.value) ?? [];
  if (word.quoted || !INTERNAL.has(name.toLowerCase())) return false;
  if (/^(?:cd|chdir|pushd)$/i.test(name) && /^(?:\.\.|\\)/.test(rest)) return false;
  return rest.length > 1 && /^[.\\]/.test(rest);
}

function splitName(word: Word): readonly Word[] {
  const match = GLUED.exec(word.value);
  const name = match?.[1]?.toLowerCase() ?? '';
  const rest = match?.[2];
  if (word.quoted || rest === undefined || !INTERNAL.has(name)) return [word];
  const middle = word.start + name.length;
  const head = { ...word, end: middle, value: match?.[1] ?? '', forms: [match?.[1] ?? ''] };
  const switches = rest
    .split(/(?=\/)/)
    .map(value => ({ ...word, start: middle, value, forms: [value], pieces: [value] }));
  return [{ ...head, pieces: [head.value] }, ...switches];
}

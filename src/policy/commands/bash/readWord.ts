import type {
  CommandExpansionPart,
  DoubleQuotedChild,
  ParameterExpansionPart,
  ParsedScript,
  Word as ParsedWord,
  WordPart,
} from 'unbash';
import { literalWord, type Piece, type SimpleCommand, UNKNOWN, type Word } from '../script';
import { combine, expandBraces } from './braces';
import { readLiteral } from './literalText';

/** What reading a word needs from the walk around it. */
export interface WordHost {
  readonly source: string;
  range(pos: number, end: number): { start: number; end: number };
  /** Reads a nested script and returns its commands. */
  nested(script: ParsedScript, pos: number, end: number): readonly SimpleCommand[];
  issue(pos: number, end: number, reason: string): void;
  /** The line cannot be read: two readings of it differ. */
  unclear(pos: number, reason: string): void;
}

/** Most words: nothing in them means anything to any shell. */
const PLAIN = /^[\w./:@%+,-]+$/;

/** `"$\\⏎(x)"` is a substitution in bash; zsh sees a dollar and runs what single quotes hide. */
const SPLIT_BY_CONTINUATION = /[^\s\\]\\\n\S/;

/** Brings a parsed word to our shape, checking byte by byte that nothing in it went unread. */
export function readWord(parsed: ParsedWord, host: WordHost): Word {
  if (PLAIN.test(parsed.text)) return literalWord(parsed.text, host.range(parsed.pos, parsed.end));
  const builder = new WordBuilder(host);
  const { parts, pos, end } = parsed;
  if (SPLIT_BY_CONTINUATION.test(parsed.text)) {
    host.issue(pos, end, 'shells do not agree on a word that a line continuation splits');
  }
  if (!parts) {
    builder.literal(pos, end, false);
  } else {
    builder.tile(parts, pos, end, false, part => builder.part(part));
  }
  return builder.finish(pos, end);
}

const NAME = /^[A-Za-z_]\w*$/;
/** Parameters that a shell sets itself: `$?`, `$#`, `$1`. `$@` and `$*` may be many words. */
const SPECIAL = /^[?#$!0-9-]$/;
const NUMBERS_ONLY = /^\$\(\([\d+\-*/%() <>=!&|^~?:]*\)\)$/;

class WordBuilder {
  #value = '';
  #forms: readonly string[] | undefined = [''];
  /** What bash makes of the braces so far; undefined without braces. */
  #spread: readonly string[] | undefined;
  #quoted = false;
  #glob = false;
  #tilde = false;
  #dynamic: Word['dynamic'] = 'no';
  readonly #pieces: Piece[] = [];
  readonly #commands: SimpleCommand[] = [];

  constructor(private readonly host: WordHost) {}

  /** Visits parts that must stand end to end between `pos` and `end`. */
  tile<Part extends { pos: number; end: number }>(
    parts: readonly Part[],
    pos: number,
    end: number,
    inDoubleQuotes: boolean,
    visit: (part: Part) => void,
  ): void {
    let at = pos;
    for (const part of parts) {
      // The parser gives no part to a line continuation; anything else in a gap is unread text.
      if (part.pos > at) this.literal(at, part.pos, inDoubleQuotes);
      if (part.pos < at) this.host.unclear(part.pos, 'parts of a word overlap');
      visit(part);
      at = part.end;
    }
    if (at < end) this.literal(at, end, inDoubleQuotes);
    if (at > end) this.host.unclear(end, 'a part of a word is too long');
  }

  literal(pos: number, end: number, inDoubleQuotes: boolean): void {
    const { source } = this.host;
    if (!inDoubleQuotes && this.#pieces.length === 0 && source[pos] === '~') this.#tilde = true;
    const read = readLiteral(source, pos, end, inDoubleQuotes);
    if (!read.ok) {
      this.host.unclear(pos, read.reason);
      return;
    }
    if (read.history) this.host.issue(pos, end, 'an interactive shell takes ! for its history');
    if (inDoubleQuotes || read.escaped) this.#quoted = true;
    this.#add(read.value);
  }

  part(part: WordPart): void {
    const { source } = this.host;
    switch (part.type) {
      case 'Literal':
        return this.literal(part.pos, part.end, false);
      case 'SingleQuoted':
        return this.#singleQuoted(part.pos, part.end);
      case 'DoubleQuoted':
        this.#quoted = true;
        if (source[part.pos] !== '"' || source[part.end - 1] !== '"') {
          this.host.unclear(part.pos, 'a double quote stays open');
        }
        return this.tile(part.parts, part.pos + 1, part.end - 1, true, child =>
          this.#quotedChild(child),
        );
      case 'AnsiCQuoted':
        return this.#ansiC(part.pos, part.end, part.value);
      case 'Glob':
        return this.#globPart(part.pos, part.end);
      case 'BraceExpansion':
        return this.#braces(part.pos, part.end);
      case 'ProcessSubstitution': {
        if (part.operator === '>' || !part.script) {
          this.host.issue(part.pos, part.end, 'it feeds what it writes to another command');
        }
        if (part.script) this.#runs(part.script, part.pos, part.end);
        // The shell hands over the name of a pipe, which is no place anybody cares about.
        this.#add('/dev/fd/63');
        return;
      }
      case 'LocaleString':
        this.host.issue(part.pos, part.end, 'a translated string ($"…") is looked up when it runs');
        return this.tile(part.parts, part.pos + 2, part.end - 1, true, child =>
          this.#quotedChild(child),
        );
      case 'ExtendedGlob':
        this.host.issue(part.pos, part.end, 'zsh can run code in a pattern with parentheses');
        return this.#unknown('split');
      default:
        return this.#expansion(part, 'split');
    }
  }

  finish(pos: number, end: number): Word {
    if (!this.#forms) this.host.issue(pos, end, 'its braces are too intricate to be judged');
    const forms = this.#forms ?? [this.#value];
    const range = this.host.range(pos, end);
    return {
      start: range.start,
      end: range.end,
      value: this.#value,
      forms: forms.includes(this.#value) ? forms : [this.#value, ...forms],
      // An empty word disappears unless it is quoted.
      spread: this.#spread?.filter(text => text !== '' || this.#quoted),
      pieces: this.#pieces,
      quoted: this.#quoted,
      glob: this.#glob,
      tilde: this.#tilde,
      dynamic: this.#dynamic,
      commands: this.#commands,
    };
  }

  #quotedChild(child: DoubleQuotedChild): void {
    if (child.type === 'Literal') return this.literal(child.pos, child.end, true);
    return this.#expansion(child, 'oneWord');
  }

  #singleQuoted(pos: number, end: number): void {
    const { source } = this.host;
    const inner = source.slice(pos + 1, end - 1);
    if (source[pos] !== "'" || source[end - 1] !== "'" || end - pos < 2 || inner.includes("'")) {
      this.host.unclear(pos, 'a single quote stays open');
    }
    this.#quoted = true;
    this.#add(inner);
  }

  /** `$'…'`: dash reads it as `$` and a plain string, so both readings count. */
  #ansiC(pos: number, end: number, value: string): void {
    const raw = this.host.source.slice(pos + 2, end - 1);
    if (raw.includes("\\'") || raw.endsWith('\\') || value.includes(UNKNOWN)) {
      this.host.issue(pos, end, "shells do not agree where this $'…' string ends");
    }
    this.#quoted = true;
    this.#add(value, [value, `$${raw}`]);
  }

  #globPart(pos: number, end: number): void {
    const raw = this.host.source.slice(pos, end);
    if (!/^(?:\*{1,2}|\?|\[[\w.:^ ,/\\-]*\]|\[[\w.^-]*\[:\w+:\][\w.-]*\])$/.test(raw)) {
      this.host.issue(pos, end, 'its pattern is too intricate to be judged');
    }
    this.#glob = true;
    this.#add(raw);
  }

  #braces(pos: number, end: number): void {
    const raw = this.host.source.slice(pos, end);
    const alternatives = expandBraces(raw);
    if (!alternatives) this.host.issue(pos, end, 'its braces are too intricate to be judged');
    if (/[*?]/.test(raw)) this.#glob = true;
    const before = this.#spread ?? [this.#value];
    this.#add(raw, alternatives ? [raw, ...alternatives] : [raw]);
    this.#spread = combine(before, alternatives ?? [raw]) ?? this.#forms;
  }

  #expansion(
    part: Exclude<DoubleQuotedChild, { type: 'Literal' }>,
    dynamic: 'oneWord' | 'split',
  ): void {
    const { source } = this.host;
    // zsh evaluates a subscript, whatever quotes stand in it.
    if (source[part.end] === '[') {
      this.host.issue(part.pos, part.end, 'zsh evaluates the subscript after this variable');
    }
    switch (part.type) {
      case 'SimpleExpansion': {
        const name = part.text.slice(1);
        if (!NAME.test(name) && !SPECIAL.test(name) && !/^[@*]$/.test(name)) {
          this.host.issue(part.pos, part.end, 'its expansion is unclear');
        }
        return this.#variable(name, /^[@*]$/.test(name) ? 'split' : dynamic);
      }
      case 'ParameterExpansion':
        return this.#parameter(part, dynamic);
      case 'CommandExpansion':
        return this.#commandExpansion(part, dynamic);
      case 'ArithmeticExpansion':
        if (!NUMBERS_ONLY.test(part.text)) {
          this.host.issue(part.pos, part.end, 'arithmetic evaluates the text of variables');
          // Commands inside arithmetic are not walked, so the line counts as not read.
          if (/\$\(|`|\$\{/.test(part.text.slice(3))) {
            this.host.unclear(part.pos, 'arithmetic holds a substitution');
          }
        }
        return this.#unknown(dynamic);
    }
  }

  #commandExpansion(part: CommandExpansionPart, dynamic: 'oneWord' | 'split'): void {
    if (part.script) this.#runs(part.script, part.pos, part.end);
    else this.host.unclear(part.pos, 'a substitution stays open');
    this.#unknown(dynamic);
  }

  #parameter(part: ParameterExpansionPart, dynamic: 'oneWord' | 'split'): void {
    const { parameter, prefix, index, operation } = part;
    const plainName = NAME.test(parameter) || SPECIAL.test(parameter);
    if (!plainName || index || (prefix !== undefined && prefix !== '#')) {
      this.host.issue(part.pos, part.end, 'the expansion reads a variable named by another');
    }
    if (operation) this.#operation(operation);
    if (index) this.#operand(index);
    if (plainName && !operation && !prefix && !index) this.#variable(parameter, dynamic);
    else this.#unknown(dynamic);
  }

  #operation(operation: NonNullable<ParameterExpansionPart['operation']>): void {
    const operands: (ParsedWord | undefined)[] = [];
    let safe = false;
    switch (operation.type) {
      case 'Default':
        safe = /^:?[-+]$/.test(operation.operator);
        operands.push(operation.operand);
        break;
      case 'Remove':
        safe = true;
        operands.push(operation.operand);
        break;
      case 'Replace':
        safe = true;
        operands.push(operation.pattern, operation.replacement);
        break;
      case 'Slice':
        safe = [operation.offset, operation.length].every(
          word => word === undefined || /^ ?-?\d{0,6}$/.test(word.text),
        );
        operands.push(operation.offset, operation.length);
        break;
      case 'CaseModification':
        safe = !operation.operand;
        operands.push(operation.operand);
        break;
      case 'Transform':
        operands.push(operation.operand);
        break;
      case 'Names':
      case 'Unknown':
        break;
    }
    if (!safe) {
      this.host.issue(operation.pos, operation.end, 'the expansion can run or assign something');
    }
    for (const operand of operands) if (operand) this.#operand(operand);
  }

  /** Text inside `${…}`: it is read for the commands in it; what it yields is not known. */
  #operand(operand: ParsedWord): void {
    if (operand.text.includes("'") && /[$`]/.test(operand.text)) {
      // Inside "${x%'…'}" single quotes quote in bash, and do nothing in zsh.
      this.host.issue(operand.pos, operand.end, 'shells do not agree what is quoted in ${…}');
    }
    const inner = new WordBuilder({
      ...delegate(this.host),
      // Blanks and operators are plain text there, so a disagreement makes it an issue, no more.
      unclear: (pos, reason) => this.host.issue(pos, operand.end, reason),
    });
    if (operand.parts) {
      inner.tile(operand.parts, operand.pos, operand.end, false, part => inner.part(part));
    } else if (!/^[\w ./:,%#*-]*$/.test(operand.text)) {
      this.host.issue(operand.pos, operand.end, 'the text inside ${…} is not plain');
      if (/[$`]/.test(operand.text)) this.host.unclear(operand.pos, 'an expansion hides another');
    }
    this.#commands.push(...inner.#commands);
  }

  #runs(script: ParsedScript, pos: number, end: number): void {
    this.#commands.push(...this.host.nested(script, pos, end));
  }

  #add(text: string, alternatives: readonly string[] = [text]): void {
    this.#value += text;
    this.#pieces.push(text);
    this.#forms = this.#forms && combine(this.#forms, alternatives);
    this.#spread = this.#spread && combine(this.#spread, [text]);
  }

  #variable(name: string, dynamic: 'oneWord' | 'split'): void {
    this.#unknown(dynamic, { variable: name });
  }

  #unknown(dynamic: 'oneWord' | 'split', piece: Piece = { unknown: true }): void {
    this.#value += UNKNOWN;
    this.#pieces.push(piece);
    this.#forms = this.#forms && combine(this.#forms, [UNKNOWN]);
    this.#spread = this.#spread && combine(this.#spread, [UNKNOWN]);
    if (dynamic === 'split' || this.#dynamic === 'split') this.#dynamic = 'split';
    else this.#dynamic = 'oneWord';
  }
}

function delegate(host: WordHost): WordHost {
  return {
    source: host.source,
    range: (pos, end) => host.range(pos, end),
    nested: (script, pos, end) => host.nested(script, pos, end),
    issue: (pos, end, reason) => host.issue(pos, end, reason),
    unclear: (pos, reason) => host.unclear(pos, reason),
  };
}

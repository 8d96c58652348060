import {
  type AndOr,
  type Assignment as ParsedAssignment,
  type Command,
  type CommandNode,
  type CompoundList,
  type For,
  forEachChild,
  type HereDoc,
  type ParsedScript,
  type Pipeline,
  type PipelineNode,
  type Redirect as ParsedRedirect,
  type Redirection,
  type Select,
  type Statement,
  type SyntaxNode,
  type Word as ParsedWord,
} from 'unbash';
import type { SourceRange } from '../../decision';
import {
  type Assignment,
  type Issue,
  literalWord,
  MAX_STAGES,
  nameOfWords,
  NO_COMMANDS,
  type Redirect,
  type SimpleCommand,
  type Word,
} from '../script';
import { findGapTrouble, type Span } from './coverage';
import { readWord, type WordHost } from './readWord';

/** What a walk gathers; shared by the walkers of nested scripts. */
export interface WalkResult {
  readonly commands: SimpleCommand[];
  readonly issues: Issue[];
  /** The first place where the line could not be read. */
  unclear: { readonly reason: string; readonly at: number } | undefined;
}

/** What a command is made of, as the walk gathers it. */
interface Found {
  readonly assignments: Assignment[];
  readonly words: Word[];
  readonly redirects: Redirect[];
}
type CommandPart = Command['prefix'][number] | Command['suffix'][number];

/** Where in a pipeline or list a node stands. */
interface Place {
  readonly pipedFrom: readonly SimpleCommand[];
  readonly afterSuccess: boolean;
  readonly depth: number;
}

/**
 * Loop variables that no shell gives a meaning (zsh ties `path` to `PATH`). A loop over any other
 * name could change how the next command is found or read.
 */
const LOOP_VARIABLE = /^(?:[a-z]|file|dir|item|pkg|test|src|ext|num|repo|branch|service|module)$/;

/** Walks the tree of one script: the whole line, or a substitution in it. */
export class BashWalker implements WordHost {
  readonly #spans: Span[] = [];
  readonly #parentheses = { open: 0, close: 0 };
  #depth = 0;

  constructor(
    readonly source: string,
    /** Set where positions index a decoded copy (escaped backticks): then all have this range. */
    private readonly fixed: SourceRange | undefined,
    private readonly result: WalkResult,
  ) {}

  /** Walks a script and gathers its commands, nested ones included. */
  script(script: ParsedScript, depth: number): void {
    this.#depth = depth;
    const place: Place = { pipedFrom: NO_COMMANDS, afterSuccess: false, depth };
    const [error] = script.errors ?? [];
    if (error) this.unclear(error.pos, error.message);
    if (script.shebang !== undefined) this.unclear(script.pos, 'it begins like a script file');
    for (const statement of script.commands) this.#statement(statement, place);
    const trouble = findGapTrouble(
      this.source,
      { pos: script.pos, end: script.end },
      this.#spans,
      this.#parentheses,
    );
    if (trouble?.fatal) this.unclear(trouble.at, trouble.reason);
    else if (trouble) this.issue(trouble.at, this.source.length, trouble.reason);
  }

  range(pos: number, end: number): SourceRange {
    return this.fixed ?? { start: pos, end };
  }

  nested(script: ParsedScript, pos: number, end: number): readonly SimpleCommand[] {
    const decoded = script.source;
    const fixed = decoded === undefined ? this.fixed : this.range(pos, end);
    const walker = new BashWalker(decoded ?? this.source, fixed, this.result);
    const before = this.result.commands.length;
    walker.script(script, this.#depth + 1);
    return this.result.commands.slice(before);
  }

  issue(pos: number, end: number, reason: string): void {
    const range = this.range(pos, end);
    this.result.issues.push({ start: range.start, end: range.end, reason });
  }

  unclear(pos: number, reason: string): void {
    this.result.unclear ??= { reason, at: this.range(pos, pos).start };
  }

  #statement(statement: Statement, place: Place): void {
    const { command } = statement;
    if (command.type === 'AndOr') this.#andOr(command, place);
    else this.#pipelineNode(command, place);
  }

  #andOr(node: AndOr, place: Place): void {
    const { pipedFrom, depth } = place;
    for (const [index, command] of node.commands.entries()) {
      const afterSuccess = index > 0 && node.operators[index - 1] === '&&';
      this.#pipelineNode(command, { pipedFrom, afterSuccess, depth });
    }
  }

  #pipelineNode(node: PipelineNode, place: Place): void {
    if (node.type === 'Pipeline') this.#pipeline(node, place);
    else this.#command(node, place);
  }

  #pipeline(node: Pipeline, place: Place): void {
    for (const prefix of node.prefixes) {
      if (prefix.type !== 'Time') continue;
      this.issue(prefix.pos, prefix.end, 'time is a wrapper in some shells');
      this.#cover(prefix);
    }
    if (node.commands.length > MAX_STAGES) this.unclear(node.pos, 'the pipeline is too long');
    const before = this.result.commands.length;
    const { pipedFrom: outer, afterSuccess, depth } = place;
    for (const command of node.commands.slice(0, MAX_STAGES)) {
      const upstream = this.result.commands.slice(before);
      const pipedFrom = outer.length === 0 ? upstream : [...outer, ...upstream];
      this.#command(command, { pipedFrom, afterSuccess, depth });
    }
  }

  #command(node: CommandNode, place: Place): void {
    switch (node.type) {
      case 'Command':
        return this.#simple(node, place);
      case 'Redirected': {
        this.#command(node.command, place);
        const redirects: Redirect[] = [];
        for (const redirect of node.redirects) this.#redirect(redirect, redirects);
        return this.#push(node, { assignments: [], words: [], redirects }, place, true);
      }
      case 'Subshell':
        this.#parentheses.open += 1;
        this.#parentheses.close += 1;
        return this.#list(node.body, place);
      case 'BraceGroup':
        return this.#list(node.body, place);
      case 'If':
        for (const list of [node.clause, node.then, ...node.elif.flatMap(e => [e.clause, e.then])])
          this.#list(list, place);
        if (node.else) this.#list(node.else, place);
        return;
      case 'While':
        this.#list(node.clause, place);
        return this.#list(node.body, place);
      case 'For':
        return this.#loop(node, place);
      case 'Select':
        this.issue(node.pos, node.end, 'a menu waits for a person');
        return this.#loop(node, place);
      default:
        return this.#opaque(node, place);
    }
  }

  #loop(node: For | Select, place: Place): void {
    const { pos, end, text: name } = node.name;
    this.#cover(node.name);
    if (!LOOP_VARIABLE.test(name)) {
      this.issue(pos, end, 'the loop variable may mean something to a shell');
    }
    const words = (node.wordlist ?? []).map(word => this.#word(word));
    const assignments = words.map(value => ({ start: value.start, end: value.end, name, value }));
    this.#push(node, { assignments, words: [], redirects: [] }, place, true);
    this.#list(node.body, place);
  }

  /** Structure that is walked for the commands in it, but that nobody can vouch for. */
  #opaque(node: CommandNode, place: Place): void {
    switch (node.type) {
      case 'Function':
        this.issue(node.pos, node.end, 'a function can take the name of a trusted command');
        this.#cover(node.name);
        if (/^[\s]*\(/.test(this.source.slice(node.name.end, node.name.end + 8))) {
          this.#parentheses.open += 1;
          this.#parentheses.close += 1;
        }
        return this.#body(node.body, place);
      case 'Coproc':
        this.issue(node.pos, node.end, 'a coprocess runs beside the rest');
        if (node.name) this.#cover(node.name);
        return this.#body(node.body, place);
      case 'Case':
        this.issue(node.pos, node.end, 'which branch runs is not known');
        this.#word(node.word);
        for (const item of node.items) {
          this.#parentheses.close += 1;
          if (this.source[item.pos] === '(') this.#parentheses.open += 1;
          for (const pattern of item.pattern) this.#cover(pattern);
          for (const pattern of item.pattern) this.#substitutions(pattern);
          this.#list(item.body, place);
        }
        return;
      case 'ArithmeticFor':
        this.unclear(node.pos, 'arithmetic loops are not read');
        return this.#list(node.body, place);
      default:
        this.issue(node.pos, node.end, 'conditions and arithmetic can evaluate text');
        this.#cover(node);
        if (node.type === 'ArithmeticCommand') {
          if (/[$`]/.test(node.body)) this.unclear(node.pos, 'arithmetic holds an expansion');
          return;
        }
        return this.#substitutions(node);
    }
  }

  #body(node: CommandNode | CompoundList, place: Place): void {
    if (node.type === 'CompoundList') this.#list(node, place);
    else this.#command(node, place);
  }

  #list(list: CompoundList, place: Place): void {
    const inner = { ...place, afterSuccess: false, depth: place.depth + 1 };
    for (const statement of list.commands) this.#statement(statement, inner);
  }

  /** Finds the substitutions below a node that is not walked otherwise. */
  #substitutions(node: SyntaxNode): void {
    forEachChild(node, child => {
      if (child.type === 'CommandExpansion' || child.type === 'ProcessSubstitution') {
        if (child.script) this.nested(child.script, child.pos, child.end);
        else this.unclear(child.pos, 'a substitution stays open');
      } else {
        this.#substitutions(child);
      }
    });
  }

  #simple(node: Command, place: Place): void {
    const found: Found = { assignments: [], words: [], redirects: [] };
    // What bash reads as part of one command, and another shell as the start of the next.
    let joined = false;
    for (const part of node.prefix) joined = this.#part(part, found, joined);
    if (node.name) joined = this.#part(node.name, found, joined);
    for (const part of node.suffix) joined = this.#part(part, found, joined);
    this.#push(node, found, place);
  }

  /** Reads one part of a command; true once a `&>` stood before or is this one. */
  #part(part: CommandPart, { assignments, words, redirects }: Found, joined: boolean): boolean {
    const { type, pos, end } = part;
    if (type === 'Word' || type === 'Assignment') {
      if (joined) this.issue(pos, end, 'dash ends a command at &> and runs what follows');
      if (type === 'Word') {
        if (part.text === '}' || part.text === '{') {
          this.issue(pos, end, 'zsh takes a lone brace for the end of a group');
        }
        words.push(this.#word(part));
      } else if (words.length === 0) {
        assignments.push(this.#assignment(part));
      } else {
        words.push(this.#assignmentWord(part));
      }
      return joined;
    }
    this.#redirect(part, redirects);
    return joined || (type === 'Redirect' && part.operator.startsWith('&>'));
  }

  #push(node: Span, found: Found, { pipedFrom, afterSuccess, depth }: Place, group = false): void {
    const { start, end } = this.range(node.pos, node.end);
    const { assignments, words, redirects } = found;
    this.result.commands.push({
      start,
      end,
      dialect: 'bash',
      assignments,
      words,
      name: nameOfWords(words, 'bash'),
      redirects,
      pipedFrom,
      afterSuccess,
      depth,
      group,
    });
  }

  #cover(span: Span): void {
    this.#spans.push(span);
  }

  #word(parsed: ParsedWord): Word {
    this.#cover(parsed);
    return readWord(parsed, this);
  }

  #assignment(node: ParsedAssignment): Assignment {
    this.#cover(node);
    const { start, end } = this.range(node.pos, node.end);
    const { name, value } = node;
    if (value.type === 'Word' && !node.index && !node.append) {
      return { start, end, name, value: readWord(value, this) };
    }
    this.#substitutions(node);
    return { start, end, name, value: undefined };
  }

  /** `declare x=1` and `dd of=x`: the parser calls the argument an assignment; we call it a word. */
  #assignmentWord(node: ParsedAssignment): Word {
    this.#cover(node);
    const head = this.source.slice(node.pos, node.value.pos);
    if (node.value.type !== 'Word' || node.index) {
      this.issue(node.pos, node.end, 'it assigns an array');
      this.#substitutions(node);
      return this.#plain(node, head);
    }
    const value = readWord(node.value, this);
    return {
      ...value,
      ...this.range(node.pos, node.end),
      value: head + value.value,
      forms: value.forms.map(form => head + form),
      spread: value.spread?.map(form => head + form),
      pieces: [head, ...value.pieces],
      tilde: false,
    };
  }

  #plain(node: Span, value: string): Word {
    return literalWord(value, this.range(node.pos, node.end));
  }

  #redirect(node: Redirection, redirects: Redirect[]): void {
    this.#cover(node);
    const range = this.range(node.pos, node.end);
    if (node.descriptor?.type === 'FileDescriptorVariable') {
      this.issue(node.pos, node.end, 'it assigns a variable');
    }
    if (node.type === 'HereDoc') {
      redirects.push(this.#hereDoc(node, range));
    } else if (node.target) {
      const target = readWord(node.target, this);
      redirects.push(
        node.type === 'HereString'
          ? { ...range, kind: 'text', text: target.value, target }
          : this.#fileRedirect(node, target, range),
      );
    } else {
      this.unclear(node.pos, 'a redirection leads nowhere');
    }
  }

  #fileRedirect(node: ParsedRedirect, target: Word, { start, end }: SourceRange): Redirect {
    const { operator } = node;
    if (operator === '<') return { start, end, kind: 'read', target };
    if ((operator === '>&' || operator === '<&') && /^(?:\d+-?|-)$/.test(target.value)) {
      return { start, end, kind: 'duplicate' };
    }
    // `<&name` and all the rest can create or change the file.
    return { start, end, kind: 'write', target };
  }

  #hereDoc(node: HereDoc, range: SourceRange): Redirect {
    const { body, closing, delimiter } = node;
    this.#cover(body);
    if (closing) this.#cover(closing);
    else this.unclear(node.pos, 'a heredoc has no end');
    if (!delimiter || !/^(?:\w+|'\w+'|"\w+"|\\\w+)$/.test(delimiter.text)) {
      this.issue(node.pos, node.end, 'the end mark of this heredoc is unusual');
    }
    if (!delimiter?.quoted) {
      if (/[$`\\]/.test(body.text)) {
        this.issue(node.pos, node.end, 'the shell expands this heredoc');
      }
      this.#substitutions(body);
    }
    return { ...range, kind: 'text', text: body.text };
  }
}

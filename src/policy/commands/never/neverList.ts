import type { SourceRange } from '../../decision';
import type { ShellDialect } from '../../toolCall';
import type { CommandContext } from '../commandVerdict';
import { readLine } from '../readLine';
import {
  commandName,
  type Inner,
  literalWord,
  type Script,
  type SimpleCommand,
  spreadBraces,
  UNKNOWN,
  withWords,
  type Word,
} from '../script';
import { decodeBase64 } from '../nestedShells';
import { innerCommands } from '../wrappers';
import { destructionReason, mayDestroy, type Suspect } from './destruction';
import { inspectInline } from './inlineCode';
import {
  downloadedFiles,
  isDecoder,
  isInterpreter,
  remoteCodeReason,
  runsFile,
  runsInput,
} from './remoteCode';
import { roughReason } from './roughText';
import { isDisk } from './targets';
import { mayTearDown, teardownReason } from './teardown';

/** A command that no list can trust, and why. */
export interface NeverFinding extends SourceRange {
  readonly reason: string;
}

/** Text within text within text: nobody writes this by accident, so deeper counts as hidden. */
const MAX_DEPTH = 6;
/** Alternatives that are followed for one word; more stay unknown. */
const MAX_VALUES = 8;

/**
 * Finds the commands of a line that no list can trust, through quoting, wrappers, `sh -c`, pipes
 * into shells, encodings and variables with literal values. Deliberately wide: a false hit costs
 * one question, a miss may cost a home folder.
 */
export function findNever(script: Script, context: CommandContext): readonly NeverFinding[] {
  return new NeverScan(context, 0).script(script);
}

/** The same for a text that could not be read: words that alarm, wherever they stand. */
export function findNeverInText(text: string, context: CommandContext): NeverFinding | undefined {
  const reason = roughReason(text, context);
  return reason === undefined ? undefined : { start: 0, end: text.length, reason };
}

class NeverScan {
  /** What variables hold, as far as the line says. Made when there is something to keep. */
  #values: Map<string, string[]> | undefined;
  #downloads: Set<string> | undefined;

  constructor(
    private readonly context: CommandContext,
    private readonly depth: number,
  ) {}

  script({ commands, issues }: Script): readonly NeverFinding[] {
    const findings: NeverFinding[] = [];
    const last = commands.at(-1);
    for (const command of commands) {
      for (const { name, value } of command.assignments) if (value) this.#learn(name, value);
      const reason = this.#command(command) ?? this.#spread(command);
      if (reason !== undefined) findings.push({ start: command.start, end: command.end, reason });
      // Only a later command can run what this one downloads.
      if (command !== last) {
        for (const file of downloadedFiles(command)) (this.#downloads ??= new Set()).add(file);
      }
    }
    if (issues.some(({ reason }) => reason.startsWith('a function'))) {
      const bomb = forkBomb(commands);
      if (bomb) findings.push({ ...bomb, reason: 'it starts itself without end' });
    }
    return findings;
  }

  /** `git {reset,--hard}` is two arguments to bash and zsh, and one to dash. */
  #spread(command: SimpleCommand): string | undefined {
    const spread = spreadBraces(command);
    return spread && this.#command(spread);
  }

  #learn(name: string, value: Word): void {
    this.#values ??= new Map();
    const known = this.#values.get(name) ?? [];
    known.push(...this.#texts(value));
    this.#values.set(name, known.slice(0, MAX_VALUES));
  }

  #command(command: SimpleCommand): string | undefined {
    for (const { kind, target } of command.redirects) {
      if (kind === 'write' && target && this.#texts(target).some(isDisk)) {
        return 'it overwrites a disk';
      }
    }
    return (
      this.#destroys(command) ??
      remoteCodeReason(command) ??
      (this.#downloads && runsFile(command, this.#downloads)
        ? 'it runs what it downloads'
        : undefined) ??
      this.#inner(command)
    );
  }

  #destroys(command: SimpleCommand): string | undefined {
    const [first] = command.words;
    if (!first) return undefined;
    // Most names are in no table; then the arguments need not be spelled out.
    if (first.dynamic === 'no' && first.forms.length === 1 && !isSuspicious(command.name)) {
      return undefined;
    }
    const words: string[] = [];
    for (const word of command.words) {
      // Spelled out for the usual word, because this runs for whole lists of files.
      if (word.dynamic === 'no') words.push(...word.forms);
      else words.push(...this.#arguments(word));
    }
    return (
      this.#words(words, command) ??
      // `{rm,-rf,/}`: the first word is itself a list of words.
      (first.forms.length > 1 ? this.#words(words.slice(1), command) : undefined)
    );
  }

  /** Judges the words as a command, and through the wrappers before it. */
  #words(words: readonly string[], command: SimpleCommand): string | undefined {
    const [first] = words;
    if (first === undefined) return undefined;
    // A command name that nobody knows may be `rm`; its arguments then tell.
    const name = first.startsWith(UNKNOWN)
      ? 'rm'
      : commandName(first, command.dialect).toLowerCase();
    if (!isSuspicious(name)) return undefined;
    const suspect: Suspect = {
      name,
      args: words.slice(1),
      context: { ...this.context, dialect: command.dialect },
      upstream: command.pipedFrom,
    };
    return destructionReason(suspect) ?? teardownReason(suspect);
  }

  #inner(command: SimpleCommand): string | undefined {
    if (this.depth >= MAX_DEPTH) return 'it hides what it runs under too many layers';
    const inners = innerCommands(command);
    const packaged = packageRunner(command);
    for (const inner of packaged.length === 0 ? inners : [...inners, ...packaged]) {
      let reason: string | undefined;
      if (inner.kind === 'words') {
        const added = inner.more ? printedWords(command) : [];
        reason = this.#nestedCommand(withWords(command, [...inner.words, ...added]));
        const [only, second] = inner.words;
        // `watch 'rm -rf x'` and its like hand a single argument to a shell.
        if (only && !second && only.value.includes(' ')) reason ??= this.#text(only.value, 'bash');
      } else if (inner.kind === 'text') {
        reason = this.#texts(inner.word)
          .map(text => this.#text(text, inner.dialect))
          .find(found => found !== undefined);
      } else if (inner.kind === 'input') {
        reason = this.#input(command, inner.dialect);
      }
      if (reason !== undefined) return reason;
    }
    return this.#alias(command) ?? this.#program(command);
  }

  /** `alias x='…'` keeps a command for later. */
  #alias({ words }: SimpleCommand): string | undefined {
    if (words[0]?.value !== 'alias') return undefined;
    return words
      .slice(1)
      .flatMap(({ value }) => (value.includes('=') ? [value.slice(value.indexOf('=') + 1)] : []))
      .map(text => this.#text(text, 'bash'))
      .find(reason => reason !== undefined);
  }

  #nestedCommand(command: SimpleCommand): string | undefined {
    return new NeverScan(this.context, this.depth + 1).#adopt(this).#command(command);
  }

  /** A nested scan knows the variables of the outer one. */
  #adopt(outer: NeverScan): this {
    this.#values = outer.#values && new Map(outer.#values);
    return this;
  }

  #text(text: string, dialect: ShellDialect): string | undefined {
    const context = { ...this.context, dialect };
    const read = readLine(text.replaceAll(UNKNOWN, '$UNKNOWN'), dialect);
    if (!read.ok) return roughReason(text, context);
    const [finding] = new NeverScan(context, this.depth + 1).#adopt(this).script(read.script);
    return finding?.reason;
  }

  /** A shell that reads its commands: from a heredoc, a here-string, or `echo … |`. */
  #input(command: SimpleCommand, dialect: ShellDialect): string | undefined {
    const texts = command.redirects.flatMap(({ kind, text }) =>
      kind === 'text' && text !== undefined ? [text] : [],
    );
    for (const source of command.pipedFrom) {
      const printed = printedText(source);
      if (printed !== undefined) texts.push(printed, ...decodings(printed, command.pipedFrom));
    }
    return texts.map(text => this.#text(text, dialect)).find(reason => reason !== undefined);
  }

  /** An interpreter with a program text: `python -c`, `node -e`, a heredoc. */
  #program(command: SimpleCommand): string | undefined {
    if (!isInterpreter(command.name)) return undefined;
    const args = command.words.slice(1);
    const texts = args.flatMap((word, index) => {
      const flag = args[index - 1]?.value ?? '';
      return /^-[a-zA-Z]*[cepErn]$|^--(?:eval|print|execute|run)$|^eval$/.test(flag)
        ? [word.value]
        : [];
    });
    if (runsInput(command)) {
      for (const { text } of command.redirects) if (text !== undefined) texts.push(text);
      for (const source of command.pipedFrom) texts.push(printedText(source) ?? '');
    }
    for (const text of texts) {
      const { reason, commandLines } = inspectInline(text, this.context);
      const found = reason ?? commandLines.map(line => this.#text(line, 'bash')).find(Boolean);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Every argument a word may become; an unquoted variable splits at blanks. */
  #arguments(word: Word): readonly string[] {
    const texts = this.#texts(word);
    return word.dynamic === 'split'
      ? texts.flatMap(text => text.split(/\s+/)).filter(t => t !== '')
      : texts;
  }

  #texts(word: Word): readonly string[] {
    if (word.dynamic === 'no') return word.forms;
    let texts: readonly string[] = [''];
    for (const piece of word.pieces) {
      const values = typeof piece === 'string' ? [piece] : this.#valuesOf(piece, word);
      texts = texts.flatMap(text => values.map(value => text + value)).slice(0, MAX_VALUES);
    }
    return texts;
  }

  #valuesOf(piece: { variable: string } | { unknown: true }, word: Word): readonly string[] {
    if (!('variable' in piece)) return [substitutedText(word) ?? UNKNOWN];
    const known = this.#values?.get(piece.variable);
    if (known) return known;
    if (/^(?:HOME|home|env:(?:home|userprofile))$/.test(piece.variable)) return ['~'];
    if (/^(?:PWD|pwd)$/.test(piece.variable)) return [this.context.cwd];
    return [UNKNOWN];
  }
}

/** True when the tables of the never list know the name. */
function isSuspicious(name: string): boolean {
  return mayDestroy(name) || mayTearDown(name);
}

/** What a substitution yields when the line says it: `$(echo rm)`, `$(which sudo)`. */
function substitutedText(word: Word): string | undefined {
  const [command, ...more] = word.commands;
  if (!command || more.length > 0) return undefined;
  const [first, ...args] = command.words.map(({ value }) => value);
  if (first === 'which' || (first === 'command' && /^-[vV]$/.test(args[0] ?? '')))
    return args.at(-1);
  return first === 'pwd' ? '.' : printedText(command);
}

/** The words that `echo … | xargs` adds to a command. */
function printedWords(command: SimpleCommand): readonly Word[] {
  const [range] = command.words;
  const text = command.pipedFrom
    .map(printedText)
    .filter(printed => printed !== undefined)
    .join(' ');
  if (!range || text === '') return [];
  return text.split(/\s+/).map(value => literalWord(value, range));
}

/** What `npx`, `pnpm exec` and their like run, and cmd's `if … command`. */
function packageRunner(command: SimpleCommand): readonly Inner[] {
  const { name, words } = command;
  if (command.dialect === 'cmd' && (name === 'if' || name === 'for' || name === 'else')) {
    return words
      .slice(1, 9)
      .map((_, at) => ({ kind: 'words', index: at + 1, words: words.slice(at + 1), more: false }));
  }
  const verb = RUNNERS.get(name);
  if (!verb) return NOTHING;
  const args = words.slice(1);
  const from = args.findIndex(({ value }) => !value.startsWith('-') && !verb.test(value));
  if (from === -1) return [];
  const between = args.slice(0, from).filter(({ value }) => !value.startsWith('-'));
  if (!verb.test(between.map(({ value }) => value).join(' '))) return [];
  return [{ kind: 'words', index: from + 1, words: args.slice(from), more: false }];
}

/** The words that come between a package runner and the program it runs. */
const DIRECT = /^(?!(?:run|eval|format)$)(?:exec|x|dlx|-.*)?$/;
const EXEC = /(?:^| )(?:exec|x|dlx)$/;
const RUN = /(?:^| )run$/;
const RUNNERS: ReadonlyMap<string, RegExp> = new Map([
  ...['npx', 'bunx', 'pnpx', 'uvx', 'yarn'].map(name => [name, DIRECT] as const),
  ...['npm', 'pnpm', 'bun', 'bundle', 'mise'].map(name => [name, EXEC] as const),
  ...['poetry', 'uv', 'pipx', 'pipenv'].map(name => [name, RUN] as const),
]);
const NOTHING: readonly Inner[] = [];

/** What `echo` or `printf` sends down a pipe, when the line says it. */
function printedText(command: SimpleCommand): string | undefined {
  const { name } = command;
  const args = command.words.slice(1);
  if (name === 'cat') return command.redirects.find(({ kind }) => kind === 'text')?.text;
  if (!/^(?:echo|printf|print|write-output)$/.test(name)) return undefined;
  const plain = args.map(word => word.value).filter(value => !/^-[neE]+$/.test(value));
  // The format of printf is text itself when it holds no place for another.
  const words = name === 'printf' && /%[sb]/.test(plain[0] ?? '') ? plain.slice(1) : plain;
  return words.join(' ').replaceAll('\\n', '\n');
}

/** What the decoders between could have made of the text. */
function decodings(text: string, stages: readonly SimpleCommand[]): readonly string[] {
  if (!stages.some(isDecoder)) return [];
  const base64 = decodeBase64(text.trim());
  const hex = /^(?:[0-9a-f]{2})+$/i.test(text.trim())
    ? (text.trim().match(/../g) ?? []).map(pair => Number.parseInt(pair, 16))
    : undefined;
  const reversed = Array.from(text).reverse().join('');
  return [base64, hex]
    .flatMap(bytes => (bytes ? [String.fromCharCode(...bytes.slice(0, 4000))] : []))
    .concat(reversed);
}

/** `f(){ f|f& };f`: a function that pipes into itself. */
function forkBomb(commands: readonly SimpleCommand[]): SimpleCommand | undefined {
  return commands.find(
    ({ words: [first], pipedFrom, depth }) =>
      depth > 0 && first && pipedFrom.some(({ words: [other] }) => other?.value === first.value),
  );
}

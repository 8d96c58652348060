import type { SourceRange } from '../../decision';
import type { ShellDialect } from '../../toolCall';
import type { CommandContext } from '../commandVerdict';
import { readLine } from '../readLine';
import {
  commandName,
  literalWord,
  type Script,
  type SimpleCommand,
  UNKNOWN,
  type Word,
} from '../script';
import { decodeBase64, type Inner, innerCommands } from '../wrappers';
import { destructionReason, type Suspect } from './destruction';
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
import { teardownReason } from './teardown';

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
  readonly #values = new Map<string, string[]>();
  readonly #downloads = new Set<string>();

  constructor(
    private readonly context: CommandContext,
    private readonly depth: number,
  ) {}

  script({ commands, issues }: Script): readonly NeverFinding[] {
    const findings: NeverFinding[] = [];
    for (const command of commands) {
      for (const { name, value } of command.assignments) if (value) this.#learn(name, value);
      const reason = this.#command(command);
      if (reason !== undefined) findings.push({ start: command.start, end: command.end, reason });
      for (const file of downloadedFiles(command)) this.#downloads.add(file);
    }
    if (issues.some(({ reason }) => reason.startsWith('a function'))) {
      const bomb = forkBomb(commands);
      if (bomb) findings.push({ ...bomb, reason: 'it starts itself without end' });
    }
    return findings;
  }

  #learn(name: string, value: Word): void {
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
    const words = command.words.flatMap(word => this.#arguments(word));
    return (
      this.#words(words, command) ??
      // `{rm,-rf,/}`: the first word is itself a list of words.
      ((command.words[0]?.forms.length ?? 0) > 1
        ? this.#words(words.slice(1), command)
        : undefined) ??
      remoteCodeReason(command) ??
      (runsFile(command, this.#downloads) ? 'it runs what it downloads' : undefined) ??
      this.#inner(command)
    );
  }

  /** Judges the words as a command, and through the wrappers before it. */
  #words(words: readonly string[], command: SimpleCommand): string | undefined {
    const [first] = words;
    if (first === undefined) return undefined;
    const upstream = command.pipedFrom.map(({ words: [head, ...rest], dialect }) => ({
      name: head ? commandName(head.value, dialect).toLowerCase() : '',
      args: rest.map(word => word.value),
    }));
    const suspect: Suspect = {
      // A command name that nobody knows may be `rm`; its arguments then tell.
      name: first.startsWith(UNKNOWN) ? 'rm' : commandName(first, command.dialect).toLowerCase(),
      args: words.slice(1),
      context: { ...this.context, dialect: command.dialect },
      upstream,
    };
    return destructionReason(suspect) ?? teardownReason(suspect);
  }

  #inner(command: SimpleCommand): string | undefined {
    if (this.depth >= MAX_DEPTH) return 'it hides what it runs under too many layers';
    for (const inner of [...innerCommands(command), ...packageRunner(command)]) {
      let reason: string | undefined;
      if (inner.kind === 'words') {
        const added = inner.more ? printedWords(command) : [];
        reason = this.#nestedCommand({ ...command, words: [...inner.words, ...added] });
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
  #alias({ words: [first, ...args] }: SimpleCommand): string | undefined {
    if (first?.value !== 'alias') return undefined;
    return args
      .flatMap(({ value }) => (value.includes('=') ? [value.slice(value.indexOf('=') + 1)] : []))
      .map(text => this.#text(text, 'bash'))
      .find(reason => reason !== undefined);
  }

  #nestedCommand(command: SimpleCommand): string | undefined {
    return new NeverScan(this.context, this.depth + 1).#adopt(this).#command(command);
  }

  /** A nested scan knows the variables of the outer one. */
  #adopt(outer: NeverScan): this {
    for (const [name, values] of outer.#values) this.#values.set(name, values);
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
    const [first, ...args] = command.words;
    if (!first || !isInterpreter(commandName(first.value, command.dialect))) return undefined;
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
    const known = this.#values.get(piece.variable);
    if (known) return known;
    if (/^(?:HOME|home|env:(?:home|userprofile))$/.test(piece.variable)) return ['~'];
    if (/^(?:PWD|pwd)$/.test(piece.variable)) return [this.context.cwd];
    return [UNKNOWN];
  }
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
function packageRunner({ words, dialect }: SimpleCommand): readonly Inner[] {
  const [first, ...args] = words;
  const name = commandName(first?.value ?? '', dialect).toLowerCase();
  if (dialect === 'cmd' && (name === 'if' || name === 'for' || name === 'else')) {
    return args
      .slice(0, 8)
      .map((_, at) => ({ kind: 'words', index: at + 1, words: args.slice(at), more: false }));
  }
  const verb = Object.hasOwn(RUNNERS, name) ? RUNNERS[name] : undefined;
  if (!verb) return [];
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
const RUNNERS: Readonly<Record<string, RegExp>> = {
  ...{ npx: DIRECT, bunx: DIRECT, pnpx: DIRECT, uvx: DIRECT, yarn: DIRECT },
  ...{ npm: EXEC, pnpm: EXEC, bun: EXEC, bundle: EXEC, mise: EXEC },
  ...{ poetry: RUN, uv: RUN, pipx: RUN, pipenv: RUN },
};

/** What `echo` or `printf` sends down a pipe, when the line says it. */
function printedText(command: SimpleCommand): string | undefined {
  const [first, ...args] = command.words;
  const name = first ? commandName(first.value, command.dialect).toLowerCase() : '';
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

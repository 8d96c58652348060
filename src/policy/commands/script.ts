import type { SourceRange } from '../decision';
import type { ShellDialect } from '../toolCall';

/**
 * Stands in a word's value for text that only the running shell knows: a variable, the output of a
 * substitution. It is a noncharacter, and lines that contain it are refused before they are read.
 */
export const UNKNOWN = '\uffff';

/** Longer pipelines are not read, so that what feeds what stays cheap to say. */
export const MAX_STAGES = 100;

/** Part of a word: text, a variable by name, or something only the running shell knows. */
export type Piece = string | { readonly variable: string } | { readonly unknown: true };

/** One argument as the shell would hand it over, with what is certain about it. */
export interface Word extends SourceRange {
  /** Quotes removed; `UNKNOWN` stands for what only the running shell knows. */
  readonly value: string;
  /** Every text the word may become (brace expansion, shells that differ); `value` is among them. */
  readonly forms: readonly string[];
  /** The words that bash and zsh make of it, in order, where it has braces; dash leaves it alone. */
  readonly spread: readonly string[] | undefined;
  readonly pieces: readonly Piece[];
  /** True when any character was quoted or escaped. */
  readonly quoted: boolean;
  /** True when it holds an active `*`, `?` or `[`. */
  readonly glob: boolean;
  /** True when it begins with an active `~`. */
  readonly tilde: boolean;
  /** Unknown text that the shell splits may become several words, or none: it can add a flag. */
  readonly dynamic: 'no' | 'oneWord' | 'split';
  /** The commands whose output is part of the word. */
  readonly commands: readonly SimpleCommand[];
}

/** Where input or output of a command goes. */
export interface Redirect extends SourceRange {
  /** `text` is a heredoc or here-string; `duplicate` joins streams and touches no file. */
  readonly kind: 'read' | 'write' | 'duplicate' | 'text';
  /** The file, for `read` and `write`. */
  readonly target?: Word;
  /** What the command reads, for `text`. */
  readonly text?: string;
}

/** `NAME=value` before a command or alone. */
export interface Assignment extends SourceRange {
  readonly name: string;
  /** Undefined for arrays, subscripts and `+=`. */
  readonly value: Word | undefined;
}

/** A command without structure: words, assignments and redirects. */
export interface SimpleCommand extends SourceRange {
  readonly dialect: ShellDialect;
  readonly assignments: readonly Assignment[];
  /** Empty for a lone assignment or redirect. */
  readonly words: readonly Word[];
  /** What the tables know it by: the base name of its first word, lower case; '' without words. */
  readonly name: string;
  readonly redirects: readonly Redirect[];
  /** The commands whose output it reads through a pipe. */
  readonly pipedFrom: readonly SimpleCommand[];
  /** True when it runs only after everything before it succeeded (`a && b`). */
  readonly afterSuccess: boolean;
  /** 0 at the top; deeper inside groups, loops and substitutions. */
  readonly depth: number;
  /** True for the redirects of a group or loop, which run nothing by themselves. */
  readonly group: boolean;
}

/** Structure that no list of commands can vouch for. */
export interface Issue extends SourceRange {
  readonly reason: string;
}

/** A line in the shape that every dialect is brought to: all simple commands, however nested. */
export interface Script {
  /** In source order; commands inside substitutions come before the command that uses them. */
  readonly commands: readonly SimpleCommand[];
  readonly issues: readonly Issue[];
}

/** A line that was read, or the place where it was not understood. */
export type ReadResult =
  | { readonly ok: true; readonly script: Script }
  | { readonly ok: false; readonly reason: string; readonly at: number };

/** No commands: shared, because most words and commands have none inside. */
export const NO_COMMANDS: readonly SimpleCommand[] = [];

/** Something a command runs in turn. */
export type Inner =
  /** The words from `index` on are a command; `more` when unknown arguments are added to them. */
  | {
      readonly kind: 'words';
      readonly index: number;
      readonly words: readonly Word[];
      readonly more: boolean;
      /** True when it runs in another folder than the line. */
      readonly elsewhere?: true;
    }
  /** A text that a shell will read. */
  | { readonly kind: 'text'; readonly word: Word; readonly dialect: ShellDialect }
  /** A shell that reads its commands from a pipe, a heredoc or a here-string. */
  | { readonly kind: 'input'; readonly dialect: ShellDialect }
  /** Runs something that the line does not show, because of the word at `index` if there is one. */
  | { readonly kind: 'hidden'; readonly reason: string; readonly index?: number };

/** A word of plain text. */
export function literalWord(value: string, { start, end }: SourceRange, quoted = false): Word {
  const only = [value];
  return {
    start,
    end,
    value,
    forms: only,
    spread: undefined,
    pieces: only,
    quoted,
    glob: false,
    tilde: false,
    dynamic: 'no',
    commands: NO_COMMANDS,
  };
}

/** True when the word is exactly its value: nothing is expanded, matched or unknown. */
export function isPlain(word: Word): boolean {
  return word.dynamic === 'no' && !word.glob && word.forms.length === 1;
}

/** The last part of a path, without the `.exe` that Windows leaves out; lower case where names are. */
export function commandName(word: string, dialect: ShellDialect): string {
  let start = word.length;
  let dotted = false;
  // By hand, because this is asked several times for every word of a line.
  while (start > 0) {
    const code = word.charCodeAt(start - 1);
    if (code === SLASH || code === BACKSLASH) break;
    if (code === DOT) dotted = true;
    start -= 1;
  }
  const name = start === 0 ? word : word.slice(start);
  const plain = dialect === 'bash' ? name : name.toLowerCase();
  return dotted ? plain.replace(/\.(exe|cmd|bat|com)$/i, '') : plain;
}

const SLASH = 47;
const BACKSLASH = 92;
const DOT = 46;

/** The name of a command with these words; see `SimpleCommand`. */
export function nameOfWords([first]: readonly Word[], dialect: ShellDialect): string {
  return first === undefined ? '' : commandName(first.value, dialect).toLowerCase();
}

/** The command as bash and zsh run it, braces spread over several words; undefined without any. */
export function spreadBraces(command: SimpleCommand): SimpleCommand | undefined {
  if (command.words.every(({ spread }) => spread === undefined)) return undefined;
  const words = command.words.flatMap(word => {
    if (!word.spread) return [word];
    const pieces = word.dynamic === 'no' ? undefined : word.pieces;
    return word.spread.map(value => ({
      ...word,
      value,
      forms: [value],
      spread: undefined,
      pieces: pieces ?? [value],
    }));
  });
  return withWords(command, words);
}

/** The same command with other words: what a wrapper runs stands where the wrapper stands. */
export function withWords(command: SimpleCommand, words: readonly Word[]): SimpleCommand {
  return { ...command, words, name: nameOfWords(words, command.dialect) };
}

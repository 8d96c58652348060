import type { SimpleCommand, Word } from './script';

/** What a command writes besides its output, as far as its arguments tell. */
export interface NamedWrites {
  readonly files: readonly Word[];
  /** True when leaving the workspace is what it is for, so that only protected files matter. */
  readonly mayLeave?: boolean;
  /** Why it also writes files that the line does not name. */
  readonly unnamed?: string;
  /** True when it may write whatever its words name, as far as is known here. */
  readonly any?: boolean;
}

/** It writes nothing that its words name. */
export const NOTHING: NamedWrites = { files: [] };
/** Nothing is known of it. */
export const ANYTHING: NamedWrites = { files: [], any: true };

/** Reads the arguments of a command. */
export type Reader = (args: readonly Word[], command: SimpleCommand) => NamedWrites;

/** True for an option. */
export const isFlag = (word: Word): boolean => /^-./.test(word.value);

/** A word like another, with a text of its own. */
export function derived(word: Word, value: string): Word {
  const known = word.dynamic === 'no';
  return { ...word, value, forms: [value], pieces: known ? [value] : word.pieces };
}

/** The arguments that are neither options nor the values of the short ones in `valued`. */
export function operandsOf(args: readonly Word[], valued = ''): readonly Word[] {
  const found: Word[] = [];
  let flags = true;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (!word) continue;
    if (flags && word.value === '--') flags = false;
    else if (!flags || !isFlag(word)) found.push(word);
    else if (/^-[A-Za-z]+$/.test(word.value)) {
      // In a cluster the first letter with a value takes the letters behind it.
      const takes = Array.from(word.value).findIndex(letter => valued.includes(letter));
      if (takes === word.value.length - 1) index += 1;
    }
  }
  return found;
}

/** A reader of the values of options: the first group of each pattern, or the next argument. */
export const afterFlag =
  (...flags: readonly RegExp[]) =>
  (args: readonly Word[]): NamedWrites => {
    const files: Word[] = [];
    args.forEach((word, index) => {
      for (const flag of flags) {
        const match = flag.exec(word.value);
        if (!match) continue;
        const attached = match[1] ?? '';
        const next = args[index + 1];
        if (attached !== '') files.push(derived(word, attached));
        else if (next) files.push(next);
      }
    });
    return { files };
  };

import { parsePattern, type CompiledPattern } from '../../policy/commands/patternMatch';
import { DIALECT } from './ruleInput';

/** A pattern that was put into an index, with whatever its owner wants to know of it again. */
export interface IndexedPattern<T> {
  readonly pattern: string;
  readonly owner: T;
}

/** Longer ones are not compared: every beginning of a pattern is looked up. */
const MAX_WORDS = 100;

/** Patterns by what they cover, so that finding the one that covers another takes no pairwise look. */
export class PatternIndex<T> {
  #universal: IndexedPattern<T> | undefined;
  readonly #open = new Map<string, IndexedPattern<T>>();
  readonly #exact = new Map<string, IndexedPattern<T>>();
  readonly #prefixes = new Map<
    string,
    { readonly word: string; readonly entry: IndexedPattern<T> }[]
  >();

  add(pattern: string, owner: T): void {
    const entry = { pattern, owner };
    const { universal, words, end } = parsePattern(pattern, DIALECT);
    if (universal) this.#universal ??= entry;
    if (universal || !words || words.length > MAX_WORDS) return;
    if (end === 'prefix') {
      const key = keyOf(words.slice(0, -1));
      const list = this.#prefixes.get(key) ?? [];
      list.push({ word: words.at(-1) ?? '', entry });
      this.#prefixes.set(key, list);
      return;
    }
    const map = end === 'exact' ? this.#exact : this.#open;
    if (!map.has(keyOf(words))) map.set(keyOf(words), entry);
  }

  /** A pattern, of another owner than `except`, that covers every command that the given one covers. */
  covering(pattern: string, except?: T): IndexedPattern<T> | undefined {
    if (this.#universal && this.#universal.owner !== except) return this.#universal;
    const compiled = parsePattern(pattern, DIALECT);
    const { words } = compiled;
    if (!words || compiled.universal || words.length > MAX_WORDS) return undefined;
    return this.#wholeWords(compiled, words, except) ?? this.#begunWord(compiled, words, except);
  }

  #wholeWords(
    { end }: CompiledPattern,
    words: readonly string[],
    except: T | undefined,
  ): IndexedPattern<T> | undefined {
    const same = end === 'exact' ? this.#exact.get(keyOf(words)) : undefined;
    if (same && same.owner !== except) return same;
    // The begun word of a prefix pattern is no whole word that another could name.
    const whole = end === 'prefix' ? words.slice(0, -1) : words;
    for (let length = 1; length <= whole.length; length += 1) {
      const found = this.#open.get(keyOf(whole.slice(0, length)));
      if (found && found.owner !== except) return found;
    }
    return undefined;
  }

  #begunWord(
    { end }: CompiledPattern,
    words: readonly string[],
    except: T | undefined,
  ): IndexedPattern<T> | undefined {
    const lengths = end === 'arguments' ? words.length : words.length - 1;
    for (let length = 0; length <= lengths; length += 1) {
      const word = words[length];
      if (word === undefined) continue;
      const found = this.#prefixes
        .get(keyOf(words.slice(0, length)))
        ?.find(({ word: begin, entry }) => entry.owner !== except && word.startsWith(begin));
      if (found) return found.entry;
    }
    return undefined;
  }
}

function keyOf(words: readonly string[]): string {
  return words.join('\0');
}

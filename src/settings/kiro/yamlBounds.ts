import { isScalar, visit, type Document } from 'yaml';

/** Something in a tree that makes it unsafe to turn into plain values. */
export interface YamlFault {
  readonly reason: string;
  /** The offset in the text, in UTF-16 units. */
  readonly start: number;
}

/** The library looks at every anchor for each alias; no person writes more of them. */
const MAX_ALIASES = 100;

/**
 * The first key that stands twice, or the first alias too many. The library's own check for keys
 * compares each with each, so it is left off; this one takes time in proportion to the text.
 */
export function findYamlFault(document: Document.Parsed): YamlFault | undefined {
  let fault: YamlFault | undefined;
  let aliases = 0;
  const stop = (reason: string, range: readonly number[] | null | undefined): symbol => {
    fault = { reason, start: range?.[0] ?? 0 };
    return visit.BREAK;
  };
  visit(document, {
    Alias: (_, { range }) => {
      aliases += 1;
      return aliases > MAX_ALIASES
        ? stop(`it has more than ${MAX_ALIASES} aliases`, range)
        : undefined;
    },
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) return stop('a key stands twice', key.range);
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return fault;
}

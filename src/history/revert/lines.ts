/** Content cut at each line feed, every line with its own end: put together they are the content. */
export type Lines = readonly Buffer[];

/** A change of some lines: `from..fromEnd` of the old content became `to..toEnd` of the new one. */
export interface LineChange {
  readonly from: number;
  readonly fromEnd: number;
  readonly to: number;
  readonly toEnd: number;
}

/** Larger contents are taken as one piece, in bytes: a merge would take too long to be of use. */
const SIZE_LIMIT = 8 * 1024 * 1024;
const LINES_LIMIT = 400_000;

/** How far into a content a NUL byte is looked for. */
const HEAD = 8000;

/**
 * The lines of a text, or `undefined` for what cannot be merged by lines: binary or too large. Bytes
 * are kept as they are, whatever the encoding; UTF-16 with its mark counts as text.
 */
export function linesOf(content: Buffer): Lines | undefined {
  if (content.length > SIZE_LIMIT) return undefined;
  const utf16 =
    content.length % 2 === 0 &&
    (startsWith(content, 0xff, 0xfe) || startsWith(content, 0xfe, 0xff));
  if (!utf16 && content.subarray(0, HEAD).includes(0)) return undefined;
  const lines: Buffer[] = [];
  for (let start = 0; start < content.length;) {
    const feed = content.indexOf(0x0a, start);
    const end = feed === -1 ? content.length : feed + 1;
    lines.push(content.subarray(start, end));
    if (lines.length > LINES_LIMIT) return undefined;
    start = end;
  }
  return lines;
}

function startsWith(content: Buffer, first: number, second: number): boolean {
  return content[0] === first && content[1] === second;
}

/**
 * What changed between two texts. Where they differ too much to be compared in reasonable time, one
 * change covers the whole difference: less fine, never wrong.
 */
export function diffLines(old: Lines, now: Lines): LineChange[] {
  const [a, b] = numbered(old, now);
  const changes: LineChange[] = [];
  compare(a, b, { from: 0, fromEnd: a.length, to: 0, toEnd: b.length }, changes);
  return joined(changes);
}

/** Gives equal lines equal numbers, so that comparing is cheap. */
function numbered(...texts: readonly [Lines, Lines]): [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const number = (line: Buffer): number => {
    const key = line.toString('latin1');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  return [Int32Array.from(texts[0], number), Int32Array.from(texts[1], number)];
}

function compare(a: Int32Array, b: Int32Array, range: LineChange, out: LineChange[]): void {
  // A stack instead of recursion: anchors may cut a text into very many parts.
  const open = [range];
  for (let part = open.pop(); part; part = open.pop()) {
    const rest = trimmed(a, b, part);
    if (rest.from === rest.fromEnd || rest.to === rest.toEnd) {
      if (rest.from < rest.fromEnd || rest.to < rest.toEnd) out.push(rest);
      continue;
    }
    const fine = myers(a, b, rest);
    if (fine) {
      out.push(...fine);
      continue;
    }
    const parts = cutAtAnchors(a, b, rest);
    if (parts.length === 1) out.push(rest);
    else for (const one of parts.reverse()) open.push(one);
  }
}

function trimmed(
  a: Int32Array,
  b: Int32Array,
  { from, fromEnd, to, toEnd }: LineChange,
): LineChange {
  while (from < fromEnd && to < toEnd && a[from] === b[to]) {
    from += 1;
    to += 1;
  }
  while (from < fromEnd && to < toEnd && a[fromEnd - 1] === b[toEnd - 1]) {
    fromEnd -= 1;
    toEnd -= 1;
  }
  return { from, fromEnd, to, toEnd };
}

/** How many lines may differ before Myers' way takes too much time and memory. */
const DIFFERENCE_LIMIT = 1000;

/**
 * Myers' shortest edit script (E. Myers, "An O(ND) Difference Algorithm", 1986), forward, with the
 * furthest points of each step kept to walk back. `undefined` past the limit.
 */
function myers(a: Int32Array, b: Int32Array, range: LineChange): LineChange[] | undefined {
  const { from, to } = range;
  const [n, m] = [range.fromEnd - from, range.toEnd - to];
  const max = Math.min(n + m, DIFFERENCE_LIMIT);
  const size = 2 * max + 3;
  let furthest = new Int32Array(size);
  const steps: Int32Array[] = [];
  for (let d = 0; d <= max; d += 1) {
    steps.push(furthest);
    const next = furthest.slice();
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(furthest, k - 1, max) < at(furthest, k + 1, max));
      let x = down ? at(furthest, k + 1, max) : at(furthest, k - 1, max) + 1;
      let y = x - k;
      while (x < n && y < m && x >= 0 && y >= 0 && a[from + x] === b[to + y]) {
        x += 1;
        y += 1;
      }
      next[k + max + 1] = x;
      if (x >= n && y >= m) return walkBack(steps, d, { n, m, max }, range);
    }
    furthest = next;
  }
  return undefined;
}

function at(points: Int32Array, k: number, max: number): number {
  return points[k + max + 1] ?? 0;
}

function walkBack(
  steps: readonly Int32Array[],
  end: number,
  { n, m, max }: { readonly n: number; readonly m: number; readonly max: number },
  { from, to }: LineChange,
): LineChange[] {
  const changes: LineChange[] = [];
  let [x, y] = [n, m];
  for (let d = end; d > 0; d -= 1) {
    const points = steps[d] ?? new Int32Array();
    const k = x - y;
    const down = k === -d || (k !== d && at(points, k - 1, max) < at(points, k + 1, max));
    const previousK = down ? k + 1 : k - 1;
    const previousX = at(points, previousK, max);
    const previousY = previousX - previousK;
    // The step itself; what follows it up to (x, y) is equal.
    changes.push(
      down
        ? {
            from: from + previousX,
            fromEnd: from + previousX,
            to: to + previousY,
            toEnd: to + previousY + 1,
          }
        : {
            from: from + previousX,
            fromEnd: from + previousX + 1,
            to: to + previousY,
            toEnd: to + previousY,
          },
    );
    [x, y] = [previousX, previousY];
  }
  return joined(changes.reverse());
}

/** Puts together changes that touch each other. */
function joined(changes: readonly LineChange[]): LineChange[] {
  const result: LineChange[] = [];
  for (const change of changes) {
    const last = result.at(-1);
    if (last?.fromEnd === change.from && last.toEnd === change.to) {
      result[result.length - 1] = { ...last, fromEnd: change.fromEnd, toEnd: change.toEnd };
    } else result.push(change);
  }
  return result;
}

/**
 * Cuts two texts at the lines that each has exactly once, in the longest order both share: what lies
 * between two such lines can be compared on its own.
 */
function cutAtAnchors(a: Int32Array, b: Int32Array, range: LineChange): LineChange[] {
  const places = new Map<number, { a: number; b: number }>();
  const count = (number: number, side: 'a' | 'b', index: number): void => {
    const place = places.get(number) ?? { a: -1, b: -1 };
    // -2 marks a line that stands there more than once.
    place[side] = place[side] === -1 ? index : -2;
    places.set(number, place);
  };
  for (let index = range.from; index < range.fromEnd; index += 1) count(a[index] ?? 0, 'a', index);
  for (let index = range.to; index < range.toEnd; index += 1) count(b[index] ?? 0, 'b', index);
  const unique = [...places.values()]
    .filter(place => place.a >= 0 && place.b >= 0)
    .sort((one, two) => one.a - two.a);
  const parts: LineChange[] = [];
  let { from, to } = range;
  for (const anchor of longestRising(unique)) {
    parts.push({ from, fromEnd: anchor.a, to, toEnd: anchor.b });
    from = anchor.a + 1;
    to = anchor.b + 1;
  }
  parts.push({ from, fromEnd: range.fromEnd, to, toEnd: range.toEnd });
  return parts;
}

/** The longest row of places that rise on both sides (patience sorting). */
function longestRising(
  places: readonly { readonly a: number; readonly b: number }[],
): { readonly a: number; readonly b: number }[] {
  const tops: number[] = [];
  const before = new Int32Array(places.length).fill(-1);
  places.forEach((place, index) => {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((places[tops[middle] ?? 0]?.b ?? 0) < place.b) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tops[low - 1] ?? -1;
    tops[low] = index;
  });
  const row: { readonly a: number; readonly b: number }[] = [];
  for (let index = tops.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const place = places[index];
    if (place) row.push(place);
  }
  return row.reverse();
}

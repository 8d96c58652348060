import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hunksOf, standingOf, withoutHunks } from './hunks';
import { diffLines, linesOf } from './lines';
import { takeBack } from './merge';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-merge-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const text = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map(line => `${line}\n`).join(''));

/** Few different lines, so that repetitions and near misses are common. */
const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '', '}'), { maxLength: 25 });

/** A few lines put in, taken out or replaced somewhere. */
const edits = fc.array(
  fc.record({
    at: fc.nat(25),
    out: fc.nat(2),
    put: fc.array(fc.constantFrom('X', 'Y', 'a'), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 2 },
);

function apply(
  to: readonly string[],
  changes: readonly {
    readonly at: number;
    readonly out: number;
    readonly put: readonly string[];
  }[],
): string[] {
  const result = [...to];
  for (const { at, out, put } of changes) result.splice(at % (to.length + 1), out, ...put);
  return result;
}

/** What git makes of it: the merged bytes, or a conflict. */
function gitMerge(now: Buffer, after: Buffer, before: Buffer): Buffer | 'conflict' {
  const files = [now, after, before].map((bytes, index) => {
    const file = join(folder, String(index));
    writeFileSync(file, bytes);
    return file;
  });
  const { status, stdout } = spawnSync('git', ['merge-file', '-p', '-q', ...files]);
  return status === 0 ? stdout : 'conflict';
}

describe('lines that changed', () => {
  it('make the new text out of the old one', () => {
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const [old, now] = [linesOf(text(one)) ?? [], linesOf(text(other)) ?? []];
        const made: Buffer[] = [];
        let done = 0;
        for (const { from, fromEnd, to, toEnd } of diffLines(old, now)) {
          expect(from).toBeGreaterThanOrEqual(done);
          made.push(...old.slice(done, from), ...now.slice(to, toEnd));
          done = fromEnd;
        }
        made.push(...old.slice(done));
        expect(Buffer.concat(made)).toEqual(text(other));
      }),
      { numRuns: 3000 },
    );
  });

  it('are few where few lines differ', () => {
    const old = linesOf(text(['a', 'b', 'c', 'd', 'e', 'f'])) ?? [];
    const now = linesOf(text(['a', 'X', 'c', 'd', 'f', 'g'])) ?? [];
    expect(diffLines(old, now)).toEqual([
      { from: 1, fromEnd: 2, to: 1, toEnd: 2 },
      { from: 4, fromEnd: 5, to: 4, toEnd: 4 },
      { from: 6, fromEnd: 6, to: 5, toEnd: 6 },
    ]);
  });

  it('are found between lines that stand once where nearly all else differs', () => {
    const old = Array.from({ length: 30_000 }, (_, index) =>
      index % 10 ? `o${index % 7}` : `k${index}`,
    );
    const now = old.map(line => (line.startsWith('o') ? `n${line}` : line));
    const changes = diffLines(linesOf(text(old)) ?? [], linesOf(text(now)) ?? []);
    expect(changes.length).toBe(3000);
    expect(changes.every(({ from, fromEnd }) => fromEnd - from === 9)).toBe(true);
  });

  it('are one change where comparing would take too long', () => {
    const old = Array.from({ length: 20_000 }, (_, index) => `a${index % 2}`);
    const now = Array.from({ length: 20_000 }, (_, index) => `b${index % 3}`);
    expect(diffLines(linesOf(text(old)) ?? [], linesOf(text(now)) ?? [])).toEqual([
      { from: 0, fromEnd: 20_000, to: 0, toEnd: 20_000 },
    ]);
  });

  it('do not exist for what is binary or too large', () => {
    expect(linesOf(Buffer.from([1, 0, 2]))).toBeUndefined();
    expect(linesOf(Buffer.alloc(9 * 1024 * 1024, 'x\n'))).toBeUndefined();
    expect(linesOf(Buffer.from('\ufeffa\n', 'utf16le'))).toHaveLength(2);
  });
});

describe('taking a change back', () => {
  it(
    'agrees with git wherever both find a result, and never invents or loses a line',
    { timeout: 60_000 },
    () => {
      let [clean, refused] = [0, 0];
      fc.assert(
        fc.property(lines, edits, edits, (before, agents, mine) => {
          const after = apply(before, agents);
          const now = apply(after, mine);
          const texts = [text(now), text(after), text(before)] as const;
          const merged = takeBack(...texts);
          if (!('bytes' in merged)) {
            refused += 1;
            return;
          }
          const git = gitMerge(...texts);
          if (git === 'conflict') return;
          clean += 1;
          const count = (bytes: Buffer): string => bytes.toString().split('\n').sort().join('\n');
          expect(count(merged.bytes)).toEqual(count(git));
        }),
        { numRuns: 400, seed: 7 },
      );
      expect(clean).toBeGreaterThan(100);
      expect(refused).toBeGreaterThan(50);
    },
  );

  it('gives exactly what the person did where the two are apart', () => {
    const base = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const place = fc.integer({ min: 0, max: 39 });
    fc.assert(
      fc.property(place, place, fc.boolean(), fc.boolean(), (agents, mine, inserts, removes) => {
        fc.pre(Math.abs(agents - mine) > 1);
        const change = (
          list: readonly string[],
          line: string,
          by: string,
          add: boolean,
        ): string[] =>
          list.flatMap(each => (each !== line ? [each] : add ? [each, by] : removes ? [] : [by]));
        const after = change(base, `line ${agents}`, 'AGENT', inserts);
        const now = change(after, `line ${mine}`, 'MINE', !inserts);
        const wanted = change(base, `line ${mine}`, 'MINE', !inserts);
        expect(takeBack(text(now), text(after), text(base))).toEqual({ bytes: text(wanted) });
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused where changes overlap or touch', () => {
    const before = text(['a', 'b', 'c', 'd']);
    const after = text(['a', 'AGENT', 'c', 'd']);
    expect(takeBack(text(['a', 'MINE', 'c', 'd']), after, before)).toEqual({ refused: 'overlap' });
    expect(takeBack(text(['a', 'AGENT', 'MINE', 'd']), after, before)).toEqual({
      refused: 'overlap',
    });
    expect(takeBack(text(['a', 'AGENT', 'c', 'MINE']), after, before)).toEqual({
      bytes: text(['a', 'b', 'c', 'MINE']),
    });
  });

  it('works on a file of 50,000 lines that repeat', () => {
    const before = Array.from({ length: 50_000 }, (_, index) => `line ${index % 5000}`);
    const after = before.map((line, index) => (index % 5000 === 7 ? 'AGENT' : line));
    const now = after.map((line, index) => (index % 5000 === 99 ? 'MINE' : line));
    const wanted = before.map((line, index) => (index % 5000 === 99 ? 'MINE' : line));
    expect(takeBack(text(now), text(after), text(before))).toEqual({ bytes: text(wanted) });
  });
});

describe('a hunk', () => {
  const before = text(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
  const after = text(['1', 'TWO', '3', '4', '5', '6', '7', 'EIGHT', '9']);

  it('can be taken back alone', () => {
    const hunks = hunksOf(before, after) ?? [];
    expect(
      hunks.map(({ number, removed }) => [number, Buffer.concat([...removed]).toString()]),
    ).toEqual([
      [1, '2\n'],
      [2, '8\n'],
    ]);
    expect(withoutHunks(after, hunks, new Set([2]))).toEqual(
      text(['1', 'TWO', '3', '4', '5', '6', '7', '8', '9']),
    );
    expect(withoutHunks(after, hunks, new Set([1, 2]))).toEqual(before);
  });

  it('is found and taken back among very many, and after very many lines', () => {
    const many = Array.from({ length: 300_000 }, (_, index) => `${index}`);
    const left = many.map((line, index) => (index % 2 === 1 ? `agent ${line}` : line));
    const hunks = hunksOf(text(many), text(left)) ?? [];
    expect(hunks).toHaveLength(150_000);
    const rest = withoutHunks(text(left), hunks, new Set([150_000]));
    expect(rest.equals(text([...left.slice(0, -1), '299999']))).toBe(true);
  });

  it('is intact, moved, overlapped or gone in what stands there now', () => {
    const [, second] = hunksOf(before, after) ?? [];
    const standing = (now: string[]): unknown =>
      second && standingOf(second, linesOf(after) ?? [], linesOf(text(now)) ?? []);
    expect(standing(['1', 'TWO', '3', '4', '5', '6', '7', 'EIGHT', '9'])).toBe('intact');
    expect(standing(['0', '1', 'TWO', '3', '4', '5', '6', '7', 'EIGHT', '9'])).toBe('moved');
    expect(standing(['1', 'TWO', '3', '4', '5', '6', '7', 'EIGHT!', '9'])).toBe('overlapped');
    expect(standing(['1', 'TWO', '3', '4', '5', '6', '7', '8', '9'])).toBe('gone');
  });
});

it('finds git for the comparison', () => {
  expect(execFileSync('git', ['--version'], { encoding: 'utf8' })).toMatch(/^git version/);
});

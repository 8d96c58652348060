import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { type GlobList, PROTECTED, SECRET, SECRET_BY_FORM } from './builtInPaths';

const LISTS: readonly (readonly [string, GlobList])[] = [
  ['protected', PROTECTED],
  ['secret', SECRET],
];
const OPTIONS = { dot: true, nocase: true, nocomment: true, nonegate: true } as const;

/** Names out of the globs, so that most paths come close; a resolved path holds no `.` alone. */
const NAMES = [...PROTECTED.globs, ...SECRET.globs].flatMap(glob =>
  glob.split(/[/{},*()|!]+/).filter(name => name !== '' && name !== '.'),
);
const name = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.constantFrom(...NAMES).map(text => text.toUpperCase()),
  fc.constantFrom('src', 'a.ts', '.x', 'x', 'example', '.env.example', '.env.examples', 'x\ny'),
);
const segment = fc.oneof(
  name,
  fc.tuple(name, name).map(([a, b]) => a + b),
  fc.tuple(name, name).map(([a, b]) => `${a}.${b}`),
);
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map(parts => `/${parts.join('/')}`);

describe.each(LISTS)('the %s globs', (_, list) => {
  it('mean what minimatch says they mean', () => {
    fc.assert(
      fc.property(path, subject => {
        const first = list.globs.find(glob => minimatch(subject, glob, OPTIONS));
        expect([subject, list.find(subject)]).toEqual([subject, first]);
      }),
      { numRuns: 3000 },
    );
  });

  it('each match some path, and begin with any folder', () => {
    for (const glob of list.globs) {
      expect(glob.startsWith('**/')).toBe(true);
      const [example = ''] = minimatch.braceExpand(glob);
      const subject = `/p/${example
        .slice(3)
        .replace('**', 'x')
        .replace('*', 'x')
        .replace(/!\(.*\)/, 'x')}`;
      expect([subject, list.find(subject) !== undefined]).toEqual([subject, true]);
    }
  });
});

it('knows no secret file by form whose path lacks a dot and an underscore', () => {
  expect(SECRET_BY_FORM.globs.filter(glob => !/[._]/.test(glob))).toEqual([]);
});

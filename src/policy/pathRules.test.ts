import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from './decision';
import { comparable, compileGlob, readGlob } from './pathGlobs';
import { matchPath, placedBelow } from './pathRules';

const HOME = '/home/me';

function rules(...patterns: string[]): Rule[] {
  return patterns.map(pattern => ({ effect: 'ask', pattern, source: { file: 'f' } }));
}

const protects = (glob: string, path: string, home: string | undefined = HOME): boolean =>
  matchPath(path, rules(glob), home, 'folded') !== undefined;
const allows = (glob: string, path: string): boolean =>
  matchPath(path, rules(glob), HOME, 'exact') !== undefined;

describe('matchPath', () => {
  it.each([
    ['*.pem', '/p/a.pem'],
    ['*.pem', '/p/sub/.hidden.pem'],
    ['secrets', '/p/secrets'],
    ['secrets', '/p/secrets/deep/x'],
    ['secrets/', '/p/secrets/x'],
    ['secrets/**', '/p/secrets'],
    ['./secrets', '/p/secrets/x'],
    ['a/./b', '/p/a/b'],
    ['a//b', '/p/a/b'],
    ['config/*.yml', '/p/x/config/a.yml'],
    ['/p/x', '/p/x/y'],
    ['/p/./x', '/p/x'],
    ['/', '/anything'],
    ['**', '/anything'],
    ['~/notes', '/home/me/notes/a'],
    ['~', '/home/me/x'],
    ['src/{gen,out}', '/p/src/out/x'],
    ['{a/b,c}', '/p/a/b'],
    ['x[ab]', '/p/xb'],
    ['[]ab].txt', '/p/a.txt'],
    ['data[[:digit:]].txt', '/p/data1.txt'],
    ['file[abc', '/p/file[abc'],
    ['{open', '/p/{open'],
    ['#note', '/p/#note'],
    ['!note', '/p/!note'],
    ['@(a|b)', '/p/@(a|b)'],
    ['Secrets', '/p/sECRETS/x'],
    ['STRASSE', '/p/straße'],
    ['straße', '/p/STRASSE'],
    ['ΟΔΟΣ*', '/p/οδοσα'],
    ['cafe\u0301', '/p/café/x'],
    ['café', '/p/cafe\u0301/x'],
    ['．env2', '/p/.env2'],
    ['.env2', '/p/.e\u200bnv2'],
    ['ﬁnance', '/p/finance/x'],
    ['secrets', '/p/line\nbreak/secrets/x'],
    ['sec*', '/p/sec\nrets'],
    ['C:\\data', 'C:\\data\\x'],
    ['c:/DATA', 'C:\\data\\x'],
    ['\\\\srv\\share', '\\\\srv\\share\\x'],
    ['secrets', 'C:\\p\\Secrets\\x'],
  ])('%j protects %j', (glob, path) => {
    expect(protects(glob, path)).toBe(true);
  });

  it.each([
    ['*.pem', '/p/a.pem.txt'],
    ['secrets', '/p/secrets2'],
    ['secrets', '/p/my-secrets'],
    ['/p/x', '/q/p/x'],
    ['a/b', '/p/a/x/b'],
    ['a*', '/p/ba'],
    ['~/notes', '/home/you/notes'],
    ['../x', '/x'],
  ])('%j leaves %j alone', (glob, path) => {
    expect(protects(glob, path)).toBe(false);
  });

  it('means nothing by "~/" where no home folder is known', () => {
    expect(matchPath('/notes', rules('~/notes'), undefined, 'folded')).toBeUndefined();
  });

  it.each([
    ['/data/**', '/data/x', true],
    ['/data', '/data', true],
    ['/data/**', '/data', false],
    ['/data', '/DATA/x', false],
    ['/data', '/da\u200bta/x', false],
    ['/cafe\u0301', '/café/x', false],
    ['/cafe\u0301', '/cafe\u0301/x', true],
    ['~/x', '/home/me/x/y', true],
    ['C:\\Data', 'c:\\data\\x', true],
  ])('%s lets agents into %j: %s', (glob, path, expected) => {
    expect(allows(glob, path)).toBe(expected);
  });

  it('gives the first rule of the list, wherever it is found', () => {
    const list = rules('*.x', 'config', '*.y', 'other', 'config/a.y');
    expect(matchPath('/p/config/a.y', list, HOME, 'folded')).toBe(list[1]);
    expect(matchPath('/p/a.y', list, HOME, 'folded')).toBe(list[2]);
    expect(matchPath('/p/config/a.x', list, HOME, 'folded')).toBe(list[0]);
  });

  it('does not compare what no file system has', () => {
    const [rule] = rules('*a*a');
    const long = `/p/${'a'.repeat(300)}`;
    expect(matchPath(long, rule ? [rule] : [], HOME, 'folded')).toBe(rule);
    expect(matchPath(long, rule ? [rule] : [], HOME, 'exact')).toBeUndefined();
  });

  it('finds what a look at every rule finds', () => {
    const name = fc.constantFrom('a', 'b', 'A', '*', 'a*', '*.b', 'x.b', '{a,b}', '[ab]', '?', 'ß');
    const glob = fc
      .tuple(fc.constantFrom('', '/', '~/', '**/'), fc.array(name, { minLength: 1, maxLength: 3 }))
      .map(([start, names]) => start + names.join('/'));
    const path = fc
      .array(fc.constantFrom('a', 'b', 'A', 'ab', 'x.b', 'ß', 'home', 'me'), { minLength: 1 })
      .map(names => `/${names.join('/')}`);
    fc.assert(
      fc.property(fc.array(glob, { maxLength: 6 }), path, (globs, at) => {
        const list = rules(...globs);
        for (const comparison of ['folded', 'exact'] as const) {
          const subject = comparison === 'folded' ? comparable(at) : at;
          const slow = list.find(rule =>
            compileGlob(readGlob(rule, HOME, comparison), comparison)(subject),
          );
          expect(matchPath(at, list, HOME, comparison)).toBe(slow);
        }
      }),
    );
  });
});

describe('placedBelow', () => {
  const list = rules('/p/config/prod.yml', '~/deep/er/*.key', 'C:\\w\\x', 'any/where');

  it.each(['/p/config', '/p', '/P/CONFIG', '/p/config/prod.yml', '/home/me/deep', 'C:\\w'])(
    'a place lies in or is %s',
    path => {
      expect(placedBelow(path, list, HOME)).toBeDefined();
    },
  );

  it.each(['/q', '/p/conf', '/p/config/prod.yml/x', '/p/any', '/home/me/deep/er/x', '/p/configs'])(
    'no place lies in %s',
    path => {
      expect(placedBelow(path, list, HOME)).toBeUndefined();
    },
  );
});

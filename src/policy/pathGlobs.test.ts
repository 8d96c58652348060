import { describe, expect, it } from 'vitest';
import { comparable, isPlaced, isTooLong, namesOnePlace, pathGlobProblem } from './pathGlobs';

describe('pathGlobProblem', () => {
  it.each([
    '*.pem',
    '**/config/*.yml',
    'src/{a,b}/**',
    '~/notes',
    '~',
    '/data/**',
    '/',
    '**',
    'C:\\data\\*',
    '[[:digit:]].txt',
    '[a-z]*',
    '!(x)',
    '#x',
    '!x',
    'a,b',
    '*.test.*',
    'a?b?c?d',
    '**/a/**/b/**',
  ])('takes %j', glob => {
    expect(pathGlobProblem(glob)).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    ['  ', /empty/],
    ['.', /no file/],
    ['./', /no file/],
    ['a\0b', /null/],
    ['~me/x', /"~\/"/],
    ['../x', /"\.\."/],
    ['a/../b', /"\.\."/],
    ['a\\..\\b', /"\.\."/],
    ['/data/{..,x}/**', /ranges/],
    ['/data/{.,x}./etc', /"\.\."/],
    ['/data/.{.,x}/etc', /"\.\."/],
    ['{1..100000}', /ranges/],
    ['{a..z}{1..9}', /ranges/],
    ['{a,{b,c}}', /groups/],
    ['{a,b}{c,d}{e,f}', /groups/],
    [`{${Array.from({ length: 21 }, (_, index) => `n${index}`).join(',')}}`, /alternatives/],
    ['{a,b,c,d,e}{f,g,h,i,j}', /alternatives/],
    ['x'.repeat(501), /longer/],
    ['*a*a*', /stars in a name/],
    ['a**a**a**a**b', /stars in a name/],
    ['{a,*b*c*}', /stars in a name/],
    ['**/a/**/b/**/c/**', /"\*\*" more/],
    ['*/*/*/*/*/*/*/*/*/*/*', /stars/],
    ['?'.repeat(11), /stars/],
    ['x[z-a]', /range/],
  ])('refuses %j', (glob, why) => {
    expect(pathGlobProblem(glob)).toMatch(why);
  });
});

describe('isPlaced and namesOnePlace', () => {
  it.each([
    ['/data', true, true],
    ['~/notes/**', true, true],
    ['C:\\data', true, true],
    ['\\\\server\\share', true, true],
    ['/./data', true, true],
    ['/', true, false],
    ['//', true, false],
    ['~', true, false],
    ['~/', true, false],
    ['~/.', true, false],
    ['~/./**', true, false],
    ['~/*', true, false],
    ['~/{.ssh,x}', true, false],
    ['/**', true, false],
    ['/*', true, false],
    ['/?ome/**', true, false],
    ['/[a-z]*/**', true, false],
    ['/{etc,home}/**', true, false],
    ['C:\\', true, false],
    ['C:/**', true, false],
    ['C:data', false, false],
    ['data/**', false, false],
    ['~me', false, false],
    ['**', false, false],
  ])('%j: placed %s, one place %s', (glob, placed, one) => {
    expect(isPlaced(glob)).toBe(placed);
    expect(namesOnePlace(glob)).toBe(one);
  });
});

describe('comparable', () => {
  it.each([
    ['C:\\a\\b', 'C:/a/b'],
    ['cafe\u0301', 'café'],
    ['.vs\u200dcode', '.vscode'],
    ['.g\u00adit', '.git'],
    ['.g\u034fit', '.git'],
    ['.git\ufe0f', '.git'],
    ['．ｅｎｖ', '.env'],
    ['.ßh', '.ssh'],
    ['ﬁle', 'file'],
    ['a\nb', 'a b'],
  ])('%j compares as %j', (path, expected) => {
    expect(comparable(path)).toBe(expected);
  });
});

describe('isTooLong', () => {
  it('knows what no file system has', () => {
    expect(isTooLong(`/${'a'.repeat(255)}/b`)).toBe(false);
    expect(isTooLong(`/${'a'.repeat(256)}/b`)).toBe(true);
    expect(isTooLong(`C:\\${'a'.repeat(256)}`)).toBe(true);
    expect(isTooLong('/a'.repeat(2048))).toBe(false);
    expect(isTooLong('/a'.repeat(2049))).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { judgeCommand } from '../judgeCommand';
import { readCmd } from './readCmd';

/** The words of each command, or undefined where the line was not understood. */
function words(line: string): readonly (readonly string[])[] | undefined {
  const read = readCmd(line);
  return read.ok
    ? read.script.commands.map(command => command.words.map(word => word.value))
    : undefined;
}

describe('readCmd', () => {
  it.each<[string, readonly (readonly string[])[]]>([
    ['npm test', [['npm', 'test']]],
    ['  npm\ttest  ', [['npm', 'test']]],
    [
      'npm test & git status',
      [
        ['npm', 'test'],
        ['git', 'status'],
      ],
    ],
    [
      'npm test&&git status',
      [
        ['npm', 'test'],
        ['git', 'status'],
      ],
    ],
    ['a||b|c', [['a'], ['b'], ['c']]],
    ['echo "a & b | c"', [['echo', 'a & b | c']]],
    ['echo "a"&"b"', [['echo', 'a'], ['b']]],
    ['echo ""&pwn""', [['echo', ''], ['pwn']]],
    ["echo 'a & b'", [['echo', "'a"], ["b'"]]],
    ['echo `pwn`', [['echo', '`pwn`']]],
    ['echo a"b c"d', [['echo', 'ab cd']]],
    ['dir/s/b', [['dir', '/s', '/b']]],
    ['rd /s/q x', [['rd', '/s', '/q', 'x']]],
    ['"dir"/s', [['dir/s']]],
    ['cd..', [['cd', '..']]],
    [String.raw`cd\x`, [['cd', String.raw`\x`]]],
    ['echo:x', [['echo', ':x']]],
    ['git log --format=%h', [['git', 'log', '--format=%h']]],
    ['echo done!', [['echo', 'done!']]],
    ['git log a,b;c=d', [['git', 'log', 'a,b;c=d']]],
    ['echo.', [['echo', '.']]],
  ])('reads %s', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each([
    // Carets escape, and at the end of a line they join it with the next.
    'npm test ^& pwn',
    'n^pm test',
    'npm test ^',
    'npm test "a" ^| pwn',
    // Variables are pasted before the line is parsed.
    'npm test %PATH%',
    'npm test %X:a=b%',
    'npm test %1',
    'npm test %*',
    'npm test %~dp0',
    'npm test %%i',
    'npm test !X!',
    'npm test "!X!"',
    // Quotes.
    'npm test "a',
    String.raw`npm test "a\"&pwn`,
    String.raw`npm test "a\" & pwn "b"`,
    // Blocks, loops, labels.
    '(npm test)',
    'npm test )',
    'for /f %i in (x) do pwn',
    'if exist x (pwn)',
    'npm test\npwn',
    'npm test\r\npwn',
    // Separators in a name.
    'npm,test',
    'npm;test',
    'npm=test',
    '@(npm test)',
    // Operators that lead nowhere.
    '& npm test',
    'npm test &',
    'npm test >',
    'npm test &&& pwn',
    'npm test | | pwn',
    // cmd tries the whole text as the name of a program first.
    'npm x/../../evil.exe',
    'dir src/../x',
    // A file of that name would run instead of the command of cmd.
    'echo.bat',
    'dir.exe x',
    'cd.bat',
    String.raw`echo\..\x.exe`,
    String.raw`type.\x.exe`,
    // Letters of other scripts are letters, signs that look like operators are not.
    'npm test \uff06 pwn',
    'npm test \uff5cpwn',
  ])('does not read %j', line => {
    expect(words(line)).toBeUndefined();
  });

  it.each([
    ['npm test > out.txt', 'write', 'out.txt'],
    ['npm test>>out.txt', 'write', 'out.txt'],
    ['npm test 2>err.txt', 'write', 'err.txt'],
    ['npm test2>out.txt', 'write', 'out.txt'],
    ['type < in.txt', 'read', 'in.txt'],
    ['npm test 2>&1', 'duplicate', undefined],
    ['npm test > "a b.txt"', 'write', 'a b.txt'],
  ])('finds the redirection in %s', (line, kind, target) => {
    const read = readCmd(line);
    const redirect = read.ok ? read.script.commands[0]?.redirects[0] : undefined;
    expect([redirect?.kind, redirect?.target?.value]).toEqual([kind, target]);
  });

  it('says which commands feed which', () => {
    const read = readCmd('a | b & c');
    const fed = read.ok && read.script.commands.map(command => command.pipedFrom.length);
    expect(fed).toEqual([0, 1, 0]);
  });

  it('gives the place of each word in the line', () => {
    const read = readCmd('npm  "a b" & c');
    const places =
      read.ok && read.script.commands.flatMap(({ words: all }) => all.map(w => [w.start, w.end]));
    expect(places).toEqual([
      [0, 3],
      [5, 10],
      [13, 14],
    ]);
  });
});

describe('judgeCommand for cmd', () => {
  const trusted = ['npm *', 'git *'].map(
    pattern => ({ effect: 'allow', pattern, source: { file: 'test' } }) as const,
  );
  const cwd = 'C:\\Users\\dev\\project';
  const effect = (line: string): string =>
    judgeCommand(line, { trusted }, { dialect: 'cmd', cwd, roots: [cwd] }).effect;

  it.each([
    'npm test',
    'NPM test',
    'npm test & git status && echo "a & b"',
    'npm test > nul 2>&1',
    'dir /s /b src',
    'type a.txt | findstr "x y"',
  ])('allows %s', line => {
    expect(effect(line)).toBe('allow');
  });

  it.each([
    'npm test & pwn',
    'npm test | pwn',
    'echo "a" & pwn & echo "b"',
    'npm test > .git\\config',
    'type .env',
    'type C:\\Windows\\win.ini',
    'dir \\\\server\\share',
    'call npm test',
    'start npm test',
    'cmd /c npm test',
    'set X=1',
  ])('asks about %s', line => {
    expect(effect(line)).toBe('ask');
  });
});

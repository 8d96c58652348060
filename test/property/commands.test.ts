import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeCommand } from '../../src/policy/commands/judgeCommand';
import type { CommandVerdict } from '../../src/policy/commands/commandVerdict';
import type { ShellDialect } from '../../src/policy/toolCall';

const trusted = ['npm *', 'git log *', 'tool'].map(
  pattern => ({ effect: 'allow', pattern, source: { file: 'test' } }) as const,
);
const CWD: Readonly<Record<ShellDialect, string>> = {
  bash: '/home/dev/project',
  powershell: 'C:\\Users\\dev\\project',
  cmd: 'C:\\Users\\dev\\project',
};

function judge(line: string, dialect: ShellDialect): CommandVerdict {
  const cwd = CWD[dialect];
  return judgeCommand(line, { trusted }, { dialect, cwd, roots: [cwd], home: '/home/dev' });
}

const dialects = fc.constantFrom<ShellDialect>('bash', 'powershell', 'cmd');
const UNTRUSTED = 'untrusted --now';
/** Lines that are allowed in each dialect. */
const ALLOWED: Readonly<Record<ShellDialect, readonly string[]>> = {
  bash: [
    'ls',
    'npm test',
    "echo 'a;b' | head -3",
    'git log -3 && pwd',
    'cat a.txt 2>/dev/null',
    'tool',
  ],
  powershell: [
    'ls',
    'npm test',
    "echo 'a;b'",
    'git log -3; pwd',
    'Get-Content a.txt 2>$null',
    'tool',
  ],
  cmd: [
    'dir',
    'npm test',
    'echo "a&b" | find "a"',
    'git log -3 && echo a',
    'type a.txt 2>nul',
    'tool',
  ],
};
const allowed = dialects.chain(dialect =>
  fc.record({ dialect: fc.constant(dialect), line: fc.constantFrom(...ALLOWED[dialect]) }),
);

type Attach = (line: string) => string;
const ATTACH: Readonly<Record<ShellDialect, readonly Attach[]>> = {
  bash: [
    ...[';', '&&', '||', '|', '&', '|&', '\n', ' ; ', ' \\\n&& '].map(
      (operator): Attach =>
        line =>
          `${line}${operator}${UNTRUSTED}`,
    ),
    ...[';', '&&', '|', '\n'].map(
      (operator): Attach =>
        line =>
          `${UNTRUSTED}${operator}${line}`,
    ),
    line => `${line} $(${UNTRUSTED})`,
    line => `${line} \`${UNTRUSTED}\``,
    line => `${line} "$(${UNTRUSTED})"`,
    line => `${line} <(${UNTRUSTED})`,
    line => `${line} > out.txt`,
    line => `${line} >> ~/.bashrc`,
    line => `env ${line}`,
    line => `sh -c '${UNTRUSTED}'; ${line}`,
    line => `${line} | xargs ${UNTRUSTED}`,
    line => `PATH=. ${line}`,
  ],
  powershell: [
    ...[';', '&&', '||', '|', '\n', '\r'].map(
      (operator): Attach =>
        line =>
          `${line}${operator}${UNTRUSTED}`,
    ),
    line => `${line} $(${UNTRUSTED})`,
    line => `${line} (${UNTRUSTED})`,
    line => `${line} > out.txt`,
    line => `& ${line}`,
    line => `${line} | ForEach-Object { ${UNTRUSTED} }`,
  ],
  cmd: [
    ...['&', '&&', '||', '|'].map(
      (operator): Attach =>
        line =>
          `${line}${operator}${UNTRUSTED}`,
    ),
    line => `${line} > out.txt`,
    line => `cmd /c ${line}`,
    line => `(${line} & ${UNTRUSTED})`,
  ],
};

/** Pieces from which hostile lines are made; plain random strings seldom parse. */
const pieces = fc.constantFrom(
  ...[
    'ls',
    'npm',
    'test',
    'rm -rf /',
    'echo',
    '$(',
    ')',
    '`',
    '"',
    "'",
    '\\',
    '\n',
    ';',
    '&&',
    '|',
  ],
  ...[
    '<<EOF',
    '\nEOF\n',
    '${',
    '}',
    '{',
    '$((',
    '))',
    '[[',
    ']]',
    'if',
    'then',
    'fi',
    'for i in',
    'do',
  ],
  ...[
    'done',
    '>',
    '<',
    '<(',
    '=(',
    '@{',
    '@(',
    '%PATH%',
    '^',
    '!',
    '#',
    '~',
    '*',
    ' ',
    '\t',
    '\r',
    '\0',
  ],
  ...[
    'function f {',
    'case x in',
    'esac',
    '&',
    '$x',
    '${x@P}',
    'x=1',
    "$'",
    '\u200b',
    '\u202e',
    '--%',
  ],
);
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(pieces, { maxLength: 30 }).map(parts => parts.join('')),
  fc.array(pieces, { maxLength: 30 }).map(parts => parts.join(' ')),
);

describe('judgeCommand', () => {
  it('gives a verdict on any string, with parts inside it', () => {
    fc.assert(
      fc.property(hostile, dialects, (line, dialect) => {
        const verdict = judge(line, dialect);
        expect(['allow', 'ask', 'deny']).toContain(verdict.effect);
        expect(verdict.parts.length).toBeGreaterThan(0);
        for (const { start, end, text } of verdict.parts) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(line.length);
          expect(text).toBe(line.slice(start, end));
        }
        // The whole can be no milder than a part.
        if (verdict.effect === 'allow') {
          expect(verdict.parts.every(part => part.effect === 'allow')).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('allows the lines that the next properties start from', () => {
    for (const dialect of ['bash', 'powershell', 'cmd'] as const) {
      for (const line of ALLOWED[dialect])
        expect([line, judge(line, dialect).effect]).toEqual([line, 'allow']);
    }
  });

  it('never allows an allowed line to which something untrusted was added', () => {
    fc.assert(
      fc.property(allowed, fc.nat(), ({ line, dialect }, choice) => {
        const attachments = ATTACH[dialect];
        const attached = attachments[choice % attachments.length]?.(line) ?? '';
        expect(judge(attached, dialect).effect).not.toBe('allow');
      }),
      { numRuns: 1000 },
    );
  });

  it('is not talked round by quotes: noise in a word never turns ask into allow', () => {
    const words = fc.constantFrom('untrusted', 'rm', 'npx', 'lsx', 'gitt', 'cats');
    const noise = fc.constantFrom<(word: string, at: number) => string>(
      (word, at) => `${word.slice(0, at)}''${word.slice(at)}`,
      (word, at) => `${word.slice(0, at)}""${word.slice(at)}`,
      (word, at) => `${word.slice(0, at)}\\${word.slice(at)}`,
      word => `'${word}'`,
      word => `"${word}"`,
      word => `$'${word}'`,
      (word, at) => `${word.slice(0, at)}\\\n${word.slice(at)}`,
      (word, at) => `${word.slice(0, at)}$@${word.slice(at)}`,
    );
    fc.assert(
      fc.property(words, noise, fc.nat(), (word, make, seed) => {
        const noisy = make(word, seed % word.length);
        expect(judge(`${noisy} x`, 'bash').effect).toBe('ask');
        expect(judge(`ls; ${noisy} x`, 'bash').effect).toBe('ask');
      }),
      { numRuns: 500 },
    );
  });

  it('finds the never list through any wrapper, whatever is trusted', () => {
    const all = [{ effect: 'allow', pattern: '*', source: { file: 'test' } }] as const;
    const core = fc.constantFrom<string>(
      'rm -rf /',
      'sudo ls',
      'chmod 777 a',
      'eval ls',
      'rm -rf ~',
    );
    const wraps = fc.constantFrom<(line: string) => string>(
      line => `sh -c '${line}'`,
      line => `env ${line}`,
      line => `timeout 5 ${line}`,
      line => `nohup ${line} &`,
      line => `(${line})`,
      line => `if true; then ${line}; fi`,
      line => `ls && ${line}`,
      line => `echo $( ${line})`,
      line => `npm test\n${line}`,
      line => `f() { ${line}; }`,
    );
    fc.assert(
      fc.property(core, fc.array(wraps, { maxLength: 2 }), (line, list) => {
        const wrapped = list.reduce(
          (inner, wrap) => (inner.includes("'") ? inner : wrap(inner)),
          line,
        );
        const context = { dialect: 'bash', cwd: '/w', roots: ['/w'], home: '/h' } as const;
        const verdict = judgeCommand(wrapped, { trusted: all }, context);
        expect([wrapped, verdict.neverList, verdict.effect]).toEqual([wrapped, true, 'ask']);
      }),
      { numRuns: 500 },
    );
  });
});

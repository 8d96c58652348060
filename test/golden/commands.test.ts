import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeCommand } from '../../src/policy/commands/judgeCommand';
import type { Rule } from '../../src/policy/decision';
import type { ShellDialect } from '../../src/policy/toolCall';

interface GoldenCase {
  readonly line: number;
  readonly heading: string;
  readonly shell: ShellDialect;
  readonly trusted: readonly Rule[];
  readonly expected: string;
  readonly command: string;
}

/** Reads the golden file; its format is described at its top. */
function readCases(text: string): readonly GoldenCase[] {
  const cases: GoldenCase[] = [];
  let heading = '';
  let trusted: readonly Rule[] = [];
  text.split('\n').forEach((row, index) => {
    if (row.startsWith('== ')) {
      heading = row.slice(3);
    } else if (row.startsWith('trusted: ')) {
      const list = row.slice('trusted: '.length);
      const patterns = list === '(nothing)' ? [] : list.split(' ; ');
      trusted = patterns.map(pattern => ({ effect: 'allow', pattern, source: { file: 'golden' } }));
    } else if (/^(?:allow|ask|never) /.test(row)) {
      const [expected = ''] = row.split(' ', 1);
      const rest = row.slice(6);
      const command = rest.startsWith('json:') ? (JSON.parse(rest.slice(5)) as string) : rest;
      const shell = heading.split(':', 1)[0] as ShellDialect;
      cases.push({ line: index + 1, heading, shell, trusted, expected, command });
    } else if (row !== '' && !row.startsWith('#')) {
      throw new Error(`commands.txt:${index + 1} is not understood: ${row}`);
    }
  });
  return cases;
}

const cases = readCases(readFileSync(new URL('commands.txt', import.meta.url), 'utf8'));
const headings = [...new Set(cases.map(({ heading }) => heading))];

describe('golden command lines', () => {
  it('are at least a thousand', () => {
    expect(cases.length).toBeGreaterThanOrEqual(1000);
  });

  it.each(headings)('%s', heading => {
    const wrong = cases
      .filter(one => one.heading === heading)
      .flatMap(({ line, shell, trusted, expected, command }) => {
        const windows = shell !== 'bash';
        const cwd = windows ? 'C:\\Users\\dev\\project' : '/home/dev/project';
        const home = windows ? 'C:\\Users\\dev' : '/home/dev';
        const context = { dialect: shell, cwd, roots: [cwd], home };
        const verdict = judgeCommand(command, { trusted }, context);
        const got = verdict.neverList ? 'never' : verdict.effect;
        return got === expected ? [] : [{ line, command, expected, got, reason: verdict.reason }];
      });
    expect(wrong).toEqual([]);
  });
});

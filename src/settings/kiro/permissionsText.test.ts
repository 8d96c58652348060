import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { HumanError } from '../../files/humanError';
import type { PermissionRule } from './permissionRule';
import { isOnlyEmptyList, readPermissions, withoutOurs, withOurs } from './permissionsText';
import { ruleKey } from './permissionRule';

const NONE = new Set<string>();
const FILE = '/home/me/.kiro/settings/permissions.yaml';
const OURS: readonly PermissionRule[] = [
  { capability: 'shell', effect: 'deny', match: ['git push', 'git push *'] },
  { capability: 'fs_read', effect: 'ask', match: ['**/.env.*'], exclude: ['**/.env.example'] },
  { capability: 'mcp', effect: 'deny' },
];

const put = (text: string): string => withOurs(text, FILE, OURS, NONE);

/** Files as people have them, and what is left of each after our rules came and went. */
const FOREIGN: readonly (readonly [string, string, string?])[] = [
  ['no text', '', 'rules: []\n'],
  ['comments only', '# mine\n', '# mine\nrules: []\n'],
  ['an empty list', 'rules: []\n'],
  ['an empty list with a comment', '# a\nrules: [] # none yet\n# b\n'],
  ['a key without a list', 'rules:\npolicies: [read-all]\n', 'rules: []\npolicies: [read-all]\n'],
  [
    'other keys only',
    'policies:\n  - read-workspace # mine',
    'policies:\n  - read-workspace # mine\nrules: []\n',
  ],
  [
    'rules with comments',
    '# top\nrules: # here\n  # first\n  - capability: shell\n    match: [a, "b # c"] # x\n    effect: ask\n\n  # second\n  - {capability: mcp, effect: deny}\n# end\npolicies: [read-all]\n',
  ],
  ['a list without indent', 'rules:\n- capability: shell\n  effect: allow\n  match:\n  - "x *"\n'],
  ['Windows line ends', 'rules:\r\n  - capability: shell\r\n    effect: ask\r\n'],
  [
    'no line end at the end',
    'rules:\n  - capability: shell\n    effect: ask',
    'rules:\n  - capability: shell\n    effect: ask\n',
  ],
  ['a document mark', '---\nrules:\n  - capability: shell\n    effect: ask\n'],
  ['JSON-like rules', 'rules:\n  - {"capability": "shell", "effect": "ask", "match": ["a: b"]}\n'],
  [
    'block scalars',
    'rules:\n  - capability: shell\n    effect: ask\n    match:\n      - >-\n        git\n        push\n',
  ],
];

const rulesIn = (text: string): readonly unknown[] =>
  (parse(text) as { rules?: unknown[] | null } | null)?.rules ?? [];

const CASES = FOREIGN.map(([name, text, left = text]) => ({ name, text, left }));

describe.each(CASES)('a file with $name', ({ text, left }) => {
  it('keeps its own lines and holds our rules first', () => {
    const after = put(text);
    const [head = '', rest = ''] = after.split(/[^\n]*# >>> checkrein[^\n]*\n/);
    const [block = '', tail = ''] = rest.split(/[^\n]*# <<< checkrein[^\n]*\n/);
    expect(`${head}${tail}`).toBe(left.replace('rules: []', 'rules:'));
    expect(block).not.toBe('');
    expect(rulesIn(after)).toEqual([...OURS, ...rulesIn(text)]);
  });

  it('is not changed by a second time', () => {
    expect(put(put(text))).toBe(put(text));
  });

  it('comes back when ours are taken out', () => {
    expect(withoutOurs(put(text), FILE, NONE)).toBe(left);
  });
});

describe('rules that another program has written anew', () => {
  const rewritten =
    'rules:\n  - capability: shell\n    effect: deny\n    match:\n      - git push\n      - git push *\n  - capability: web_fetch\n    effect: ask\n';
  const known = new Set(OURS.map(ruleKey));

  it('are found by what they say', () => {
    const after = withOurs(rewritten, FILE, OURS, known);
    expect((parse(after) as { rules: unknown[] }).rules).toEqual([
      ...OURS,
      { capability: 'web_fetch', effect: 'ask' },
    ]);
  });

  it('are taken out by what they say', () => {
    expect(withoutOurs(rewritten, FILE, known)).toBe(
      'rules:\n  - capability: web_fetch\n    effect: ask\n',
    );
  });
});

describe('a file that Kiro or we could not read', () => {
  it.each([
    ['rules:\n  - capability: shell\n    effect: ask\n    reason: x\n', ':2: ', '"reason"'],
    ['rules: []\nextra: 1\n', ':1: ', '"extra"'],
    ['rules:\n  - capability: shell\n    effect: maybe\n', ':3: ', 'effect'],
    ['rules:\n  - capability: shell\n    effect: ask\n    match: git\n', ':4: ', 'match'],
    ['rules: [a\n', ':2: ', 'YAML'],
    ['rules: []\nrules: []\n', ':2: ', 'stands twice'],
    ['rules:\n  - {capability: mcp, effect: ask,\n     effect: ask}\n', ':3: ', 'stands twice'],
    ['rules:\n  - effect: ask\n', ':2: ', 'capability'],
    ['- a\n', ':1: ', 'expects'],
    ['rules: []\n---\nrules: []\n', ':2: ', 'YAML'],
    ['rules: [{capability: shell, effect: ask}]\n', ': ', 'one rule a line'],
    ['{rules: []}\n', ': ', 'one rule a line'],
    ['rules:\n  # >>> checkrein\n  - {capability: mcp, effect: ask}\n', ':2: ', 'marks'],
    ['# <<< checkrein\nrules: []\n# >>> checkrein\n', ':3: ', 'marks'],
    [
      `${' '.repeat(4)}rules:\n${' '.repeat(24)}- {capability: mcp, effect: ask}\n`,
      ': ',
      'indented',
    ],
  ])('%j is left alone, with the place and the reason', (text, place, reason) => {
    const long: readonly PermissionRule[] = [
      { capability: 'shell', effect: 'ask', match: ['x'.repeat(60)] },
    ];
    let message = '';
    try {
      withOurs(text, FILE, long, NONE);
    } catch (error) {
      expect(error).toBeInstanceOf(HumanError);
      message = (error as HumanError).message;
    }
    expect(message).toContain(`${FILE}${place}`);
    expect(message).toContain(reason);
  });

  it('is not fooled by marks inside a text', () => {
    const text =
      'rules:\n  - capability: shell\n    effect: deny\n    match:\n      - |-\n        a\n        # >>> checkrein\n        b\n        # <<< checkrein\n';
    expect(() => put(text)).toThrow(HumanError);
  });

  it('does not expand aliases without end', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[index]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(() => readPermissions(bomb, FILE)).toThrow(HumanError);
  });

  it('reads a few aliases, and not thousands, each of which the library would look up', () => {
    const rule =
      'rules:\n  - &r {capability: &c mcp, effect: deny}\n  - {capability: *c, effect: ask}\n';
    expect(readPermissions(rule, FILE).rules.map(({ rule: { effect } }) => effect)).toEqual([
      'deny',
      'ask',
    ]);
    const many = Array.from({ length: 20_000 }, (_, index) => `  - &a${index} x\n  - *a${index}\n`);
    expect(() => readPermissions(`policies:\n${many.join('')}`, FILE)).toThrow(
      /:203: .*more than 100 aliases/,
    );
  });

  // Comparing each key with each takes more than a minute, and runs into the time-out.
  it('takes time in proportion to the number of keys', () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join('');
    expect(() => readPermissions(keys, FILE)).toThrow(HumanError);
    expect(() => readPermissions(`${keys}k7: 1\n`, FILE)).toThrow(/:60001: .*stands twice/);
  }, 40_000);
});

it('warns of a rule that Kiro passes over, and keeps it', () => {
  const text = 'rules:\n  - capability: read\n    effect: deny\n';
  expect(readPermissions(text, FILE).warnings).toEqual([expect.stringContaining(`${FILE}:2: `)]);
  expect(put(text)).toContain('capability: read');
});

it('warns of what lets everything pass', () => {
  const text =
    'policies: [allow-all, read-all]\nrules:\n  - capability: shell\n    effect: allow\n  - capability: all\n    effect: allow\n    match: ["*"]\n  - capability: shell\n    effect: allow\n    match: ["npm *"]\n';
  expect(readPermissions(text, FILE).warnings).toEqual([
    expect.stringContaining(`${FILE}:3: `),
    expect.stringContaining(`${FILE}:5: `),
    expect.stringContaining('allow-all'),
  ]);
});

it.each([
  ['', true],
  ['rules: []\n', true],
  ['# mine\nrules: []\n', false],
  ['policies: []\n', false],
])('isOnlyEmptyList(%j) is %s', (text, expected) => {
  expect(isOnlyEmptyList(text)).toBe(expected);
});

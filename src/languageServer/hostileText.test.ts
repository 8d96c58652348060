import { describe, expect, it } from 'vitest';
import { lintText } from '../../test/support/policyText';

const USER = '~/.kiro/settings.json';
const YAML = '~/.kiro/settings/permissions.yaml';
const MCP = '~/.kiro/settings/mcp.json';
const AGENT = '~/.kiro/agents/a.json';
const json = (value: unknown): string => JSON.stringify(value);
const list = <T>(length: number, item: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, index) => item(index));
const server = (fields: object): string => json({ mcpServers: { a: { command: 'x', ...fields } } });

/** What, where, text. Reading any of them twice per character would take minutes. */
const SLOW: readonly (readonly [string, string, string])[] = [
  ['blanks in an ignore file', '.gitignore', `${' '.repeat(300_000)}x`],
  ['words in an ignore file', '.kiroignore', `${'a '.repeat(100_000)}x`],
  ['stars in an ignore file', '.gitignore', `.kiro/${'*a'.repeat(400)}\n${'**/'.repeat(200)}a`],
  [
    'thousands of lines of stars',
    '.gitignore',
    list(5_000, index => `${'*'.repeat(200)}${index}`).join('\n'),
  ],
  ['an argument of program names', MCP, server({ args: ['kiro-cli '.repeat(100_000)] })],
  ['an argument of beginnings', MCP, server({ args: [`T=${'${'.repeat(200_000)}`] })],
  ['an address of beginnings', MCP, server({ url: '?a'.repeat(200_000) })],
  ['a variable of beginnings', MCP, server({ env: { KEY_X: '${'.repeat(200_000) } })],
  ['beginnings of tokens', AGENT, json({ prompt: 'eyJ-'.repeat(500_000) })],
  ['addresses', AGENT, json({ prompt: 'aaaaaaaaaaaa://a:'.repeat(60_000) })],
  ['60,000 aliases', YAML, `a: &a x\nb:\n${'- *a\n'.repeat(60_000)}`],
  ['60,000 keys of YAML', YAML, list(60_000, index => `k${index}: 1\n`).join('')],
  [
    '30,000 globs against 30,000',
    YAML,
    `rules:\n${list(1_500, rule => `  - {capability: shell, effect: ${rule % 2 ? 'allow' : 'deny'}, match: [${list(20, glob => `"c${rule}x${glob} *"`).join(',')}]}\n`).join('')}`,
  ],
  [
    '60,000 tools',
    AGENT,
    json({
      tools: list(60_000, index => `@s${index}`),
      allowedTools: list(60_000, index => `t${index}`),
      includeMcpJson: false,
    }),
  ],
  ['patterns of 4,000 words', USER, json({ trustedCommands: list(100, () => 'a '.repeat(4_000)) })],
  [
    'open brackets and quotes',
    USER,
    json({ trustedCommands: ['$('.repeat(4_000), '"'.repeat(9_001), '('.repeat(9_000)] }),
  ],
  ['comments behind an entry', USER, `{"trustedCommands":["sudo x"${'/**/'.repeat(100_000)}]}`],
  ['a long key', USER, json({ ['trusted'.repeat(100_000)]: 1 })],
  [
    '50,000 keys that are nearly known',
    USER,
    json(Object.fromEntries(list(50_000, index => [`trustedCommand${index}`, 1]))),
  ],
  [
    'globs of stars',
    USER,
    json({ secretPaths: [`${'*'.repeat(9_000)}x`, `${'**/'.repeat(3_000)}x`, '{1..100000000}'] }),
  ],
];

describe('a text made to be slow', () => {
  it.each(SLOW)(
    'is answered: %s',
    async (_name, path, text) => {
      for (const { code, fixes } of await lintText(path, text)) {
        expect(code).not.toBe('unreadable');
        fixes?.();
      }
    },
    20_000,
  );
});

describe('YAML that stands for itself', () => {
  it.each([
    ['rules: &a\n  - *a\n', 'syntax'],
    ['&a rules: *a\nb: &b {c: *b}\n', 'syntax'],
    ['rules: *nothing\n', 'syntax'],
    [
      `a0: &a0 [x,x]\n${list(30, i => `a${i + 1}: &a${i + 1} [*a${i},*a${i}]\n`).join('')}`,
      'syntax',
    ],
    ['x: &x 1\nrules: []\n', 'unknown-field-voids-file'],
    ['rules: []\nrules: []\n', 'duplicate-key'],
  ])('%j', async (text, code) => {
    expect((await lintText(YAML, text)).map(finding => finding.code)).toContain(code);
  });

  it('means what its anchor means', async () => {
    const text =
      'rules:\n  - &one {capability: shell, effect: deny, match: ["a*"]}\n  - *one\n  - {capability: &c fs_write, effect: deny}\n  - {capability: *c, effect: ask}\n';
    expect((await lintText(YAML, text)).map(({ code }) => code)).toEqual(['shadowed']);
  });
});

describe('what is not looked at', () => {
  const many = [...list(2_000, index => `npm run s${index}`), 'sudo rm *'];
  it.each([
    [USER, json({ trustedCommands: many }), 'too-many'],
    ['.vscode/settings.json', json({ 'kiroAgent.trustedCommands': many }), 'too-many'],
    [USER, json({ trustedCommands: [`${'x'.repeat(10_001)} *`] }), 'too-large'],
    ['.gitignore', 'dist\n'.repeat(5_001), 'too-many'],
    [USER, `{}${' '.repeat(3_000_000)}`, 'too-large'],
  ])('in %s is an error', async (path, text, code) => {
    expect((await lintText(path, text)).map(finding => finding.code)).toContain(code);
  });

  it('is nothing for what is not ours', async () => {
    const text = json({ 'cSpell.words': many, 'a.b': 'x'.repeat(20_000) });
    expect(await lintText('.vscode/settings.json', text)).toEqual([]);
    expect(await lintText('.gitignore', 'dist\n'.repeat(5_000))).toEqual([]);
  });
});

it.each([
  ['CRLF', USER, '{\r\n  // mine\r\n  "production": true\r\n}\r\n', []],
  ['CRLF in YAML', YAML, 'rules:\r\n  - capability: shell\r\n    effect: ask\r\n', []],
  ['CRLF in an ignore file', '.gitignore', 'dist\r\n.kiro/settings.json\r\n', []],
  ['lone surrogates', USER, '{"trustedCommands":["\ud83d a"]}', []],
  ['a null character', USER, '{"\u0000": 1}', ['syntax', 'unknown-key']],
])('%s', async (_name, path, text, codes) => {
  expect((await lintText(path, text)).map(({ code }) => code)).toEqual(codes);
});

it.each<[string, string, string]>([
  [
    '1 MB of patterns',
    USER,
    JSON.stringify({
      trustedCommands: Array.from({ length: 40_000 }, (_, index) => `npm run script-${index} *`),
    }),
  ],
  ['1 MB in one text', USER, JSON.stringify({ trustedCommands: ['x'.repeat(1_000_000)] })],
  [
    '100,000 lines of YAML',
    YAML,
    `rules:\n  - capability: shell\n    effect: deny\n    match:\n${'      - "a*"\n'.repeat(99_996)}`,
  ],
  ['deep nesting', USER, '['.repeat(100_000)],
  ['deep nesting of YAML', YAML, '['.repeat(50_000)],
  [
    'aliases that multiply',
    YAML,
    `a0: &a0 [x,x]\n${Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index},*a${index}]\n`).join('')}`,
  ],
  [
    '100,000 findings',
    USER,
    JSON.stringify({
      x: Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1])),
    }),
  ],
  ['4 MB', USER, ' '.repeat(4_000_000)],
])(
  'is answered: %s',
  async (_name, path, value) => {
    const findings = await lintText(path, value);
    expect(findings.length).toBeLessThanOrEqual(1_000);
  },
  60_000,
);

import { describe, expect, it } from 'vitest';
import {
  USER,
  PROJECT,
  YAML,
  HOOK,
  AGENT,
  MCP,
  EDITOR,
  hook,
  server,
  TOKEN,
} from '../../test/support/findings/findingCase';
import {
  AGENTS,
  HOOKS,
  IGNORES,
  PERMISSIONS,
  STEERING,
} from '../../test/support/findings/kiroCases';
import { OTHERS, SERVERS, SETTINGS } from '../../test/support/findings/policyCases';
import { SUBAGENTS } from '../../test/support/findings/subagentCases';
import { lintText, withMarks } from '../../test/support/policyText';
import { applyChanges } from './removal';
import { RULES, type RuleCode } from './ruleTable';

const CASES = [
  ...SETTINGS,
  ...SERVERS,
  ...PERMISSIONS,
  ...HOOKS,
  ...AGENTS,
  ...SUBAGENTS,
  ...STEERING,
  ...IGNORES,
  ...OTHERS,
];

describe('the findings', () => {
  it.each(CASES)(
    '$code in $in: $text',
    async ({ code, in: path, text: marked, after, says, facts }) => {
      const { text, start, end } = withMarks(marked);
      const found = (await lintText(path, text, facts)).filter(finding => finding.code === code);
      const hit = found.find(finding => finding.start === start && finding.end === end);
      expect(found.map(finding => text.slice(finding.start, finding.end))).toContain(
        text.slice(start, end),
      );
      if (!hit) throw new Error('it marks the same text at another place');
      if (says) expect(hit.message).toMatch(says);
      const texts = (hit.fixes?.() ?? [])
        .filter(({ append }) => !append)
        .map(({ changes }) => applyChanges(text, changes));
      expect(texts).toEqual(after === undefined ? [] : [after].flat());
      const before = new Set((await lintText(path, text, facts)).map(finding => finding.code));
      for (const result of texts) {
        const left = (await lintText(path, result, facts)).map(finding => finding.code);
        expect(left).not.toContain(code);
        // A fix must not trade one fault for another.
        expect(left.filter(other => !before.has(other))).toEqual([]);
      }
    },
  );

  it('has a case for every code', () => {
    const shown = new Set(CASES.map(({ code }) => code));
    const missing = Object.keys(RULES).filter(code => !shown.has(code as RuleCode));
    expect(missing).toEqual(['unreadable', 'too-large', 'too-many']);
  });

  it('adds a file with a secret to .gitignore, and is content then', async () => {
    const text = server('"command":"x","env":{"API_KEY":"abcdef"}');
    const gitignore = { file: '/work/.gitignore', text: 'dist' };
    const [finding] = (await lintText(PROJECT, text, { gitignore })).filter(
      ({ code }) => code === 'secrets-not-ignored',
    );
    const append = finding?.fixes?.()[0]?.append;
    expect(append).toEqual({ file: '/work/.gitignore', text: '\n/.kiro/settings.json\n' });
    const after = await lintText(PROJECT, text, {
      gitignore: { ...gitignore, text: gitignore.text + String(append?.text) },
    });
    expect(after.map(({ code }) => code)).toEqual(['literal-secret']);
  });

  it('lets no file pass because it has too many findings', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 1]));
    const text = JSON.stringify({ ...many, trustedComands: [] });
    const found = await lintText(USER, text);
    expect(found.length).toBeLessThan(300);
    expect(found.map(({ code }) => code)).toContain('too-many');
  });

  it.each([
    ['-----BEGIN OPENSSH PRIVATE', 'KEY-----'],
    ['AKIA', 'QWERTYUIOPASDFGH'],
    ['sk-ant-', `api03-${'aB3-'.repeat(20)}`],
    ['xoxb-', '1234567890-abcdefghij'],
    ['glpat-', 'aBcDeFgHiJkLmNoPqRsT'],
    ['npm_', 'aB3d'.repeat(9)],
    ['AIza', 'aB3d_'.repeat(7)],
    ['postgres://me:', 'hunter22@db.example'],
    ['eyJhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'],
  ])('finds %s in any place', async (head, tail) => {
    const secret = `${head}${head.endsWith('PRIVATE') ? ' ' : ''}${tail}`;
    const text = `{"name":"a","tools":["read"],"prompt":${JSON.stringify(`use ${secret} here`)}}`;
    const [finding] = await lintText(AGENT, text);
    expect(finding?.code).toBe('secret-in-text');
    expect(text.slice(finding?.start, finding?.end)).toBe(secret);
    expect(finding?.message).not.toContain(tail);
  });

  it('never repeats a secret', async () => {
    const secrets = ['hunter2-hunter2', TOKEN, 'q8Zp2LmX7vKd0RtYw3HsB5nC'];
    for (const secret of secrets) {
      const texts = [
        server(
          `"command":"x","env":{"API_KEY":"${secret}","DSN":"${secret}"},"args":["--token","${secret}"]`,
        ),
        server(
          `"url":"https://a:${secret}@x/?token=${secret}","headers":{"X-Api-Key":"${secret}"}`,
        ),
      ];
      for (const text of texts) {
        const findings = await lintText(PROJECT, text, {
          gitignore: { file: '/work/.gitignore', text: '' },
        });
        expect(findings.length).toBeGreaterThan(1);
        const said = JSON.stringify(findings.map(finding => [finding.message, finding.fixes?.()]));
        expect(said).not.toContain(secret);
      }
    }
  });
});

it('shows no secret of an entry that it quotes', async () => {
  const entries = [
    `curl -H "X: ${TOKEN}" *`,
    'deploy --token hunter2-hunter2 *',
    'PASSWORD=hunter2-hunter2 x',
  ];
  for (const entry of entries) {
    const denied = entry.replace(' *', '');
    for (const [path, text] of [
      [USER, JSON.stringify({ trustedCommands: [entry, entry], deniedCommands: [denied] })],
      [USER, JSON.stringify({ [entry]: 1, coreTools: [entry], secretPaths: [`${entry}/../`] })],
      [
        YAML,
        JSON.stringify({ rules: [{ capability: entry, effect: 'deny', match: [`${entry};`] }] }),
      ],
      [HOOK, hook(`"trigger":${JSON.stringify(entry)},"matcher":${JSON.stringify(entry)}`)],
    ] as const) {
      const findings = await lintText(path, text);
      expect(findings.length).toBeGreaterThan(0);
      const said = findings.map(({ message, fixes }) => [
        message,
        fixes?.().map(({ title }) => title),
      ]);
      expect(JSON.stringify(said)).not.toMatch(/hunter2|ghp_/);
    }
  }
});

/** Texts in which nothing is wrong. */
const CLEAN: readonly (readonly [string, string])[] = [
  [USER, '{\n  // mine\n  "trustedCommands": ["npm test", "jest"],\n}\n'],
  [USER, '{"sandbox": false, "autoAccept": false, "coreTools": ["all"]}'],
  [USER, '{"toolSearch": {"enabled": true, "minPct": 5, "minTokens": 10}}'],
  [
    USER,
    server(
      '"command":"x","env":{"GITHUB_TOKEN":"${GITHUB_TOKEN}","TOKEN_FILE":"/run/t","API_KEY":"<your key>"}',
    ),
  ],
  [YAML, 'rules:\n  - capability: shell\n    effect: deny\n    match: ["rm *"]\n'],
  [YAML, ''],
  [
    HOOK,
    '{"version":"v1","hooks":[{"name":"a","trigger":"PreToolUse","matcher":"shell","timeout":45,"action":{"type":"command","command":"/opt/guard"}}]}',
  ],
  [
    AGENT,
    '{"name":"a","prompt":"p","model":"claude-sonnet-4.5","tools":["read","thinking","todo_list","knowledge","introspect","report_issue","code","session","delegate","@git"],"permissions":{"rules":[{"capability":"shell","effect":"ask"}]}}',
  ],
  [MCP, server('"url":"http://localhost:8080/mcp","headers":{"Authorization":"Bearer ${GH}"}')],
  [EDITOR, '{"editor.fontSize": 12, "checkrein.deniedCommands": ["npm publish *"]}'],
  ['.kiro/steering/product.md', '# Product\n\n---\n\nText\n'],
  [
    '.kiro/steering/a.md',
    '---\r\ninclusion: fileMatch\r\nfileMatchPattern: ["src/**/*.{ts,tsx}", "*.md"]\r\n---\r\n# A\r\n',
  ],
  ['.kiro/steering/b.md', '---\ninclusion: auto\nname: b\ndescription: when b\n---\nB'],
  ['.gitignore', 'dist\n.kiro/settings.json\n'],
  ['.kiroignore', 'dist\n'],
];

it.each(CLEAN)('%s is clean: %s', async (path, text) => {
  expect(await lintText(path, text)).toEqual([]);
});

it.each([
  ['that cannot start others', { agents: [] }, '"tools":["read"],"prompt":"ask @nobody"'],
  ['when the agents are not known', {}, '"tools":["*"],"prompt":"ask @nobody"'],
  ['whose prompt is a file', { agents: [] }, '"tools":["*"],"prompt":"file://@nobody"'],
])('looks for no agent in the prompt of one %s', async (_name, facts, fields) => {
  expect(await lintText(AGENT, `{"name":"a",${fields}}`, facts)).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openText, lintText, service } from '../../test/support/policyText';
import { readPolicyText } from '../settings/readPolicyText';
import { readPermissions } from '../settings/kiro/permissionsText';
import { applyChanges } from './removal';
import type { WorkspaceFacts } from './workspaceFacts';

/** The text without `|`, and where it stood. */
function cursor(marked: string): { readonly text: string; readonly offset: number } {
  return { text: marked.replace('|', ''), offset: marked.indexOf('|') };
}

const USER = '~/.kiro/settings.json';
const YAML = '~/.kiro/settings/permissions.yaml';
const FACTS = { commands: ['npm run lint', 'make all'] };

/** Place, text with the cursor, the item to choose, and the text after it. */
const COMPLETIONS: readonly (readonly [string, string, string, string])[] = [
  [USER, '{"tru|"}', 'trustedTools', '{"trustedTools": [$1]}'],
  [USER, '{"agentAutonomy": |}', '"Supervised"', '{"agentAutonomy": "Supervised"}'],
  [USER, '{"trustedCommands": ["np|"]}', '"npm run lint"', '{"trustedCommands": ["npm run lint"]}'],
  [USER, '{"trustedCommands": [|]}', '"make all"', '{"trustedCommands": ["make all"]}'],
  [USER, '{"excludeTools": ["|"]}', '"write_file"', '{"excludeTools": ["write_file"]}'],
  [USER, '{"production": |}', 'true', '{"production": true}'],
  [
    '.vscode/settings.json',
    '{"checkrein.secretPaths|": []}',
    'checkrein.secretPaths',
    '{"checkrein.secretPaths": []}',
  ],
  [
    '.kiro/hooks/a.json',
    '{"hooks":[{"trigger":"|"}]}',
    '"PreToolUse"',
    '{"hooks":[{"trigger":"PreToolUse"}]}',
  ],
  [
    '.kiro/hooks/a.kiro.hook',
    '{"when":{"type":"|"}}',
    '"fileEdited"',
    '{"when":{"type":"fileEdited"}}',
  ],
  ['.kiro/agents/a.json', '{"tools":["|"]}', '"execute_bash"', '{"tools":["execute_bash"]}'],
  [
    '~/.kiro/settings/mcp.json',
    '{"mcpServers":{"a":{"auto|"}}}',
    'autoApprove',
    '{"mcpServers":{"a":{"autoApprove": [$1]}}}',
  ],
  [YAML, 'ru|', 'rules', 'rules: '],
  [YAML, 'rules:\n  - cap|', 'capability', 'rules:\n  - capability: '],
  [YAML, 'rules:\n  - capability: fs|', 'fs_write', 'rules:\n  - capability: fs_write'],
  [
    YAML,
    'rules:\n  - capability: shell\n    effect: |',
    'deny',
    'rules:\n  - capability: shell\n    effect: deny',
  ],
  [
    YAML,
    'rules:\n  - capability: shell\n    match:\n      - np|',
    'npm run lint',
    'rules:\n  - capability: shell\n    match:\n      - npm run lint',
  ],
  [YAML, 'policies:\n  - |', 'read-workspace', 'policies:\n  - read-workspace'],
];

describe('completion', () => {
  it.each(COMPLETIONS)('%s: %s', async (path, marked, label, after) => {
    const { text, offset } = cursor(marked);
    const open = openText(path, text, FACTS);
    const items = await service.complete(open, offset);
    const item = items.find(found => found.label === label);
    expect(items.map(found => found.label)).toContain(label);
    const edit = item?.textEdit;
    if (!edit || !('range' in edit)) throw new Error('it has no edit');
    const change = {
      start: open.document.offsetAt(edit.range.start),
      end: open.document.offsetAt(edit.range.end),
      text: edit.newText,
    };
    expect(applyChanges(text, [change])).toBe(after);
  });
});

/** Place, text with the cursor, what the hover must say, and facts. */
const HOVERS: [string, string, RegExp, Partial<WorkspaceFacts>?][] = [
  [USER, '{"trusted|Commands": []}', /run unasked in Autopilot[^]*Default/],
  [USER, '{"sandbox|": true}', /no sandbox is enforced/],
  [
    USER,
    '{"trustedCommands": ["npm| *"]}',
    /with any arguments runs unasked[^]*2 of your last 3/,
    { recentCommands: ['npm test', 'ls && npm ci', 'ls'] },
  ],
  [USER, '{"trustedCommands": ["sudo| *"]}', /No list can trust this/],
  [USER, '{"deniedCommands": ["*|"]}', /Every command never runs/],
  [
    USER,
    '{"trusted|Commands": []}',
    /Now:\n\n- `npm test` – `\/home\/me\/.kiro\/settings.json:3`\n- `deploy --token \*\*\*` – `\/work\/.*json` \(no effect until/,
    {
      values: [
        {
          key: 'trustedCommands',
          text: 'npm test',
          file: '/home/me/.kiro/settings.json',
          line: 3,
          status: 'inEffect',
        },
        {
          key: 'trustedCommands',
          text: 'deploy --token hunter2',
          file: '/work/.kiro/settings.json',
          status: 'needsConsent',
        },
        { key: 'production', text: 'true', file: '/x', status: 'inEffect' },
      ],
    },
  ],
  [
    '.vscode/settings.json',
    '{"checkrein.produc|tion": true}',
    /Now:\n\n- `true` – `\/etc/,
    { values: [{ key: 'production', text: 'true', file: '/etc/x.json', status: 'inEffect' }] },
  ],
  ['.kiro/hooks/a.json', '{"hooks":[{"mat|cher":"x"}]}', /never sees the text of a command/],
  ['/etc/kiro/managed-settings.json', '{"ru|les":[]}', /One that allows voids the file/],
  ['.vscode/settings.json', '{"kiroAgent.mcpApproved|EnvVars":[]}', /reach the server as text/],
  [YAML, 'rules:\n  - eff|ect: deny\n', /Deny comes before ask/],
];

describe('hover', () => {
  it.each(HOVERS)('%s: %s', async (...[path, marked, says, facts]) => {
    const { text, offset } = cursor(marked);
    expect((await service.hover(openText(path, text, facts), offset))?.markdown).toMatch(says);
  });
});

describe('what stands beside the text', () => {
  const text = '{\n  "trustedCommands": ["npm *", "ls"],\n  "secretPaths": []\n}';

  it('links above lists of commands', async () => {
    const lenses = await service.lenses(openText(USER, text));
    expect(lenses.map(({ start, title }) => [text.slice(start, start + 17), title])).toEqual([
      ['"trustedCommands"', 'Try a command'],
      ['"trustedCommands"', 'Why?'],
    ]);
  });

  it('counts commands of the journal behind each pattern', async () => {
    const recentCommands = ['npm test', 'npm ci', 'ls -l'];
    const inlays = await service.inlays(openText(USER, text, { recentCommands }));
    expect(
      inlays.map(({ at, label }) => [
        text
          .slice(0, at)
          .split(/[[,] ?/)
          .at(-1),
        label,
      ]),
    ).toEqual([
      ['"npm *"', 'matches 2 of your last 3 commands'],
      ['"ls"', 'matches 0 of your last 3 commands'],
    ]);
    expect(await service.inlays(openText(USER, text))).toEqual([]);
  });

  it('names the keys and folds what has lines', async () => {
    const symbols = await service.symbols(openText(USER, text));
    expect(symbols.map(({ name }) => name)).toEqual(['trustedCommands', 'secretPaths']);
    const yaml =
      'rules:\n  - capability: shell\n    effect: deny\n    match:\n      - a*\n      - b*\n';
    const ofYaml = await service.symbols(openText(YAML, yaml));
    expect(ofYaml.map(({ name }) => name)).toEqual(['rules']);
    const folds = await service.folding(openText(YAML, yaml));
    expect(folds).toEqual([
      { startLine: 0, endLine: 5 },
      { startLine: 1, endLine: 5 },
      { startLine: 3, endLine: 5 },
    ]);
    expect(await service.folding(openText(USER, text))).toMatchObject([
      { startLine: 0, endLine: 2 },
    ]);
  });
});

/** Place, text before and after laying it out anew. */
const FORMATS: readonly (readonly [string, string, string])[] = [
  [
    USER,
    '{ // mine\n"production":true, /* why */ "sandbox" : false}',
    '{ // mine\n  "production": true, /* why */\n  "sandbox": false\n}\n',
  ],
  [
    YAML,
    '# mine\nrules:\n      -   capability: shell # why\n          effect:   deny\n',
    '# mine\nrules:\n  - capability: shell # why\n    effect: deny\n',
  ],
  [
    YAML,
    `rules:\n  - {capability: shell, effect: deny, match: ["${'x'.repeat(90)} y*"]}\n`,
    `rules:\n  - { capability: shell, effect: deny, match: [ "${'x'.repeat(90)} y*" ] }\n`,
  ],
  [USER, '{"production": tru', '{"production": tru'],
  [YAML, 'rules: "x', 'rules: "x'],
];

it.each(FORMATS)('lays out %s: %s', async (path, text, after) => {
  const open = openText(path, text);
  expect(applyChanges(text, await service.format(open, { tabSize: 2, insertSpaces: true }))).toBe(
    after,
  );
});

/** Codes of findings under which Checkrein itself does not use a settings file. */
const VOIDING = new Set(['syntax', 'wrong-value', 'misspelt-key', 'duplicate-key', 'unreadable']);

describe('agrees with the reader', () => {
  it.each([
    '{}',
    '[]',
    '',
    'null',
    '{"production": 1}',
    '{"production": true, "production": true}',
    '{"prodution": true}',
    '{"mcpServers": {"a": {"type": "x"}}}',
    '{"trustedCommands": [1]}',
    '{"trustedCommands": [""]}',
    '{"sandbox": {"a": 1}}',
    '{"sandbox": []}',
    '{"autoAccept": null}',
    '{"telemetry": {"enabled": "no"}}',
    '{"toolSearch": {"minPct": 101}}',
    '{"toolSearch": {"minTokens": 1.5}}',
    '{"foo": 1}',
    '{"production": true,}',
    '// x\n{}',
    '{"a": {"b": 1, "b": 2}}',
    '{"$schema": 1}',
    '{"agentAutonomy": "supervised"}',
    '{"mcpServers": []}',
  ])('%s', async text => {
    const reading = readPolicyText(text, { scope: 'user', file: '/f' });
    const findings = await lintText(USER, text);
    expect(findings.some(({ code }) => VOIDING.has(code))).toBe(!reading.ok);
  });

  it.each([
    '',
    'rules:\n',
    'rules: []\n',
    'rules: {}\n',
    'rules:\n  - capability: shell\n',
    'rule: []\n',
    'rules:\n  - x\n',
    'rules:\n  - {capability: shell, effect: deny, match: x}\n',
    'rules: []\nrules: []\n',
    'policies: [allow-all]\n',
    '- a\n',
    'a: b: c\n',
    'rules:\n  - {capability: shell, effect: deny, reason: x}\n',
    'rules:\n  - {capability: 1, effect: deny}\n',
  ])('permissions: %s', async text => {
    let reads = true;
    try {
      readPermissions(text, '/f');
    } catch {
      reads = false;
    }
    const findings = await lintText(YAML, text);
    const voids = findings.some(
      ({ code }) => VOIDING.has(code) || code === 'unknown-field-voids-file',
    );
    expect(voids).toBe(!reads);
  });
});

describe('any text', () => {
  const PATHS = [
    USER,
    YAML,
    '.kiro/hooks/a.json',
    '.kiro/agents/a.json',
    '.vscode/settings.json',
    '.kiroignore',
    '.gitignore',
    '.kiro/settings/mcp.json',
    '.kiro/hooks/x.kiro.hook',
    '/etc/kiro/managed-settings.json',
  ];
  const WORDS = [
    ...[
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\n',
      ' ',
      '  - ',
      '# x',
      '//',
      '/*',
      '*/',
      '*',
      '&a',
      '*a',
      '<<',
      '|',
      '>',
      '\\',
      '\u0000',
      '\ud800',
      '\ufeff',
    ],
    ...[
      '"rules"',
      'rules:',
      '"mcpServers"',
      '"env"',
      '"trustedCommands"',
      '"git *"',
      '"hooks"',
      '"trigger"',
      '"PreToolUse"',
      '"matcher"',
      '"(["',
    ],
    ...[
      '"action"',
      '"command"',
      '"rm -rf /"',
      'true',
      'null',
      '1e9',
      '"tools"',
      '"toolsSettings"',
      '"shell"',
      '"deniedCommands"',
      'capability: shell',
      'effect: deny',
      'match:',
      '"__proto__"',
      '"constructor"',
    ],
  ];
  const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map(words => words.join(''));

  it('is answered, 1,000 times, with findings inside the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), text, fc.nat(), async (path, value, at) => {
        const open = openText(path, value, {
          recentCommands: ['git status'],
          approvedVariables: [],
        });
        for (const finding of await service.diagnose(open)) {
          expect(finding.code).not.toBe('unreadable');
          expect(finding.start).toBeGreaterThanOrEqual(0);
          expect(finding.end).toBeLessThanOrEqual(value.length);
          for (const fix of finding.fixes?.() ?? []) applyChanges(value, fix.changes);
        }
        const offset = value.length === 0 ? 0 : at % value.length;
        await service.complete(open, offset);
        await service.hover(open, offset);
        await service.lenses(open);
        await service.inlays(open);
        await service.symbols(open);
        await service.folding(open);
        await service.format(open, { tabSize: 2, insertSpaces: true });
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspaceHash } from '../settings/kiro/workspaceFolder';
import { runLintVerb } from './lintVerb';
import { toSarif } from './sarif';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-lint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string | Buffer): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function lint(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await runLintVerb(args, {
    ...{
      home: join(folder, 'home'),
      cwd: join(folder, 'work'),
      platform: 'linux',
      version: '1.2.3',
    },
    print: line => out.push(line),
    printError: line => error.push(line),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

async function codes(...args: readonly string[]): Promise<readonly string[]> {
  const { out } = await lint(...args, '--format', 'json');
  return (JSON.parse(out) as readonly { code: string }[]).map(({ code }) => code);
}

describe('checkrein lint', () => {
  it('is clean for a folder without policy files', async () => {
    write('work/package.json', '{}');
    expect(await lint()).toEqual({
      code: 0,
      out: '',
      error: '0 files, 0 findings, 0 of them errors.',
    });
  });

  it('exits with 1 for errors and with 0 for anything less', async () => {
    write('work/.kiro/settings.json', '{"sandbox": true}');
    expect((await lint()).code).toBe(0);
    write('work/.kiro/settings.json', '{"sandbox": tru}');
    const { code, out } = await lint();
    expect(code).toBe(1);
    expect(out).toMatch(/^\.kiro\/settings\.json:1:13: error: .* \[syntax\]/);
  });

  it('knows the agents beside an agent and those of the home folder', async () => {
    const lead = (names: string): string =>
      `{"name":"lead","tools":["subagent"],"prompt":"${names}","permissions":{}}`;
    write('work/.kiro/agents/reader.md', '---\ndescription: d\nname: book-reader\n---\nRead.');
    write('work/.kiro/agents/odd.json', '[');
    write(
      'home/.kiro/agents/w.json',
      '{"name":"Writer","tools":["write"],"allowedTools":["write"]}',
    );
    const all = '@lead @reader @book-reader @odd @kiro_planner @writer';
    const file = write('work/.kiro/agents/lead.json', lead(all));
    expect(await codes(file)).toEqual(['subagent-wider']);
    write('work/.kiro/agents/lead.json', lead('@reader and @gone'));
    expect(await codes(file)).toEqual(['subagent-missing']);
  });

  it.each([[['--format', 'xml']], [['--what']], [['missing']], [['package.json']]])(
    'refuses %j',
    async args => {
      write('work/package.json', '{}');
      expect((await lint(...args)).code).toBe(64);
    },
  );

  it('takes single files, and tells a person from a repository by the place', async () => {
    const text = '{"trustedCommands": ["jest"]}';
    const project = write('work/.kiro/settings.json', text);
    const own = write('home/.kiro/settings.json', text);
    expect(await codes(project)).toEqual(['needs-consent']);
    expect(await codes(own)).toEqual([]);
  });

  it('looks at a home folder only when it is named', async () => {
    mkdirSync(join(folder, 'work'));
    write('home/.kiro/settings.json', '{"production": 1}');
    write('other/.kiro/agents/a.json', '{"promt": ""}');
    expect(await codes()).toEqual([]);
    expect(await codes('--home', join(folder, 'home'))).toEqual(['wrong-value']);
    expect(await codes('--home', join(folder, 'other'))).toEqual([
      'unknown-field-voids-file',
      'agent-without-words',
    ]);
  });

  it('says where the permissions of a repository belong', async () => {
    write('work/.kiro/settings/permissions.yaml', 'rules: []\n');
    const { out } = await lint();
    expect(out).toContain(
      join(folder, 'home/.kiro/workspace-roots', workspaceHash(join(folder, 'work'))),
    );
  });

  it('knows what git ignores, what other places deny, and links', async () => {
    mkdirSync(join(folder, 'work/.git'), { recursive: true });
    write('work/.kiro/settings.json', '{"mcpServers":{"a":{"env":{"API_KEY":"abcdef"}}}}');
    expect(await codes()).toEqual(['literal-secret', 'secrets-not-ignored']);
    write('work/.gitignore', '.kiro/settings.json\n');
    expect(await codes()).toEqual(['literal-secret']);
    write('home/.kiro/settings.json', '{"deniedCommands":["jest *"]}');
    write('work/.kiro/settings.json', '{"trustedCommands":["jest --ci"]}');
    expect(await codes()).toEqual(['needs-consent', 'shadowed-by-deny']);
    rmSync(join(folder, 'work/.kiro/settings.json'));
    const hook = write('elsewhere.json', '{"version":"v1","hooks":[]}');
    mkdirSync(join(folder, 'work/.kiro/hooks'), { recursive: true });
    symlinkSync(hook, join(folder, 'work/.kiro/hooks/a.json'));
    expect(await codes()).toEqual(['hook-place']);
  });

  it('never calls a file clean that it cannot read', async () => {
    write('work/.kiro/settings.json', Buffer.from([0x7b, 0xff, 0x7d]));
    expect(await codes()).toEqual(['unreadable']);
    rmSync(join(folder, 'work/.kiro/settings.json'));
    execFileSync('mkfifo', [join(folder, 'work/.kiro/settings.json')]);
    expect(await codes()).toEqual(['unreadable']);
  });

  it('shows nothing that could fool a terminal', async () => {
    write('work/.kiro/settings.json', '{"\\u001b[2Jx\\u202e": 1}');
    const { out } = await lint();
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });
});

/** The published schema of SARIF 2.1.0, of which ajv does not know the oldest words. */
function publishedSchema(): object {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const {
    $schema: _draft,
    id: _id,
    ...schema
  } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return schema;
}

it('writes SARIF 2.1.0', async () => {
  write(
    'work/a b/.kiro/settings.json',
    '{"production": 1, "sandbox": true, "coreTools": ["nothing"]}',
  );
  const { out, code } = await lint('--format', 'sarif');
  expect(code).toBe(1);
  const log = JSON.parse(out) as {
    runs: [{ results: object[]; tool: { driver: { rules: { id: string }[] } } }];
  };
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  const validate = ajv.compile(publishedSchema());
  expect(validate({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false);
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  const [{ results, tool }] = log.runs;
  expect(results[0]).toMatchObject({
    ruleId: 'wrong-value',
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'a%20b/.kiro/settings.json' },
          region: { startLine: 1, startColumn: 16 },
        },
      },
    ],
  });
  for (const result of results as { ruleId: string; ruleIndex: number }[]) {
    expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  }
});

it.each([
  ['.kiro/settings.json', '.kiro/settings.json'],
  ['a b/#?.json', 'a%20b/%23%3F.json'],
  ['a\ud800b.json', 'a%EF%BF%BDb.json'],
  ['/home/me/.kiro/settings.json', 'file:///home/me/.kiro/settings.json'],
])('writes the address of %j', (file, uri) => {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 2 };
  const finding = { ...place, file, severity: 'error', code: 'syntax', message: 'm' } as const;
  expect(JSON.stringify(toSarif([finding], '1'))).toContain(`"uri":${JSON.stringify(uri)}`);
});

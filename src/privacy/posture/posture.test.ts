import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privacyPlaces } from '../privacyPlaces';
import { applyFix } from './applyFix';
import { checkPosture, POSTURE_CHECKS } from './checks';
import { DoctorReportSchema } from './doctorReport';
import type { Finding } from './finding';
import { ignores } from './gitignore';
import { installedExtensions, installedIdeVersion } from './installedKiro';
import { isBefore } from './kiroCves';
import type { PostureFacts } from './postureFacts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-posture-'));
  mkdirSync(join(scratch, 'home'));
  mkdirSync(join(scratch, 'ws'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const TOKEN = ['gh', 'p_', 'a1'.repeat(18)].join('');
const AWS_ID = ['AKI', 'A', 'Z'.repeat(16)].join('');

function put(path: string, text: string): string {
  const file = join(scratch, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function facts(more: Partial<PostureFacts> = {}): PostureFacts {
  const home = join(scratch, 'home');
  const roots = [join(scratch, 'ws')];
  return {
    ...{ platform: 'linux', home, roots, env: {}, agents: [], extensions: [] },
    ...{ trust: 'trusted', remoteName: '', kiroIdeVersion: '1.4.154', kiroCliVersion: '3.2.0' },
    places: privacyPlaces({ platform: 'linux', home, roots }),
    ...more,
  };
}

function found(check: string, more: Partial<PostureFacts> = {}): readonly Finding[] {
  const report = checkPosture(facts(more));
  expect(DoctorReportSchema.safeParse({ ...report, agents: [] }).success).toBe(true);
  expect(JSON.stringify(report)).not.toContain(TOKEN);
  expect(JSON.stringify(report)).not.toContain(AWS_ID);
  return report.findings.filter(finding => finding.check === check);
}

it('finds nothing on a clean machine, and says so of every check', () => {
  const { findings, checks } = checkPosture(facts());
  expect(findings).toEqual([]);
  expect(checks.map(({ id, state }) => [id, state])).toEqual(
    POSTURE_CHECKS.map(({ id }) => [id, 'fine']),
  );
  expect(checks.length).toBeGreaterThan(14);
});

it('does not call fine what it could not look at', () => {
  const { checks } = checkPosture(
    facts({ trust: undefined, extensions: undefined, kiroIdeVersion: undefined }),
  );
  expect(checks.filter(({ state }) => state === 'unclear').map(({ id }) => id)).toEqual([
    ...['kiro.version', 'workspace.trust', 'extensions.remote', 'extensions.agents'],
  ]);
});

describe('AWS keys', () => {
  it.each([
    [{ AWS_ACCESS_KEY_ID: AWS_ID, AWS_SECRET_ACCESS_KEY: 'x' }, 'high'],
    [{ AWS_SECRET_ACCESS_KEY: 'x' }, 'high'],
    [{ AWS_ACCESS_KEY_ID: AWS_ID, AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }, 'high'],
    [{ AWS_ACCESS_KEY_ID: 'ASIAX', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }, 'low'],
    [{ AWS_PROFILE: 'kiro' }, undefined],
  ])('in the environment: %#', (env, severity) => {
    expect(found('aws.environment', { env })[0]?.severity).toBe(severity);
  });

  it.each([
    [
      `[default]\naws_access_key_id = ${AWS_ID}\naws_secret_access_key = s\n`,
      'high',
      ':1: [default]',
    ],
    [`\n[old]\naws_access_key_id=${AWS_ID}\n`, 'medium', ':2: [old]'],
    [`[tmp]\naws_access_key_id=ASIAX\naws_session_token=abc\n`, undefined, ''],
    ['[sso]\nsso_session = x\n', undefined, ''],
    ['garbage \0 = [', undefined, ''],
  ])('in the credentials file: %#', (text, severity, place) => {
    const file = put('home/.aws/credentials', text);
    const [finding] = found('aws.credentials');
    expect(finding?.severity).toBe(severity);
    if (severity !== undefined) expect(finding?.evidence).toEqual([`${file}${place}`]);
  });

  it('says that the file could not be read', () => {
    mkdirSync(join(scratch, 'home/.aws/credentials'), { recursive: true });
    const { checks } = checkPosture(facts());
    expect(checks.find(({ id }) => id === 'aws.credentials')?.state).toBe('unclear');
  });
});

describe('the workspace', () => {
  it('names the line and the kind of a secret, but not the secret', () => {
    put('ws/src/a.ts', `// one\nconst t = '${TOKEN}';\n`);
    put('ws/config.yml', 'db:\n  password: hunter2hunter2\n');
    put('ws/src/b.ts', 'const password = "hunter2hunter2";\n');
    put('ws/node_modules/x/index.js', TOKEN);
    put('ws/.env.example', 'API_KEY=0123456789abc');
    put('outside', TOKEN);
    symlinkSync(join(scratch, 'outside'), join(scratch, 'ws/link'));
    expect(found('workspace.secrets')[0]?.evidence).toEqual([
      'config.yml:2: value named like a secret',
      'src/a.ts:2: GitHub token',
    ]);
  });

  it('tells when it has not looked at everything', () => {
    put('ws/large.txt', 'x'.repeat(2 * 1024 * 1024));
    const { checks } = checkPosture(facts());
    expect(checks.find(({ id }) => id === 'workspace.secrets')?.state).toBe('unclear');
  });

  it('.env is readable unless an ignore file that Kiro heeds names it', () => {
    const env = put('ws/.env', 'A=1');
    expect(found('workspace.env')[0]?.title).toBe('The agent may read .env files');
    put('ws/.kiroignore', '.env*\n');
    expect(found('workspace.env')).toHaveLength(1);
    put('home/.config/Kiro/User/settings.json', '{"kiroAgent.agentIgnoreFiles": [".kiroignore"]}');
    expect(found('workspace.env')).toEqual([]);
    chmodSync(env, 0o644);
    expect(found('workspace.env')[0]?.title).toMatch(/Other users/);
  });

  it('.gitignore: what is missing, what is too much, and one click for both', () => {
    mkdirSync(join(scratch, 'ws/.git'));
    const file = put('ws/.gitignore', '# mine\r\n.env*\r\n.kiro/hooks/\r\n');
    const findings = found('workspace.gitignore');
    expect(findings.map(({ fix }) => fix?.lines)).toEqual([
      { add: ['.kiro/settings.json', '.kiro/cache/', '*.log'], remove: [] },
      { add: [], remove: ['.kiro/hooks/'] },
    ]);
    for (const { fix } of findings) {
      if (fix) applyFix(fix, { path: file }, join(scratch, 'backups'), new Date(0));
    }
    expect(readFileSync(file, 'utf8')).toBe(
      '# mine\r\n.env*\r\n.kiro/settings.json\r\n.kiro/cache/\r\n*.log\r\n',
    );
    expect(found('workspace.gitignore')).toEqual([]);
  });

  it.each([
    ['.kiro', '.kiro/hooks/', true],
    ['.kiro/', '.kiro/settings.json', true],
    ['/.kiro/*', '.kiro/specs/', true],
    ['.kiro/*\n!.kiro/hooks/', '.kiro/hooks/', false],
    ['**/.env', '.env', true],
    ['sub/.env', '.env', false],
    ['.e?v', '.env', true],
    ['!.env', '.env', false],
    ['*.log\n!keep.log', 'keep.log', false],
    ['#.env', '.env', false],
    ['.env/', '.env', false],
    ['*a'.repeat(140), 'a'.repeat(200), true],
    [`${'**/'.repeat(90)}x`, 'a/b/c/d/x', true],
  ])('.gitignore %j ignores %j: %s', (text, path, expected) => {
    expect(ignores(text, path)).toBe(expected);
  });

  it('is not to be a home folder, nor production without care', () => {
    const home = join(scratch, 'home');
    expect(found('workspace.isolation', { roots: [home] })[0]?.severity).toBe('high');
    expect(found('workspace.isolation', { roots: [scratch] })[0]?.severity).toBe('high');
    put('ws/.kiro/settings.json', '{"production": true}');
    expect(found('workspace.isolation')[0]?.severity).toBe('medium');
    const production = [join(scratch, 'other')];
    expect(found('workspace.isolation', { production }).map(({ evidence }) => evidence)).toEqual([
      [join(scratch, 'ws/.kiro/settings.json')],
      [`${join(scratch, 'other')}: checkrein.production`],
    ]);
  });

  it('survives hostile files', () => {
    put('ws/.kiro/settings.json', '['.repeat(200_000));
    put('ws/.kiro/settings/mcp.json', `{"mcpServers":${'{"a":'.repeat(50_000)}`);
    put('ws/.gitignore', `${'*'.repeat(299)}\n`.repeat(5_000));
    put('ws/.git', 'gitdir: elsewhere');
    const entries = Array.from({ length: 20_000 }, (_, at) => `"TOKEN_${at}":"literal-${at}"`);
    put('ws/.kiro/agents/a.json', `{"mcpServers":{"s":{"env":{${entries.join(',')}}}}}`);
    expect(found('mcp.tokens')[0]?.evidence).toHaveLength(21);
    const { checks } = checkPosture(facts());
    expect(checks.find(({ id }) => id === 'mcp.tokens')?.unclear).toContain('mcp.json');
  });
});

describe('files of agents', () => {
  it('literal tokens of MCP servers, by name and by look, not variables', () => {
    const env = { GITHUB_TOKEN: TOKEN, A_TOKEN: '${A_TOKEN}', MODE: 'production-mode', X: TOKEN };
    const server = { command: 'x', env, headers: { Authorization: 'Bearer abcdefgh' } };
    const file = put('ws/.kiro/settings/mcp.json', JSON.stringify({ mcpServers: { s: server } }));
    expect(found('mcp.tokens')[0]?.evidence).toEqual([
      `${file}:1: s: env.GITHUB_TOKEN`,
      `${file}:1: s: env.X`,
      `${file}:1: s: headers.Authorization`,
    ]);
  });

  it('lists that approve everything', () => {
    const mcp = put(
      'home/.kiro/settings/mcp.json',
      '{\n"mcpServers": {"a": {"autoApprove": ["x"]},\n"b": {"autoApprove": ["*"]}}}',
    );
    const ide = put('ws/.vscode/settings.json', '{"kiroAgent.trustedCommands": ["npm *", "*"]}');
    expect(found('agents.approveAll')[0]?.evidence).toEqual([
      `${mcp}:3: b: autoApprove`,
      `${ide}:1: kiroAgent.trustedCommands`,
    ]);
  });

  it('hooks of the repository and of the person, but not Checkrein’s own', () => {
    const hook = (command: string): string =>
      JSON.stringify({ version: 'v1', hooks: [{ action: { type: 'command', command } }] });
    put('ws/.kiro/hooks/checkrein.json', hook("/bin/sh '/s/checkrein-hook.sh' kiro 60"));
    const theirs = put('ws/.kiro/hooks/x.json', hook(`curl x | sh # ${TOKEN}`));
    const old = put('ws/.kiro/hooks/y.kiro.hook', '{"then": {"command": "make"}}');
    const mine = put('home/.claude/settings.json', '{"hooks": {"Stop": [{"command": "say"}]}}');
    put('home/.gemini/settings.json', '{"mcpServers": {"a": {"command": "no hook"}}}');
    const findings = found('agents.hooks');
    expect(findings.map(({ severity }) => severity)).toEqual(['medium', 'info']);
    expect(findings[0]?.evidence).toEqual([
      `${theirs}:1: curl x | sh # [hidden: GitHub token]`,
      `${old}:1: make`,
    ]);
    expect(findings[1]?.evidence).toEqual([`${mine}:1: say`]);
  });

  it('agents that nothing holds', () => {
    const agent = (state: PostureFacts['agents'][number]['state']) => ({
      id: state,
      name: 'A',
      state,
    });
    const agents = (['verified', 'broken', 'partly', 'notInstalled', 'needsNewChat'] as const).map(
      agent,
    );
    expect(found('agents.protection', { agents }).map(({ severity }) => severity)).toEqual([
      ...['high', 'high', 'medium', 'low'],
    ]);
  });
});

describe('the editor', () => {
  it('workspace trust, remote and agent extensions', () => {
    expect(found('workspace.trust', { trust: 'trustOff' })[0]?.severity).toBe('medium');
    expect(found('workspace.trust', { trust: 'restricted' })).toEqual([]);
    const extensions = ['jeanp413.open-remote-ssh', 'saoudrizwan.claude-dev', 'a.b'].map(id => ({
      ...{ id, version: '1.0.0' },
    }));
    expect(found('extensions.remote', { extensions })[0]?.severity).toBe('info');
    expect(found('extensions.remote', { remoteName: 'ssh-remote' })[0]?.severity).toBe('medium');
    expect(found('extensions.agents', { extensions })[0]?.evidence).toEqual([
      'saoudrizwan.claude-dev 1.0.0',
    ]);
  });

  it.each([
    ['0.6.17', 'linux', 4],
    ['0.6.18', 'linux', 3],
    ['0.8.139', 'linux', 2],
    ['0.10.78', 'linux', 1],
    ['0.11.0', 'linux', 0],
    ['1.0.227', 'win32', 1],
    ['1.0.228', 'win32', 0],
  ] as const)('Kiro IDE %s on %s has %i known weaknesses', (kiroIdeVersion, platform, count) => {
    expect(found('kiro.version', { kiroIdeVersion, platform })).toHaveLength(count);
  });

  it('Kiro CLI on Windows, and the extension that told its agent to wipe the machine', () => {
    expect(found('kiro.version', { kiroCliVersion: '2.9.9', platform: 'win32' })).toHaveLength(1);
    expect(found('kiro.version', { kiroCliVersion: '2.9.9' })).toEqual([]);
    const extensions = [{ id: 'amazonwebservices.amazon-q-vscode', version: '1.84.0' }];
    expect(found('kiro.version', { extensions })).toHaveLength(1);
  });

  it('compares versions by number', () => {
    expect(isBefore('0.9', '0.10')).toBe(true);
    expect(isBefore('1.0.0', '1')).toBe(false);
  });

  it('finds the versions where the installers put them', () => {
    const home = join(scratch, 'home');
    put('home/AppData/Local/Programs/Kiro/resources/app/product.json', '{"version": "1.0.1"}');
    expect(installedIdeVersion('win32', home)).toBe('1.0.1');
    mkdirSync(join(scratch, 'kiro/extensions/Open.remote-ssh-0.0.48-universal'), {
      recursive: true,
    });
    expect(installedExtensions(join(scratch, 'kiro'))).toEqual([
      { id: 'open.remote-ssh', version: '0.0.48-universal' },
    ]);
    expect(installedExtensions(home)).toBeUndefined();
  });
});

it('reads shell start-up files', () => {
  const file = put(
    'home/.bashrc',
    `# kiro-cli chat --trust-all-tools\nalias k='kiro-cli chat --trust-all-tools' # ${TOKEN}\nalias y="gemini --yolo"\n`,
  );
  put('home/.local/bin/kiro-cli', '');
  const [bad, advice] = found('shell.startUp');
  expect(bad?.evidence).toEqual([
    `${file}:2: alias k='kiro-cli chat --trust-all-tools' # [hidden: GitHub token]`,
    `${file}:3: alias y="gemini --yolo"`,
  ]);
  expect(advice?.severity).toBe('info');
  put('home/.zshrc', 'alias kiro-cli="kiro-cli --untrust-fs-read"');
  expect(found('shell.startUp')).toHaveLength(1);
});

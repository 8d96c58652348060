import { describe, expect, it } from 'vitest';
import type { Rule } from './decision';
import type { Capability, ToolCall } from './toolCall';
import {
  excludedTool,
  isReadingAws,
  missingFrom,
  trustedTool,
  trustsAws,
  untrustedTool,
  type ToolRules,
} from './tools';

const NONE: ToolRules = { trusted: [], untrusted: [], excluded: [], limits: [] };

function rules(...patterns: string[]): Rule[] {
  return patterns.map(pattern => ({ effect: 'ask', pattern, source: { file: 'f' } }));
}

function call(tool: string, capability: Capability, more: Partial<ToolCall> = {}): ToolCall {
  return { agent: 'a', sessionId: 's', cwd: '/p', input: {}, tool, capability, ...more };
}

const refuses = (pattern: string, toolCall: ToolCall): boolean =>
  excludedTool(toolCall, { ...NONE, excluded: rules(pattern) }) !== undefined;
const trusts = (pattern: string, toolCall: ToolCall): boolean =>
  trustedTool(toolCall, { ...NONE, trusted: rules(pattern) }) !== undefined;
const lets = (pattern: string, toolCall: ToolCall): boolean =>
  missingFrom(toolCall, { ...NONE, limits: [rules(pattern)] }) === undefined;

describe('names of built-in tools', () => {
  it.each<[string, string, Capability]>([
    ['run_shell_command', 'execute_bash', 'shell'],
    ['ShellTool', 'execute_pwsh', 'shell'],
    ['shell', 'run_shell_command', 'shell'],
    ['execute_bash', 'control_bash_process', 'shell'],
    ['read_file', 'readFileTool', 'read'],
    ['read', 'grep_search', 'read'],
    ['grep', 'search_file_content', 'read'],
    ['write_file', 'create_file', 'write'],
    ['replace', 'str_replace', 'write'],
    ['web_search', 'google_web_search', 'web'],
    ['delegate', 'use_subagent', 'subagent'],
    ['  Write_File ', 'write_file', 'write'],
    ['all', 'anything', 'other'],
    ['*', 'anything', 'other'],
    ['some_tool', 'some_tool', 'other'],
    ['execute_*', 'execute_bash', 'shell'],
    ['read_*', 'read_file', 'read'],
  ])('%j means %s (%s) whatever it is for', (pattern, tool, capability) => {
    const toolCall = call(tool, capability);
    expect(refuses(pattern, toolCall)).toBe(true);
    expect(trusts(pattern, toolCall)).toBe(true);
    expect(lets(pattern, toolCall)).toBe(true);
  });

  it.each<[string, string, Capability]>([
    ['read_file', 'write_file', 'write'],
    ['read', 'write_file', 'write'],
    ['write', 'read_file', 'read'],
    ['read_file', 'grep', 'read'],
    ['web_fetch', 'web_search', 'web'],
    ['shell', 'some_tool', 'other'],
    ['git/push', 'git', 'other'],
    ['@read', 'read', 'read'],
    ['', 'read_file', 'read'],
    ['constructor', 'x', 'other'],
    ['__proto__', 'x', 'other'],
  ])('%j does not mean %s (%s)', (pattern, tool, capability) => {
    const toolCall = call(tool, capability);
    expect(refuses(pattern, toolCall)).toBe(false);
    expect(trusts(pattern, toolCall)).toBe(false);
  });

  it.each<[string, string, Capability]>([
    ['write_file', 'fs_write', 'write'],
    ['replace', 'fs_write', 'write'],
    ['write_file', 'write', 'write'],
    ['read_file', 'fs_read', 'read'],
    ['execute_*', 'shell', 'shell'],
  ])('%j refuses %s, which does that and more, and does not trust it', (pattern, tool, kind) => {
    expect(refuses(pattern, call(tool, kind))).toBe(true);
    expect(trusts(pattern, call(tool, kind))).toBe(false);
    expect(lets(pattern, call(tool, kind))).toBe(false);
  });

  it('does not let a tool that nobody classified borrow the name of a known one', () => {
    expect(trusts('read_file', call('read_many_files', 'other'))).toBe(false);
    expect(refuses('read_file', call('read_many_files', 'other'))).toBe(true);
  });

  it('names the first rule of the list', () => {
    const excluded = rules('x', 'write', 'write_file', 'all');
    expect(excludedTool(call('write_file', 'write'), { ...NONE, excluded })).toBe(excluded[1]);
    expect(excludedTool(call('y', 'other'), { ...NONE, excluded })).toBe(excluded[3]);
  });
});

describe('limits', () => {
  it('every list must name the tool', () => {
    const limits = [rules('all'), rules('read', 'shell')];
    expect(missingFrom(call('ls', 'shell'), { ...NONE, limits })).toBeUndefined();
    expect(missingFrom(call('web_fetch', 'web'), { ...NONE, limits })).toBe(limits[1]);
    expect(missingFrom(call('x', 'other'), { ...NONE, limits: [[]] })).toEqual([]);
    expect(missingFrom(call('x', 'other'), NONE)).toBeUndefined();
  });
});

describe('names of MCP tools', () => {
  const at = call('@git/push', 'mcp');
  const given = call('push', 'mcp', { mcp: { server: 'git', tool: 'push' } });
  const joined = call('mcp_git_push', 'mcp');

  it.each([
    '@git/push',
    'git/push',
    'GIT/Push',
    '@git',
    'git/',
    'git/*',
    'git/p*',
    'g*/push',
    '*/push',
    'mcp',
    'mcp_git_push',
    'mcp__git__push',
  ])('%s means git/push however an agent spells it', pattern => {
    for (const toolCall of [at, given, joined]) {
      expect(refuses(pattern, toolCall)).toBe(true);
      expect(trusts(pattern, toolCall)).toBe(true);
      expect(lets(pattern, toolCall)).toBe(true);
    }
  });

  it.each(['git/pull', '@github', 'git', 'hub/push', 'git/pus', 'git/push/x', '#git/push'])(
    '%s does not mean git/push',
    pattern => {
      for (const toolCall of [at, given, joined]) {
        expect(refuses(pattern, toolCall)).toBe(false);
        expect(trusts(pattern, toolCall)).toBe(false);
      }
    },
  );

  it('refuses by the bare name of a tool, as some agents show it, but trusts none', () => {
    expect(refuses('push', at)).toBe(true);
    expect(refuses('mcp_git_*', at)).toBe(true);
    expect(trusts('push', at)).toBe(false);
    expect(trusts('push', given)).toBe(false);
  });

  it.each(['a_b/c', 'a/b_c', 'a/*', 'a_b/*', '*/c', 'c', 'b_c', 'mcp_a_b_c', 'mcp_a_*'])(
    'refuses a joined name that %s could mean, and does not trust it by that',
    pattern => {
      const toolCall = call('mcp_a_b_c', 'mcp');
      expect(refuses(pattern, toolCall)).toBe(true);
      expect(trusts(pattern, toolCall)).toBe(false);
      expect(lets(pattern, toolCall)).toBe(false);
    },
  );

  it('trusts a joined name where every reading of it is meant', () => {
    const toolCall = call('mcp_a_b_c', 'mcp');
    for (const pattern of ['a*/*', '*/*', 'mcp', 'all', '*']) {
      expect(trusts(pattern, toolCall), pattern).toBe(true);
      expect(lets(pattern, toolCall), pattern).toBe(true);
    }
  });

  it('refuses servers whose names agents rewrite, and keeps them apart when trusting', () => {
    expect(refuses('my server/*', call('mcp_my_server_run', 'mcp'))).toBe(true);
    expect(refuses('#git/push', call('@#git/push', 'mcp'))).toBe(true);
    expect(trusts('my server/*', call('@my_server/run', 'mcp'))).toBe(false);
  });

  it('counts a name that was cut as any tool of its server, and never trusts it', () => {
    const cut = call(`mcp_git_${'x'.repeat(26)}...${'y'.repeat(30)}`, 'mcp');
    expect(refuses('git/delete', cut)).toBe(true);
    expect(refuses('hub/delete', cut)).toBe(false);
    expect(trusts('git/*', cut)).toBe(false);
    expect(trusts('mcp', cut)).toBe(true);
  });

  it('looks at a bounded number of readings', () => {
    const toolCall = call(`mcp_${'a_'.repeat(140)}`, 'mcp');
    expect(refuses('a/whatever', toolCall)).toBe(true);
    expect(trusts('a*/*', toolCall)).toBe(false);
  });

  it('takes brackets and backslashes in a pattern as they are', () => {
    expect(trusts('[a-z]*/push', at)).toBe(false);
    expect(trusts('git/pus[h]', at)).toBe(false);
  });

  it('does not take an MCP tool for a built-in one of the same name', () => {
    const shadow = call('@x/read_file', 'mcp');
    expect(trusts('read_file', shadow)).toBe(false);
    expect(trusts('read', shadow)).toBe(false);
    expect(refuses('read_file', shadow)).toBe(true);
  });
});

describe('AWS', () => {
  const aws = (operation: unknown, tool = 'use_aws'): ToolCall =>
    call(tool, 'other', { input: { service_name: 's3', operation_name: operation } });

  it.each(['aws', 'use_aws', '*', 'all'])('trust in %s covers what only reads', pattern => {
    for (const tool of ['use_aws', 'aws', 'AWS']) {
      expect(trusts(pattern, aws('list-buckets', tool))).toBe(true);
      expect(trusts(pattern, aws('delete-bucket', tool))).toBe(false);
      expect(trusts(pattern, aws('get-object', tool))).toBe(false);
      expect(trusts(pattern, aws(undefined, tool))).toBe(false);
      expect(trusts(pattern, aws(['list'], tool))).toBe(false);
    }
    expect(trustsAws({ ...NONE, trusted: rules(pattern) })).toBe(true);
  });

  it('untrusting it asks for reads as well', () => {
    const untrusted = rules('aws');
    expect(untrustedTool(aws('list-buckets'), { ...NONE, untrusted })).toBe(untrusted[0]);
    expect(trustsAws({ ...NONE, trusted: rules('shell') })).toBe(false);
  });

  it.each([
    ...['describe-instances', 'DescribeInstances', 'describe_instances', ' list-buckets ', 'ls'],
    ...['get-bucket-location', 'GetCallerIdentity', 'lookup-events', 'search-resources'],
    ...['batch-get-item', 'get-item', 'list-secrets'],
  ])('%s reads', operation => {
    expect(isReadingAws(operation)).toBe(true);
  });

  it.each([
    ...['create-bucket', 'delete-object', 'terminate-instances', 'put-item', 'run-instances', ''],
    ...['getaway', 'listen', 'list;rm', 'get bucket', 'list-buckets --profile x', 'decrypt', '-ls'],
    ...['get-secret-value', 'GetSecretValue', 'batch-get-secret-value', 'get_parameter'],
    ...['get-parameters', 'get-parameters-by-path', 'get-session-token', 'get-object'],
    ...['get-object-torrent', 'get-login-password', 'get-login', 'get-credential-report'],
    ...['get-password-data', 'get-authorization-token', 'get-role-credentials', 'get-api-keys'],
    ...['GetAPIKeys', 'get-connection', 'get-connections', 'describe-user-pool-client'],
    ...['get-snapshot-block', 'get-file', 'get-blob', 'get-function', 'get-function-configuration'],
    ...['get-SECRET-value', 'gEt-sEcReT-value'],
  ])('%j changes something, gives a secret or is no operation', operation => {
    expect(isReadingAws(operation)).toBe(false);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAgent, KNOWN_AGENTS } from './knownAgents';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');

function read(
  agent: string,
  payload: unknown,
): ReturnType<(typeof KNOWN_AGENTS)[number]['readPayload']> {
  const found = findAgent(agent);
  if (!found) throw new Error(`no agent ${agent}`);
  return found.readPayload(payload);
}

function fixture(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Record<string, unknown>;
}

describe('payloads of the real clients', () => {
  const root = '/home/me/project';
  it.each<[string, string, object]>([
    [
      'kiro',
      'kiro/shell.json',
      {
        capability: 'shell',
        command: { text: 'touch /home/me/tmp/pwned', dialect: 'bash', cwd: { path: root } },
      },
    ],
    [
      'kiro',
      'kiro/shell-windows.json',
      {
        capability: 'shell',
        command: {
          text: 'Remove-Item -Recurse -Force C:\\data',
          dialect: 'powershell',
          cwd: { path: 'C:\\Users\\me\\project' },
        },
      },
    ],
    ['kiro', 'kiro/fs_write.json', { capability: 'write', paths: [{ path: `${root}/src/a.ts` }] }],
    [
      'kiro',
      'kiro/fs_append.json',
      { capability: 'write', paths: [{ path: `${root}/.kiro/steering/x.md` }] },
    ],
    [
      'kiro',
      'kiro/str_replace.json',
      { capability: 'write', paths: [{ path: `${root}/src/a.ts` }] },
    ],
    [
      'kiro',
      'kiro/delete_file.json',
      { capability: 'write', paths: [{ path: `${root}/src/a.ts` }] },
    ],
    ['kiro', 'kiro/read_file.json', { capability: 'read', paths: [{ path: `${root}/.env` }] }],
    ['kiro', 'kiro/mcp.json', { capability: 'mcp', tool: '@demo/drop_table' }],
    [
      'kiro-cli',
      'kiro-cli-v2/shell.json',
      { capability: 'shell', command: { text: 'touch /home/me/tmp/pwned' } },
    ],
    [
      'kiro-cli',
      'kiro-cli-v2/fs_write.json',
      { capability: 'write', paths: [{ path: `${root}/src/a.ts` }] },
    ],
    [
      'gemini-cli',
      'gemini-cli/shell.json',
      { capability: 'shell', command: { text: 'touch /home/me/tmp/pwned' } },
    ],
    [
      'gemini-cli',
      'gemini-cli/write_file.json',
      { capability: 'write', paths: [{ path: `${root}/a.txt` }] },
    ],
    [
      'gemini-cli',
      'gemini-cli/replace.json',
      { capability: 'write', paths: [{ path: `${root}/a.txt` }] },
    ],
    [
      'gemini-cli',
      'gemini-cli/read_file.json',
      { capability: 'read', paths: [{ path: `${root}/a.txt` }] },
    ],
    [
      'gemini-cli',
      'gemini-cli/glob.json',
      { capability: 'read', paths: [{ path: `${root}/*.txt` }] },
    ],
    [
      'gemini-cli',
      'gemini-cli/mcp_demo_drop_table.json',
      { capability: 'mcp', mcp: { server: 'demo', tool: 'drop_table' } },
    ],
  ])('%s reads %s', (agent, file, expected) => {
    const result = read(agent, fixture(file));
    expect(result).toMatchObject({
      ok: true,
      call: { agent, cwd: expect.any(String) as string, ...expected },
    });
    // None of the fields a real client sends may be unknown to us.
    expect(result.ok && result.call.unknownField).toBeUndefined();
  });

  it('refuses the legacy payload that says nothing', () => {
    expect(read('kiro', fixture('kiro/legacy-0.12-USER_PROMPT-env.json')).ok).toBe(false);
  });
});

describe('Kiro tool names', () => {
  const base = { session_id: 's', hook_event_name: 'PreToolUse', cwd: '/p' };
  const byCapability: Record<string, Record<string, object>> = {
    read: {
      read_file: { path: 'a' },
      read_files: { paths: ['a', 'b'] },
      read_code: { path: 'a' },
      list_directory: { path: '.' },
      file_search: { query: 'x' },
      glob: { pattern: '**/*.ts' },
      grep_search: { query: 'x' },
      grep: { pattern: 'x' },
      user_input: { question: 'x' },
      todo_list: { command: 'create' },
      thinking: { thought: 'x' },
    },
    web: { web_fetch: { url: 'x' }, web_search: { query: 'x' } },
    write: {
      fs_write: { path: 'a', text: 'x' },
      fs_append: { path: 'a', text: 'x' },
      str_replace: { path: 'a', oldStr: 'x', newStr: 'y', replace_all: true },
      create_file: { path: 'a', text: 'x' },
      delete_file: { targetFile: 'a' },
      apply_patch: { patch: 'x' },
      edit_file: { path: 'a', text: 'x' },
      write: { path: 'a', text: 'x' },
    },
    shell: {
      execute_bash: { command: 'ls' },
      execute_pwsh: { command: 'ls' },
      shell: { command: 'ls' },
      control_bash_process: { action: 'stop' },
    },
    subagent: {
      invoke_sub_agent: { prompt: 'x' },
      orchestrate_subagent: { prompt: 'x' },
      subagent_reviewer: { prompt: 'x', explanation: 'y' },
    },
    mcp: { '@server/tool': {}, mcp_server_tool: {} },
    other: { memory: { text: 'x' }, never_heard_of: {}, toString: {}, __proto__x: {} },
  };
  const rows = Object.entries(byCapability).flatMap(([capability, tools]) =>
    Object.entries(tools).map(([tool, input]) => [tool, capability, input] as const),
  );

  it.each(rows)('%s is a %s tool', (tool, capability, input) => {
    const result = read('kiro', { ...base, tool_name: tool, tool_input: input });
    expect(result).toMatchObject({ ok: true, call: { tool, capability } });
  });

  const changing = rows.filter(
    ([, capability]) => capability === 'write' || capability === 'shell',
  );
  it.each(changing)('%s without its input is refused', tool => {
    expect(read('kiro', { ...base, tool_name: tool, tool_input: {} }).ok).toBe(false);
  });

  it('says which field it does not know', () => {
    const payload = { ...base, tool_name: 'execute_bash', tool_input: { command: 'ls', env: {} } };
    expect(read('kiro', payload)).toMatchObject({ call: { unknownField: 'env' } });
    const extra = { ...base, run_as: 'root', tool_name: 'read_file', tool_input: { path: 'a' } };
    expect(read('kiro', extra)).toMatchObject({ call: { unknownField: 'run_as' } });
  });

  it('does not say which file a path means that it cannot resolve', () => {
    const payload = { ...base, tool_name: 'read_file', tool_input: { path: '~/.ssh/id_rsa' } };
    const result = read('kiro', payload);
    expect(result.ok && 'paths' in result.call).toBe(false);
  });
});

describe('Kiro CLI 2 reads in batches', () => {
  it('takes every path of the operations', () => {
    const result = read('kiro-cli', {
      hook_event_name: 'preToolUse',
      cwd: '/p',
      tool_name: 'fs_read',
      tool_input: {
        operations: [
          { mode: 'Line', path: 'a' },
          { mode: 'Directory', path: '/etc' },
          { mode: 'Image', image_paths: ['b.png', '/c.png'] },
        ],
      },
    });
    expect(result.ok && result.call.paths?.map(({ path }) => path)).toEqual([
      '/p/a',
      '/etc',
      '/p/b.png',
      '/c.png',
    ]);
  });

  it.each([[[null]], [[{}]], [[{ path: 7 }]], [['x']]])('refuses operations %j', operations => {
    const payload = { hook_event_name: 'preToolUse', cwd: '/p', tool_name: 'fs_read' };
    expect(read('kiro-cli', { ...payload, tool_input: { operations } }).ok).toBe(false);
  });
});

describe('every agent', () => {
  it.each(KNOWN_AGENTS.map(agent => [agent.id, agent] as const))(
    '%s never throws and never reads a call from junk',
    (_id, agent) => {
      fc.assert(
        fc.property(fc.jsonValue(), junk => {
          expect(agent.readPayload(junk).ok).toBe(false);
        }),
      );
    },
  );
});

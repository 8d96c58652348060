import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTrusted, type EditorTrust, type FoundTrust } from './findTrusted';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-trust-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const NO_FILES = { permissions: [], agents: [], gemini: [] };

function inFile(kind: keyof typeof NO_FILES, text: string): ReturnType<typeof findTrusted> {
  const path = join(scratch, 'file');
  writeFileSync(path, text);
  return findTrusted({ ...NO_FILES, [kind]: [path] }, {}, 'bash');
}

const inEditor = (editor: EditorTrust): readonly FoundTrust[] =>
  findTrusted(NO_FILES, editor, 'bash').found;

const brief = (found: readonly FoundTrust[]): readonly unknown[] =>
  found.map(({ entry, pattern, why }) =>
    pattern === undefined ? [entry, null, why] : [entry, pattern],
  );

const no = (why: string): string => expect.stringContaining(why) as string;

describe('findTrusted', () => {
  it('reads the setting of Kiro 0.x', () => {
    const value = [
      'npm test',
      'npm *',
      '*',
      'rm -rf *',
      'bash *',
      'a && b',
      'git * --x',
      'sudo ls',
      ' ',
      7,
    ];
    expect(brief(inEditor({ kiroTrustedCommands: value }))).toEqual([
      ['npm test', 'npm test'],
      ['npm *', 'npm *'],
      ['*', null, no('every command')],
      ['rm -rf *', null, no('No list can trust')],
      ['bash *', null, no('it is a shell')],
      ['a && b', null, no('more than one command')],
      ['git * --x', null, no('at the end')],
      ['sudo ls', null, no('No list can trust')],
      [' ', null, no('empty')],
    ]);
    expect(inEditor({ kiroTrustedCommands: value })[0]?.source).toEqual({
      file: 'kiroAgent.trustedCommands',
    });
  });

  it.each([undefined, null, 'npm *', { a: 1 }, 7])('finds nothing in the setting %j', value => {
    expect(inEditor({ kiroTrustedCommands: value })).toEqual([]);
    if (typeof value !== 'object') expect(inEditor({ terminalAutoApprove: value })).toEqual([]);
  });

  it('reads the allow rules of permissions.yaml, with their lines', () => {
    const { found, unread } = inFile(
      'permissions',
      `rules:
  # >>> checkrein
  - {capability: shell, effect: allow, match: [ours]}
  # <<< checkrein
  - {capability: shell, effect: deny, match: [x]}
  - capability: shell
    effect: allow
    match: [git status, "npm run test*", "a*b"]
  - {capability: shell, effect: allow}
  - {capability: shell, effect: allow, match: [b], exclude: [c]}
  - {capability: fs_write, effect: allow, match: ["src/**"]}
`,
    );
    expect(unread).toEqual([]);
    expect(brief(found)).toEqual([
      ['git status', 'git status'],
      ['npm run test*', 'npm run test*'],
      ['a*b', null, no('at the end')],
      ['*', null, no('every command')],
      ['b', null, no('exceptions')],
      ['fs_write: src/**', null, no('no command')],
    ]);
    expect(found.map(({ source }) => source.line)).toEqual([6, 6, 6, 9, 10, 11]);
  });

  it('reads the expressions of agents that have a counterpart', () => {
    const { found } = inFile(
      'agents',
      `{"toolsSettings": {"shell": {"allowedCommands": [
        "npm test", "git status .*", "git log\\\\s.*", "^cargo build$", "a\\\\.b x",
        "npm (test|ci)", "[a-z]+", ".*", "git .* x", "(?P<checkrein>ours)", "rm -rf .*"
      ]}, "execute_bash": {"allowedCommands": ["make all"]}}}`,
    );
    expect(brief(found)).toEqual([
      ['npm test', 'npm test'],
      ['git status .*', 'git status *'],
      ['git log\\s.*', 'git log *'],
      ['^cargo build$', 'cargo build'],
      ['a\\.b x', 'a.b x'],
      ['npm (test|ci)', null, no('no counterpart')],
      ['[a-z]+', null, no('no counterpart')],
      ['.*', null, no('no counterpart')],
      ['git .* x', null, no('no counterpart')],
      ['rm -rf .*', null, no('No list can trust')],
      ['make all', 'make all'],
    ]);
    expect(found.map(({ source }) => source.line)).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4]);
  });

  it('reads Gemini CLI’s settings', () => {
    const { found } = inFile(
      'gemini',
      `{ // mine
        "tools": {"allowed": ["run_shell_command(git)", "run_shell_command", "read_file"],
                  "core": ["run_shell_command(npm test)", "ReadFileTool"]},
        "coreTools": ["ShellTool(sudo)"],
      }`,
    );
    expect(brief(found)).toEqual([
      ['run_shell_command(git)', 'git *'],
      ['run_shell_command', null, no('every command')],
      ['read_file', null, no('no command')],
      ['run_shell_command(npm test)', 'npm test *'],
      ['ShellTool(sudo)', null, no('No list can trust')],
    ]);
    expect(found[3]).toMatchObject({ why: no('asks each time'), source: { line: 3 } });
  });

  it('reads the auto-approve list of VS Code', () => {
    const terminalAutoApprove = {
      ls: true,
      'npm run build': { approve: true },
      rm: false,
      del: null,
      x: { approve: false },
      '/^git status\\b/': true,
      '/^cargo build$/': true,
      '/^git (status|log)/': true,
      '/npm/': true,
      '/^npm test/i': true,
      '/^a$/': { approve: true, matchCommandLine: true },
      '/.*/': true,
    };
    expect(brief(inEditor({ terminalAutoApprove }))).toEqual([
      ['ls', 'ls *'],
      ['npm run build', 'npm run build *'],
      ['/^git status\\b/', 'git status *'],
      ['/^cargo build$/', 'cargo build'],
      ['/^git (status|log)/', null, no('no counterpart')],
      ['/npm/', null, no('no counterpart')],
      ['/^npm test/i', null, no('no counterpart')],
      ['/^a$/', null, no('no counterpart')],
      ['/.*/', null, no('no counterpart')],
    ]);
  });

  it('says which files it could not read, and goes on', () => {
    mkdirSync(join(scratch, 'folder'));
    const broken = join(scratch, 'broken.yaml');
    writeFileSync(broken, 'rules: [');
    const files = {
      permissions: [broken, join(scratch, 'none')],
      agents: [join(scratch, 'folder')],
      gemini: [broken],
    };
    const { found, unread } = findTrusted(files, { kiroTrustedCommands: ['npm test'] }, 'bash');
    expect(found).toHaveLength(1);
    expect(unread.map(({ source }) => source.file)).toEqual([
      broken,
      join(scratch, 'folder'),
      broken,
    ]);
  });

  it('is bounded and takes any text as text', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `npm run s${index}`);
    expect(inEditor({ kiroTrustedCommands: many })).toHaveLength(1000);
    for (const text of ['"', "'", '\\', '\n', '\0', '(', '*'.repeat(500), '/', '//', '/(/']) {
      inEditor({ kiroTrustedCommands: [text], terminalAutoApprove: { [text]: true } });
      inFile('agents', JSON.stringify({ toolsSettings: { shell: { allowedCommands: [text] } } }));
    }
  });
});

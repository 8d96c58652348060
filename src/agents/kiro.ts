import { join } from 'node:path';
import { isWindowsPath } from '../policy/paths';
import type { Agent, HookFile, HookPlaces } from './agent';
import { exitCodeAnswer } from './answer';
import { readClaudeReport, readClaudeShape, UNKNOWN_TOOL } from './claudeShape';
import type { ToolSpec } from './toolTable';

const RANGE = ['start_line', 'end_line', 'startLine', 'endLine', 'explanation', 'reason'];

/** Kiro's tool names and fields, as its hooks report them. */
const TOOLS: Readonly<Record<string, ToolSpec>> = {
  read_file: { capability: 'read', paths: ['path'], fields: RANGE },
  read_files: { capability: 'read', paths: ['paths'], fields: RANGE },
  read_code: { capability: 'read', paths: ['path'], fields: [...RANGE, 'symbol', 'selector'] },
  list_directory: {
    capability: 'read',
    paths: ['path'],
    pathsOptional: true,
    fields: ['depth', 'explanation'],
  },
  file_search: {
    capability: 'read',
    paths: ['path'],
    pathsOptional: true,
    fields: ['query', 'explanation', 'includeIgnoredFiles', 'excludePattern'],
  },
  glob: { capability: 'read', paths: ['path'], patterns: ['pattern'], pathsOptional: true },
  grep_search: {
    capability: 'read',
    paths: ['path'],
    patterns: ['includePattern'],
    pathsOptional: true,
    fields: ['query', 'caseSensitive', 'explanation', 'excludePattern'],
  },
  grep: {
    capability: 'read',
    paths: ['path'],
    patterns: ['include'],
    pathsOptional: true,
    fields: ['pattern', 'query'],
  },
  web_fetch: { capability: 'web' },
  web_search: { capability: 'web' },
  fs_write: { capability: 'write', paths: ['path'], fields: ['text'] },
  fs_append: { capability: 'write', paths: ['path'], fields: ['text'] },
  str_replace: {
    capability: 'write',
    paths: ['path'],
    fields: ['oldStr', 'newStr', 'replace_all'],
  },
  create_file: { capability: 'write', paths: ['path'], fields: ['text', 'content'] },
  delete_file: { capability: 'write', paths: ['targetFile'], fields: ['explanation'] },
  edit_file: {
    capability: 'write',
    paths: ['path'],
    fields: ['text', 'content', 'oldStr', 'newStr', 'edits'],
  },
  write: { capability: 'write', paths: ['path'], fields: ['text', 'content'] },
  // The files are named inside the patch text; under another field's name the call asks.
  apply_patch: { capability: 'write', patch: 'patch', fields: ['explanation'] },
  invoke_sub_agent: { capability: 'subagent' },
  orchestrate_subagent: { capability: 'subagent' },
  user_input: { capability: 'read', fields: ['question', 'options', 'reason', 'prompt'] },
  todo_list: { capability: 'read', fields: ['command', 'todos', 'items', 'tasks'] },
  thinking: { capability: 'read', fields: ['thought'] },
  control_bash_process: { capability: 'shell', fields: ['action'] },
};

const SHELL: ToolSpec = {
  capability: 'shell',
  command: 'command',
  commandCwd: 'cwd',
  fields: ['run_in_background', 'timeout', 'explanation', 'warning'],
};

function specOf(tool: string, cwd: string): ToolSpec {
  if (tool === 'execute_bash') return { ...SHELL, dialect: 'bash' };
  if (tool === 'execute_pwsh') return { ...SHELL, dialect: 'powershell' };
  if (tool === 'shell') return { ...SHELL, dialect: isWindowsPath(cwd) ? 'cmd' : 'bash' };
  if (/^@[^/]+\/./.test(tool) || tool.startsWith('mcp_')) return { capability: 'mcp' };
  if (tool.startsWith('subagent_')) return { capability: 'subagent' };
  return Object.hasOwn(TOOLS, tool) ? (TOOLS[tool] ?? UNKNOWN_TOOL) : UNKNOWN_TOOL;
}

/** Kiro's documented default; whether it honours more is not known. */
const LIMIT_SECONDS = 60;

/** Seconds that a report may take; nobody waits for it. */
const REPORT_SECONDS = 15;

/**
 * Kiro reads one hook file after another and shows a card for each: one entry decides, for every
 * tool, and two report when a prompt begins and ends. None reports the end of a tool, because the
 * next call tells that too.
 */
function hookFile(root: string): HookFile {
  return {
    path: join(root, '.kiro', 'hooks', 'checkrein.json'),
    workspace: root,
    skeleton: { version: 'v1', hooks: [] },
    requires: { version: 'v1' },
    lists: [
      {
        path: ['hooks'],
        entries: ({ decide, report }) => [
          {
            name: 'Checkrein',
            description: 'Holds each tool call until the safety policy has decided.',
            trigger: 'PreToolUse',
            matcher: '.*',
            action: { type: 'command', command: decide },
            timeout: LIMIT_SECONDS,
            enabled: true,
          },
          ...['UserPromptSubmit', 'Stop'].map(trigger => ({
            name: `Checkrein ${trigger}`,
            description: 'Marks the beginning and the end of a prompt, for undo.',
            trigger,
            action: { type: 'command', command: report },
            timeout: REPORT_SECONDS,
            enabled: true,
          })),
        ],
      },
    ],
  };
}

/** Kiro IDE 1.x and Kiro CLI 3: workspace hooks of format v1. */
export const kiro: Agent = {
  id: 'kiro',
  displayName: 'Kiro',
  limitSeconds: LIMIT_SECONDS,
  reportsToolEnd: false,
  readPayload: payload =>
    readClaudeShape(payload, {
      agent: 'kiro',
      event: 'PreToolUse',
      fields: ['tool_use_id', 'transcript_path', 'permission_mode'],
      specOf,
    }),
  readReport: payload =>
    readClaudeReport(payload, { UserPromptSubmit: 'promptStart', Stop: 'turnEnd' }),
  answer: exitCodeAnswer,
  hookFiles: ({ roots }: HookPlaces) => roots.map(hookFile),
};

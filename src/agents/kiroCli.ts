import { join } from 'node:path';
import { jsonFilesIn } from '../files/jsonFilesIn';
import { isWindowsPath } from '../policy/paths';
import type { Agent, HookCommands, HookFile, HookPlaces, PayloadResult } from './agent';
import { exitCodeAnswer } from './answer';
import { readClaudeReport, readClaudeShape, UNKNOWN_TOOL } from './claudeShape';
import { isRecord, type ToolSpec } from './toolTable';

const LIMIT_SECONDS = 60;
/** Seconds that a report may take; nobody waits for it. */
const REPORT_SECONDS = 15;

const READ: ToolSpec = {
  capability: 'read',
  paths: ['path', 'image_paths'],
  fields: ['mode', 'start_line', 'end_line', 'pattern', 'context_lines', 'depth', 'summary'],
};
const WRITE: ToolSpec = {
  capability: 'write',
  paths: ['path'],
  fields: [
    ...['command', 'file_text', 'old_str', 'new_str', 'insert_line', 'summary'],
    ...['content', 'replace_all'],
  ],
};

/** Tool names of the 2.x engine, old and new. */
const TOOLS: Readonly<Record<string, ToolSpec>> = {
  fs_read: READ,
  read: READ,
  fs_write: WRITE,
  write: WRITE,
  glob: {
    capability: 'read',
    paths: ['path'],
    patterns: ['pattern'],
    pathsOptional: true,
    fields: ['limit', 'max_depth'],
  },
  grep: {
    capability: 'read',
    paths: ['path'],
    patterns: ['include'],
    pathsOptional: true,
    fields: ['pattern', 'case_sensitive', 'output_mode', 'max_matches_per_file', 'max_files'],
  },
  web_fetch: { capability: 'web' },
  web_search: { capability: 'web' },
  delegate: { capability: 'subagent' },
  use_subagent: { capability: 'subagent' },
  thinking: { capability: 'read', fields: ['thought'] },
  todo_list: {
    capability: 'read',
    fields: ['command', 'tasks', 'todo_list_description', 'completed_indices', 'context_update'],
  },
};

const SHELL: ToolSpec = {
  capability: 'shell',
  command: 'command',
  commandCwd: 'working_dir',
  fields: ['summary'],
};

function specOf(tool: string, cwd: string): ToolSpec {
  // The 2.x engine runs `bash -c`, and `cmd /C` on Windows, whatever the tool is called.
  if (tool === 'execute_bash' || tool === 'shell' || tool === 'execute_cmd') {
    return { ...SHELL, dialect: isWindowsPath(cwd) ? 'cmd' : 'bash' };
  }
  if (/^@[^/]+\/./.test(tool)) return { capability: 'mcp' };
  return Object.hasOwn(TOOLS, tool) ? (TOOLS[tool] ?? UNKNOWN_TOOL) : UNKNOWN_TOOL;
}

const OPERATION_FIELDS = new Set([
  ...['mode', 'path', 'image_paths', 'start_line', 'end_line'],
  ...['pattern', 'context_lines', 'depth'],
]);

/**
 * The 2.x engine batches reads as `{operations: [{mode, path}, ...]}`: they are brought to the
 * one-path form so that the same row reads them. Every path anywhere in it counts, whichever of
 * them the engine looks at, and a field that is not known stays one.
 */
function flattenOperations(payload: unknown): unknown {
  if (!isRecord(payload)) return payload;
  const { tool_name: tool, tool_input: input } = payload;
  if ((tool !== 'fs_read' && tool !== 'read') || !isRecord(input)) return payload;
  const { operations, summary: _, ...beside } = input;
  if (!Array.isArray(operations) || operations.length === 0) return payload;
  const path: unknown[] = [];
  const merged: Record<string, unknown> = {};
  for (const field of Object.keys(beside)) merged[`${field} beside operations`] = true;
  for (const operation of operations as unknown[]) {
    if (!isRecord(operation)) return { ...payload, tool_input: { path: [null] } };
    const { path: one, image_paths: images } = operation;
    if (one === undefined && images === undefined) path.push(undefined);
    if (one !== undefined) path.push(one);
    if (images !== undefined)
      path.push(...(Array.isArray(images) ? (images as unknown[]) : [null]));
    for (const field of Object.keys(operation)) {
      if (!OPERATION_FIELDS.has(field)) merged[`${field} in operations`] = true;
    }
  }
  return { ...payload, tool_input: { ...merged, path } };
}

/** The call keeps the agent's own input: it is what tells identical calls from others. */
function readPayload(payload: unknown): PayloadResult {
  const shape = { agent: 'kiro-cli', event: 'preToolUse', fields: [], specOf };
  const result = readClaudeShape(flattenOperations(payload), shape);
  const input = isRecord(payload) ? payload['tool_input'] : undefined;
  return result.ok && isRecord(input) ? { ok: true, call: { ...result.call, input } } : result;
}

/** The hook belongs to an agent file: each one needs the entry, and so does a default of our own. */
function hookFiles({ home, roots }: HookPlaces): readonly HookFile[] {
  const own = join(home, '.kiro', 'agents', 'checkrein.json');
  const folder = (base: string): string => join(base, '.kiro', 'agents');
  const users = jsonFilesIn(folder(home));
  return [
    ...(users.includes(own) ? users : [...users, own]).map(path => hookFile(path)),
    ...roots.flatMap(root => jsonFilesIn(folder(root)).map(path => hookFile(path, root))),
  ];
}

function hookFile(path: string, workspace?: string): HookFile {
  return {
    path,
    ...(workspace !== undefined && { workspace }),
    // The built-in default agent cannot carry a hook; this one is the same, held by Checkrein.
    skeleton: {
      name: 'checkrein',
      description: 'The default agent, held by Checkrein.',
      tools: ['*'],
      allowedTools: ['fs_read'],
      hooks: { preToolUse: [] },
    },
    lists: [
      {
        path: ['hooks', 'preToolUse'],
        // No cache_ttl_seconds: the cache ignores the input of a call.
        entries: ({ decide }) => [
          { command: decide, matcher: '*', timeout_ms: LIMIT_SECONDS * 1000 },
        ],
      },
      ...['postToolUse', 'userPromptSubmit', 'stop'].map(event => ({
        path: ['hooks', event],
        entries: ({ report }: HookCommands) => [
          {
            command: report,
            ...(event === 'postToolUse' && { matcher: '*' }),
            timeout_ms: REPORT_SECONDS * 1000,
          },
        ],
      })),
    ],
  };
}

/** Kiro CLI 2.x: hooks inside agent files. */
export const kiroCli: Agent = {
  id: 'kiro-cli',
  displayName: 'Kiro CLI 2',
  limitSeconds: LIMIT_SECONDS,
  reportsToolEnd: true,
  readPayload,
  readReport: payload =>
    readClaudeReport(payload, {
      userPromptSubmit: 'promptStart',
      postToolUse: 'toolEnd',
      stop: 'turnEnd',
    }),
  answer: exitCodeAnswer,
  hookFiles,
};

import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { readIfThere } from '../files/readIfThere';
import { isWindowsPath } from '../policy/paths';
import type { ToolCall } from '../policy/toolCall';
import type { Agent, HookCommands, HookList, HookPlaces } from './agent';
import { exitCodeAnswer } from './answer';
import { readClaudeReport, readClaudeShape, UNKNOWN_TOOL } from './claudeShape';
import { isRecord, type ToolSpec } from './toolTable';

const FILTERS = ['respect_git_ignore', 'respect_gemini_ignore', 'file_filtering_options'];

/** Tool names and fields of Gemini CLI 0.61, read from its declarations. */
const TOOLS: Readonly<Record<string, ToolSpec>> = {
  read_file: {
    capability: 'read',
    paths: ['file_path'],
    fields: ['start_line', 'end_line', 'offset', 'limit'],
  },
  read_many_files: {
    capability: 'read',
    paths: [],
    patterns: ['include'],
    fields: ['exclude', 'recursive', 'useDefaultExcludes', ...FILTERS],
  },
  list_directory: {
    capability: 'read',
    paths: ['dir_path'],
    pathsOptional: true,
    fields: ['ignore', ...FILTERS],
  },
  glob: {
    capability: 'read',
    paths: ['dir_path'],
    patterns: ['pattern'],
    pathsOptional: true,
    fields: ['case_sensitive', ...FILTERS],
  },
  grep_search: {
    capability: 'read',
    paths: ['dir_path'],
    patterns: ['include_pattern'],
    pathsOptional: true,
    fields: [
      ...['pattern', 'exclude_pattern', 'names_only', 'case_sensitive', 'fixed_strings'],
      ...['context', 'after', 'before', 'no_ignore', 'max_matches_per_file', 'total_max_matches'],
    ],
  },
  write_file: {
    capability: 'write',
    paths: ['file_path'],
    fields: ['content', 'ai_proposed_content', 'modified_by_user'],
  },
  replace: {
    capability: 'write',
    paths: ['file_path'],
    fields: [
      ...['instruction', 'old_string', 'new_string', 'allow_multiple', 'expected_replacements'],
      ...['ai_proposed_content', 'modified_by_user'],
    ],
  },
  web_fetch: { capability: 'web' },
  google_web_search: { capability: 'web' },
  invoke_agent: { capability: 'subagent' },
  // These talk to the person or keep the agent's own notes of the session.
  ask_user: { capability: 'read', fields: ['questions'] },
  write_todos: { capability: 'read', fields: ['todos'] },
  update_topic: { capability: 'read', fields: ['title', 'summary', 'strategic_intent'] },
  complete_task: { capability: 'read', fields: ['result', 'output'] },
};

const SHELL: ToolSpec = {
  capability: 'shell',
  command: 'command',
  commandCwd: 'dir_path',
  fields: ['description', 'is_background'],
};

function specOf(tool: string, cwd: string): ToolSpec {
  if (tool === 'run_shell_command') {
    return { ...SHELL, dialect: isWindowsPath(cwd) ? 'powershell' : 'bash' };
  }
  if (tool.startsWith('mcp_')) return { capability: 'mcp' };
  return Object.hasOwn(TOOLS, tool) ? (TOOLS[tool] ?? UNKNOWN_TOOL) : UNKNOWN_TOOL;
}

/** Both names count only together, and only when they make up the name of the tool that is called. */
function mcpOf(payload: Readonly<Record<string, unknown>>, name: string): ToolCall['mcp'] {
  const context = payload['mcp_context'];
  if (!isRecord(context)) return undefined;
  const { server_name: server, tool_name: tool } = context;
  if (typeof server !== 'string' || typeof tool !== 'string') return undefined;
  return name === `mcp_${server}_${tool}` ? { server, tool } : undefined;
}

/** Seconds; Gemini CLI honours a `timeout` above its default, so a person gets time to answer. */
const LIMIT_SECONDS = 300;

/**
 * A project's settings outrank the person's, and any of the files can switch hooks off: all of them,
 * or ours by its name.
 */
function hooksOffBecause({ home, roots }: HookPlaces): string | undefined {
  const files = [home, ...roots].map(base => join(base, '.gemini', 'settings.json'));
  return [...files, ...SYSTEM_SETTINGS].find(switchesHooksOff);
}

/** Seconds that a report may take; nobody waits for it. */
const REPORT_SECONDS = 15;

function hookList(
  event: string,
  commandOf: (commands: HookCommands) => string,
  seconds: number,
): HookList {
  return {
    path: ['hooks', event],
    group: 'hooks',
    entries: commands => [
      {
        matcher: '*',
        hooks: [
          {
            name: 'checkrein',
            type: 'command',
            command: commandOf(commands),
            timeout: seconds * 1000,
          },
        ],
      },
    ],
  };
}

const SYSTEM_SETTINGS = [
  '/etc/gemini-cli/settings.json',
  '/Library/Application Support/GeminiCli/settings.json',
];

const MAX_SETTINGS_BYTES = 4 * 1024 * 1024;

function switchesHooksOff(file: string): boolean {
  let settings: unknown;
  try {
    const bytes = readIfThere(file, MAX_SETTINGS_BYTES);
    settings = bytes instanceof Buffer ? parse(bytes.toString('utf8')) : undefined;
  } catch {
    return false;
  }
  if (!isRecord(settings)) return false;
  const { hooksConfig, tools } = settings;
  if (isRecord(tools) && tools['enableHooks'] === false) return true;
  if (!isRecord(hooksConfig)) return false;
  const { enabled, disabled } = hooksConfig;
  // Names or commands of single hooks; ours under either.
  const isListed = Array.isArray(disabled) && /checkrein/i.test(JSON.stringify(disabled));
  return enabled === false || isListed;
}

/** Gemini CLI: a BeforeTool hook in the person's own settings. */
export const geminiCli: Agent = {
  id: 'gemini-cli',
  displayName: 'Gemini CLI',
  limitSeconds: LIMIT_SECONDS,
  reportsToolEnd: true,
  readPayload: payload =>
    readClaudeShape(payload, {
      agent: 'gemini-cli',
      event: 'BeforeTool',
      fields: ['transcript_path', 'timestamp', 'mcp_context', 'original_request_name'],
      specOf,
      mcpOf,
    }),
  readReport: payload =>
    readClaudeReport(payload, {
      BeforeAgent: 'promptStart',
      AfterTool: 'toolEnd',
      AfterAgent: 'turnEnd',
    }),
  answer: exitCodeAnswer,
  hooksOffBecause,
  hookFiles: ({ home }: HookPlaces) => [
    {
      path: join(home, '.gemini', 'settings.json'),
      skeleton: { hooks: { BeforeTool: [] } },
      lists: [
        hookList('BeforeTool', ({ decide }) => decide, LIMIT_SECONDS),
        ...['AfterTool', 'BeforeAgent', 'AfterAgent'].map(event =>
          hookList(event, ({ report }) => report, REPORT_SECONDS),
        ),
      ],
    },
  ],
};

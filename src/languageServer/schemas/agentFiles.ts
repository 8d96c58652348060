import type { JSONSchema } from 'vscode-json-languageservice';
import { KIRO_CAPABILITIES } from '../../settings/kiro/permissionRule';

const texts = (description: string): JSONSchema => ({
  type: 'array',
  items: { type: 'string' },
  description,
});
const flag = (description: string): JSONSchema => ({ type: 'boolean', description });
const text = (description: string): JSONSchema => ({ type: 'string', description });

/** Triggers of Kiro 1.x and what a hook on them can do. */
export const TRIGGERS: Readonly<Record<string, 'blocks' | 'cannotBlock'>> = {
  PreToolUse: 'blocks',
  PreTaskExec: 'blocks',
  UserPromptSubmit: 'blocks',
  ...Object.fromEntries(
    'SessionStart SessionEnd Stop PostToolUse PostTaskExec PostFileCreate PostFileSave PostFileDelete Manual'
      .split(' ')
      .map(name => [name, 'cannotBlock' as const]),
  ),
};

/** Triggers of Kiro 0.x. */
export const OLD_TRIGGERS: readonly string[] =
  'fileEdited fileCreated fileDeleted userTriggered promptSubmit agentStop preToolUse postToolUse preTaskExecution postTaskExecution sessionStart'.split(
    ' ',
  );

/** `.kiro/hooks/*.json` of Kiro 1.x and Kiro CLI 3. */
export const HOOK_SCHEMA: JSONSchema = {
  type: 'object',
  required: ['version', 'hooks'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { enum: ['v1'], description: 'The form of the file.' },
    hooks: {
      type: 'array',
      description: 'The hooks of this file.',
      items: {
        type: 'object',
        required: ['name', 'trigger', 'action'],
        additionalProperties: false,
        properties: {
          name: text('For people.'),
          description: text('For people.'),
          trigger: text('When it runs. Only `PreToolUse`, `PreTaskExec` and `UserPromptSubmit` can block.'),
          matcher: text(
            'A regular expression over the name of the tool or the path of the file, or a category: `read`, `write`, `shell`, `web`, `spec`, `*`, `@mcp`, `@powers`, `@builtin`. It never sees the text of a command.',
          ),
          action: {
            description: 'A command, or a prompt for the agent.',
            type: 'object',
            required: ['type'],
            additionalProperties: false,
            properties: {
              type: { enum: ['command', 'agent'] },
              command: text('Run by a shell in the workspace. Exit code 2 blocks the call.'),
              prompt: text('What the agent is told.'),
            },
          },
          timeout: { type: 'number', minimum: 0, description: 'Seconds; 60 without it. A hook that runs out of time does not block.' },
          enabled: flag('False switches the hook off.'),
          confirm: flag('Asks before it runs.'),
        },
      },
    },
  },
};

/** `*.kiro.hook` of Kiro 0.x. */
export const OLD_HOOK_SCHEMA: JSONSchema = {
  type: 'object',
  required: ['name', 'version', 'when', 'then'],
  properties: {
    name: text('For people.'),
    version: { enum: ['1', '1.0.0'], description: 'The form of the file.' },
    enabled: flag('False switches the hook off.'),
    description: text('For people.'),
    when: {
      type: 'object',
      description: 'When it runs.',
      required: ['type'],
      properties: { type: text('The trigger.'), patterns: texts('Globs of files.'), toolTypes: texts('Tools or categories.') },
    },
    then: {
      type: 'object',
      description: 'What it does.',
      required: ['type'],
      properties: {
        type: { enum: ['askAgent', 'runCommand'] },
        prompt: text('What the agent is told.'),
        command: text('Run by a shell in the workspace.'),
        timeout: { type: 'number', minimum: 0, description: 'Seconds.' },
      },
    },
  },
};

const RULE: JSONSchema = {
  type: 'object',
  required: ['capability', 'effect'],
  additionalProperties: false,
  properties: {
    capability: text(`What the rule is about: ${KIRO_CAPABILITIES.join(', ')}.`),
    effect: {
      enum: ['allow', 'ask', 'deny'],
      description: 'Deny comes before ask before allow. Nothing beats an explicit `ask`.',
    },
    match: texts('Globs. Without it the rule is about everything of its capability.'),
    exclude: texts('Globs that the rule is not about.'),
  },
};

/** Policies that Kiro brings along. */
export const KIRO_POLICIES = [
  ...(['allow-all', 'edit-workspace', 'dev-shell', 'read-all'] as const),
  ...(['read-only-shell', 'read-workspace'] as const),
];

/** Kiro's `permissions.yaml`. */
export const PERMISSIONS_SCHEMA: JSONSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    rules: { type: ['array', 'null'], items: RULE, description: 'Rules, in no order: the strictest that matches decides.' },
    policies: {
      type: ['array', 'null'],
      items: { enum: [...KIRO_POLICIES] },
      description: 'Sets of rules that Kiro brings along.',
    },
  },
};

/** Kiro's `managed-settings.json`. */
export const MANAGED_SETTINGS_SCHEMA: JSONSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rules: { type: 'array', items: RULE, description: 'Rules that deny or ask. One that allows voids the file.' },
    settings: { type: 'object', description: 'Settings that nobody can change.' },
  },
};

const COMMAND_SETTINGS: JSONSchema = {
  type: 'object',
  properties: {
    allowedCommands: texts('Expressions that must match the whole line.'),
    deniedCommands: texts('Expressions that must match the whole line. One that does not compile denies everything.'),
    autoAllowReadonly: flag('Lets a few reading commands pass.'),
    denyByDefault: flag('Denies instead of asking.'),
  },
};
const PATH_SETTINGS: JSONSchema = {
  type: 'object',
  properties: { allowedPaths: texts('Globs.'), deniedPaths: texts('Globs.') },
};

/** Agent files of Kiro CLI. */
export const AGENT_SCHEMA: JSONSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    name: text('The name to start it by.'),
    description: text('For people.'),
    prompt: text('What it is told first; `file://` names a file.'),
    mcpServers: { type: 'object', description: 'MCP servers of this agent.' },
    tools: texts('Tools it has: names, `@builtin`, `@server`, `@server/tool`, `*`.'),
    toolAliases: { type: 'object', description: 'Other names for tools.' },
    allowedTools: texts('Tools that run unasked.'),
    resources: { type: 'array', description: 'Files it always knows: `file://`, `skill://`.' },
    hooks: { type: 'object', description: 'Hooks by trigger.' },
    toolsSettings: {
      type: 'object',
      description: 'Settings by tool.',
      properties: {
        ...{ shell: COMMAND_SETTINGS, execute_bash: COMMAND_SETTINGS, execute_cmd: COMMAND_SETTINGS },
        ...{ read: PATH_SETTINGS, fs_read: PATH_SETTINGS, write: PATH_SETTINGS, fs_write: PATH_SETTINGS },
      },
    },
    includeMcpJson: flag('Whether servers of mcp.json count too.'),
    useLegacyMcpJson: flag('The old name of includeMcpJson.'),
    model: text('The model.'),
    permissions: {
      type: 'object',
      additionalProperties: false,
      properties: { rules: { type: 'array', items: RULE }, policies: { type: 'array' } },
      description: 'Rules as in permissions.yaml, for Kiro CLI 3.',
    },
    keyboardShortcut: text('A shortcut.'),
    welcomeMessage: text('Shown at the start.'),
  },
};

import type { PolicyKey } from '../../settings/policySchema';

/** What a key means, what it is without it, and a form to begin with. Markdown. */
export interface KeyHelp {
  readonly meaning: string;
  readonly default: string;
}

/** The words for the policy's keys, wherever they stand. */
export const POLICY_KEY_HELP: Readonly<Record<PolicyKey, KeyHelp>> = {
  agentAutonomy: {
    meaning: 'The mode that a window begins with. In `Supervised` each write and command asks.',
    default: '`"Autopilot"`',
  },
  trustedCommands: {
    meaning:
      'Commands that run unasked in Autopilot: `npm install` (exactly this), `npm *` (with any arguments), `*` (all). Every command of a line must be trusted.',
    default: 'the read-only commands `ls cat echo pwd which head tail find grep`',
  },
  deniedCommands: { meaning: 'Commands that never run, whatever trusts them.', default: 'none' },
  trustedTools: { meaning: 'Tools that pass in Autopilot.', default: '`read`' },
  untrustedTools: { meaning: 'Tools that always ask.', default: 'none' },
  excludeTools: {
    meaning: 'Tools that are denied, or commands by their beginning: `run_shell_command(git push)`.',
    default: 'none',
  },
  coreTools: {
    meaning: 'Only these tools may run. `["all"]` means all, an empty list none.',
    default: 'all tools',
  },
  protectedPaths: {
    meaning: 'Path globs. Writes to these files ask in every mode.',
    default: 'the built-in list (`.kiro`, `.vscode`, `.git`, shell start-up files, ...)',
  },
  secretPaths: {
    meaning: 'Path globs. Reading and writing these files asks in every mode.',
    default: 'the built-in list (`.env*`, keys, credentials, ...)',
  },
  allowedPaths: {
    meaning: 'Globs of places outside the workspace that count as inside: `/data/**`, `~/notes`.',
    default: 'none',
  },
  neverList: {
    meaning: 'Commands that always ask, beside the built-in never list.',
    default: 'the built-in never list',
  },
  autoAccept: {
    meaning: '`true`: a few more commands that only read run unasked. A `false` in any place wins.',
    default: '`false`',
  },
  production: { meaning: '`true`: nobody can trust all tools in this folder.', default: '`false`' },
  sandbox: {
    meaning: 'Anything but `false`: commands ask, because no sandbox is enforced yet.',
    default: '`false`',
  },
};

/** The words for the other keys of a settings file. */
export const OTHER_KEY_HELP: Readonly<Record<string, KeyHelp>> = {
  telemetry: { meaning: 'Telemetry of the agent, as its vendor documents it.', default: 'on' },
  usageStatisticsEnabled: { meaning: 'Usage statistics of the agent.', default: '`true`' },
  mcpServers: {
    meaning: 'MCP servers. Kiro reads them from `.kiro/settings/mcp.json`, Gemini CLI from here.',
    default: 'none',
  },
  toolSearch: { meaning: 'Tool search of Kiro CLI 2.1 and later.', default: 'off' },
  lock: { meaning: 'Keys whose loosening values count from this file alone.', default: 'none' },
  trustAll: { meaning: '`false`: nobody may trust all tools.', default: '`true`' },
};

/** Kiro's own keys in the editor's settings. */
export const KIRO_KEY_HELP: Readonly<Record<string, KeyHelp>> = {
  agentAutonomy: { meaning: 'Autopilot or Supervised, in every version of Kiro.', default: '`"Autopilot"`' },
  trustedCommands: { meaning: 'Trusted commands of Kiro 0.x, compared as text.', default: 'none' },
  commandDenylist: {
    meaning: 'Kiro 0.x asks where one of these texts stands in a command.',
    default: 'none',
  },
  trustedTools: { meaning: 'Trusted tools of Kiro 0.x.', default: 'none' },
  autoApproveAgentCommands: { meaning: 'Kiro 0.x runs every command unasked.', default: '`false`' },
  agentIgnoreFiles: { meaning: 'Ignore files that Kiro honours.', default: 'none' },
  mcpApprovedEnvVars: {
    meaning: 'Variables that Kiro expands in `mcp.json`. Others reach the server as text.',
    default: 'none',
  },
};

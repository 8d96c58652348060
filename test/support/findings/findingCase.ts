import type { RuleCode } from '../../../src/languageServer/ruleTable';
import type { WorkspaceFacts } from '../../../src/languageServer/workspaceFacts';

/** One finding: the text with ‹marks› around what it marks, and the text after each of its fixes. */
export interface Case {
  readonly code: RuleCode;
  readonly in: string;
  readonly text: string;
  readonly after?: string | readonly string[];
  readonly says?: RegExp;
  readonly facts?: Partial<WorkspaceFacts>;
}

export const USER = '~/.kiro/settings.json';
export const PROJECT = '.kiro/settings.json';
export const YAML = '~/.kiro/settings/permissions.yaml';
export const HOOK = '.kiro/hooks/a.json';
export const AGENT = '~/.kiro/agents/a.json';
export const MCP = '~/.kiro/settings/mcp.json';
export const EDITOR = '.vscode/settings.json';
export const MANAGED = '/etc/kiro/managed-settings.json';

export const hook = (fields: string): string =>
  `{"version":"v1","hooks":[{"name":"a",${fields},"action":{"type":"command","command":"/opt/guard"}}]}`;
export const command = (trigger: string, text: string): string =>
  `{"version":"v1","hooks":[{"name":"a","trigger":"${trigger}","matcher":"*","action":{"type":"command","command":${text}}}]}`;
export const shell = (lists: string): string =>
  `{"tools":["shell"],"permissions":{},"toolsSettings":{"shell":{${lists}}}}`;
export const server = (fields: string): string => `{"mcpServers":{"git-hub":{${fields}}}}`;
/** Put together here, so that no scanner takes this file for a leak. */
export const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

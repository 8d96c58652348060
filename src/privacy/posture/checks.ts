import {
  agentProtection,
  agentExtensions,
  knownWeaknesses,
  remoteExtensions,
  workspaceTrust,
} from './editorChecks';
import { approveAll, mcpTokens, unknownHooks } from './agentFileChecks';
import { awsCredentials, awsEnvironment } from './awsChecks';
import type { CheckResult, Finding } from './finding';
import type { PostureFacts } from './postureFacts';
import { shellStartUp } from './shellChecks';
import {
  gitignoreLines,
  readableEnvFiles,
  workspaceIsolation,
  workspaceSecrets,
} from './workspaceChecks';

/** One question about the machine or the workspace. */
interface PostureCheck {
  readonly id: string;
  /** What is looked at, for people. */
  readonly title: string;
  readonly run: (facts: PostureFacts) => CheckResult;
}

/** Every check, in the order people see them. */
export const POSTURE_CHECKS: readonly PostureCheck[] = [
  { id: 'agents.protection', title: 'Agents are held', run: agentProtection },
  { id: 'kiro.version', title: 'Known weaknesses of Kiro', run: knownWeaknesses },
  { id: 'aws.environment', title: 'AWS keys in the environment', run: awsEnvironment },
  { id: 'aws.credentials', title: 'AWS keys in the credentials file', run: awsCredentials },
  { id: 'workspace.secrets', title: 'Secrets in workspace files', run: workspaceSecrets },
  { id: 'workspace.env', title: '.env files', run: readableEnvFiles },
  { id: 'workspace.gitignore', title: '.gitignore', run: gitignoreLines },
  { id: 'workspace.isolation', title: 'Workspace isolation', run: workspaceIsolation },
  { id: 'workspace.trust', title: 'Workspace trust', run: workspaceTrust },
  { id: 'mcp.tokens', title: 'Tokens in MCP settings', run: mcpTokens },
  { id: 'agents.approveAll', title: 'Lists that approve everything', run: approveAll },
  { id: 'agents.hooks', title: 'Hooks of unknown origin', run: unknownHooks },
  { id: 'extensions.remote', title: 'Remote extensions', run: remoteExtensions },
  { id: 'extensions.agents', title: 'Extensions that run commands', run: agentExtensions },
  { id: 'shell.startUp', title: 'Shell start-up files', run: shellStartUp },
];

/** What became of one check. */
interface CheckState {
  readonly id: string;
  readonly title: string;
  /** `fine` only when everything was looked at. */
  readonly state: 'fine' | 'found' | 'unclear';
  readonly unclear?: string;
}

/** All findings, the worst first, and what became of each check. */
export interface PostureReport {
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckState[];
}

const ORDER: readonly Finding['severity'][] = ['high', 'medium', 'low', 'info'];

/** Runs every check; one that fails is unclear and does not keep the others from running. */
export function checkPosture(facts: PostureFacts): PostureReport {
  const results = POSTURE_CHECKS.map(check => ({ check, result: attempt(check, facts) }));
  const findings = results.flatMap(({ check, result }) =>
    result.findings.map((finding): Finding => ({ check: check.id, ...finding })),
  );
  return {
    findings: findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity)),
    checks: results.map(({ check: { id, title }, result: { findings: found, unclear } }) => ({
      id,
      title,
      state: found.length > 0 ? 'found' : unclear === undefined ? 'fine' : 'unclear',
      ...(unclear !== undefined && { unclear }),
    })),
  };
}

function attempt({ run }: PostureCheck, facts: PostureFacts): CheckResult {
  try {
    return run(facts);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { findings: [], unclear: `it could not be looked at (${code ?? message})` };
  }
}

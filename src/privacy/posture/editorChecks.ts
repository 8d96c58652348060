import { maskSecrets } from '../secrets';
import { evidenceOf, type CheckResult, type Finding } from './finding';
import { isBefore, KNOWN_WEAKNESSES, type KnownWeakness } from './kiroCves';
import type { AgentProtection, InstalledExtension, PostureFacts } from './postureFacts';

/** Workspace trust switched off, or a workspace that is not trusted. */
export function workspaceTrust({ trust }: PostureFacts): CheckResult {
  if (trust === undefined) return { findings: [], unclear: 'only the editor knows' };
  if (trust !== 'trustOff') return { findings: [] };
  return {
    findings: [
      {
        severity: 'medium',
        title: 'Workspace trust is switched off',
        why: 'Every folder counts as trusted, so a repository’s tasks, settings and hooks run when it is opened.',
        evidence: ['security.workspace.trust.enabled = false'],
        fix: { text: 'Switch security.workspace.trust.enabled on.' },
      },
    ],
  };
}

/** Extensions that open a connection to another machine, by the ids in the public registries. */
const REMOTE_EXTENSIONS: ReadonlySet<string> = new Set([
  'jeanp413.open-remote-ssh',
  'jeanp413.open-remote-wsl',
  'ms-vscode-remote.remote-ssh',
  'ms-vscode-remote.remote-ssh-edit',
  'ms-vscode-remote.remote-containers',
  'ms-vscode-remote.remote-wsl',
  'ms-vscode.remote-explorer',
  'ms-vscode.remote-server',
  'ms-vsliveshare.vsliveshare',
]);

const REMOTE_WARNING =
  'A remote extension opens a connection between this machine and the remote one. A compromised remote could use it to run code here. Connect only to machines that you and people you trust own.';

/** Remote extensions, and a window that is connected to another machine. */
export function remoteExtensions({ extensions, remoteName }: PostureFacts): CheckResult {
  const found = (extensions ?? []).filter(({ id }) => REMOTE_EXTENSIONS.has(id));
  const connected = remoteName !== undefined && remoteName !== '';
  const evidence = [
    ...(connected ? [`This window is connected: ${remoteName}`] : []),
    ...evidenceOf(found, sayExtension),
  ];
  const unclear = extensions ? {} : { unclear: NO_EXTENSIONS };
  if (evidence.length === 0) return { findings: [], ...unclear };
  return {
    findings: [
      {
        severity: connected ? 'medium' : 'info',
        title: connected ? 'A remote extension is in use' : 'A remote extension is installed',
        why: REMOTE_WARNING,
        evidence,
        fix: { text: 'Remove the extension where you do not need it.' },
      },
    ],
    ...unclear,
  };
}

const NO_EXTENSIONS = 'the folder of extensions was not found';

/** Extensions whose agents run commands on their own terms. */
const AGENT_EXTENSIONS: ReadonlySet<string> = new Set([
  'amazonwebservices.amazon-q-vscode',
  'anthropic.claude-code',
  'augment.vscode-augment',
  'continue.continue',
  'github.copilot-chat',
  'google.geminicodeassist',
  'kilocode.kilo-code',
  'openai.chatgpt',
  'rooveterinaryinc.roo-cline',
  'saoudrizwan.claude-dev',
  'sourcegraph.amp',
  'sst-dev.opencode',
]);

/** Extensions besides Kiro's own that can run commands for agents. */
export function agentExtensions({ extensions }: PostureFacts): CheckResult {
  if (!extensions) return { findings: [], unclear: NO_EXTENSIONS };
  const found = extensions.filter(({ id }) => AGENT_EXTENSIONS.has(id));
  if (found.length === 0) return { findings: [] };
  return {
    findings: [
      {
        severity: 'low',
        title: 'Other extensions can run commands for agents',
        why: 'Checkrein holds only the agents whose hooks are verified; these have approvals of their own, or none.',
        evidence: evidenceOf(found, sayExtension),
        fix: { text: 'Remove those you do not use; look at the settings of the others.' },
      },
    ],
  };
}

function sayExtension({ id, version }: InstalledExtension): string {
  return `${id} ${version}`;
}

/** Versions of Kiro with a published weakness. */
export function knownWeaknesses(facts: PostureFacts): CheckResult {
  const { kiroIdeVersion, kiroCliVersion, extensions = [] } = facts;
  const versions = new Map<string, string>(extensions.map(({ id, version }) => [id, version]));
  if (kiroIdeVersion !== undefined) versions.set('Kiro IDE', kiroIdeVersion);
  if (kiroCliVersion !== undefined) versions.set('Kiro CLI', kiroCliVersion);
  const findings = KNOWN_WEAKNESSES.flatMap(weakness => {
    const version = versions.get(weakness.product);
    if (version === undefined || !concerns(weakness, facts) || !isBefore(version, weakness.fixedIn))
      return [];
    return [
      {
        severity: 'high' as const,
        title: `${weakness.product} ${version} has a known weakness: ${weakness.id}`,
        why: `${weakness.what}.`,
        evidence: [`${weakness.product} ${version}, fixed in ${weakness.fixedIn}`],
        fix: { text: `Update to ${weakness.fixedIn} or later.` },
      },
    ];
  });
  const unknown = ['Kiro IDE', 'Kiro CLI'].filter(
    product =>
      !versions.has(product) &&
      KNOWN_WEAKNESSES.some(weakness => weakness.product === product && concerns(weakness, facts)),
  );
  return {
    findings,
    ...(unknown.length > 0 && { unclear: `version not found: ${unknown.join(', ')}` }),
  };
}

function concerns({ platform }: KnownWeakness, facts: PostureFacts): boolean {
  return platform === undefined || platform === facts.platform;
}

const SEVERITY: Readonly<Record<AgentProtection['state'], Finding['severity'] | undefined>> = {
  broken: 'high',
  partly: 'high',
  notInstalled: 'medium',
  needsNewChat: 'low',
  verified: undefined,
};

const SAY_PROTECTION: Readonly<Record<AgentProtection['state'], string>> = {
  broken: 'the hook is broken',
  partly: 'the hook is missing in some files',
  notInstalled: 'no hook is installed',
  needsNewChat: 'the hook is installed, but no call has proven it yet',
  verified: 'verified',
};

/** Agents that nothing holds, or of which no call has proven that something does. */
export function agentProtection({ agents }: PostureFacts): CheckResult {
  return {
    findings: agents.flatMap(({ name, state, detail }) => {
      const severity = SEVERITY[state];
      if (severity === undefined) return [];
      return [
        {
          severity,
          title: `${name}: ${SAY_PROTECTION[state]}`,
          why: 'Only a call that really arrived proves that an agent is held.',
          evidence: detail === undefined ? [] : [maskSecrets(detail)],
          fix: {
            text:
              state === 'needsNewChat'
                ? 'Start a new chat or session, and let the agent do one thing.'
                : 'Checkrein: Install Hooks…, or checkrein hooks install.',
          },
        },
      ];
    }),
  };
}

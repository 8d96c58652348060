/** A published weakness of a Kiro product, or of an extension of the same vendor. */
export interface KnownWeakness {
  readonly id: string;
  readonly product: 'Kiro IDE' | 'Kiro CLI' | 'amazonwebservices.amazon-q-vscode';
  /** The first version without it. */
  readonly fixedIn: string;
  /** Only on this platform. */
  readonly platform?: NodeJS.Platform;
  readonly what: string;
}

/** What was public on 2026-11-21. */
export const KNOWN_WEAKNESSES: readonly KnownWeakness[] = [
  {
    id: 'CVE-2026-0830',
    product: 'Kiro IDE',
    fixedIn: '0.6.18',
    what: 'a workspace folder’s name could run commands (GitLab merge request helper)',
  },
  {
    id: 'CVE-2026-4295',
    product: 'Kiro IDE',
    fixedIn: '0.8.0',
    what: 'a crafted project folder could run code',
  },
  {
    id: 'CVE-2026-5429',
    product: 'Kiro IDE',
    fixedIn: '0.8.140',
    what: 'the name of a colour theme could run code',
  },
  {
    id: 'CVE-2026-10591',
    product: 'Kiro IDE',
    fixedIn: '0.11',
    what: 'the agent’s file tool could write files that run, such as .vscode/tasks.json',
  },
  {
    id: 'CVE-2026-18656',
    product: 'Kiro IDE',
    fixedIn: '1.0.228',
    platform: 'win32',
    what: 'programs were started from an untrusted project folder',
  },
  {
    id: 'CVE-2026-18657',
    product: 'Kiro CLI',
    fixedIn: '2.10.0',
    platform: 'win32',
    what: 'programs were started from an untrusted project folder',
  },
  {
    id: 'CVE-2025-8217',
    product: 'amazonwebservices.amazon-q-vscode',
    fixedIn: '1.85.0',
    what: 'version 1.84.0 was shipped with a prompt that tells the agent to wipe the machine',
  },
];

/** True when a version (numbers with dots) comes before another; a missing number counts as 0. */
export function isBefore(version: string, other: string): boolean {
  const [one, two] = [version, other].map(text => text.split('.').map(part => parseInt(part, 10)));
  for (let index = 0; index < 4; index += 1) {
    const [a, b] = [one?.[index] ?? 0, two?.[index] ?? 0];
    if (a !== b) return a < b;
  }
  return false;
}

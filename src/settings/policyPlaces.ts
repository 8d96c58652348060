import { posix, win32 } from 'node:path';
import type { Scope } from './policyLayer';

/** What the places of policy files depend on. */
export interface PlaceFacts {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The folder of an organisation's policy, where it is not the platform's own; for tests. */
  readonly managedFolder?: string;
  /** Absolute workspace folders. */
  readonly roots: readonly string[];
}

/** A policy file that may or may not exist. */
export interface PolicyPlace {
  readonly scope: Extract<Scope, 'user' | 'project' | 'managed'>;
  readonly file: string;
}

/** Every policy file that counts for a workspace, whether it exists or not. */
export function policyPlaces({
  platform,
  home,
  managedFolder,
  roots,
}: PlaceFacts): readonly PolicyPlace[] {
  const path = platform === 'win32' ? win32 : posix;
  const user = path.join(home, '.kiro', 'settings.json');
  const projects = [...new Set(roots.map(root => path.join(root, '.kiro', 'settings.json')))];
  return [
    {
      scope: 'managed',
      file: path.join(managedFolder ?? managedPolicyFolder(platform), 'policy.json'),
    },
    { scope: 'user', file: user },
    // A home folder opened as a workspace has one file, and that is the person's own.
    ...projects.filter(file => file !== user).map(file => ({ scope: 'project' as const, file })),
  ];
}

function managedPolicyFolder(platform: NodeJS.Platform): string {
  // Fixed, not from the environment: whoever starts the editor must not choose the policy.
  if (platform === 'win32') return 'C:\\ProgramData\\Checkrein';
  return platform === 'darwin' ? '/Library/Application Support/Checkrein' : '/etc/checkrein';
}

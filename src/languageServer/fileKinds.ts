/** The files that decide what an agent may do. */
export type FileKind =
  | 'settings' // .kiro/settings.json
  | 'managedPolicy' // the organisation's policy.json of Checkrein
  | 'managedSettings' // Kiro's managed-settings.json
  | 'permissions' // permissions.yaml, permissions.json
  | 'hook' // .kiro/hooks/*.json
  | 'oldHook' // .kiro/hooks/*.kiro.hook
  | 'agent' // .kiro/agents/*.json
  | 'mcp' // mcp.json
  | 'steering' // .kiro/steering/*.md
  | 'editorSettings' // VS Code's settings.json, *.code-workspace
  | 'ignore' // .kiroignore
  | 'gitignore';

/** Whose file it is: `home` is the person's own, `workspace` can be written by a repository. */
type FilePlace = 'home' | 'workspace' | 'system';

/** A file and what its place and name make of it. */
export interface PolicyFile {
  /** Absolute, with forward slashes. */
  readonly path: string;
  readonly kind: FileKind;
  readonly place: FilePlace;
}

/** The folders that give a path its meaning. Absolute. */
export interface Folders {
  readonly home: string;
  readonly roots: readonly string[];
}

/**
 * Tells by place and name what a file is; undefined for a file that decides nothing. A copy at a
 * wrong place (permissions in a repository, a hook in a sub-folder) still has its kind: that it is
 * not read there is a finding.
 */
export function policyFileAt(path: string, folders: Folders): PolicyFile | undefined {
  const slashed = slashes(path);
  const kind = kindOf(slashed);
  if (!kind) return undefined;
  return { path: slashed, kind, place: placeOf(slashed, folders) };
}

const PATTERNS: readonly (readonly [RegExp, FileKind])[] = [
  [/\/\.kiro\/settings\.json$/, 'settings'],
  [/\/permissions\.(?:ya?ml|json)$/, 'permissions'],
  [/\/managed-settings\.json$/, 'managedSettings'],
  [
    /(?:^\/etc\/checkrein|\/(?:Application Support|ProgramData)\/Checkrein)\/policy\.json$/i,
    'managedPolicy',
  ],
  [/\/\.kiro\/hooks\/.*\.kiro\.hook$/, 'oldHook'],
  [/\/\.kiro\/hooks\/.*\.json$/, 'hook'],
  [/\/\.kiro\/agents\/[^/]+\.json$/, 'agent'],
  [/\/\.kiro\/(?:(?:settings|powers\/installed\/[^/]+)\/)?mcp\.json$/, 'mcp'],
  [/\/\.kiro\/steering\/.*\.md$/, 'steering'],
  [
    /\/(?:\.vscode|User(?:\/profiles\/[^/]+)?)\/settings\.json$|\.code-workspace$/,
    'editorSettings',
  ],
  [/\/\.kiroignore$|\/\.kiro\/settings\/kiroignore$/, 'ignore'],
  [/\/\.gitignore$/, 'gitignore'],
];

function kindOf(path: string): FileKind | undefined {
  const kind = PATTERNS.find(([pattern]) => pattern.test(path))?.[1];
  // Only Kiro's own folders hold its permissions: other programs have files of that name.
  return kind === 'permissions' && !path.includes('/.kiro/') ? undefined : kind;
}

function placeOf(path: string, { home, roots }: Folders): FilePlace {
  const inside = (folder: string): boolean =>
    path.startsWith(`${slashes(folder).replace(/\/+$/, '')}/`);
  const kiroHome = `${slashes(home).replace(/\/+$/, '')}/.kiro`;
  if (inside(kiroHome)) return 'home';
  if (roots.some(inside)) return 'workspace';
  if (inside(home)) return path.includes('/User/') ? 'home' : 'workspace';
  return /^\/etc\/|\/ProgramData\/|^\/Library\//i.test(path) ? 'system' : 'workspace';
}

/** A Windows path with forward slashes, and any other path as it is. */
export function slashes(path: string): string {
  return /^[A-Za-z]:|^\\\\/.test(path) ? path.replaceAll('\\', '/') : path;
}

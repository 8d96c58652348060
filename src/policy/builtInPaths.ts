/**
 * Globs for whole paths with forward slashes, case not counting. Each begins with any folder (two stars).
 * Compiled at the first look, so that loading this file costs the editor's start nothing.
 */
export class GlobList {
  #any: RegExp | undefined;
  #each: readonly RegExp[] | undefined;

  constructor(readonly globs: readonly string[]) {}

  /** The first glob that matches the path. */
  find(path: string): string | undefined {
    // All of them as one expression, because the usual answer is that none matches.
    this.#any ??= expressionOf(this.globs);
    if (!this.#any.test(path)) return undefined;
    this.#each ??= this.globs.map(glob => expressionOf([glob]));
    return this.globs[this.#each.findIndex(expression => expression.test(path))];
  }
}

/** What the signs of a glob mean in a regular expression. */
const SIGNS: Readonly<Record<string, string>> = {
  '/**': '/[^]*',
  '*': '[^/]*',
  '.': '\\.',
  '{': '(?:',
  '}': ')',
  ',': '|',
  '!(': '(?!(?:',
  ')': ')$)[^/]*',
};

/**
 * The globs above as one expression. Not a general translation: it knows the signs that the lists
 * above use, and a test holds it to what minimatch says about them.
 */
function expressionOf(globs: readonly string[]): RegExp {
  const sources = globs.map(glob =>
    glob.slice('**/'.length).replace(/\/\*\*|!\(|[*.{},)]/g, sign => SIGNS[sign] ?? sign),
  );
  return new RegExp(`(?:^|/)(?:${sources.join('|')})$`, 'i');
}

/** Globs of files and folders that are protected from writes in every project. */
export const PROTECTED_GLOBS: readonly string[] = [
  // What decides what an agent may do, and what runs when a folder is opened.
  '**/.kiro',
  '**/.kiro/{settings,hooks,agents}{,/**}',
  '**/.kiro/settings.json',
  '**/.kiroignore',
  '**/.vscode{,/**}',
  '**/*.code-workspace',
  '**/.git{,/**}',
  // Makes a repository of its folder: git then runs what the file `config` beside it says.
  '**/HEAD',
  '**/mcp.json',
  '**/.mcp.json',
  // Hook files of other agents.
  '**/.{gemini,codex,cursor,claude,copilot,opencode,agents,clinerules,cline}{,/**}',
  '**/.github/hooks{,/**}',
  // What every new shell runs.
  '**/.{bashrc,bash_profile,bash_login,bash_logout,profile,envrc}',
  '**/.{zshrc,zshenv,zprofile,zlogin,zlogout}',
  '**/.config/fish{,/**}',
  '**/{PowerShell,WindowsPowerShell}/*profile.ps1',
  '**/.{ssh,aws,gnupg}{,/**}',
  '**/.gitconfig',
  // The settings of editors, this policy among them, and what starts by itself.
  '**/{Code,Code - Insiders,VSCodium,Kiro,Cursor,Windsurf,code-server}/User{,/**}',
  '**/{User,Machine}/{settings,keybindings,tasks,mcp}.json',
  '**/.config/{autostart,systemd}{,/**}',
  '**/Library/LaunchAgents{,/**}',
  // The policy of an organisation.
  '**/{etc,Application Support,ProgramData}/checkrein{,/**}',
];

/** Globs of files whose content no agent reads unasked. */
export const SECRET_GLOBS: readonly string[] = [
  '**/.env',
  '**/.env.!(example|sample|template|dist)',
  '**/.envrc',
  '**/*.{pem,key,p12,pfx,jks,keystore,kdbx}',
  '**/id_{rsa,dsa,ecdsa,ed25519}{,.*}',
  '**/.{ssh,aws,gnupg}/**',
  '**/.{netrc,npmrc,pypirc,pgpass,git-credentials,vault-token}',
  '**/{credentials,secrets}{,.*}',
  '**/service-account*.json',
  '**/.docker/config.json',
  '**/.kube/config',
];

export const PROTECTED = new GlobList(PROTECTED_GLOBS);
export const SECRET = new GlobList(SECRET_GLOBS);
/** Without the words that also name code, scripts and kinds of things, where a word may be no file. */
export const SECRET_BY_FORM = new GlobList(
  SECRET_GLOBS.filter(glob => !glob.startsWith('**/{credentials,secrets}')),
);

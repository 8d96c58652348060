/**
 * The built-in never list as globs for Kiro's shell rules, where a star is any text. Wider than the
 * list itself: Kiro compares text and knows no words, and a question too many costs little. Kiro
 * splits a line at `;`, `&&`, `||` and `|` first, so what feeds a shell shows as a lone shell.
 */

/** Commands that are on the list whatever they are given. */
const ALWAYS =
  'sudo doas su pkexec sudoedit runas gsudo run0 eval iex Invoke-Expression wipefs fdisk sfdisk ' +
  'sgdisk parted mkswap blkdiscard diskpart shutdown reboot poweroff halt Stop-Computer ' +
  'Restart-Computer Clear-Disk Format-Volume cryptsetup vssadmin wbadmin bcdedit dropdb';

/** Shells: alone they run what a pipe brings, and with a flag the text that follows. */
const SHELLS = 'sh bash zsh dash ksh fish pwsh powershell powershell.exe cmd cmd.exe';

/** Interpreters: alone, or told to read from a pipe, they run what it brings. */
const INTERPRETERS = 'python python2 python3 node deno bun perl ruby php';

/** Programs that take a word, at any place, to tear down what runs or what is kept. */
const WITH_WORD: Readonly<Record<string, string>> = {
  cdk: 'destroy',
  cdktf: 'destroy',
  terraform: 'destroy',
  terragrunt: 'destroy',
  tofu: 'destroy',
  pulumi: 'destroy stack*rm',
  sam: 'delete',
  sst: 'remove',
  serverless: 'remove',
  sls: 'remove',
  amplify: 'delete',
  copilot: 'delete',
  eb: 'terminate',
  eksctl: 'delete',
  aws: 'delete- terminate- schedule-key-del s3*rb s3*rm',
  gcloud: 'delete',
  gsutil: 'rb rm',
  az: 'delete',
  kubectl: 'delete',
  heroku: ':destroy :reset',
  fly: 'destroy',
  flyctl: 'destroy',
  doctl: 'delete rm',
  gh: 'repo*delete',
  wrangler: 'delete',
  docker: 'prune volume*rm',
  podman: 'prune volume*rm',
  'redis-cli': 'flush FLUSH',
};

const GIT = [
  ...['git*push*-f*', 'git*push*--m*', 'git*push*--pr*', 'git*push*-d*', 'git*push*+*'],
  ...['git*push* :*', 'git*reset*--h*', 'git*clean*', 'git*filter-*', 'git*reflog*expire*'],
  ...['git*reflog*delete*', 'git*gc*--pr*', 'git*prune*', 'git*stash*clear*'],
  ...['git*update-ref*', 'git*branch*-d*', 'git*branch*-D*', 'git*branch*--del*'],
  ...['git*checkout*-f*', 'git*checkout* -qf*', 'git*switch* -f*', 'git*switch* --f*'],
  ...['git*switch*--di*', 'git*worktree*remove*-f*', 'git*submodule*deinit*-f*', 'git*push* -qd*'],
  ...['npm*unpublish*', 'gh*api*DELETE*'],
];

const FILES = [
  ...[
    'rm -*',
    'rm * -*',
    'rm /*',
    'rm ~*',
    'rm .*',
    'rm $*',
    'rm "*',
    "rm '*",
    '*/rm *',
    '* rm -*',
  ],
  ...['rmdir /s*', 'rd /s*', 'del */s*', 'erase */s*', 'Remove-Item*', 'ri -*', 'ri * -*'],
  ...['rmdir /*', 'rmdir ~*', 'rmdir .*', 'unlink /*', 'shred *', '*/shred *', 'truncate *'],
  ...['find *-delete*', 'find *-exec*', 'find *-ok*', 'find *-fprint*', 'find *-fls*'],
  ...['fd *-x*', 'fd *-X*', 'fd *--exec*'],
  ...['xargs*', '*/xargs*', 'parallel *'],
  ...[
    'chmod *777*',
    'chmod *a+*',
    'chmod *o+*',
    'chmod *o=*',
    'chmod *a=*',
    'chmod -*',
    'chmod * -*',
  ],
  ...['chmod *7', 'chmod *7 *', 'chown -*', 'chown * -*', 'chgrp -*', 'chgrp * -*'],
  ...['mkdir *-m*7*', 'install *-m*7*', 'mkfs*', '*/mkfs*', 'mke2fs*', 'dd *of=*', '*/dd *of=*'],
  ...['*>*/dev/sd*', '*>*/dev/nvme*', '*>*/dev/disk*', '*>*/dev/vd*', 'tee */dev/*', 'cp */dev/*'],
  ...['mv /*', 'mv ~*', 'mv ..*', 'mv * /dev/null', 'rsync *--del*', 'crontab *-*r*'],
  ...['kill *-1', 'format *:*', 'cipher */w*', 'reg delete*', 'icacls *', 'takeown *'],
  ...['Start-Process *runas*', 'Start-Process *RunAs*', 'source <*', '. <*', '*<(*', '*$(curl*'],
  ...['*$(wget*', '*`curl*', '*`wget*', '*base64*-d*', '*base64*-D*', '*base64*--d*'],
  ...['psql *drop*', 'psql *DROP*', 'mysql *drop*', 'mysql *DROP*', 'sqlite3 *drop*'],
  ...['sqlite3 *DROP*', 'mongo*drop*', 'psql *TRUNC*', 'psql *trunc*', 'mysql *TRUNC*'],
  ...['mysql *trunc*', 'psql *elete *', 'psql *ELETE *', 'mysql *elete *', 'mysql *ELETE *'],
];

/**
 * Text that hides a command from text rules, or from the splitting: two blanks or a tab where a glob
 * has one blank, a line end, one `&`, substitutions, here-documents, a name that is not plain.
 */
const HIDING = [
  ...['*  *', '*\t*', '*\n*', '* & *', '* &', '*$(*', '*`*', '*<<*'],
  ...['$*', '{*', '(*', '"*', "'*", '\\*', '& *'],
];

/** Programs that are handed a text to run, or that fetch what a later part may run. */
const HANDED = [
  ...['python*-c*', 'node*-e*', 'node*-p*', 'perl*-e*', 'perl*-E*', 'ruby*-e*', 'php*-r*'],
  ...['osascript*', 'alias *', 'trap *', 'watch *', 'script *', 'env *', 'call *', 'for *', 'if *'],
  ...['curl*-o*', 'curl*-O*', 'curl*>*', 'wget*', 'iwr*', 'Invoke-WebRequest*', 'bitsadmin*'],
  ...['npx *cdk*destroy*', 'npx *rimraf*', 'ForEach-Object*', 'IEX*'],
  ...['rd -*', 'rmdir -*', 'del -*', 'RD /*', 'DEL /*', 'cmd /*', 'cmd.exe /*'],
];

const split = (names: string): readonly string[] => names.split(' ');

/** Globs of commands that always ask. */
export const NEVER_GLOBS: readonly string[] = [
  ...HIDING,
  ...HANDED,
  ...split(ALWAYS).flatMap(name => [name, `${name} *`, `*/${name}`, `*/${name} *`, `* ${name} *`]),
  ...split(SHELLS).flatMap(name => [
    name,
    `${name} -*`,
    `*/${name}`,
    `*/${name} -*`,
    `* ${name} -*`,
  ]),
  ...split(INTERPRETERS).flatMap(name => [name, `${name} -`, `*/${name}`]),
  ...Object.entries(WITH_WORD).flatMap(([name, words]) =>
    split(words).map(word => `${name} *${word}*`),
  ),
  ...GIT,
  ...FILES,
];

/**
 * Shell commands that read secret files or write where it is protected. Kiro's own read-only
 * commands would run unasked, and its file rules see file tools alone.
 */
export const PATH_ASK_GLOBS: readonly string[] = [
  ...[
    '* .env*',
    '*/.env*',
    '*=.env*',
    '*<.env*',
    '*.pem*',
    '*.p12*',
    '*.pfx*',
    '*.kdbx*',
    '*id_rsa*',
  ],
  ...['*id_ed25519*', '*id_ecdsa*', '*.ssh*', '*.aws*', '*.gnupg*', '*.netrc*', '*.npmrc*'],
  ...['*.pypirc*', '*.pgpass*', '*.git-credentials*', '*.docker/config*', '*.kube/config*'],
  ...['*/credentials*', '* credentials*', '*/secrets*', '* secrets*', '*service-account*'],
  ...['*>*.kiro*', '*>*.vscode*', '*>*.git*', '*>*.code-workspace*', '*>*mcp.json*', '*>*rc'],
  ...['*>*rc *', '*>*profile*', '*>*.zsh*', '*>*.gemini*', '*>*.claude*', '*>*.codex*'],
  ...['*>*.cursor*', '*>*.config*', '*>*/User/*', '*>*LaunchAgents*'],
];

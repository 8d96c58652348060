import type { CommandContext } from '../commandVerdict';
import { type SimpleCommand, UNKNOWN } from '../script';
import { isCatastrophic, isDisk } from './targets';

/** What a rule of the never list sees of a simple command. */
export interface Suspect {
  /** Base name, lower case, without `.exe`. */
  readonly name: string;
  /** Arguments after quote removal; all alternatives of a brace or a loop stand side by side. */
  readonly args: readonly string[];
  readonly context: CommandContext;
  /** The commands that feed it through a pipe. */
  readonly upstream: readonly SimpleCommand[];
}

type Test = (suspect: Suspect) => string | undefined;

/** Why a command destroys what nobody can bring back; undefined when it does not. */
export function destructionReason(suspect: Suspect): string | undefined {
  return testOf(suspect.name)?.(suspect);
}

/** True when commands of this name can destroy anything at all; most cannot. */
export function mayDestroy(name: string): boolean {
  return testOf(name) !== undefined;
}

function testOf(name: string): Test | undefined {
  return TESTS.get(name) ?? (name.startsWith('mkfs.') ? diskTool : undefined);
}

const elevates: Test = suspect =>
  isOwnSu(suspect) ? undefined : `${suspect.name} runs a command with other rights`;
const evaluates: Test = ({ name }) => `${name} runs text that nobody has seen`;
const diskTool: Test = suspect =>
  isQuery(suspect) ? undefined : `${suspect.name} changes whole disks`;
const stops: Test = ({ name }) => `${name} stops the machine`;

function isOwnSu({ args }: Suspect): boolean {
  return args.length === 1 && /^(?:--version|--help|-V|-h)$/.test(args[0] ?? '');
}

/** `fdisk -l`, `parted print`, `mkfs --help`: looking at disks is no harm. */
function isQuery({ name, args }: Suspect): boolean {
  if (name === 'diskpart') return false;
  if (name === 'format') return !args.some(arg => /^[a-z]:/i.test(arg));
  return (
    args.length === 0 || args.some(arg => /^(?:-l|--list|--version|--help|print|-I)$/.test(arg))
  );
}

const removal: Test = ({ name, args, context, upstream }) => {
  const flags = args.filter(arg => /^-|^\/\w$/.test(arg));
  const targets = args.filter(arg => !/^-./.test(arg) && !/^\/[a-z]$/i.test(arg));
  const recursive = flags.some(flag =>
    /^-[A-Za-z]*[rR]|^--r|^--no-preserve|^-rec|^\/s$/i.test(flag),
  );
  const forced = flags.some(flag => /^-[A-Za-z]*f|^--f|^-fo|^\/[qf]$/i.test(flag));
  if (flags.some(flag => flag.startsWith('--no-pr'))) return 'it says that the root may go';
  if (name === 'unlink' || (name === 'rmdir' && !recursive)) return undefined;
  // The value of `-Path x` stands among the targets, which is where it belongs.
  const hit = targets.find(target => isCatastrophic(target, context));
  const everything = /^(?:\.[\\/])?\*(?:\.\*)?$/;
  if (hit !== undefined && (recursive || everything.test(hit) || /^[\\/~]/.test(hit))) {
    return `it would remove ${shown(hit)}, which cannot be brought back`;
  }
  const powerShell = context.dialect === 'powershell';
  if (targets.length === 0 && (recursive || (forced && powerShell)) && upstream.length > 0) {
    const feeds = upstream.map(command => ({
      name: command.name,
      args: command.words.slice(1).map(word => word.value),
    }));
    const from = feeds.flatMap(command => command.args.filter(arg => !arg.startsWith('-')));
    const lists = feeds.some(
      command => LISTERS.has(command.name) && !command.args.some(arg => FILTER.test(arg)),
    );
    const narrow = from.length > 0 && !from.some(path => isCatastrophic(path, context));
    if (lists && !narrow) return 'it would remove everything that is listed';
  }
  return undefined;
};

/** What narrows a listing down; a removal of what matches is no removal of everything. */
const FILTER =
  /^-(?:i?name|i?path|i?wholename|i?regex|[acm]time|[acm]min|newer\w*|size|empty|inum|user|perm|filter|include|exclude)$/i;

const LISTERS = new Set(['get-childitem', 'gci', 'ls', 'dir', 'find']);

function shown(target: string): string {
  return JSON.stringify(target.replaceAll(UNKNOWN, '…'));
}

/** `find START… -delete` without a filter is a removal of START. */
const find: Test = ({ args, context }) => {
  const acts = args.some((arg, index) => {
    if (arg === '-delete') return true;
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(arg)) return false;
    const inner = args.slice(index + 1, index + 4).map(word => word.replace(/^.*\//, ''));
    return inner.some(word => /^(?:rm|shred|unlink|rmdir)$/.test(word));
  });
  if (!acts) return undefined;
  const filtered = args.some(arg => FILTER.test(arg));
  const first = args.findIndex(arg => /^[-(!]/.test(arg) && !/^-[HLP]$/.test(arg));
  const starts = args.slice(0, first).filter(arg => !arg.startsWith('-'));
  const from = starts.length === 0 ? ['.'] : starts;
  const everywhere = from.find(start => isCatastrophic(start, context));
  if (
    everywhere === undefined ||
    (filtered && /^\.?[\\/]*$|^[^/~]/.test(everywhere) && everywhere !== '/')
  ) {
    return undefined;
  }
  return `it would remove everything below ${shown(everywhere)}`;
};

const recursiveChange: Test = ({ name, args, context }) => {
  const recursive = args.some(arg => /^-[A-Za-z]*R|^--rec/.test(arg));
  const hit = args.slice(1).find(arg => isSystemWide(arg, context));
  return recursive && hit !== undefined
    ? `${name} would change everything below ${shown(hit)}`
    : undefined;
};

function isSystemWide(target: string, context: CommandContext): boolean {
  // The workspace itself may be re-owned or re-moded; what is above it may not.
  return isCatastrophic(target, context) && /^[/~$\uffff%]|^\.\.|^[A-Za-z]:/.test(target);
}

const chmod: Test = suspect => {
  const mode = suspect.args.find(arg => !/^-[A-Za-z-]/.test(arg)) ?? '';
  return opensToAll(mode) ? 'chmod 777 lets everybody write' : recursiveChange(suspect);
};

/** True for `777`, `0777`, `a+rwx`, `o=wx`: others may write and run. `+x` stays what it is. */
function opensToAll(mode: string): boolean {
  if (/^[0-7]{3,5}$/.test(mode)) return mode.endsWith('7') && /[2367].$/.test(mode);
  return mode.split(',').some(clause => {
    const match = /^([ugoa]+)[+=]([rwxXst]+)$/.exec(clause);
    return (
      /[oa]/.test(match?.[1] ?? '') &&
      (match?.[2] ?? '').includes('w') &&
      /x/i.test(match?.[2] ?? '')
    );
  });
}

/** `mkdir -m 777` and `install -m 777` do what chmod would. */
const withMode: Test = suspect => {
  const { args } = suspect;
  const open = args.some((arg, index) => {
    const attached = /^(?:-m|--mode=)(.+)$/.exec(arg)?.[1];
    return opensToAll(attached ?? (/^(?:-m|--mode)$/.test(args[index - 1] ?? '') ? arg : ''));
  });
  return open ? 'mode 777 lets everybody write' : writesDisk(suspect);
};

const dd: Test = ({ args }) =>
  args.some(arg => arg.startsWith('of=') && isDisk(arg.slice(3)))
    ? 'dd overwrites a disk'
    : undefined;

const writesDisk: Test = ({ name, args }) =>
  args.some(isDisk) ? `${name} overwrites a disk` : undefined;

const move: Test = suspect => {
  const { args, context } = suspect;
  const sources = args.filter(arg => !arg.startsWith('-')).slice(0, -1);
  const hit = sources.find(source => isSystemWide(source, context));
  if (hit !== undefined) return `it would move ${shown(hit)} away`;
  if (args.at(-1) === '/dev/null' && sources.some(source => isCatastrophic(source, context))) {
    return 'it would throw the workspace away';
  }
  return writesDisk(suspect);
};

const kill: Test = ({ args }) =>
  args.some(arg => arg === '-1') && args.length > 1 && args.at(-1) === '-1'
    ? 'it ends every process of the person'
    : undefined;

const rsync: Test = ({ args, context }) =>
  args.some(arg => arg.startsWith('--del')) && isCatastrophic(args.at(-1) ?? '', context)
    ? 'it would delete what the source does not have'
    : undefined;

const crontab: Test = ({ args }) =>
  args.some(arg => /^-[a-z]*r/.test(arg)) ? 'it removes every scheduled job' : undefined;

const windowsSystem: Test = ({ name, args }) => {
  const all = args.join(' ').toLowerCase();
  if (name === 'vssadmin' && all.includes('delete')) return 'it deletes the backups of Windows';
  if (name === 'wbadmin' && all.includes('delete')) return 'it deletes the backups of Windows';
  if (name === 'bcdedit' && args.length > 0) return 'it changes how Windows starts';
  if (name === 'cipher' && all.includes('/w')) return 'it overwrites free space';
  if (name === 'reg' && /^delete hk\w+(?:\\[\w ]+)?( |$)/.test(all))
    return 'it deletes a whole hive';
  if (name === 'icacls' && /everyone:.*f/.test(all)) return 'everybody gets full control';
  if (name === 'icacls' || name === 'takeown')
    return /[a-z]:\\(?: |$)/.test(all) ? `${name} changes a whole drive` : undefined;
  return undefined;
};

const startProcess: Test = ({ args }) =>
  args.some(arg => /^runas$/i.test(arg)) ? 'it runs a command with other rights' : undefined;

const forAll = (names: string, test: Test): readonly (readonly [string, Test])[] =>
  names.split(' ').map(name => [name, test]);

const TESTS: ReadonlyMap<string, Test> = new Map([
  ...forAll(
    'sudo doas su pkexec sudoedit runas gsudo run0 psexec psexec64 please machinectl',
    elevates,
  ),
  ...forAll('eval iex invoke-expression', evaluates),
  ...forAll(
    'mkfs mke2fs mkswap wipefs fdisk sfdisk gdisk sgdisk cfdisk parted diskpart format blkdiscard ' +
      'hdparm badblocks format-volume clear-disk initialize-disk remove-partition new-partition ' +
      'vgremove lvremove pvremove cryptsetup',
    diskTool,
  ),
  ...forAll('shutdown reboot poweroff halt stop-computer restart-computer telinit', stops),
  ...forAll(
    'rm del erase rd rmdir remove-item ri unlink rimraf trash shred srm clear-content',
    suspect => removal(suspect) ?? writesDisk(suspect),
  ),
  ...forAll('chown chgrp chflags setfacl', recursiveChange),
  ...forAll('tee cp truncate cat', writesDisk),
  ...forAll('install mkdir', withMode),
  ...forAll('mv move-item move', move),
  ...forAll('start-process saps start', startProcess),
  ...forAll('vssadmin wbadmin bcdedit cipher reg icacls takeown', windowsSystem),
  ['find', find],
  ['chmod', chmod],
  ['dd', dd],
  ['kill', kill],
  ['rsync', rsync],
  ['crontab', crontab],
  ['init', ({ args }) => (/^[06]$/.test(args[0] ?? '') ? 'it stops the machine' : undefined)],
  [
    'systemctl',
    ({ args }) =>
      args.some(arg => /^(?:poweroff|reboot|halt)$/.test(arg)) ? 'it stops the machine' : undefined,
  ],
  [
    'diskutil',
    ({ args }) =>
      /^(?:erase|zero|random|secureErase|partition|reformat)/i.test(args[0] ?? '')
        ? 'it erases a disk'
        : undefined,
  ],
]);

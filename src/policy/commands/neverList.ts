/**
 * The class that no list can trust, recognised on a simple command by its words. Deliberately
 * wide: a false hit costs one question, a miss may cost a home folder.
 */
export function neverListReason(words: readonly string[]): string | undefined {
  const [first, ...args] = words;
  if (first === undefined) return undefined;
  const name = baseName(first);
  if (ELEVATING.has(name)) return `${name} runs a command with other rights`;
  if (EVALUATING.has(name)) return `${name} runs text that nobody has seen`;
  if (DISK.test(name)) return `${name} overwrites whole disks`;
  return COMMANDS[name]?.(args);
}

const ELEVATING = new Set(['sudo', 'doas', 'su', 'pkexec', 'runas', 'gsudo']);
const EVALUATING = new Set(['eval', 'iex', 'invoke-expression']);
const DISK = /^(mkfs(\..+)?|wipefs|fdisk|sfdisk|parted|diskpart|format)$/;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => string | undefined>> = {
  rm: removesTree,
  del: removesTree,
  erase: removesTree,
  rd: removesTree,
  rmdir: removesTree,
  'remove-item': removesTree,
  ri: removesTree,
  dd: args => (args.some(arg => arg.startsWith('of=/dev/')) ? 'dd writes to a device' : undefined),
  chmod: args =>
    args.some(arg => /^[0-7]?777$|^(a|ugo)?\+?=?rwx$/.test(arg))
      ? 'chmod 777 lets everybody write'
      : undefined,
  git: gitReason,
  cdk: args => (args.includes('destroy') ? 'cdk destroy tears down cloud resources' : undefined),
  terraform: destroys,
  tofu: destroys,
  pulumi: destroys,
};

function destroys(args: readonly string[]): string | undefined {
  return args.some(arg => /^-{0,2}destroy$/.test(arg))
    ? 'destroy tears down cloud resources'
    : undefined;
}

/** A recursive or forced removal; what it would remove is not judged here, so all of them count. */
function removesTree(args: readonly string[]): string | undefined {
  const recursive = args.some(arg =>
    /^-[a-zA-Z]*[rRfF]|^--(recursive|force|no-preserve-root)|^\/[sSqQfF]$|^-(rec|for)/.test(arg),
  );
  return recursive ? 'a recursive or forced removal cannot be taken back' : undefined;
}

function gitReason(args: readonly string[]): string | undefined {
  const has = (...flags: string[]): boolean => args.some(arg => flags.includes(arg));
  if (has('push') && args.some(arg => /^(-f|--force.*|--mirror|--delete|-d|\+.*)$/.test(arg))) {
    return 'a forced push rewrites the history of others';
  }
  if (has('reset') && has('--hard')) return 'git reset --hard discards uncommitted work';
  if (has('clean') && args.some(arg => /^-[a-zA-Z]*f|^--force/.test(arg))) {
    return 'git clean deletes files that git does not know';
  }
  if (has('filter-branch', 'filter-repo')) return 'it rewrites the history of the repository';
  if (has('reflog') && has('expire', 'delete')) return 'it removes the way back to lost commits';
  return undefined;
}

function baseName(command: string): string {
  const name = command.split(/[\\/]/).at(-1) ?? command;
  return name.toLowerCase().replace(/\.exe$/, '');
}

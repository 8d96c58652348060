import type { ShellDialect } from '../toolCall';
import type { ReadOnlyProfile } from './readOnlyProfile';
import type { Word } from './script';

/**
 * Commands that only read, which a person can switch on in one click. They are not on by default
 * because Kiro's own list does not have them.
 */
export const SUGGESTED_COMMANDS: readonly string[] = [
  'wc *',
  'stat *',
  'cd *',
  'true',
  'false',
  'test *',
  'sleep *',
  'basename *',
  'dirname *',
  'uname *',
  'whoami',
  'nproc',
  'git status *',
  'git diff *',
  'git log *',
  'git show *',
  'git branch --show-current',
  'git rev-parse *',
];

const files = (args: readonly Word[]): readonly Word[] =>
  args.filter(word => !word.value.startsWith('-'));
const none = (): readonly Word[] => [];
const filesFrom = (args: readonly Word[]): Word | undefined =>
  args.find(word => word.value.startsWith('--f'));

const PLAIN: Readonly<Record<string, ReadOnlyProfile>> = {
  wc: { files, refuses: filesFrom },
  stat: { files, namesOnly: true },
  cd: { files },
  true: { files: none },
  false: { files: none },
  test: {
    files: none,
    // `test -v 'a[$(x)]'` and numeric comparisons evaluate a subscript.
    refuses: args => args.find(word => /^-[vR]$|[[\]$`]/.test(word.value)),
  },
  sleep: { files: none },
  basename: { files: none },
  dirname: { files: none },
  uname: { files: none },
  whoami: { files: none },
  nproc: { files: none },
};

/** Options of git that run a program, write a file or read outside; abbreviations included. */
const GIT_REFUSED = /^--(?:o$|ou|ext|textc|op|exec|no-ind)|^-O/;

const git: ReadOnlyProfile = {
  files: none,
  refuses: args => args.find(word => word.forms.some(form => GIT_REFUSED.test(form))),
};

/** The profile of a suggested command; undefined when it is not one. */
export function suggestedProfile(
  name: string,
  args: readonly Word[],
  dialect: ShellDialect,
): ReadOnlyProfile | undefined {
  if (name === 'git') return isReadingGit(args) ? git : undefined;
  if (dialect !== 'bash') return name === 'cd' || name === 'whoami' ? PLAIN[name] : undefined;
  return Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
}

function isReadingGit(args: readonly Word[]): boolean {
  const [first, second] = args;
  if (first?.value === 'branch') return second?.value === '--show-current' && args.length === 2;
  return /^(?:status|diff|log|show|rev-parse)$/.test(first?.value ?? '');
}

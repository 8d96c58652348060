import { gitVerbAt } from '../gitOptions';
import type { Word } from '../script';

/** Options before the subcommand that change what git runs or which configuration it believes. */
const GLOBAL_RISKY = /^(?:-c|--config-e\w*|--exec-path=|--git-dir|--work-tree)/;

/** Long options that run a program or write a file, for every subcommand; git accepts abbreviations. */
const LONG = [
  '--output',
  '--ext-diff',
  '--textconv',
  '--upload-pack',
  '--receive-pack',
  '--exec',
  '--extcmd',
  '--open-files-in-pager',
  '--template',
];
/** Options that only look like an abbreviation of one of these. */
const HARMLESS = /^--(?:o|e|t|text|ex|te|r|re|rec|u|up)$/;

/** Options of single subcommands: short ones in clusters, long ones as short as git accepts them. */
const OF_VERB: ReadonlyMap<string, RegExp> = new Map([
  ['grep', /^-[A-Za-z]*O/],
  ['rebase', /^-[A-Za-z]*x|^--ex/],
  // A bare or separate repository has its configuration in plain sight of file tools.
  ['clone', /^-[A-Za-z]*[uc]|^--(?:co|u|te?(?:=|$)|ba|m|sep)/],
  ['ls-remote', /^-u|^--u/],
  ['archive', /^-[A-Za-z]*o|^--(?:o|exe?c?)/],
  ['format-patch', /^-[A-Za-z]*o|^--output/],
  ['difftool', /^-[A-Za-z]*x|^--ex/],
  ['init', /^--(?:t|b|se)/],
  ['init-db', /^--(?:t|b|se)/],
  ['push', /^--e/],
  ['fetch', /^--upl/],
  // What is written stands in a file that nobody has seen.
  ...['checkout', 'restore', 'rm', 'stash', 'reset'].map((verb): readonly [string, RegExp] => [
    verb,
    /^--pathspec-f/,
  ]),
  ['update-index', /^--(?:ca|index-i)/],
  ['interpret-trailers', /^--i/],
]);

/**
 * Subcommands that run a program they are given, keep passwords, or write where they are told: the
 * inner parts of git, which no one means who trusts `git *`. One with a slash is a file that is run.
 */
const INNER_VERB =
  /^(?:filter-branch|daemon|instaweb|send-email|credential|hook|shell|for-each-repo|difftool|mergetool|gui|citool|fast-import|read-tree|mktree|mailinfo|mailsplit|quiltimport|receive-pack|upload-pack|svn|p4|archimport|index-pack|pack-objects|multi-pack-index|bugreport|diagnose)$|^(?:credential|remote|http|unpack)-|^merge-(?:index|one-file)$|^cvs|--|[\\/]/;

/** Subcommands whose file names are no options, so that `*` does no harm there. */
const TAKES_FILES = new Set(
  'add rm mv checkout restore commit status stage reset ls-files diff log show blame'.split(' '),
);

/** Keys of the configuration that name no program and no place. */
const PLAIN_KEY =
  /^(?:user\.(?:name|email)|color\.\S+|core\.(?:autocrlf|eol|filemode|ignorecase|quotepath|longpaths)|pull\.(?:rebase|ff)|push\.default|init\.defaultbranch|merge\.conflictstyle|diff\.algorithm|rerere\.enabled|fetch\.prune)$/i;

/** An argument of git that reaches past what trusting `git *` can mean; undefined when none does. */
export function riskyGitArgument(args: readonly Word[]): Word | undefined {
  const index = gitVerbAt(args.map(({ value }) => value));
  for (const [at, word] of args.slice(0, index).entries()) {
    if (GLOBAL_RISKY.test(word.value)) return word;
    const folder = args[at + 1];
    if (word.value === '-C' && folder && /^[/~]|\.\.|^[A-Za-z]:/.test(folder.value)) return folder;
  }
  const verb = args[index]?.value ?? '';
  const rest = args.slice(index + 1);
  return (
    // A pattern that stands for file names may stand for a file called `-c`.
    args.slice(0, index + 1).find(couldBeOption) ??
    riskyVerb(verb, args[index], rest) ??
    rest.find(word => isRiskyOption(verb, word)) ??
    (TAKES_FILES.has(verb) ? undefined : beforeDashes(rest).find(couldBeOption))
  );
}

function couldBeOption(word: Word): boolean {
  return word.glob && /^[-*?[]/.test(word.value);
}

function beforeDashes(args: readonly Word[]): readonly Word[] {
  const dashes = args.findIndex(({ value }) => value === '--');
  return dashes === -1 ? args : args.slice(0, dashes);
}

function riskyVerb(verb: string, word: Word | undefined, rest: readonly Word[]): Word | undefined {
  const first = rest.find(({ value }) => !value.startsWith('-'));
  const values = rest.map(({ value }) => value);
  switch (verb) {
    case 'config':
      return riskyConfig(values) ? word : undefined;
    case 'bisect':
      return first?.value === 'run' ? first : undefined;
    case 'submodule':
      return first?.value === 'foreach' ? first : undefined;
    case 'maintenance':
      return /^(?:start|register)$/.test(first?.value ?? '') ? first : undefined;
    default:
      if (INNER_VERB.test(verb)) return word;
      return rest.find(({ value }) => /(?:^|=)(?:ext|fd)::/.test(value));
  }
}

/** Reading is fine, and so is setting a key that names no program, in this repository only. */
function riskyConfig(values: readonly string[]): boolean {
  if (/^(?:get|list)$/.test(values[0] ?? '')) return false;
  if (values[0] === 'edit') return true;
  // Options end at the first name: what follows is its value, whatever it looks like.
  const flags = leadingFlags(values);
  if (flags.some(value => /^(?:--get|--list|-l$)/.test(value))) return false;
  if (values.some(value => /^--(?:gl|sy|fi|bl|ed)|^-[fe]/.test(value))) return true;
  if (values.some(value => /^--re[mn]/.test(value))) return true;
  const given = values.slice(flags.length);
  const set = given[0] === 'set' ? given.slice(1) : given;
  const operands = set === given ? set : set.slice(leadingFlags(set).length);
  if (operands.length <= 1) return values.some(value => /^--(?:unset|replace)/.test(value));
  // With more than a name and a value, the first may belong to an option.
  return operands.length > 2 || !PLAIN_KEY.test(operands[0] ?? '');
}

/** The arguments up to the first that is no option, a closing `--` included. */
function leadingFlags(values: readonly string[]): readonly string[] {
  const end = values.findIndex((value, at) => !value.startsWith('-') || values[at - 1] === '--');
  return end === -1 ? values : values.slice(0, end);
}

function isRiskyOption(verb: string, word: Word): boolean {
  const own = OF_VERB.get(verb);
  return word.forms.some(form => {
    if (own?.test(form)) return true;
    if (!form.startsWith('--') || form === '--') return false;
    const name = form.split('=', 1)[0] ?? form;
    if (HARMLESS.test(name)) return false;
    return LONG.some(long => long.startsWith(name));
  });
}

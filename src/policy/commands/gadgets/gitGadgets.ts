import type { Word } from '../script';

/** Options before the subcommand that change what git runs or which configuration it believes. */
const GLOBAL_VALUED =
  /^(?:-C|-c|--git-dir|--work-tree|--namespace|--exec-path|--config-env|--super-prefix)$/;
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
]);

/** Subcommands whose file names are no options, so that `*` does no harm there. */
const TAKES_FILES = new Set(
  'add rm mv checkout restore commit status stage reset ls-files diff log show blame'.split(' '),
);

/** Keys of the configuration that name no program and no place. */
const PLAIN_KEY =
  /^(?:user\.(?:name|email)|color\.\S+|core\.(?:autocrlf|eol|filemode|ignorecase|quotepath|longpaths)|pull\.(?:rebase|ff)|push\.default|init\.defaultbranch|merge\.conflictstyle|diff\.algorithm|rerere\.enabled|fetch\.prune)$/i;

/** An argument of git that reaches past what trusting `git *` can mean; undefined when none does. */
export function riskyGitArgument(args: readonly Word[]): Word | undefined {
  let index = 0;
  while (index < args.length && args[index]?.value.startsWith('-')) {
    const word = args[index];
    if (word && GLOBAL_RISKY.test(word.value)) return word;
    const folder = args[index + 1];
    if (word?.value === '-C' && folder && /^[/~]|\.\.|^[A-Za-z]:/.test(folder.value)) return folder;
    index += word && GLOBAL_VALUED.test(word.value) ? 2 : 1;
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
    case 'filter-branch':
    case 'daemon':
    case 'instaweb':
    case 'send-email':
    case 'credential':
    case 'hook':
    case 'shell':
    case 'for-each-repo':
    case 'difftool':
    case 'mergetool':
    case 'gui':
    case 'citool':
    case 'web--browse':
      return word;
    case 'maintenance':
      return /^(?:start|register)$/.test(first?.value ?? '') ? first : undefined;
    default:
      return rest.find(({ value }) => /(?:^|=)(?:ext|fd)::/.test(value));
  }
}

/** Reading is fine, and so is setting a key that names no program, in this repository only. */
function riskyConfig(values: readonly string[]): boolean {
  if (/^(?:get|list)$/.test(values[0] ?? '')) return false;
  if (values[0] === 'edit') return true;
  if (values.some(value => /^(?:--get|--list|-l$)/.test(value))) return false;
  if (values.some(value => /^--(?:gl|sy|fi|bl|ed)|^-[fe]/.test(value))) return true;
  const operands = values.filter(value => !value.startsWith('-') && value !== 'set');
  if (operands.length <= 1)
    return values.some(value => /^--(?:unset|remove|rename|replace)/.test(value));
  return !PLAIN_KEY.test(operands[0] ?? '');
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

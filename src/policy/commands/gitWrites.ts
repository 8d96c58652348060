import { gitVerbAt } from './gitOptions';
import type { Word } from './script';
import { afterFlag, derived, NOTHING, operandsOf, type Reader } from './writeArguments';

const UNNAMED = { files: [], unnamed: 'What the patch writes, the line does not say', any: true };

/** Options of `patch` and `git apply` that change no name. */
const PLAIN_PATCH_OPTION =
  /^(?:apply|am|-|-p\d+|-[NRfstuElv3]+|--(?:index|cached|3way|reverse|recount|verbose|whitespace=[\w-]+))$/;

/** `patch` and `git apply` write what the patch says; a heredoc shows it, a file does not. */
export const patch: Reader = (args, command) => {
  const looks = args.some(word => /^--(?:dry-run|check|stat|numstat|summary)$/.test(word.value));
  // `--stat --apply` does both.
  if (looks && !args.some(({ value }) => value.startsWith('--ap'))) return NOTHING;
  const text = command.redirects.find(redirect => redirect.kind === 'text')?.text;
  const [word] = command.words;
  if (!word || text === undefined) return UNNAMED;
  if (!args.every(({ value }) => PLAIN_PATCH_OPTION.test(value))) return UNNAMED;
  const names = namesInPatch(text);
  if (!names) return UNNAMED;
  return {
    files: names.map(name => ({ ...derived(word, name), dynamic: 'no', pieces: [name] })),
  };
};

/** The files a patch names, wherever one of its readers would see a name; undefined when that is unclear. */
function namesInPatch(text: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const line of text.split('\n')) {
    // `patch` takes an indented patch as well, and git puts odd names into quotes.
    const named = /^[\sX]*(?:- )*(?:\+\+\+|---|\*\*\*|Index:|(?:rename|copy) to) (.*)$/.exec(
      line,
    )?.[1];
    const header = /^diff --git (.*)$/.exec(line)?.[1];
    if ((named ?? header)?.includes('"')) return undefined;
    if (named !== undefined) names.push(named.replace(/\t.*/s, '').replace(/^[ab]\//, ''));
    if (header !== undefined) {
      const both = /^a\/(.+) b\/(.+)$/.exec(header);
      if (!both) return undefined;
      names.push(both[1] ?? '', both[2] ?? '');
    }
  }
  return names.length === 0 ? undefined : names.filter(name => name !== '/dev/null');
}

/** Options of git whose value is a file or folder it writes. */
const gitOptions = afterFlag(
  /^--(?:sep[a-z-]*|export-m[a-z-]*|import-m\S*|output-d[a-z-]*|pre(?:fi?x?)?)(?:=(.*))?$/,
);

export const git: Reader = (all, command) => {
  const { folder, args: given } = pastGitOptions(all);
  const args = given.filter((_, at) => given[at - 1]?.value !== '--message');
  const verb = args[0]?.value;
  const operands = operandsOf(args, VALUED.get(verb ?? ''));
  const sub = operands[1]?.value;
  if (verb === 'apply' || verb === 'am') return patch(args, command);
  if (verb === 'config' && args.some(word => /^--(?:gl|sy)/.test(word.value))) {
    return { files: [], unnamed: 'It changes the configuration of every repository' };
  }
  const named = gitFiles(verb, sub, operands).filter(word => !/^\.?[\\/]?$/.test(word.value));
  const { files } = gitOptions(args);
  const { files: prefixes } = verb === 'subtree' ? afterFlag(/^-P(.*)$/)(args) : NOTHING;
  const inFolder = (word: Word): Word =>
    folder && !/^(?:[\\/~]|[A-Za-z]:)/.test(word.value)
      ? derived(word, `${folder.value}/${word.value}`)
      : word;
  return { files: [...named, ...files, ...prefixes].map(inFolder), mayLeave: verb === 'worktree' };
};

/** The folder that `-C` names, and what stands after git's own options. */
function pastGitOptions(all: readonly Word[]): {
  readonly folder: Word | undefined;
  readonly args: readonly Word[];
} {
  const index = gitVerbAt(all.map(({ value }) => value));
  const folder = all.slice(0, index).findLast((_, at) => all[at - 1]?.value === '-C');
  return { folder, args: all.slice(index) };
}

/** Short options of subcommands whose value is the next argument. */
const VALUED: ReadonlyMap<string, string> = new Map([
  ['clone', 'bo'],
  ['stash', 'm'],
  ['merge-file', 'L'],
  ['restore', 's'],
]);

/** What `git stash` does besides putting files away. */
const OTHER_STASH = /^(?:save|store|create|branch|pop|apply|drop|show|list|clear)$/;

/** What the operands of a subcommand write. A branch name among them is no path that matters. */
function gitFiles(
  verb: string | undefined,
  sub: string | undefined,
  operands: readonly Word[],
): readonly Word[] {
  switch (verb) {
    case 'mv':
    case 'init':
    case 'checkout-index':
    case 'merge-file':
      return operands.slice(1);
    case 'rm':
    case 'checkout':
    case 'restore':
      return operands.slice(1).map(fromPathspec);
    case 'stash':
      if (OTHER_STASH.test(sub ?? '')) return [];
      return operands.slice(sub === 'push' ? 2 : 1).map(fromPathspec);
    case 'clone': {
      const url = operands.findIndex(word => /^\w+:\/\/|^\S+@\S+:/.test(word.value));
      return placeOf(operands, Math.max(url, 1));
    }
    case 'worktree':
      return /^(?:add|move)$/.test(sub ?? '') ? operands.slice(2) : [];
    case 'bundle':
      return sub === 'create' ? operands.slice(2, 3) : [];
    case 'submodule':
      return sub === 'add' ? placeOf(operands, 2) : [];
    default:
      return [];
  }
}

/** The folders named behind an address, or the one that git makes of the address itself. */
function placeOf(operands: readonly Word[], address: number): readonly Word[] {
  const word = operands[address];
  const given = operands.slice(address + 1);
  if (!word || given.length > 0) return given;
  const path = word.value.replace(/[\\/]+$/, '').replace(/[\\/]\.git$/, '');
  const name = path.replace(/^.*[\\/:]/s, '').replace(/\.git$/, '');
  return name === '' ? [] : [derived(word, name)];
}

/** A path as git reads it: `:(top)x`, `:/x` and `:x` are `x`, and stars count inside quotes too. */
function fromPathspec(word: Word): Word {
  const path = word.value.replace(/^:(?:\([^)]*\)|[/!^]*:?)/, '');
  return { ...derived(word, path), glob: word.glob || /[*?[]/.test(path) };
}

import { type SimpleCommand, type Word } from './script';

/** What a command writes besides its output, as far as its arguments tell. */
export interface NamedWrites {
  readonly files: readonly Word[];
  /** True when leaving the workspace is what it is for, so that only protected files matter. */
  readonly mayLeave?: boolean;
  /** Why it also writes files that the line does not name. */
  readonly unnamed?: string;
  /** True when it may write whatever its words name, as far as is known here. */
  readonly any?: boolean;
}

const NOTHING: NamedWrites = { files: [] };
const ANYTHING: NamedWrites = { files: [], any: true };

/** The files that a command known to write would write, move or remove. */
export function namedWrites(command: SimpleCommand): NamedWrites {
  const reader = WRITERS.get(command.name);
  return reader ? reader(command.words.slice(1), command) : ANYTHING;
}

type Reader = (args: readonly Word[], command: SimpleCommand) => NamedWrites;

const isFlag = (word: Word): boolean => /^-./.test(word.value);

/** A word like another, with a text of its own. */
function derived(word: Word, value: string): Word {
  const known = word.dynamic === 'no';
  return { ...word, value, forms: [value], pieces: known ? [value] : word.pieces };
}

function operandsOf(args: readonly Word[], valued = ''): readonly Word[] {
  const found: Word[] = [];
  let flags = true;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (!word) continue;
    if (flags && word.value === '--') flags = false;
    else if (!flags || !isFlag(word)) found.push(word);
    else if (/^-[A-Za-z]$/.test(word.value) && valued.includes(word.value[1] ?? ' ')) index += 1;
  }
  return found;
}

const all =
  (valued = ''): Reader =>
  args => ({ files: operandsOf(args, valued) });

const afterFirst: Reader = args => ({ files: operandsOf(args).slice(1) });

/** Of the programs that copy, those whose `-t` names the target; to rsync it means times. */
const COREUTILS = new Set(['cp', 'mv', 'ln', 'install']);

function targetOf(
  args: readonly Word[],
  named: boolean,
): { readonly target: Word | undefined; readonly operands: readonly Word[] } {
  const operands = operandsOf(args, named ? 'tSmog' : '');
  const flag = args.findIndex(word => /^(?:-[a-zA-Z]*t|--target-directory$)/.test(word.value));
  const word = named ? args[flag] : undefined;
  if (!word) return { target: operands.at(-1), operands };
  const [, attached = ''] = /^(?:-[a-zA-Z]*?t|--target-directory)(.*)$/s.exec(word.value) ?? [];
  const text = attached.replace(/^=/, '');
  return { target: text === '' ? args[flag + 1] : derived(word, text), operands };
}

/** `cp a b DEST`: DEST, and what would lie in it if it is a folder. */
const copy =
  (removesSources: boolean): Reader =>
  (args, { name }) => {
    const { target, operands } = targetOf(args, COREUTILS.has(name));
    if (!target) return NOTHING;
    // Under another name of a file, later commands reach the very same content.
    const links = name === 'cp' && args.some(({ value }) => /^-[a-zA-Z]*l|^--link$/.test(value));
    const sources = operands.filter(word => word !== target);
    const slash = /[\\/]$/.test(target.value) ? '' : '/';
    const inside = sources.flatMap(source => {
      const base =
        source.value
          .replace(/[\\/]+$/, '')
          .split(/[\\/]/)
          .at(-1) ?? '';
      return base === '' || base === '.' ? [] : [derived(target, target.value + slash + base)];
    });
    // A folder named as the target is not written itself; what lands in it is.
    const isHere = /^(?:\.{1,2}[\\/]?)+$/.test(target.value) || inside.length > 1;
    const touched = removesSources || links ? sources : [];
    return { files: [...touched, ...(isHere ? [] : [target]), ...inside] };
  };

const inPlace =
  (flag: RegExp, scriptFlag: RegExp): Reader =>
  args => {
    if (!args.some(word => flag.test(word.value))) return NOTHING;
    const given = args.some(word => scriptFlag.test(word.value));
    return { files: operandsOf(args, 'e').slice(given ? 0 : 1) };
  };

const afterFlag =
  (...flags: readonly RegExp[]) =>
  (args: readonly Word[]): NamedWrites => {
    const files: Word[] = [];
    args.forEach((word, index) => {
      for (const flag of flags) {
        const match = flag.exec(word.value);
        if (!match) continue;
        const attached = match[1] ?? '';
        const next = args[index + 1];
        if (attached !== '') files.push(derived(word, attached));
        else if (next) files.push(next);
      }
    });
    return { files };
  };

const secondOperand: Reader = args => ({ files: operandsOf(args, 'fswcl').slice(1, 2) });

/** Short options of curl that take a value, and long ones that write the file they name. */
const CURL_VALUED = 'AbcCdDeEFHKmoPQrtTuUwxXyYz';
const CURL_FILES = [
  ...['--output', '--dump-header', '--cookie-jar', '--trace', '--trace-ascii', '--etag-save'],
  ...['--output-dir', '--hsts', '--alt-svc', '--stderr', '--libcurl'],
];

const curl: Reader = args => {
  const files: Word[] = [];
  let remote = false;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (!word?.value.startsWith('-')) continue;
    const next = args[index + 1];
    if (word.value.startsWith('--')) {
      const [name = '', ...rest] = word.value.split('=');
      remote ||= name.startsWith('--remote-n');
      // curl takes the beginning of a name for the name.
      if (name.length < 4 || !CURL_FILES.some(long => long.startsWith(name))) continue;
      const file = rest.length > 0 ? derived(word, rest.join('=')) : next;
      if (file) files.push(file);
      continue;
    }
    for (let at = 1; at < word.value.length; at += 1) {
      const letter = word.value[at] ?? '';
      remote ||= letter === 'O';
      if (!CURL_VALUED.includes(letter)) continue;
      const attached = word.value.slice(at + 1);
      const file = attached === '' ? next : derived(word, attached);
      if ('ocD'.includes(letter) && file) files.push(file);
      if (attached === '') index += 1;
      break;
    }
  }
  const urls = args.filter(word => /^https?:/.test(word.value));
  return { files: remote ? [...files, ...urls.map(fileOfUrl)] : files };
};

const wget: Reader = args => {
  const { files } = afterFlag(
    /^-[a-zA-Z]*[OoaP](.*)$/,
    /^--(?:output-document|output-file|append-output|directory-prefix)(?:=(.*))?$/,
  )(args);
  const urls = args.filter(word => /^https?:/.test(word.value));
  return {
    files: files.length > 0 ? files.filter(word => word.value !== '-') : urls.map(fileOfUrl),
  };
};

function fileOfUrl(word: Word): Word {
  const path = word.value.split(/[?#]/, 1)[0] ?? '';
  return derived(word, path.slice(path.lastIndexOf('/') + 1) || 'index.html');
}

/** `patch` and `git apply` write what the patch says; a heredoc shows it, a file does not. */
const patch: Reader = (args, command) => {
  const text = command.redirects.find(redirect => redirect.kind === 'text')?.text;
  if (args.some(word => /^--(?:dry-run|check|stat|numstat|summary)$/.test(word.value)))
    return NOTHING;
  if (text === undefined)
    return { files: [], unnamed: 'What the patch writes, the line does not say', any: true };
  const [word] = command.words;
  const names = text
    .split('\n')
    .flatMap(
      line =>
        /^(?:\+\+\+|---) (?:[ab]\/)?([^\t\n]+)/.exec(line)?.[1] ??
        /^(?:rename|copy) to (.+)$/.exec(line)?.[1] ??
        [],
    )
    .filter(name => name !== '/dev/null');
  return {
    files: word
      ? names.map(name => ({ ...derived(word, name), dynamic: 'no', pieces: [name] }))
      : [],
  };
};

/** Options of git whose value is a file or folder it writes. */
const gitOptions = afterFlag(
  /^--(?:separate-git-dir|export-marks|import-marks\S*|output-directory|prefix)(?:=(.*))?$/,
);

const git: Reader = (all, command) => {
  const { folder, args } = pastGitOptions(all);
  const verb = args[0]?.value;
  const operands = operandsOf(args, verb === 'clone' ? 'bo' : '');
  const sub = operands[1]?.value;
  if (verb === 'apply' || verb === 'am') return patch(args, command);
  if (verb === 'config' && args.some(word => /^--(?:gl|sy)/.test(word.value))) {
    return { files: [], unnamed: 'It changes the configuration of every repository' };
  }
  const named = gitFiles(verb, sub, operands).filter(word => !/^\.?[\\/]?$/.test(word.value));
  const { files } = gitOptions(args);
  const inFolder = (word: Word): Word =>
    folder && !/^(?:[\\/~]|[A-Za-z]:)/.test(word.value)
      ? derived(word, `${folder.value}/${word.value}`)
      : word;
  return { files: [...named, ...files].map(inFolder), mayLeave: verb === 'worktree' };
};

/** The folder that `-C` names, and what stands after git's own options. */
function pastGitOptions(all: readonly Word[]): {
  readonly folder: Word | undefined;
  readonly args: readonly Word[];
} {
  let folder: Word | undefined;
  let index = 0;
  while (all[index]?.value.startsWith('-')) {
    const value = all[index]?.value ?? '';
    if (value === '-C') folder = all[index + 1];
    index += /^(?:-C|-c|--(?:git-dir|work-tree|namespace|config-env))$/.test(value) ? 2 : 1;
  }
  return { folder, args: all.slice(index) };
}

/** What the operands of a subcommand write. A branch name among them is no path that matters. */
function gitFiles(
  verb: string | undefined,
  sub: string | undefined,
  operands: readonly Word[],
): readonly Word[] {
  switch (verb) {
    case 'mv':
    case 'rm':
    case 'init':
    case 'checkout':
    case 'checkout-index':
    case 'restore':
      return operands.slice(1);
    case 'clone': {
      const url = operands.findIndex(word => /^\w+:\/\/|^\S+@\S+:/.test(word.value));
      return operands.slice(Math.max(url, 1) + 1);
    }
    case 'worktree':
      return /^(?:add|move)$/.test(sub ?? '') ? operands.slice(2) : [];
    case 'bundle':
      return sub === 'create' ? operands.slice(2, 3) : [];
    case 'submodule':
      return sub === 'add' ? operands.slice(3) : [];
    default:
      return [];
  }
}

const tar: Reader = args => {
  const extracts = args.some(word => /^-?[A-Za-z]*x|^--(?:extract|get)$/.test(word.value));
  if (!extracts) return afterFlag(/^-?[A-Za-z]*f$/, /^--file(?:=(.*))?$/)(createsOnly(args));
  const { files } = afterFlag(/^-C(.*)$/, /^--directory(?:=(.*))?$/)(args);
  return { files, any: true };
};

function createsOnly(args: readonly Word[]): readonly Word[] {
  return args.some(word =>
    /^-?[A-Za-z]*[cru][A-Za-z]*$|^--(?:create|append|update)$/.test(word.value),
  )
    ? args
    : [];
}

/** The files of a cmdlet: `-Path x`, `-FilePath x`, or the first argument without a name. */
const cmdlet =
  (positional: number): Reader =>
  args => {
    const files: Word[] = [];
    const plain: Word[] = [];
    args.forEach((word, index) => {
      const before = args[index - 1];
      const flag = before && isFlag(before) && !before.quoted ? before.value : undefined;
      if (isFlag(word) && !word.quoted) {
        const attached = /^-\w+:(.+)$/.exec(word.value)?.[1];
        if (attached !== undefined) files.push(derived(word, attached));
      } else if (
        flag === undefined ||
        /^-(?:force|recurse|append|noclobber|passthru|confirm)/i.test(flag)
      )
        plain.push(word);
      else if (/^-(?:pa|lit|fi|des|outf|na|ps)/i.test(flag)) files.push(word);
    });
    return { files: [...files, ...plain.slice(0, positional)] };
  };

const cmdTool: Reader = args => ({ files: args.filter(word => !/^\/\w/.test(word.value)) });

/** What stays the same becomes another name of the file in the folder that `--link-dest` names. */
const rsync: Reader = (args, command) => {
  const linked = args.find(({ value }) => value.startsWith('--link-dest='));
  const { files } = copy(false)(args, command);
  return { files: linked ? [...files, derived(linked, linked.value.slice(12))] : files };
};

const WRITING_VERBS = new Set(['install', 'remove', 'apply', 'undo', 'off', 'on']);

/** Checkrein's own command line changes the hooks and permissions that lie in `.kiro`. */
const ownSwitches: Reader = ([verb, action]) =>
  verb && action && WRITING_VERBS.has(action.value) && verb.value !== 'history'
    ? { files: [derived(verb, '.kiro')] }
    : NOTHING;

const dd: Reader = args => ({
  files: args
    .filter(word => word.value.startsWith('of='))
    .map(word => derived(word, word.value.slice(3))),
});

const forAll = (names: string, reader: Reader): readonly (readonly [string, Reader])[] =>
  names.split(' ').map(name => [name, reader]);

const WRITERS: ReadonlyMap<string, Reader> = new Map([
  ...forAll('tee sponge rm rmdir unlink shred mkdir rimraf mkfifo mknod', all()),
  ...forAll('ed ex vi vim nvim view nano pico emacs', all()),
  ...forAll('touch truncate', all('drst')),
  ...forAll('chmod chown chgrp chattr setfacl', afterFirst),
  ...forAll('cp install scp ditto', copy(false)),
  ...forAll('rsync', rsync),
  // A link to a file lets later commands reach it under another name.
  ...forAll('mv ln link', copy(true)),
  ...forAll('gzip gunzip bzip2 xz unxz bunzip2', all('S')),
  ...forAll('sed gsed', inPlace(/^-[a-zA-Z]*i|^--in-?p/, /^-[a-zA-Z]*e$|^--exp/)),
  ...forAll('perl', inPlace(/^-[a-zA-Z]*i/, /^-[a-zA-Z]*e/)),
  ...forAll('dd', dd),
  ...forAll('checkrein', ownSwitches),
  ...forAll('sort', afterFlag(/^-[a-zA-Z]*o(.*)$/, /^--outp\w*(?:=(.*))?$/)),
  ...forAll('uniq xxd', secondOperand),
  ...forAll('split', args => ({ files: operandsOf(args, 'abClnt').slice(1, 2) })),
  ...forAll('curl', curl),
  ...forAll('wget', wget),
  ...forAll('patch', patch),
  ...forAll('git', git),
  ...forAll('tar', tar),
  ...forAll('unzip', args => ({ ...afterFlag(/^-d(.*)$/)(args), any: true })),
  ...forAll('tcpdump', afterFlag(/^-w(.*)$/)),
  ...forAll(
    'set-content sc add-content ac clear-content out-file tee-object new-item ni remove-item ri ' +
      'export-csv',
    cmdlet(1),
  ),
  ...forAll(
    'copy-item cpi move-item mi rename-item rni expand-archive compress-archive',
    cmdlet(2),
  ),
  ...forAll('invoke-webrequest iwr invoke-restmethod', afterFlag(/^-outf\w*$/i)),
  ...forAll('copy move del erase ren rename md rd xcopy robocopy mklink', cmdTool),
]);

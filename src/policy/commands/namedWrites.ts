import { tar } from './archives';
import { git, patch } from './gitWrites';
import type { SimpleCommand, Word } from './script';
import {
  afterFlag,
  ANYTHING,
  derived,
  isFlag,
  type NamedWrites,
  NOTHING,
  operandsOf,
  type Reader,
} from './writeArguments';

/** The files that a command known to write would write, move or remove. */
export function namedWrites(command: SimpleCommand): NamedWrites {
  const reader = WRITERS.get(command.name);
  return reader ? reader(command.words.slice(1), command) : ANYTHING;
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
  const flag = args.findIndex(word =>
    /^(?:-[a-fh-lnp-zA-RT-Z]*t|--t[a-z-]*(?:=|$))/.test(word.value),
  );
  const word = named ? args[flag] : undefined;
  if (!word) return { target: operands.at(-1), operands };
  const [, attached = ''] = /^(?:-[a-fh-lnp-zA-RT-Z]*?t|--t[a-z-]*)(.*)$/s.exec(word.value) ?? [];
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
    const links = name === 'cp' && args.some(({ value }) => /^-[a-zA-Z]*l|^--li?n?k?$/.test(value));
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
    const files = operandsOf(args, 'e').slice(given ? 0 : 1);
    // With a slash in its ending the former text goes to another folder: `-i'.vscode/*'`.
    const kept = afterFlag(/^-[a-zA-Z]*?i(.*\/.*)$/s)(args).files;
    return { files: [...files, ...kept] };
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
  const urls = args.filter(isAddress).map(withoutUrlOption);
  return { files: remote ? [...files, ...urls.map(fileOfUrl)] : files };
};

const wget: Reader = args => {
  const { files } = afterFlag(
    /^-[a-zA-Z]*[OoaP](.*)$/,
    /^--(?:output-[df][a-z]*|ap[a-z-]*|di[a-z]*-p[a-z]*)(?:=(.*))?$/,
  )(args);
  const urls = args.filter(isAddress);
  return {
    files: files.length > 0 ? files.filter(word => word.value !== '-') : urls.map(fileOfUrl),
  };
};

/** What may be an address: curl and wget ask for none of `https://`. */
function isAddress({ value, dynamic }: Word): boolean {
  if (/^https?:/i.test(value)) return true;
  return dynamic === 'no' && /^(?:--url=)?[\w.:-]+\/|^--url=/.test(value);
}

function withoutUrlOption(word: Word): Word {
  return word.value.startsWith('--url=') ? derived(word, word.value.slice(6)) : word;
}

function fileOfUrl(word: Word): Word {
  const path = word.value.split(/[?#]/, 1)[0] ?? '';
  return derived(word, path.slice(path.lastIndexOf('/') + 1) || 'index.html');
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
        /^-(?:force|recurse|append|noc\w*|non\w*|passthru|confirm|container|verbose|whatif|asb\w*)/i.test(
          flag,
        )
      )
        plain.push(word);
      else if (/^-(?:pa|l|fi|f$|d$|des?|outf|n$|na|ne|ps)/i.test(flag)) files.push(word);
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
  ...forAll('sed gsed', inPlace(/^-[a-zA-Z]*i|^--i/, /^-[a-zA-Z]*e$|^--exp/)),
  ...forAll('perl', inPlace(/^-[a-zA-Z]*i/, /^-[a-zA-Z]*e/)),
  ...forAll('dd', dd),
  ...forAll('checkrein', ownSwitches),
  ...forAll('sort', afterFlag(/^-[a-zA-Z]*o(.*)$/, /^--o\w*(?:=(.*))?$/)),
  ...forAll('uniq xxd', secondOperand),
  ...forAll('split', args => ({ files: operandsOf(args, 'abClnt').slice(1, 2) })),
  ...forAll('curl', curl),
  ...forAll('wget', wget),
  ...forAll('patch', patch),
  ...forAll('git', git),
  ...forAll('tar', tar),
  ...forAll('unzip', args => ({ ...afterFlag(/^-[a-zA-Z]*?d(.*)$/)(args), any: true })),
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

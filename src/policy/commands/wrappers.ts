import { cmdShell, joined, posixShell, powerShell } from './nestedShells';
import type { Inner, SimpleCommand, Word } from './script';
import {
  findCommandStart,
  FLOCK,
  PARALLEL,
  SSH,
  WATCH,
  type WrapperOptions,
  WRAPPERS,
  WSL,
  XARGS,
} from './wrapperOptions';

const POSIX_SHELLS = 'sh bash zsh dash ksh ksh93 mksh ash rbash fish yash posh csh tcsh'.split(' ');
const POWERSHELLS = 'powershell pwsh powershell_ise'.split(' ');
const SHELLS: ReadonlySet<string> = new Set([...POSIX_SHELLS, ...POWERSHELLS, 'cmd']);

/** True when the name is a shell: what it is given, it runs. */
export function isShell(name: string): boolean {
  return SHELLS.has(name);
}

/** True when the name is known to run the command that follows it. */
export function isWrapper(name: string): boolean {
  return WRAPPERS.has(name) || OTHER_WRAPPERS.has(name);
}

/** Wrappers with a reader of their own below. */
const OTHER_WRAPPERS = new Set(
  'xargs parallel watch flock chroot dotenv start start-process saps script'.split(' '),
);

/** What a simple command runs in turn; empty for most. */
export function innerCommands(command: SimpleCommand): readonly Inner[] {
  const read = READERS.get(command.name);
  if (!read) return NOTHING;
  const [first, ...args] = command.words;
  return first ? read(args, first, command.name) : NOTHING;
}

/** Reads what follows a command that runs another. */
type Reader = (args: readonly Word[], first: Word, name: string) => readonly Inner[];

const NOTHING: readonly Inner[] = [];

/** What stands after the options: a command, with the doubt there is about where it begins. */
function afterOptions(
  args: readonly Word[],
  options: WrapperOptions,
  more = false,
): { readonly found: readonly Inner[]; readonly words: readonly Word[] } {
  const { index, doubt } = findCommandStart(args, options);
  const words = args.slice(index);
  const found: Inner[] = [];
  // Arguments are counted here from 0, words of the whole command from 1.
  if (doubt) found.push({ kind: 'hidden', reason: doubt.reason, index: doubt.index + 1 });
  if (words.length > 0) found.push({ kind: 'words', index: index + 1, words, more });
  return { found, words };
}

/** The same, for wrappers that hand the rest to a shell as one text. */
function textAfterOptions(args: readonly Word[], options: WrapperOptions): readonly Inner[] {
  const { found, words } = afterOptions(args, options);
  const [first] = words;
  const doubts = found.filter(({ kind }) => kind === 'hidden');
  return first
    ? [...doubts, { kind: 'text', word: joined(words, first), dialect: 'bash' }]
    : doubts;
}

const env: Reader = args => {
  const found: Inner[] = [];
  args.forEach((word, index) => {
    const split = /^(?:-[A-Za-z0]*S(.*)|--s[a-z-]*(?:=(.*))?)$/s.exec(word.value);
    if (!split) return;
    const attached = split[1] ?? split[2] ?? '';
    const text =
      attached === ''
        ? args[index + 1]
        : { ...word, value: attached, forms: [attached], pieces: [attached] };
    if (text) found.push({ kind: 'text', word: text, dialect: 'bash' });
  });
  const { found: inner, words } = afterOptions(args, WRAPPERS.get('env') ?? {});
  const before = args.slice(0, args.length - words.length);
  const moves = before.findIndex(({ value }) => /^-[a-zA-Z0]*C|^--chdir/.test(value));
  if (moves === -1) return [...found, ...inner];
  return [
    ...inner.map(one => (one.kind === 'words' ? { ...one, elsewhere: true as const } : one)),
    ...found,
    { kind: 'hidden', reason: 'it runs in another folder', index: moves + 1 },
  ];
};

const parallel: Reader = args => {
  const { found, words } = afterOptions(args, PARALLEL, true);
  const [first] = words;
  // Without a command it runs the lines it reads.
  if (!first) return [...found, { kind: 'input', dialect: 'bash' }];
  // It hands its arguments to a shell, joined.
  return [...found, { kind: 'text', word: joined(words, first), dialect: 'bash' }];
};

const watch: Reader = args => {
  const direct = args.some(({ value }) => /^-[a-wyzA-Z]*x|^--exec$/.test(value));
  return direct ? afterOptions(args, WATCH).found : textAfterOptions(args, WATCH);
};

const flock: Reader = args => {
  const { found, words } = afterOptions(args, FLOCK);
  const [flag, text] = words;
  if (!flag || !/^(?:-c|--command)$/.test(flag.value)) return found;
  return [
    ...found.filter(({ kind }) => kind === 'hidden'),
    text
      ? { kind: 'text', word: text, dialect: 'bash' }
      : { kind: 'hidden', reason: 'it is given no text to run' },
  ];
};

const findActions: Reader = args => {
  const found: Inner[] = [];
  args.forEach((word, index) => {
    if (!/^-(?:exec|execdir|ok|okdir|x|X|-exec|-exec-batch)$/.test(word.value)) return;
    const tail = args.slice(index + 1);
    const end = tail.findIndex(({ value }) => value === ';' || value === '+');
    const words = end === -1 ? tail : tail.slice(0, end);
    if (words.length > 0) found.push({ kind: 'words', index: index + 2, words, more: true });
  });
  return found;
};

/** `su -c TEXT`, `script -c TEXT`: without the text they start a shell. */
const shellOfItsOwn: Reader = args => {
  const at = args.findIndex(
    ({ value }) => /^-[A-Za-z]*c$/.test(value) || /^--(?:session-)?command$/.test(value),
  );
  const attached = args.find(({ value }) => /^--(?:session-)?command=/.test(value));
  const word = attached
    ? { ...attached, ...textOf(attached.value.replace(/^[^=]*=/, '')) }
    : args[at + 1];
  if ((at !== -1 || attached) && word) return [{ kind: 'text', word, dialect: 'bash' }];
  const dash = args.findIndex(({ value }) => value === '--');
  const words = args.slice(dash + 1).filter(({ value }) => !value.startsWith('-'));
  return [
    { kind: 'hidden', reason: 'it starts a shell' },
    { kind: 'input', dialect: 'bash' },
    ...(words.length > 0 ? [{ kind: 'words', index: dash + 2, words, more: false } as const] : []),
  ];
};

function textOf(value: string): Pick<Word, 'value' | 'forms' | 'pieces'> {
  return { value, forms: [value], pieces: [value] };
}

/** cmd's `start "TITLE" /B COMMAND`. */
const start: Reader = args => {
  let index = args[0]?.quoted === true ? 1 : 0;
  const found: Inner[] = [];
  for (; index < args.length && /^[/-]/.test(args[index]?.value ?? ''); index += 1) {
    const value = args[index]?.value ?? '';
    if (!/^\/(?:b|min|max|wait|i|low|normal|high|abovenormal|belownormal)$/i.test(value)) {
      const reason = `what ${JSON.stringify(value)} means is not known`;
      found.push({ kind: 'hidden', reason, index: index + 1 });
    }
  }
  const words = args.slice(index);
  return words.length === 0
    ? found
    : [...found, { kind: 'words', index: index + 1, words, more: false }];
};

/** PowerShell's Start-Process: its parameters say what runs, in any order. */
const startProcess: Reader = args => {
  const words = args.filter(({ value, quoted }) => quoted || !value.startsWith('-'));
  const doubt = args.findIndex(
    ({ value }) => value.startsWith('-') && !/^-(?:wait|nonewwindow|passthru)$/i.test(value),
  );
  const found: Inner[] = [];
  if (doubt !== -1) {
    found.push({ kind: 'hidden', reason: 'its parameters say what it runs', index: doubt + 1 });
  }
  if (words.length > 0) found.push({ kind: 'words', index: 1, words, more: false });
  return found;
};

/** A wrapper under which the same name may mean another program, or get variables nobody has seen. */
const elsewhere =
  (reason: string, options: WrapperOptions): Reader =>
  args => [{ kind: 'hidden', reason }, ...afterOptions(args, options).found];

const same = (names: readonly string[], reader: Reader): readonly (readonly [string, Reader])[] =>
  names.map(name => [name, reader]);

const READERS: ReadonlyMap<string, Reader> = new Map([
  ...[...WRAPPERS].map(([name, options]): [string, Reader] => [
    name,
    args => afterOptions(args, options).found,
  ]),
  ...same(POSIX_SHELLS, posixShell),
  ...same(POWERSHELLS, (args, _, name) => powerShell(args, name)),
  ...same(['find', 'fd', 'fdfind'], findActions),
  ...same(['su', 'script', 'runuser'], shellOfItsOwn),
  ...same(['start-process', 'saps'], startProcess),
  ['cmd', cmdShell],
  ['env', env],
  ['xargs', args => afterOptions(args, XARGS, true).found],
  ['parallel', parallel],
  ['watch', watch],
  ['flock', flock],
  ['start', start],
  ['chroot', elsewhere('it runs in another root', { operands: 1 })],
  ['dotenv', elsewhere('it sets variables from a file', { valued: 'e' })],
  ['eval', (args, first) => [{ kind: 'text', word: joined(args, first), dialect: 'bash' }]],
  ['ssh', args => textAfterOptions(args, SSH)],
  ['wsl', args => textAfterOptions(args, WSL)],
  [
    'trap',
    args => {
      const text = args[0]?.value === '--' ? args[1] : args[0];
      return text ? [{ kind: 'text', word: text, dialect: 'bash' }] : NOTHING;
    },
  ],
]);

import type { ShellDialect } from '../toolCall';
import { type SimpleCommand, UNKNOWN, type Word } from './script';

/** Something a command runs in turn. */
export type Inner =
  /** The words from `index` on are a command; `more` when unknown arguments are added to them. */
  | {
      readonly kind: 'words';
      readonly index: number;
      readonly words: readonly Word[];
      readonly more: boolean;
    }
  /** A text that a shell will read. */
  | { readonly kind: 'text'; readonly word: Word; readonly dialect: ShellDialect }
  /** A shell that reads its commands from a pipe, a heredoc or a here-string. */
  | { readonly kind: 'input'; readonly dialect: ShellDialect }
  /** Runs something that the line does not show. */
  | { readonly kind: 'hidden'; readonly reason: string };

/** Flags of a wrapper that take their value from the next argument. */
const WRAPPERS: Readonly<Record<string, { readonly valued: string; readonly skip?: number }>> = {
  nice: { valued: 'n' },
  nohup: { valued: '' },
  timeout: { valued: 'ks', skip: 1 },
  gtimeout: { valued: 'ks', skip: 1 },
  time: { valued: 'fo' },
  stdbuf: { valued: 'ioe' },
  setsid: { valued: '' },
  ionice: { valued: 'cnp' },
  chrt: { valued: 'TPD', skip: 1 },
  taskset: { valued: '', skip: 1 },
  command: { valued: '' },
  builtin: { valued: '' },
  exec: { valued: 'a' },
  noglob: { valued: '' },
  nocorrect: { valued: '' },
  watch: { valued: 'nd' },
  caffeinate: { valued: 'tw' },
  unbuffer: { valued: '' },
  strace: { valued: 'eopsuEIPO' },
  ltrace: { valued: 'eopsuEIPO' },
  unshare: { valued: '' },
  chroot: { valued: '', skip: 1 },
  flock: { valued: 'wE', skip: 1 },
  catchsegv: { valued: '' },
  dbus_run_session: { valued: '' },
  busybox: { valued: '' },
  toybox: { valued: '' },
  sudo: { valued: 'ugphCDRrTtU' },
  doas: { valued: 'uC' },
  gsudo: { valued: 'u' },
  run0: { valued: 'u' },
  dotenv: { valued: 'e' },
  'cross-env': { valued: '' },
  // cmd.exe and PowerShell
  call: { valued: '' },
  start: { valued: '' },
  'start-process': { valued: '' },
  saps: { valued: '' },
};

const POSIX_SHELLS = 'sh bash zsh dash ksh ksh93 mksh ash rbash fish yash posh csh tcsh'.split(' ');
const POWERSHELLS = 'powershell pwsh powershell_ise'.split(' ');
const SHELLS: ReadonlySet<string> = new Set([...POSIX_SHELLS, ...POWERSHELLS, 'cmd']);

/** True when the name is a shell: what it is given, it runs. */
export function isShell(name: string): boolean {
  return SHELLS.has(name);
}

/** True when the name is known to run the command that follows it. */
export function isWrapper(name: string): boolean {
  return Object.hasOwn(WRAPPERS, name) || ['env', 'xargs', 'parallel'].includes(name);
}

/** What a simple command runs in turn; empty for most. */
export function innerCommands(command: SimpleCommand): readonly Inner[] {
  const read = READERS.get(command.name);
  if (!read) return NOTHING;
  const [first, ...args] = command.words;
  return first ? read(args, first) : NOTHING;
}

/** Reads what follows a command that runs another. */
type Reader = (args: readonly Word[], first: Word) => readonly Inner[];

const NOTHING: readonly Inner[] = [];

/** The index of the first argument that is neither a flag nor a flag's value nor `NAME=value`. */
function skipFlags(args: readonly Word[], valued: string, assignments = false): number {
  let index = 0;
  while (index < args.length) {
    const value = args[index]?.value ?? '';
    if (value === '--') return index + 1;
    if (/^-[A-Za-z]$/.test(value) && valued.includes(value[1] ?? ' ')) index += 2;
    else if (/^-./.test(value) || /^\/(?!.*\/)\w/.test(value)) index += 1;
    else if (assignments && /^\w+=/.test(value)) index += 1;
    else break;
  }
  return index;
}

/** `index` counts the arguments; in the whole command the words begin one later. */
function rest(args: readonly Word[], index: number, more = false): readonly Inner[] {
  const words = args.slice(index);
  return words.length === 0 ? [] : [{ kind: 'words', index: index + 1, words, more }];
}

function posixShell(args: readonly Word[]): readonly Inner[] {
  const dash = args.findIndex(({ value }) => value === '--');
  const flags = dash === -1 ? args : args.slice(0, dash);
  const at = flags.findIndex(
    ({ value }) => /^[-+][A-Za-z]*c[A-Za-z]*$/.test(value) || value === '--command',
  );
  if (at !== -1) {
    const operand = args.slice(at + 1).find(({ value }) => !/^[-+]/.test(value));
    return operand
      ? [{ kind: 'text', word: operand, dialect: 'bash' }]
      : [{ kind: 'hidden', reason: 'the shell is given no text to run' }];
  }
  if (flags.some(({ value }) => /^--(?:rcfile|init-file)|^-[A-Za-z]*[il]/.test(value))) {
    return [
      { kind: 'hidden', reason: 'it runs start-up files' },
      { kind: 'input', dialect: 'bash' },
    ];
  }
  const script = args[skipFlags(args, 'oO')];
  if (!script || script.value === '-' || /^\/dev\/(?:stdin|fd\/0)$/.test(script.value)) {
    return [{ kind: 'input', dialect: 'bash' }];
  }
  return [{ kind: 'hidden', reason: `it runs the file ${JSON.stringify(script.value)}` }];
}

function powerShell(args: readonly Word[]): readonly Inner[] {
  const encoded = args.findIndex(({ value }) => /^[-/]e(?:c|nc?|nco\w*)?$/i.test(value));
  if (encoded !== -1) {
    const word = args[encoded + 1];
    const text = word && decodeUtf16(word.value);
    if (!word || text === undefined) return [{ kind: 'hidden', reason: 'its text is encoded' }];
    return [
      {
        kind: 'text',
        word: { ...word, value: text, forms: [text], pieces: [text] },
        dialect: 'powershell',
      },
    ];
  }
  const at = args.findIndex(({ value }) => /^[-/]c(?:o\w*)?$/i.test(value));
  const from = at === -1 ? firstOperand(args) : at + 1;
  if (args.some(({ value }) => /^[-/]f(?:i\w*)?$/i.test(value))) {
    return [{ kind: 'hidden', reason: 'it runs a script file' }];
  }
  const words = args.slice(from);
  const [first] = words;
  if (!first || first.value === '-') return [{ kind: 'input', dialect: 'powershell' }];
  return [{ kind: 'text', word: joined(words, first), dialect: 'powershell' }];
}

function firstOperand(args: readonly Word[]): number {
  let index = 0;
  while (index < args.length) {
    const value = args[index]?.value ?? '';
    if (
      /^[-/](?:ex?p?\w*|w(?:in\w*)?|version|inputf\w*|outputf\w*|psconsole\w*|config\w*)$/i.test(
        value,
      )
    )
      index += 2;
    else if (/^[-/]\w/.test(value)) index += 1;
    else break;
  }
  return index;
}

/** PowerShell's -EncodedCommand: base64 of UTF-16LE. Undefined when it is no such thing. */
function decodeUtf16(text: string): string | undefined {
  const bytes = decodeBase64(text);
  if (!bytes || bytes.length % 2 !== 0) return undefined;
  let decoded = '';
  for (let at = 0; at < bytes.length; at += 2) {
    decoded += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  }
  return decoded;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Decodes base64; undefined for text that is none. */
export function decodeBase64(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text.replace(/=+$/, '')) {
    const digit = BASE64.indexOf(character);
    if (digit === -1) return undefined;
    value = ((value << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return bytes;
}

function cmd(args: readonly Word[]): readonly Inner[] {
  const at = args.findIndex(({ value }) => /^\/[ckr]/i.test(value));
  const flag = args[at];
  if (!flag) return [{ kind: 'input', dialect: 'cmd' }];
  const attached = flag.value.slice(2);
  const words = args.slice(at + 1);
  const text = attached === '' ? words : [{ ...flag, value: attached }, ...words];
  const [first] = text;
  if (!first) return [{ kind: 'input', dialect: 'cmd' }];
  return [{ kind: 'text', word: joined(text, first), dialect: 'cmd' }];
}

function env(args: readonly Word[]): readonly Inner[] {
  const found: Inner[] = [];
  args.forEach((word, index) => {
    const split = /^(?:-[A-Za-z0]*S|--s(?:p|pl|pli|plit(?:-string)?)?=?)(.*)$/s.exec(word.value);
    if (!split) return;
    const attached = split[1] ?? '';
    const text =
      attached === ''
        ? args[index + 1]
        : { ...word, value: attached, forms: [attached], pieces: [attached] };
    if (text) found.push({ kind: 'text', word: text, dialect: 'bash' });
  });
  return [...found, ...rest(args, skipFlags(args, 'uC', true))];
}

function xargs(args: readonly Word[], name: string): readonly Inner[] {
  const found = rest(args, skipFlags(args, name === 'xargs' ? 'IadELnPsR' : 'jIaSN'), true);
  // GNU parallel hands its arguments to a shell, joined.
  const [inner] = found;
  if (name === 'parallel' && inner?.kind === 'words') {
    const [first] = inner.words;
    if (first)
      return [...found, { kind: 'text', word: joined(inner.words, first), dialect: 'bash' }];
  }
  return found;
}

function findActions(args: readonly Word[]): readonly Inner[] {
  const found: Inner[] = [];
  args.forEach((word, index) => {
    if (!/^-(?:exec|execdir|ok|okdir|x|X|-exec|-exec-batch)$/.test(word.value)) return;
    const tail = args.slice(index + 1);
    const end = tail.findIndex(({ value }) => value === ';' || value === '+');
    const words = end === -1 ? tail : tail.slice(0, end);
    if (words.length > 0) found.push({ kind: 'words', index: index + 2, words, more: true });
  });
  return found;
}

function flagText(args: readonly Word[], flag: string): readonly Inner[] {
  const at = args.findIndex(({ value }) => /^-[A-Za-z]+$/.test(value) && value.includes(flag));
  const word = args[at + 1];
  return at === -1 || !word ? [] : [{ kind: 'text', word, dialect: 'bash' }];
}

function ssh(args: readonly Word[]): readonly Inner[] {
  const words = args.slice(skipFlags(args, 'bcDEeFIiJLlmOopQRSWw') + 1);
  const [first] = words;
  return first ? [{ kind: 'text', word: joined(words, first), dialect: 'bash' }] : [];
}

function wsl(args: readonly Word[]): readonly Inner[] {
  const at = args.findIndex(({ value }) => /^(?:-e|--exec|--|-u|--user|-d)$/.test(value));
  const words = args.slice(at === -1 ? 0 : at + 1);
  const [first] = words;
  return first ? [{ kind: 'text', word: joined(words, first), dialect: 'bash' }] : [];
}

/** Several arguments as the one text that a shell will see. */
function joined(words: readonly Word[], first: Word): Word {
  const value = words.map(word => word.value).join(' ');
  const pieces = words.flatMap((word, index) =>
    index === 0 ? word.pieces : [' ', ...word.pieces],
  );
  const unknown = value.includes(UNKNOWN);
  return {
    ...first,
    end: words.at(-1)?.end ?? first.end,
    value,
    forms: [value],
    pieces,
    dynamic: unknown ? 'split' : 'no',
    commands: words.flatMap(word => word.commands),
  };
}

const READERS: ReadonlyMap<string, Reader> = new Map([
  ...Object.entries(WRAPPERS).map(([name, { valued, skip = 0 }]): [string, Reader] => [
    name,
    args => rest(args, skipFlags(args, valued) + skip),
  ]),
  ...POSIX_SHELLS.map((name): [string, Reader] => [name, posixShell]),
  ...POWERSHELLS.map((name): [string, Reader] => [name, powerShell]),
  ...['find', 'fd', 'fdfind'].map((name): [string, Reader] => [name, findActions]),
  ...['su', 'script', 'runuser'].map((name): [string, Reader] => [
    name,
    args => flagText(args, 'c'),
  ]),
  ['cmd', cmd],
  ['env', env],
  ['xargs', args => xargs(args, 'xargs')],
  ['parallel', args => xargs(args, 'parallel')],
  ['eval', (args, first) => [{ kind: 'text', word: joined(args, first), dialect: 'bash' }]],
  ['ssh', ssh],
  ['trap', ([text]) => (text ? [{ kind: 'text', word: text, dialect: 'bash' }] : NOTHING)],
  ['wsl', wsl],
]);

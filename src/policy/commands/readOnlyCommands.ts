import type { ReasonCode, Rule, SourceRange } from '../decision';
import type { ShellDialect } from '../toolCall';
import type { CommandContext, OptionalReading } from './commandVerdict';
import { readTrouble } from './namedPaths';
import { type SimpleCommand, UNKNOWN, type Word } from './script';
import type { ReadOnlyProfile } from './readOnlyProfile';
import { readingAws } from './awsCommands';
import { suggestedProfile } from './suggestions';

export type ReadOnlyVerdict =
  | { readonly readOnly: true; readonly reads: readonly Word[] }
  | {
      readonly readOnly: false;
      readonly code: ReasonCode;
      readonly reason: string;
      readonly range?: SourceRange;
      readonly rule?: Rule;
    };

const UNKNOWN_COMMAND: ReadOnlyVerdict = {
  readOnly: false,
  code: 'untrustedCommand',
  reason: 'No trusted command covers it, and it is not one of the built-in read-only commands',
};

/** Judges a simple command by its name, its flags and the paths it names. */
export function judgeReadOnly(
  command: SimpleCommand,
  context: CommandContext,
  cwds: readonly string[] | undefined,
  optional: OptionalReading,
): ReadOnlyVerdict {
  const [name] = command.words;
  const args = command.words.slice(1);
  const profile = name && profileOf(name, args, command.dialect, optional);
  if (!profile) return UNKNOWN_COMMAND;
  const refused = profile.refuses?.(args) ?? commonParameter(args, command.dialect);
  if (refused) {
    const shown = JSON.stringify(refused.value);
    const reason = `With ${shown} it does more than read`;
    return { readOnly: false, code: 'riskyArgument', reason, range: refused };
  }
  const reads = profile.files(args);
  if (!profile.anyArgument) {
    const unknown = args.find(word => !reads.includes(word) && isUnclear(word));
    if (unknown) {
      const reason = 'What its argument will be, only the shell will know';
      return { readOnly: false, code: 'shellStructure', reason, range: unknown };
    }
  }
  for (const word of reads) {
    const trouble = readTrouble(word, context, cwds, profile);
    if (trouble) return { readOnly: false, ...trouble, range: word };
  }
  return pipedFiles(command, context, cwds) ?? { readOnly: true, reads };
}

/** PowerShell's `ls | cat` reads the files that are listed, hidden ones with `-Force`. */
function pipedFiles(
  command: SimpleCommand,
  context: CommandContext,
  cwds: readonly string[] | undefined,
): ReadOnlyVerdict | undefined {
  if (command.dialect !== 'powershell' || command.pipedFrom.length === 0) return undefined;
  const name = command.words[0]?.value.toLowerCase() ?? '';
  if (![getContent, selectString].includes(POWERSHELL.get(name) ?? gci)) return undefined;
  for (const { words } of command.pipedFrom) {
    const [lister, ...args] = words;
    if (POWERSHELL.get(lister?.value.toLowerCase() ?? '') !== gci) continue;
    const hidden = args.find(word => /^-(?:fo\w*|h\w*|att\w*)$/i.test(word.value));
    if (hidden) {
      const reason = 'It would read hidden files, which may hold secrets';
      return { readOnly: false, code: 'secretFile', reason, range: command };
    }
    for (const word of gci.files(args)) {
      const trouble = readTrouble(word, context, cwds);
      if (trouble) return { readOnly: false, ...trouble, range: command };
    }
  }
  return undefined;
}

/** An argument that could turn out to be a flag, or several arguments. */
function isUnclear(word: Word): boolean {
  return word.dynamic === 'split' || word.forms.some(form => form.startsWith(UNKNOWN));
}

const isFlag = (word: Word): boolean => word.value.startsWith('-') && word.value !== '-';
const none = (): readonly Word[] => [];

/** Arguments that are no flags, skipping the values of flags that take one. */
function operands(args: readonly Word[], valued: string): readonly Word[] {
  const found: Word[] = [];
  let flags = true;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (!word) continue;
    if (flags && word.value === '--') flags = false;
    else if (!flags || !isFlag(word)) found.push(word);
    else if (/^-[A-Za-z]+$/.test(word.value) && valued.includes(word.value.at(-1) ?? ' '))
      index += 1;
    else if (/^--(?:pid|max-unchanged-stats|sleep-interval|lines|bytes)$/.test(word.value))
      index += 1;
  }
  return found;
}

/** `find` primaries that run or write something, as the start of a longer name; see GNU find(1). */
const FIND_ACTION = /^-(?:exec|ok|delete|fprint|fls|files0)/;

const find: ReadOnlyProfile = {
  refuses: args =>
    args.find(
      // Braces can build a primary out of pieces, and dash leaves them alone.
      word => word.forms.length > 1 || word.forms.some(form => FIND_ACTION.test(form)),
    ),
  files: args => {
    const first = args.findIndex(
      word => (isFlag(word) && !/^-[HLPDO]/.test(word.value)) || /^[(!,)]$/.test(word.value),
    );
    return operands(first === -1 ? args : args.slice(0, first), 'D');
  },
};

/** What a flag of grep takes: the pattern, a file, or a value that is neither. */
type GrepValue = 'pattern' | 'file' | 'other';
interface GrepFlag {
  readonly takes: GrepValue;
  /** The value when it is attached (`-ffile`, `--file=x`); undefined when the next word is it. */
  readonly attached: string | undefined;
}

const GREP_SHORT: Readonly<Record<string, GrepValue>> = {
  ...{ e: 'pattern', f: 'file', A: 'other', B: 'other', C: 'other', m: 'other', d: 'other' },
  D: 'other',
};
const GREP_LONG: readonly (readonly [string, GrepValue])[] = [
  ['--regexp', 'pattern'],
  ['--file', 'file'],
  ['--exclude-from', 'file'],
  // `--include=.env` reads that file in particular.
  ['--include', 'file'],
  ['--exclude', 'other'],
  ['--exclude-dir', 'other'],
  ['--after-context', 'other'],
  ['--before-context', 'other'],
  ['--context', 'other'],
  ['--max-count', 'other'],
  ['--label', 'other'],
  ['--binary-files', 'other'],
  ['--devices', 'other'],
  ['--directories', 'other'],
  ['--group-separator', 'other'],
];

/** Reads a flag the way getopt does: a cluster ends at the first letter that takes a value. */
function grepFlag(value: string): GrepFlag | undefined {
  if (value.startsWith('--')) {
    const [name = '', ...rest] = value.split('=');
    const exact = GREP_LONG.find(([long]) => long === name);
    const found = exact ?? GREP_LONG.find(([long]) => name.length > 3 && long.startsWith(name));
    return found && { takes: found[1], attached: rest.length > 0 ? rest.join('=') : undefined };
  }
  for (let at = 1; at < value.length; at += 1) {
    const takes = GREP_SHORT[value[at] ?? ''];
    if (takes) return { takes, attached: value.slice(at + 1) || undefined };
  }
  return undefined;
}

/** `grep`: the first operand is the pattern unless `-e` or `-f` gave one. */
const grep: ReadOnlyProfile = {
  files: args => {
    const files: Word[] = [];
    const plain: Word[] = [];
    let hasPattern = false;
    let flags = true;
    for (let index = 0; index < args.length; index += 1) {
      const word = args[index];
      if (!word) continue;
      if (!flags || !isFlag(word)) {
        plain.push(word);
        continue;
      }
      if (word.value === '--') flags = false;
      const flag = grepFlag(word.value);
      if (!flag) continue;
      const next = args[index + 1];
      if (flag.attached === undefined) index += 1;
      // A pattern may come from a file: then no operand is one.
      if (flag.takes === 'pattern' || /^-[^-]|^--f/.test(word.value))
        hasPattern ||= flag.takes !== 'other';
      if (flag.takes !== 'file') continue;
      if (flag.attached !== undefined) files.push(suffixOf(word, flag.attached));
      else if (next) files.push(next);
    }
    return [...files, ...(hasPattern ? plain : plain.slice(1))];
  },
};

/** The end of a word as a word of its own: the file in `-f../x`. */
function suffixOf(word: Word, value: string): Word {
  return { ...word, value, forms: [value] };
}

const cat: ReadOnlyProfile = { files: args => operands(args, '').filter(w => w.value !== '-') };
const head: ReadOnlyProfile = { files: args => operands(args, 'ncs').filter(w => w.value !== '-') };

const LISTS_ALL: ReadonlyMap<string, ReadOnlyProfile> = new Map(
  Object.entries<ReadOnlyProfile>({
    ls: {
      files: args => operands(args, 'IwT'),
      namesOnly: true,
      // A listing of everything below is a search, and a search stays in the workspace.
      refuses: args =>
        args.find(
          word =>
            /^-[A-Za-z]*R|^--rec/.test(word.value) &&
            args.some(arg => /^[/~]|\.\./.test(arg.value)),
        ),
    },
    cat,
    echo: { files: none, anyArgument: true },
    pwd: { files: none },
    which: { files: none },
    head,
    tail: head,
    find,
    grep,
  }),
);

/** PowerShell parameters whose value is text, not a file; abbreviations included. */
const TEXT_PARAMETER =
  /^-(?:patt\w*|exc\w*|first|fi|last|tail|total\w*|head|enc\w*|depth|attr\w*|erroraction|ea|warningaction|wa|context|delim\w*|readcount|culture|stream)$/i;

function cmdletFiles(args: readonly Word[], hasPattern: boolean): readonly Word[] {
  const files: Word[] = [];
  let pattern = hasPattern && !args.some(word => /^-patt/i.test(word.value));
  args.forEach((word, index) => {
    if (isFlag(word) && !word.quoted) {
      // `-Path:x` carries its value along.
      const attached = /^-(?:p|path|literalpath|lp|pspath)\w*:(.+)$/is.exec(word.value)?.[1];
      if (attached !== undefined) files.push(suffixOf(word, attached));
      return;
    }
    const before = args[index - 1];
    if (before && !before.quoted && TEXT_PARAMETER.test(before.value)) return;
    if (pattern) pattern = false;
    else files.push(...listItems(word));
  });
  return files;
}

/** `a,b` is a list of two files. */
function listItems(word: Word): readonly Word[] {
  if (word.quoted || word.dynamic !== 'no' || !word.value.includes(',')) return [word];
  return word.value
    .split(',')
    .filter(item => item !== '')
    .map(item => suffixOf(word, item));
}

const gci: ReadOnlyProfile = {
  files: args => cmdletFiles(args, false),
  namesOnly: true,
  refuses: args =>
    args.find(
      word =>
        /^-r(?:ec\w*)?$|^-s$/i.test(word.value) &&
        args.some(arg => /^[\\/~]|\.\.|^[A-Za-z]:/.test(arg.value)),
    ),
};
const getContent: ReadOnlyProfile = { files: args => cmdletFiles(args, false) };
const selectString: ReadOnlyProfile = { files: args => cmdletFiles(args, true) };
const output: ReadOnlyProfile = { files: none, anyArgument: true };

const POWERSHELL: ReadonlyMap<string, ReadOnlyProfile> = new Map(
  Object.entries<ReadOnlyProfile>({
    ls: gci,
    dir: gci,
    gci,
    'get-childitem': gci,
    cat: getContent,
    gc: getContent,
    type: getContent,
    'get-content': getContent,
    echo: output,
    write: output,
    'write-output': output,
    pwd: { files: none },
    gl: { files: none },
    'get-location': { files: none },
    'select-string': selectString,
    sls: selectString,
    which: { files: none },
    'where.exe': { files: none },
    head,
    tail: head,
    grep,
    find,
  }),
);

const isSwitch = (word: Word): boolean => word.value.startsWith('/') && !word.quoted;
const noSwitches = (args: readonly Word[]): readonly Word[] => args.filter(w => !isSwitch(w));

/** cmd's `find` looks for a text, GNU's runs things; which one answers depends on PATH. */
const cmdFind: ReadOnlyProfile = {
  // The first quoted argument is the text, all others are files.
  files: args => {
    const text = noSwitches(args).find(word => word.quoted);
    return noSwitches(args).filter(word => word !== text);
  },
  ...(find.refuses && { refuses: find.refuses }),
};
const findstr: ReadOnlyProfile = {
  files: args => {
    const listed = args
      .map(word => ({ word, file: /^\/[dfg]:(.+)$/i.exec(word.value)?.[1] }))
      .flatMap(({ word, file }) => (file === undefined ? [] : [suffixOf(word, file)]));
    const given = args.some(word => /^\/[cg]:/i.test(word.value));
    return [...listed, ...noSwitches(args).slice(given ? 0 : 1)];
  },
};

const CMD: ReadonlyMap<string, ReadOnlyProfile> = new Map(
  Object.entries<ReadOnlyProfile>({
    dir: {
      files: noSwitches,
      namesOnly: true,
      refuses: args =>
        args.find(
          word =>
            /^\/s/i.test(word.value) &&
            args.some(
              arg => /^[A-Za-z]:|\.\.|^\\/.test(arg.value) || /^"?[A-Za-z]:/.test(arg.value),
            ),
        ),
    },
    type: { files: noSwitches },
    echo: { files: none, anyArgument: true },
    where: { files: none, refuses: args => args.find(word => word.value.includes('\\\\')) },
    find: cmdFind,
    findstr,
    ls: { files: args => operands(args, 'IwT'), namesOnly: true },
    cat,
    pwd: { files: none },
    which: { files: none },
    head,
    tail: head,
    grep,
  }),
);

const TABLES = { bash: LISTS_ALL, powershell: POWERSHELL, cmd: CMD } as const;

function profileOf(
  name: Word,
  args: readonly Word[],
  dialect: ShellDialect,
  optional: OptionalReading,
): ReadOnlyProfile | undefined {
  if (name.dynamic !== 'no' || name.glob || name.forms.length > 1) return undefined;
  // A quoted name is never a command of cmd itself.
  if (dialect === 'cmd' && name.quoted) return undefined;
  const table = TABLES[dialect];
  const key = dialect === 'bash' ? name.value : name.value.toLowerCase();
  // In cmd a bare `cd` prints where it is.
  if (dialect === 'cmd' && key === 'cd' && args.length === 0) return { files: none };
  const profile = table.get(key);
  if (profile) return profile;
  if (optional.readingAws && key === 'aws') return readingAws(args);
  return optional.suggestions ? suggestedProfile(key, args, dialect) : undefined;
}

/**
 * Parameters every cmdlet has that write a variable or stop in the debugger: `-OutVariable
 * PSDefaultParameterValues` changes all later commands (Claude Code 2.1.232).
 */
export function commonParameter(args: readonly Word[], dialect: ShellDialect): Word | undefined {
  if (dialect !== 'powershell') return undefined;
  return args.find((word, index) => {
    if (word.quoted) return false;
    if (
      /^-(?:[eowip]v|outv\w*|errorv\w*|warningv\w*|info\w*v\w*|pipel\w*|outb\w*)(?::|$)/i.test(
        word.value,
      )
    ) {
      return true;
    }
    const attached = /^-\w*a(?:ction)?:(.*)$/i.exec(word.value)?.[1];
    const before = args[index - 1]?.value ?? '';
    const action = attached ?? (/^-(?:\w+a\w*|ea|wa|ia|proga)$/i.test(before) ? word.value : '');
    return (
      /^(?:b\w*|susp\w*|inq\w*|4|5|2)$/i.test(action) &&
      /^-\w*a/i.test(attached === undefined ? before : word.value)
    );
  });
}

import { type Inner, UNKNOWN, type Word } from './script';

/** `sh -c TEXT`, `bash FILE`, or a shell that reads its commands. */
export function posixShell(args: readonly Word[]): readonly Inner[] {
  const dash = args.findIndex(({ value }) => value === '--');
  const flags = dash === -1 ? args : args.slice(0, dash);
  const at = flags.findIndex(
    ({ value }) => /^[-+][A-Za-z]*c[A-Za-z]*$/.test(value) || value === '--command',
  );
  const startUp = flags.some(({ value }) => /^--(?:rcfile|init-)|^-C$/.test(value));
  const hidden: readonly Inner[] = startUp
    ? [{ kind: 'hidden', reason: 'it runs a start-up file' }]
    : [];
  if (at !== -1) {
    const operand = args.slice(at + 1).find(({ value }) => !/^[-+]/.test(value));
    if (!operand) return [{ kind: 'hidden', reason: 'the shell is given no text to run' }];
    return [...hidden, { kind: 'text', word: operand, dialect: 'bash' }];
  }
  if (startUp || flags.some(({ value }) => /^-[A-Za-z]*[il]/.test(value))) {
    return [
      { kind: 'hidden', reason: 'it runs start-up files' },
      { kind: 'input', dialect: 'bash' },
    ];
  }
  const script = args[firstOperandOfShell(args)];
  if (!script || script.value === '-' || /^\/dev\/(?:stdin|fd\/0)$/.test(script.value)) {
    return [{ kind: 'input', dialect: 'bash' }];
  }
  const reads = flags.some(({ value }) => /^-[A-Za-z]*s/.test(value));
  if (reads) return [{ kind: 'input', dialect: 'bash' }];
  return [{ kind: 'hidden', reason: `it runs the file ${JSON.stringify(script.value)}` }];
}

function firstOperandOfShell(args: readonly Word[]): number {
  let index = 0;
  while (index < args.length) {
    const value = args[index]?.value ?? '';
    if (value === '--') return index + 1;
    if (/^[-+][oO]$/.test(value)) index += 2;
    else if (/^[-+]./.test(value)) index += 1;
    else break;
  }
  return index;
}

/** Parameters of PowerShell itself that take no value, with how much of the name it needs. */
const PLAIN_PARAMETERS: readonly (readonly [string, number])[] = [
  ['noprofile', 3],
  ['noninteractive', 4],
  ['nologo', 3],
  ['noexit', 3],
  ['sta', 3],
  ['mta', 3],
];
const VALUED_PARAMETERS: readonly (readonly [string, number])[] = [
  ['executionpolicy', 2],
  ['ep', 2],
  ['windowstyle', 1],
  ['inputformat', 3],
  ['outputformat', 1],
];

/** `powershell -c TEXT`, its encoded form, a script file, or one that reads its commands. */
export function powerShell(args: readonly Word[], name: string): readonly Inner[] {
  const encoded = args.findIndex(({ value }) => /^[-/]e(?:c|nc?|nco\w*)?$/i.test(value));
  if (encoded !== -1) return encodedText(args[encoded + 1]);
  let index = 0;
  for (; index < args.length; index += 1) {
    const parameter = /^[-/](\w+)$/.exec(args[index]?.value ?? '')?.[1]?.toLowerCase();
    if (parameter === undefined || /^c(?:o\w*)?$/.test(parameter)) break;
    const among = (list: typeof PLAIN_PARAMETERS): boolean =>
      list.some(([full, least]) => parameter.length >= least && full.startsWith(parameter));
    if (among(VALUED_PARAMETERS)) index += 1;
    else if (!among(PLAIN_PARAMETERS)) return doubtful(args, index);
  }
  const isText = /^[-/]c/i.test(args[index]?.value ?? '');
  const words = args.slice(isText ? index + 1 : index);
  const [first] = words;
  if (!first || first.value === '-') return [{ kind: 'input', dialect: 'powershell' }];
  const text: Inner = { kind: 'text', word: joined(words, first), dialect: 'powershell' };
  // What pwsh is given without a parameter is a file, to powershell.exe it is a command.
  return isText || name !== 'pwsh'
    ? [text]
    : [{ kind: 'hidden', reason: 'it runs a script file' }, text];
}

/** A parameter that nobody knows may take a value; the never list still sees the rest. */
function doubtful(args: readonly Word[], index: number): readonly Inner[] {
  const shown = JSON.stringify(args[index]?.value ?? '');
  const rest = args.slice(index + 1);
  const command = rest.findIndex(({ value }) => /^[-/]c(?:o\w*)?$/i.test(value));
  const words = rest.slice(command + 1);
  const [first] = words;
  return [
    { kind: 'hidden', reason: `what ${shown} runs is not known` },
    ...(first
      ? [{ kind: 'text', word: joined(words, first), dialect: 'powershell' } as const]
      : []),
  ];
}

function encodedText(word: Word | undefined): readonly Inner[] {
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

/** `cmd /c TEXT`: the rest of the line is one text, whatever quotes stood in it. */
export function cmdShell(args: readonly Word[]): readonly Inner[] {
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

/** Several arguments as the one text that a shell will see. */
export function joined(words: readonly Word[], first: Word): Word {
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

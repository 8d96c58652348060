import { commandName, type SimpleCommand, UNKNOWN, type Word } from '../script';
import { isShell } from '../wrappers';

const DOWNLOADS = new Set(
  'curl wget fetch aria2c http https httpie xh iwr irm invoke-webrequest invoke-restmethod lynx bitsadmin start-bitstransfer nc ncat socat'.split(
    ' ',
  ),
);
const DECODES = new Set(
  'base64 base32 basenc xxd openssl uudecode gunzip zcat unxz bzip2 rev tr certutil gpg'.split(' '),
);
const INTERPRETERS = new Set(
  'node nodejs deno bun perl ruby php lua osascript tclsh rscript'.split(' '),
);

/** Text that is fetched from somewhere, or unpacked from something nobody can read. */
function isDownload(command: SimpleCommand): boolean {
  return command.words.some((word, index) => index < 4 && DOWNLOADS.has(nameOf(word, command)));
}

/** True for `base64 -d` and its like: what comes out of it was hidden on purpose. */
export function isDecoder(command: SimpleCommand): boolean {
  const { name } = command;
  const args = command.words.slice(1);
  if (name === 'rev' || name === 'tr') return true;
  return (
    DECODES.has(name) &&
    (/^(?:gunzip|zcat|unxz|uudecode)$/.test(name) ||
      args.some(({ value }) => /^-[a-zA-Z]*[dDr]|^--d|^-decode|^dec|^enc$/.test(value)))
  );
}

/** True when the command runs what it reads: a shell, or an interpreter without a script. */
export function runsInput(command: SimpleCommand): boolean {
  return command.words.some((word, index) => {
    if (index > 6) return false;
    const name = nameOf(word, command);
    const args = command.words.slice(index + 1);
    if (isShell(name)) return readsInput(args);
    if (!isInterpreter(name) || args.some(({ value }) => ASKS.test(value))) return false;
    if (name.startsWith('python') || !args.some(({ value }) => value === '-v')) {
      // What follows a lone dash is for the program that is read.
      const dash = args.findIndex(({ value }) => value === '-');
      const options = dash === -1 ? args : args.slice(0, dash);
      return options.every(({ value }) => /^-./.test(value) && !/^-[ecmpr]/.test(value));
    }
    return false;
  });
}

/** Options with which an interpreter says something about itself, or runs what it finds. */
const ASKS = /^(?:-[Vh]|--(?:version|help|test|run(?:=.*)?))$/;

/** A shell reads its commands when no text and no file is given, or when `-s` or `-` says so. */
function readsInput(args: readonly Word[]): boolean {
  for (const { value } of args) {
    if (/^-[a-zA-Z]*c$/.test(value)) return false;
    if (/^-[a-zA-Z]*s/.test(value) || value === '-' || value.startsWith('/dev/')) return true;
    if (/^[^-+]/.test(value)) return false;
  }
  return true;
}

/** True for a name, in lower case, of a program that runs the code it is given. */
export function isInterpreter(name: string): boolean {
  return INTERPRETERS.has(name) || (name.startsWith('python') && /^python[\d.]*$/.test(name));
}

function nameOf(word: Word, command: SimpleCommand): string {
  return commandName(word.value, command.dialect).toLowerCase();
}

/** Commands that run what they are given, beside shells and interpreters. */
const TAKES_CODE = new Set('source . eval iex exec env xargs sudo'.split(' '));

/** Why what feeds a command makes it run code from elsewhere; undefined when it does not. */
export function remoteCodeReason(command: SimpleCommand): string | undefined {
  if (command.words.length === 0) return undefined;
  const { name } = command;
  const fed = command.pipedFrom.length > 0 ? feedReason(command, name) : undefined;
  if (fed !== undefined) return fed;
  if (!isShell(name) && !TAKES_CODE.has(name) && !isInterpreter(name)) return undefined;
  const inner = command.words.flatMap(word => word.commands);
  for (const { target } of command.redirects) inner.push(...(target?.commands ?? []));
  if (inner.some(isDownload)) return 'it runs what it downloads';
  if (inner.some(isDecoder)) return 'it runs text that is encoded';
  const inline = command.words.findIndex(({ value }) => /^-[a-z]*[ce]$/.test(value));
  const text = command.words[inline + 1];
  if (isShell(name) && inline > 0 && text?.value.startsWith(UNKNOWN)) {
    return 'it runs text that nobody has seen';
  }
  return undefined;
}

/** What comes through the pipe, when it will be run. */
function feedReason(command: SimpleCommand, name: string): string | undefined {
  const { pipedFrom, words } = command;
  const downloads = pipedFrom.some(isDownload);
  if (!downloads && !pipedFrom.some(isDecoder)) return undefined;
  const hands = name === 'xargs' || name === 'parallel';
  const runs = runsInput(command) || (hands && words.some(word => isShell(word.value)));
  if (!runs) return undefined;
  return downloads ? 'it runs what it downloads' : 'it runs text that is encoded';
}

/**
 * The files that earlier commands of the line download. A later command that runs one of them runs
 * code from elsewhere, in two steps.
 */
export function downloadedFiles(command: SimpleCommand): readonly string[] {
  if (!isDownload(command)) return isCertutil(command) ? lastFiles(command) : [];
  const files = command.redirects.flatMap(({ kind, target }) =>
    kind === 'write' && target ? [target.value] : [],
  );
  command.words.forEach(({ value }, index) => {
    const next = command.words[index + 1]?.value;
    if (/^(?:-[a-zA-Z]*[oO]|--output(?:-document)?|-OutFile|-outf\w*)$/i.test(value) && next) {
      files.push(next.startsWith('http') ? baseName(next) : next);
    }
    const attached = /^(?:--output(?:-document)?=|-o(?=[./\w]))(.+)$/.exec(value)?.[1];
    if (attached !== undefined) files.push(attached);
    if (/^https?:/.test(value)) files.push(baseName(value));
  });
  return files.map(withoutDot).filter(file => file !== '');
}

function isCertutil(command: SimpleCommand): boolean {
  if (command.name !== 'certutil') return false;
  return command.words.some(({ value }) => /^[-/]urlcache/i.test(value));
}

function lastFiles(command: SimpleCommand): readonly string[] {
  return [withoutDot(command.words.at(-1)?.value ?? '')];
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const withoutDot = (path: string): string => path.replace(/^\.[\\/]/, '');

/** True when the command runs one of these files. */
export function runsFile(command: SimpleCommand, files: ReadonlySet<string>): boolean {
  const [first, ...args] = command.words;
  if (!first) return false;
  if (files.has(withoutDot(first.value))) return true;
  const { name } = command;
  const runs =
    isShell(name) ||
    isInterpreter(name) ||
    /^(?:source|\.|call|start|start-process|saps|invoke-item|ii|&)$/.test(name);
  return runs && args.some(({ value }) => files.has(withoutDot(value)));
}

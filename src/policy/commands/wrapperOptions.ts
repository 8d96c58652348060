import { isPlain, type Word } from './script';

/**
 * The options of a command that runs another, as far as they are known. What is not listed may take
 * a value or none, so that nobody can say where the command begins.
 */
export interface WrapperOptions {
  /** Short options without a value. */
  readonly flags?: string;
  /** Short options whose value is attached or the next argument. */
  readonly valued?: string;
  /** Short options whose value, if any, is attached. */
  readonly attached?: string;
  /** Long options without a value, or with one after `=`. */
  readonly long?: readonly string[];
  /** Long options whose value follows `=` or is the next argument. */
  readonly longValued?: readonly string[];
  /** How many arguments stand before the command: `timeout 5 COMMAND`. */
  readonly operands?: number;
  /** True when `NAME=value` before the command sets a variable for it. */
  readonly assigns?: boolean;
}

/** Wrappers that do nothing but start the command they are given. */
export const WRAPPERS: ReadonlyMap<string, WrapperOptions> = new Map(
  Object.entries<WrapperOptions>({
    nice: { valued: 'n', attached: '0123456789', longValued: ['--adjustment'] },
    nohup: {},
    timeout: {
      flags: 'fpv',
      valued: 'ks',
      long: ['--foreground', '--preserve-status', '--verbose'],
      longValued: ['--kill-after', '--signal'],
      operands: 1,
    },
    gtimeout: { flags: 'fpv', valued: 'ks', operands: 1 },
    // -o writes a file.
    time: { flags: 'aphlqv', valued: 'f', long: ['--portability', '--verbose'] },
    stdbuf: { valued: 'ioe', longValued: ['--input', '--output', '--error'] },
    setsid: { flags: 'cfw', long: ['--ctty', '--fork', '--wait'] },
    ionice: {
      flags: 't',
      valued: 'cn',
      long: ['--ignore'],
      longValued: ['--class', '--classdata'],
    },
    chrt: { flags: 'bfiorvR', valued: 'TPD', operands: 1 },
    taskset: { flags: 'ac', operands: 1 },
    command: { flags: 'pvV' },
    builtin: {},
    exec: { flags: 'cl', valued: 'a' },
    noglob: {},
    nocorrect: {},
    caffeinate: { flags: 'dimsu', valued: 'tw' },
    unbuffer: { flags: 'p' },
    // -o writes a file or runs a program, -E sets a variable.
    strace: { flags: 'cCfikqrtTvwxyzZ', valued: 'aesPS' },
    ltrace: { flags: 'bcCfirStT', valued: 'aelns' },
    unshare: { flags: 'muinpUCTrcf' },
    catchsegv: {},
    'dbus-run-session': {},
    busybox: {},
    toybox: {},
    sudo: { flags: 'AbBEeHiKklNnPSsVv', valued: 'ugphCDRrTtU' },
    doas: { flags: 'Lns', valued: 'uC' },
    gsudo: { flags: 'nwksi', valued: 'u' },
    run0: { valued: 'ugD' },
    env: {
      flags: 'i0v',
      valued: 'uC',
      long: ['--ignore-environment', '--null', '--debug'],
      longValued: ['--unset', '--chdir'],
      assigns: true,
    },
    'cross-env': { assigns: true },
    call: {},
  }),
);

export const XARGS: WrapperOptions = {
  flags: '0rtxpo',
  // J, R and S are BSD's.
  valued: 'IadELnPsJRS',
  attached: 'eil',
  long: [
    ...['--null', '--no-run-if-empty', '--verbose', '--exit', '--interactive', '--open-tty'],
    ...['--replace', '--eof', '--max-lines'],
  ],
  longValued: ['--arg-file', '--delimiter', '--max-args', '--max-procs', '--max-chars'],
};

export const PARALLEL: WrapperOptions = {
  flags: 'kmqtuvX0',
  valued: 'CEIILNPadjnlsx',
  long: [
    ...['--keep-order', '--dry-run', '--progress', '--bar', '--will-cite', '--line-buffer'],
    ...['--group', '--ungroup', '--tag', '--null'],
  ],
  longValued: ['--jobs', '--colsep', '--delimiter', '--max-args', '--halt', '--arg-file'],
};

export const WATCH: WrapperOptions = {
  flags: 'bcCdegprtwx',
  valued: 'nq',
  long: [
    ...['--beep', '--color', '--differences', '--errexit', '--chgexit', '--precise'],
    ...['--no-title', '--no-wrap', '--exec'],
  ],
  longValued: ['--interval', '--equexit'],
};

export const FLOCK: WrapperOptions = {
  flags: 'sexnuoFv',
  valued: 'wE',
  long: ['--shared', '--exclusive', '--nonblock', '--nb', '--unlock', '--close', '--no-fork'],
  longValued: ['--timeout', '--wait', '--conflict-exit-code'],
  operands: 1,
};

export const SSH: WrapperOptions = {
  flags: 'AaCfGgKkMNnqsTtVvXxYy46',
  valued: 'BbcDEeFIiJLlmOopPQRSWw',
  operands: 1,
};

export const WSL: WrapperOptions = {
  flags: 'e',
  valued: 'ud',
  long: ['--exec', '--system'],
  longValued: ['--user', '--distribution', '--cd', '--shell-type'],
};

/** Where the command of a wrapper begins, and the first argument that leaves doubt about it. */
export interface CommandStart {
  readonly index: number;
  readonly doubt: { readonly index: number; readonly reason: string } | undefined;
}

/**
 * Reads the options before the command as getopt does. Where one is not known the reading goes on
 * as if it took no value, so that the never list still sees what may be a command.
 */
export function findCommandStart(args: readonly Word[], options: WrapperOptions): CommandStart {
  let doubt: CommandStart['doubt'];
  let index = 0;
  const unsure = (reason: string): void => {
    doubt ??= { index, reason };
  };
  for (; index < args.length; index += 1) {
    const word = args[index];
    if (!word) break;
    const { value } = word;
    // It may become an option, several arguments or none.
    if (!isPlain(word)) unsure('an argument before the command is not known');
    if (value === '--') {
      index += 1;
      break;
    }
    if (/^-./s.test(value)) {
      const taken = value.startsWith('--') ? longOption(value, options) : cluster(value, options);
      if (taken === undefined) unsure(`what ${JSON.stringify(value)} means is not known`);
      else index += taken;
    } else if (value === '-' && options.assigns) {
      // `env -` is `env -i`.
    } else if (options.assigns && /^[A-Za-z_]\w*=/.test(value)) {
      unsure('it sets variables for what it runs');
    } else {
      break;
    }
  }
  for (let count = options.operands ?? 0; count > 0; count -= 1, index += 1) {
    const operand = args[index];
    if (operand && !isPlain(operand)) unsure('an argument before the command is not known');
  }
  return { index, doubt };
}

/** How many further arguments a long option takes; undefined when it is not known. */
function longOption(value: string, options: WrapperOptions): number | undefined {
  const [name = ''] = value.split('=', 1);
  if (options.long?.includes(name)) return 0;
  if (options.longValued?.includes(name)) return name === value ? 1 : 0;
  return undefined;
}

/** The same for short options, of which several may stand together. */
function cluster(value: string, options: WrapperOptions): number | undefined {
  const { flags = '', valued = '', attached = '' } = options;
  for (let at = 1; at < value.length; at += 1) {
    const letter = value[at] ?? '';
    if (valued.includes(letter)) return at + 1 === value.length ? 1 : 0;
    if (attached.includes(letter)) return 0;
    if (!flags.includes(letter)) return undefined;
  }
  return 0;
}

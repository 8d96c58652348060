import { tarOptions } from '../archives';
import type { CommandContext } from '../commandVerdict';
import type { SimpleCommand, Word } from '../script';
import { commonParameter } from '../readOnlyCommands';
import { riskyGitArgument } from './gitGadgets';
import { riskyFolder, riskyMount } from './folders';
import { riskyProgram } from './scripts';

/**
 * Options of a program that run another program, load code or write where nobody looks. Trusting
 * `sort *` is meant to trust sorting. See GTFOBins and the cases in CVE-2025-66032.
 */
interface FlagProfile {
  /** Long options, matched with GNU abbreviation. */
  readonly long?: readonly string[];
  /** Short options, found inside clusters too. */
  readonly short?: string;
  /** Short options that take a value, which ends a cluster. */
  readonly valued?: string;
  /** Whole arguments. */
  readonly argument?: RegExp;
  /** The first two operands, joined: the subcommand of programs that have them. */
  readonly verb?: RegExp;
  /** An option that does harm unless the next argument says otherwise. */
  readonly pair?: { readonly flag: RegExp; readonly harmless: RegExp };
  /** True when options end at the first operand (interpreters: what follows is the script's). */
  readonly untilOperand?: boolean;
  /** Options whose next argument is their value and no operand. */
  readonly takesNext?: RegExp;
  /** True when a file name that begins with a dash would be taken for an option that runs things. */
  readonly globs?: boolean;
}

const interpreter = (short: string, long: readonly string[]): FlagProfile => ({
  short,
  long,
  untilOperand: true,
  globs: true,
  // A long option may take the next argument; if it does not, one more argument is looked at.
  takesNext: /^--[^=]+$|^-[CWX]$/,
});

const NODE_LONG = [
  '--eval',
  '--print',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
];
const PACKAGE_MANAGER: FlagProfile = {
  long: [
    '--script-shell',
    '--node-options',
    '--globalconfig',
    '--userconfig',
    ...[
      '--git',
      '--call',
      '--shell',
      '--node-gyp',
      '--shell-mode',
      '--python',
      '--init-module',
      '--init.module',
    ],
    ...['--browser', '--editor', '--viewer', '--ignore-scripts=false'],
  ],
  verb: /^(?:config|c) (?!get\b|list\b|ls\b)|^set\b|^explore\b|^pkg (?:set|delete|fix)\b|^(?:exec|x) (?:\w*sh|cmd)$|^plugin import\b/,
  pair: { flag: /^(?:exec|x)$/, harmless: /^(?!-[A-Za-z]*c(?:=|$))/ },
};

/** A value is read as part of the makefile: `$(shell ...)` and `X!=...` in it run at once. */
const MAKE: FlagProfile = {
  long: ['--eval'],
  short: 'E',
  valued: 'CfIojlW',
  argument: /^(?:SHELL|\.SHELLFLAGS|(?:GNU)?MAKEFLAGS|MAKEFILES|MAKE)[:+?]*=|\$[({]|^[^=]*!=/,
};

const PROFILES: ReadonlyMap<string, FlagProfile> = new Map(
  Object.entries<FlagProfile>({
    sort: {
      long: ['--output', '--compress-program', '--files0-from'],
      short: 'o',
      valued: 'kStT',
      globs: true,
    },
    rg: {
      long: ['--pre', '--hostname-bin', '--search-zip'],
      short: 'z',
      valued: 'ABCefgjmMrtTdE',
      globs: true,
    },
    tar: {
      long: [
        '--to-command',
        '--checkpoint-action',
        '--use-compress-program',
        '--rsh-command',
        '--info-script',
        '--new-volume-script',
        '--absolute-names',
        '--rmt-command',
        '--remove-files',
        '--index-file',
        '--volno-file',
        // Taken out with a list of what there was, files that are not in it go.
        '--listed-incremental',
        '--incremental',
      ],
      short: 'IFPgG',
      valued: 'fCTX',
      globs: true,
    },
    // -m takes the files away that it packs; -: lets names in the archive lead out of the folder.
    zip: { long: ['--unzip-command', '--move'], argument: /^-TT|^-[a-zA-Z]*m/ },
    unzip: { argument: /^-[a-zA-Z]*:/ },
    man: { long: ['--html', '--pager', '--browser', '--preprocessor'], short: 'PH' },
    curl: {
      long: [
        ...['--config', '--upload-file', '--unix-socket', '--abstract-unix-socket', '--engine'],
        ...[
          '--proto-default',
          '--netrc',
          '--netrc-file',
          '--key',
          '--cert',
          '--remote-header-name',
        ],
      ],
      short: 'KTEnJ',
      valued: 'dFHoXAbcemuUxyYzCDhQrtw',
      argument:
        /^(?:@|[\w.-]+=[@<]|-[A-Za-z]*[dFHw][\w.]*=?@|--(?:data\S*|form|json|header)=\S*@)|^(?:--url=)?(?:file|scp|sftp|telnet|dict|gopher|smb):/i,
    },
    wget: {
      long: [
        '--execute',
        '--use-askpass',
        '--post-file',
        '--body-file',
        '--config',
        '--input-file',
        // The server says what the files are called.
        ...['--recursive', '--mirror', '--page-requisites', '--force-directories'],
        '--content-disposition',
      ],
      short: 'eirmpx',
      valued: 'OoaPtTUQlARDI',
    },
    make: MAKE,
    gmake: MAKE,
    npm: PACKAGE_MANAGER,
    pnpm: PACKAGE_MANAGER,
    yarn: PACKAGE_MANAGER,
    npx: {
      long: ['--call', '--script-shell', '--node-options'],
      short: 'c',
      untilOperand: true,
      takesNext: /^(?:-[pw]|--package|--workspace)$/,
    },
    node: interpreter('eprC', NODE_LONG),
    tsx: interpreter('epr', NODE_LONG),
    python: interpreter('c', []),
    python3: interpreter('c', []),
    ruby: interpreter('eErI', []),
    perl: interpreter('eEMiI', []),
    php: interpreter('rBRdz', ['--run']),
    deno: { verb: /^eval\b/ },
    bun: { argument: /^(?:-e|--eval|-p|--print|-r|--preload)$/ },
    docker: {
      long: [
        '--host',
        '--privileged',
        '--device',
        '--cap-add',
        '--pid',
        '--userns',
        '--ipc',
        '--security-opt',
      ],
      argument: /^-H/,
    },
    podman: { long: ['--privileged', '--device', '--cap-add', '--pid', '--url', '--remote'] },
    kubectl: { long: ['--kubeconfig', '--server', '--token', '--raw', '--editor'] },
    helm: { long: ['--post-renderer', '--kubeconfig', '--kube-apiserver', '--kube-token'] },
    rsync: {
      long: [
        ...['--rsh', '--rsync-path', '--temp-dir', '--backup-dir', '--log-file'],
        ...['--write-batch', '--only-write-batch', '--daemon', '--config'],
      ],
      short: 'e',
      valued: 'fTB',
      globs: true,
    },
    ssh: { short: 'oFJ' },
    scp: { short: 'oFS' },
    tcpdump: { short: 'zwW' },
    go: { argument: /^--?(?:exec|toolexec|vettool|overlay|modfile)(?:=|$)/ },
    cargo: { long: ['--config'] },
    pytest: {
      argument: /^(?:-p(?!no:).+|--rootdir.*|-c|--config-file.*|--pyargs)$/,
      pair: { flag: /^-p$/, harmless: /^no:/ },
    },
    file: { long: ['--magic-file', '--compile'], short: 'mC' },
    date: { long: ['--set', '--file'], short: 'sf' },
    printf: { short: 'v' },
    du: { long: ['--files0-from', '--exclude-from'] },
    wc: { long: ['--files0-from'] },
    test: { argument: /^-[vR]$/ },
    '[': { argument: /^-[vR]$/ },
    awk: {
      long: ['--file', '--exec', '--load', '--include', '--source', '--debug'],
      short: 'fElieW',
      valued: 'vF',
    },
    sed: {
      long: ['--file', '--in-place=', '--expression='],
      short: 'f',
      valued: 'eil',
      globs: true,
    },
    gh: { verb: /^(?:alias|extensions?|ext|codespace)\b|^config set|^auth token/ },
    aws: { verb: /^configure\b/ },
    pip: { verb: /^config (?:set|edit|unset)/ },
    less: { argument: /^[+]|^-[A-Za-z]*[koOT]|^--(?:log|lesskey)/ },
    vim: { argument: /^(?:[-+].*)$/ },
  }),
);

const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gawk: 'awk',
    mawk: 'awk',
    nawk: 'awk',
    gsed: 'sed',
    nodejs: 'node',
    bsdtar: 'tar',
    gtar: 'tar',
    pip3: 'pip',
    egrep: 'grep',
    vi: 'vim',
    nvim: 'vim',
  }),
);

/** What PowerShell gives its common parameters to: cmdlets and the short names of some. */
const CMDLET = /-|^(?:ls|cat|echo|dir|gc|gci|sls)$/;

/** An argument that makes a trusted command do more than its name says; undefined when none does. */
export function riskyArgument(
  command: SimpleCommand,
  fixed: number,
  context: CommandContext,
  cwds: readonly string[] | undefined,
): { readonly word: Word; readonly reason: string } | undefined {
  const args = command.words.slice(1);
  // Words the pattern spells out were seen by whoever wrote it.
  const spelled = Math.max(0, fixed - command.assignments.length - 1);
  const open = args.slice(spelled);
  const name = profileName(command);
  const word =
    (command.dialect === 'powershell' && CMDLET.test(name)
      ? commonParameter(open, command.dialect)
      : undefined) ??
    riskyFlag(name, args, open) ??
    riskyProgram(name, args, open) ??
    riskyMount(name, open, context, cwds) ??
    riskyFolder(name, open, context, cwds);
  if (!word) return undefined;
  const shown = JSON.stringify(word.value.slice(0, 60));
  return { word, reason: `With ${shown} it can do more than the pattern means` };
}

/** True when a program has options that matter, so that an unknown argument could be one. */
export function hasRiskyOptions(command: SimpleCommand): boolean {
  const name = profileName(command);
  return name === 'git' || name === 'find' || PROFILES.has(name);
}

function profileName({ name }: SimpleCommand): string {
  const alias = ALIASES.get(name);
  if (alias !== undefined) return alias;
  return VERSIONED.test(name) ? name.replace(VERSIONED, '$1') : name;
}

/** An interpreter with its version in its name: `python3.12`. */
const VERSIONED = /^(python|perl|ruby|php)[\d.]+$/;

function riskyFlag(name: string, args: readonly Word[], open: readonly Word[]): Word | undefined {
  if (name === 'git') {
    const risky = riskyGitArgument(args);
    return risky && open.includes(risky) ? risky : undefined;
  }
  if (name === 'find' || name === 'fd' || name === 'fdfind') {
    return open.find(word =>
      word.forms.some(form => /^-(?:exec|ok|delete|fprint|fls|files0|-exec|x|X)/.test(form)),
    );
  }
  const profile = PROFILES.get(name);
  if (!profile) return undefined;
  const { pair } = profile;
  const verb = profile.verb && riskyVerb(args, profile.verb);
  if (verb && open.includes(verb)) return verb;
  const paired =
    pair &&
    open.find(
      (word, index) =>
        pair.flag.test(word.value) &&
        optionsAfter(open, index).some(value => !pair.harmless.test(value)),
    );
  if (paired) return paired;
  const end = profile.untilOperand ? endOfOptions(open, profile) : -1;
  // With no operand an interpreter reads its program from elsewhere; that is judged as a wrapper.
  const looked = end === -1 ? open : open.slice(0, end);
  // Only the first argument of tar may be options without a dash.
  const spread = name === 'tar' && open.length === args.length ? tarOptions(looked) : looked;
  return spread.find(word => isRisky(word, profile));
}

/** The options behind an argument, and what stands behind them; an empty text when there is nothing. */
function optionsAfter(open: readonly Word[], index: number): readonly string[] {
  const after = open.slice(index + 1).map(({ value }) => value);
  const end = after.findIndex(value => value === '--' || !value.startsWith('-'));
  return after.length === 0 ? [''] : end === -1 ? after : after.slice(0, end + 1);
}

function endOfOptions(open: readonly Word[], { globs, takesNext }: FlagProfile): number {
  return open.findIndex((word, index) => {
    // A pattern may stand for a file whose name is an option.
    if (word.value.startsWith('-') || (globs && word.glob)) return false;
    return takesNext?.test(open[index - 1]?.value ?? '') !== true;
  });
}

function riskyVerb(args: readonly Word[], verb: RegExp): Word | undefined {
  const [first, second] = args.filter(word => !word.value.startsWith('-'));
  const text = second ? `${first?.value ?? ''} ${second.value}` : (first?.value ?? '');
  return verb.test(text) ? first : undefined;
}

function isRisky(word: Word, profile: FlagProfile): boolean {
  if (profile.globs && word.glob && /^[*?[]/.test(word.value)) return true;
  return word.forms.some(form => {
    if (profile.argument?.test(form)) return true;
    if (form.startsWith('--')) {
      const name = (form.split('=', 1)[0] ?? form).toLowerCase().replaceAll('_', '-');
      return name.length > 2 && (profile.long ?? []).some(long => long.startsWith(name));
    }
    if (!form.startsWith('-')) return false;
    for (const letter of form.slice(1)) {
      if (profile.short?.includes(letter)) return true;
      if (profile.valued?.includes(letter)) return false;
    }
    return false;
  });
}

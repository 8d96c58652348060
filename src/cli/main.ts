import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { movedKiroHome } from '../files/kiroHome';
import { stateFolders, stateHome } from '../files/stateHome';
import type { PolicyVerbParts } from './policyVerbs';
import type { PrivacyVerbParts } from './privacyVerb';
import { USAGE_EXIT } from './exitCodes';

const USAGE = `Usage:
  checkrein hook AGENT [--home DIR] [--limit SECONDS]   decide one tool call (payload on stdin)
  checkrein hooks status|install|remove [AGENT] [--workspace DIR]
                                                        look after the hooks of a folder
  checkrein check [--shell S] [--trusted P]... [--denied P]... -- COMMAND
                                                        explain what would happen; 0 allow, 1 ask, 2 deny
  checkrein check --jsonl                               the same for JSON lines on stdin
  checkrein policy --workspace DIR [--home DIR] [--json]
                                                        list what the policy files of a folder say
  checkrein decide --workspace DIR [--home DIR] [--mode M] --agent AGENT
                                                        decide a payload on stdin; 0 allow, 1 ask, 2 deny
  checkrein privacy [--home DIR] [--json]               list what Kiro may send, and its switches
  checkrein doctor [--json] [--workspace DIR] [--home DIR] [--network]
                                                        look for what puts a machine or folder at risk
  checkrein chats list|search TEXT|export ID [--home DIR]
                                                        read Kiro's chats; secrets are hidden
  checkrein kiro plan|apply|drift --workspace DIR [--agent FILE]... [--home DIR] [--json]
                                                        hand the policy to Kiro's own permissions
  checkrein kiro undo [--home DIR] [--json]             take it out of Kiro's files again
  checkrein lint [PATH...] [--home DIR] [--format text|json|sarif]
                                                        find what is wrong in policy files; 1 for errors
  checkrein lsp --stdio                                 the same while you type, for any editor
  checkrein hooks remove --everywhere                   take out every hook ever installed
  checkrein history begin|tool|end|list|show|diff|undo|redo|goto|verify|gc
                                                        take back what an agent changed
  checkrein --version | --help

AGENT is kiro, kiro-cli or gemini-cli. State lies in the platform's data folder, or in
CHECKREIN_HOME (not for "hook", which is told its folder when it is installed). All but "hook" take --help.
`;

/** Every verb answers what it does not know with its usage; to whoever asks for it, that is no error. */
const asksForHelp = /^(?:--help|-h)$/.test(process.argv[3] ?? '');

function printError(line: string): void {
  (asksForHelp ? process.stdout : process.stderr).write(`${line}\n`);
}

/** The value of `--workspace` where it is no folder: a misspelt one would pass for an empty one. */
function missingWorkspace(args: readonly string[]): string | undefined {
  const options = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length);
  const at = options.findIndex(arg => /^--workspace(?:=|$)/.test(arg));
  const folder = /=(.*)$/s.exec(options[at] ?? '')?.[1] ?? options[at + 1];
  if (at === -1 || folder === undefined) return undefined;
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? undefined : folder;
}

/** Each verb is loaded when it is asked for: the language server would wait for all of them. */
async function main([verb, ...args]: readonly string[]): Promise<number> {
  const missing = missingWorkspace(args);
  if (missing !== undefined) {
    printError(`${missing} is not a folder.`);
    return USAGE_EXIT;
  }
  switch (verb) {
    case 'hook':
      return (await import('../hook/hook')).runHook(args);
    case 'hooks':
      return runHooks(args);
    case 'policy':
      return (await import('./policyVerbs')).runPolicyVerb(args, policyParts());
    case 'decide':
      return (await import('./policyVerbs')).runDecideVerb(args, policyParts());
    case 'privacy':
      return (await import('./privacyVerb')).runPrivacyVerb(args, privacyParts());
    case 'chats':
      return (await import('./chatsVerb')).runChatsVerb(args, {
        ...privacyParts(),
        stdout: process.stdout,
      });
    case 'doctor':
      return (await import('./doctorVerb')).runDoctorVerb(args, privacyParts());
    case 'kiro':
      return runKiro(args);
    case 'history':
      return runHistory(args);
    case 'check': {
      const { runCheck } = await import('./check');
      return runCheck(args, process.stdin, process.stdout, process.stderr);
    }
    case 'lint':
      return (await import('./lintVerb')).runLintVerb(args, {
        ...policyParts(),
        cwd: resolve('.'),
        version: CHECKREIN_VERSION,
      });
    case 'lsp':
      return runLspVerb(args);
    case '--version':
      process.stdout.write(`${CHECKREIN_VERSION}\n`);
      return 0;
    case '--help':
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(USAGE);
      return USAGE_EXIT;
  }
}

async function runHooks(args: readonly string[]): Promise<number> {
  const { runHooksVerb } = await import('./hooksVerb');
  const override = process.env['CHECKREIN_HOME'];
  const home = stateHome({ platform: process.platform, home: homedir(), override });
  return runHooksVerb(args, {
    folders: stateFolders(home),
    home: homedir(),
    cwd: resolve('.'),
    node: process.execPath,
    bundles: __dirname,
    platform: process.platform,
    print: line => process.stdout.write(`${line}\n`),
    printError,
  });
}

async function runKiro(args: readonly string[]): Promise<number> {
  const { runKiroVerb } = await import('./kiroVerb');
  const { loadPolicy } = await import('./policyVerbs');
  const { home, platform, print, printError } = policyParts();
  return runKiroVerb(args, {
    ...{ home, cwd: resolve('.'), platform, print, printError },
    stateHome: ownStateHome,
    movedKiroHome: ownKiroHome,
    loadPolicy: (workspace, of) => loadPolicy({ workspace, home: of }, platform).policy,
  });
}

async function runHistory(args: readonly string[]): Promise<number> {
  const { runHistoryVerb } = await import('./historyVerb');
  const { storeFolderOf } = await import('../history/store/storeFolder');
  const override = process.env['CHECKREIN_HOME'];
  const home = stateHome({ platform: process.platform, home: homedir(), override });
  return runHistoryVerb(args, {
    cwd: resolve('.'),
    env: process.env,
    storeOf: root => storeFolderOf(home, root),
    print: line => process.stdout.write(`${line}\n`),
    printError,
  });
}

async function runLspVerb(args: readonly string[]): Promise<number> {
  // Clients add flags of their own; the library reads them. It could listen on sockets too, and must not.
  const overProcess = args.some(flag => flag === '--stdio' || flag === '--node-ipc');
  if (!overProcess || args.some(flag => /^--(socket|pipe)\b/.test(flag))) {
    printError('Usage: checkrein lsp --stdio');
    return USAGE_EXIT;
  }
  const { serveLanguage } = await import('../languageServer/server');
  serveLanguage();
  // The connection ends the process.
  return new Promise<never>(() => undefined);
}

function policyParts(): PolicyVerbParts {
  const { platform } = process;
  return {
    home: homedir(),
    platform,
    stateHome: home => stateHome({ platform, home, override: undefined }),
    movedKiroHome: ownKiroHome,
    stdin: process.stdin,
    print: line => process.stdout.write(`${line}\n`),
    printError,
  };
}

function privacyParts(): PrivacyVerbParts {
  return { ...policyParts(), stateHome: ownStateHome, env: process.env };
}

/** The state folder in a home folder; the variable that moves it counts for this person's alone. */
function ownStateHome(home: string): string {
  const override = home === homedir() ? process.env['CHECKREIN_HOME'] : undefined;
  return stateHome({ platform: process.platform, home, override });
}

/** The same for Kiro's own folder. */
function ownKiroHome(home: string): string | undefined {
  return home === homedir() ? movedKiroHome(process.env, home) : undefined;
}

// Who reads may stop reading, as "head" does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void main(process.argv.slice(2)).then(code => {
  process.exitCode = asksForHelp && code === USAGE_EXIT ? 0 : code;
});

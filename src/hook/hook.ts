import { userInfo } from 'node:os';
import { join } from 'node:path';
import { stateHome } from '../files/stateHome';
import { block, type HookAnswer } from '../protocol/hookProtocol';
import { askForDecision, type HookOptions } from './hookClient';

const DEFAULT_LIMIT_SECONDS = 60;

/** `checkrein hook AGENT [--home DIR] [--limit SECONDS]`; undefined for anything else. */
export function readHookArguments(args: readonly string[]): HookOptions | undefined {
  const [agent, ...flags] = args;
  if (agent === undefined || !/^[a-z][a-z0-9-]*$/.test(agent)) return undefined;
  let home = stateHome({
    platform: process.platform,
    // The password database, not $HOME: a variable a repository may set must not move the state.
    home: userInfo().homedir,
    override: undefined,
  });
  let limitSeconds = DEFAULT_LIMIT_SECONDS;
  for (let index = 0; index < flags.length; index += 2) {
    const value = flags[index + 1] ?? '';
    if (flags[index] === '--home' && value !== '') home = value;
    else if (flags[index] === '--limit' && /^[1-9]\d{0,3}$/.test(value)) limitSeconds = +value;
    else return undefined;
  }
  return { agent, home, limitSeconds, offlineBundle: join(__dirname, 'offline.js') };
}

/** Runs the hook and ends the process with its answer, whatever happens. */
export async function runHook(args: readonly string[]): Promise<never> {
  const fail = (): void => void finish(INTERNAL_ERROR);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const options = readHookArguments(args);
  const answer = options
    ? await askForDecision(process.stdin, options).catch(() => INTERNAL_ERROR)
    : block('the hook was started with arguments it does not know.');
  return finish(answer);
}

const INTERNAL_ERROR = block('an internal error of the hook.');

/** Exits only when the reason has been handed over: a pipe may take it in pieces. */
function finish({ exitCode, stdout, stderr }: HookAnswer): Promise<never> {
  process.exitCode = exitCode;
  return new Promise<never>(() => {
    process.stdout.write(stdout, () => process.stderr.write(stderr, () => process.exit(exitCode)));
  });
}

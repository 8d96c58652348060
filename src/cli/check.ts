import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { CommandVerdict } from '../policy/commands/commandVerdict';
import { judgeCommand } from '../policy/commands/judgeCommand';
import type { Effect, Rule } from '../policy/decision';
import type { ShellDialect } from '../policy/toolCall';
import { makeVisible } from '../policy/visibleText';
import { USAGE_EXIT } from './exitCodes';

/** Where `check` reads and writes; narrow, so that a test can hand in strings. */
export type CheckInput = AsyncIterable<Uint8Array | string>;
export interface CheckOutput {
  write(text: string): unknown;
}

const EXIT: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };
/** A line of a command list may be longer than a command, but not without end. */
const MAX_LINE = 1_000_000;

const USAGE = `Usage: checkrein check [--shell bash|powershell|cmd] [--trusted PATTERN]...
                       [--denied PATTERN]... [--cwd FOLDER] -- "COMMAND"
       checkrein check --jsonl < LINES

Says what would happen if an agent ran the command, and why.
Exit code: 0 allow, 1 ask, 2 deny, 64 wrong usage.
`;

interface CheckRequest {
  readonly shell: ShellDialect;
  readonly trusted: readonly string[];
  readonly denied: readonly string[];
  readonly cwd: string;
}

type Parsed =
  | { readonly kind: 'command'; readonly command: string; readonly request: CheckRequest }
  | { readonly kind: 'jsonl'; readonly request: CheckRequest }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly problem: string };

/** Runs `checkrein check`; resolves to the exit code. */
export async function runCheck(
  args: readonly string[],
  stdin: CheckInput,
  stdout: CheckOutput,
  stderr: CheckOutput,
): Promise<number> {
  const parsed = parseArguments(args);
  switch (parsed.kind) {
    case 'help':
      stdout.write(USAGE);
      return 0;
    case 'usage':
      stderr.write(`checkrein check: ${parsed.problem}\n${USAGE}`);
      return USAGE_EXIT;
    case 'jsonl':
      for await (const text of lines(stdin)) {
        stdout.write(`${JSON.stringify(answerLine(text, parsed.request))}\n`);
      }
      return 0;
    case 'command': {
      const verdict = judge(parsed.command, parsed.request);
      stdout.write(explain(parsed.command, verdict));
      return EXIT[verdict.effect];
    }
  }
}

function parseArguments(args: readonly string[]): Parsed {
  let shell: ShellDialect = process.platform === 'win32' ? 'powershell' : 'bash';
  let cwd = process.cwd();
  let jsonl = false;
  const lists: Record<'trusted' | 'denied', string[]> = { trusted: [], denied: [] };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [flag, attached] = splitFlag(arg);
    const request = (): CheckRequest => ({ shell, cwd, ...lists });
    if (flag === '--') return afterDashes(args.slice(index + 1), request(), jsonl);
    if (flag === '--help' || flag === '-h') return { kind: 'help' };
    if (flag === '--jsonl' && attached === undefined) {
      jsonl = true;
      continue;
    }
    if (!/^--(?:shell|trusted|denied|cwd)$/.test(flag)) {
      const problem = flag.startsWith('-') ? `unknown option ${flag}` : 'put -- before the command';
      return { kind: 'usage', problem };
    }
    const value = attached ?? args[(index += 1)];
    if (value === undefined) return { kind: 'usage', problem: `${flag} needs a value` };
    if (flag === '--trusted') lists.trusted.push(value);
    else if (flag === '--denied') lists.denied.push(value);
    else if (flag === '--cwd') cwd = resolve(value);
    else if (Object.hasOwn(SHELLS, value)) shell = SHELLS[value] ?? shell;
    else return { kind: 'usage', problem: `unknown shell ${JSON.stringify(value)}` };
  }
  if (jsonl) return { kind: 'jsonl', request: { shell, cwd, ...lists } };
  return { kind: 'usage', problem: 'no command given' };
}

function afterDashes(rest: readonly string[], request: CheckRequest, jsonl: boolean): Parsed {
  if (jsonl) return { kind: 'usage', problem: '--jsonl reads its commands from standard input' };
  const [command] = rest;
  if (command === undefined) return { kind: 'usage', problem: 'no command given' };
  // Joining several arguments would check another text than the shell was going to get.
  if (rest.length > 1) return { kind: 'usage', problem: 'give the command as one argument' };
  return { kind: 'command', command, request };
}

function splitFlag(arg: string): readonly [string, string?] {
  const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return equals === -1 ? [arg] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

/** Names of shells as people write them; `sh` and `zsh` text is read as bash and zsh both would. */
const SHELLS: Readonly<Record<string, ShellDialect>> = {
  bash: 'bash',
  sh: 'bash',
  zsh: 'bash',
  dash: 'bash',
  powershell: 'powershell',
  pwsh: 'powershell',
  cmd: 'cmd',
};

function judge(command: string, { shell, cwd, trusted, denied }: CheckRequest): CommandVerdict {
  const rule =
    (effect: Effect) =>
    (pattern: string): Rule => ({
      effect,
      pattern,
      source: { file: 'command line' },
    });
  return judgeCommand(
    command,
    { trusted: trusted.map(rule('allow')), denied: denied.map(rule('deny')) },
    { dialect: shell, cwd, roots: [cwd], home: homedir() },
  );
}

const TITLES: Readonly<Record<Effect, string>> = { allow: 'ALLOW', ask: 'ASK', deny: 'DENY' };

function explain(command: string, verdict: CommandVerdict): string {
  const rows = [
    `${TITLES[verdict.effect]}  ${makeVisible(verdict.reason)}`,
    ...(verdict.neverList ? ['On the never list: nothing can trust it for good.'] : []),
    '',
    `  ${makeVisible(command, false)}`,
    '',
    ...verdict.parts.map(part => {
      const { effect, start, end, text, reason, rule } = part;
      const source = rule ? ` [${makeVisible(rule.pattern, false)}]` : '';
      const range = `${start}-${end}`.padEnd(9);
      return `  ${effect.padEnd(5)} ${range} ${makeVisible(text, false)}\n        ${makeVisible(reason)}${source}`;
    }),
    '',
    `Kiro's own rule would have ${verdict.kiroWouldRun ? 'run it without asking' : 'asked'}.`,
  ];
  return `${rows.join('\n')}\n`;
}

/** What one line of `--jsonl` is answered with. */
type Answer = Readonly<Record<string, unknown>>;

function answerLine(line: Line, defaults: CheckRequest): Answer {
  const error = (problem: string, id?: unknown): Answer => ({
    ...(id !== undefined && { id }),
    line: line.number,
    error: problem,
  });
  if (line.text === undefined) return error(`the line is longer than ${MAX_LINE} characters`);
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return error('not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return error('not a JSON object');
  }
  const { id, shell, command, trusted, denied, cwd } = value as Record<string, unknown>;
  if (typeof command !== 'string') return error('"command" must be a string', id);
  const dialect =
    typeof shell === 'string' && Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (shell !== undefined && !dialect) return error('"shell" must be bash, powershell or cmd', id);
  if (!isPatterns(trusted)) return error('"trusted" must be a list of strings', id);
  if (!isPatterns(denied)) return error('"denied" must be a list of strings', id);
  if (cwd !== undefined && typeof cwd !== 'string') return error('"cwd" must be a string', id);
  const verdict = judge(command, {
    shell: dialect ?? defaults.shell,
    trusted: trusted ?? defaults.trusted,
    denied: denied ?? defaults.denied,
    cwd: cwd ?? defaults.cwd,
  });
  return {
    ...(id !== undefined && { id }),
    decision: verdict.effect,
    neverList: verdict.neverList,
    reason: verdict.reason,
    kiroWouldRun: verdict.kiroWouldRun,
    parts: verdict.parts.map(({ text, start, end, effect, reason }) => ({
      text,
      start,
      end,
      decision: effect,
      reason,
    })),
  };
}

function isPatterns(value: unknown): value is readonly string[] | undefined {
  return (
    value === undefined ||
    (Array.isArray(value) && value.every(pattern => typeof pattern === 'string'))
  );
}

interface Line {
  /** 1-based, counting blank lines too. */
  readonly number: number;
  /** Undefined when the line was too long to keep. */
  readonly text: string | undefined;
}

/** The lines of a stream, one at a time; what is too long is dropped as it comes, not gathered. */
async function* lines(input: CheckInput): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8');
  let pending: string[] = [];
  let length = 0;
  let number = 0;
  const take = (): Line | undefined => {
    number += 1;
    const text = length > MAX_LINE ? undefined : pending.join('').replace(/\r$/, '');
    pending = [];
    length = 0;
    return text?.trim() === '' ? undefined : { number, text };
  };
  const keep = (piece: string): void => {
    length += piece.length;
    if (length > MAX_LINE) pending = [];
    else if (piece !== '') pending.push(piece);
  };
  for await (const chunk of input) {
    const pieces = (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))).split(
      '\n',
    );
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        const line = take();
        if (line) yield line;
      }
      keep(piece);
    }
  }
  keep(decoder.end());
  if (length > 0) {
    const line = take();
    if (line) yield line;
  }
}

import type { CommandContext } from './commandVerdict';
import { hasRiskyOptions } from './gadgets/riskyArguments';
import { nameOfWords, type SimpleCommand, UNKNOWN, type Word } from './script';

const HARMLESS_DEVICES = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/tty']);

/** An unknown argument that could be an option, or become several arguments. */
export function unclearArgument(
  command: SimpleCommand,
  fixed: number,
  context: CommandContext,
): Word | undefined {
  if (command.words.every(word => word.dynamic === 'no')) return undefined;
  const spelled = Math.max(0, fixed - command.assignments.length);
  const risky = hasRiskyOptions(command);
  return command.words.slice(spelled).find(word => {
    if (word.dynamic === 'no' || isKnownFolder(word, context)) return false;
    if (/^(?:echo|write-output)$/i.test(command.words[0]?.value ?? '')) return false;
    if (word.dynamic === 'oneWord') return word.value.startsWith(UNKNOWN);
    return risky || !/^--?[\w-]+=/.test(word.value);
  });
}

/** `$PWD/x` and `$HOME/x` are known, and neither can become an option or split at a blank. */
function isKnownFolder(word: Word, context: CommandContext): boolean {
  const variables = word.pieces.filter(piece => typeof piece !== 'string');
  return variables.every(piece => {
    const name = 'variable' in piece ? piece.variable : '';
    const value = name === 'PWD' ? context.cwd : name === 'HOME' ? context.home : undefined;
    return value !== undefined && !/[\s*?[\]]/.test(value);
  });
}

/** The inner command of a wrapper that adds arguments of its own (`xargs`). */
export function withUnknown(
  command: SimpleCommand,
  words: readonly Word[],
  more: boolean,
): SimpleCommand {
  const last = words.at(-1);
  const unknown: Word | undefined =
    more && last
      ? { ...last, value: UNKNOWN, forms: [UNKNOWN], pieces: [{ unknown: true }], dynamic: 'split' }
      : undefined;
  const all = unknown ? [...words, unknown] : words;
  const name = nameOfWords(all, command.dialect);
  return { ...command, words: all, name, assignments: [], redirects: [] };
}

/** A place where output goes without touching a file: the null device, the terminal. */
export function isHarmlessTarget(target: Word, { dialect }: SimpleCommand): boolean {
  if (target.dynamic !== 'no' || target.forms.length > 1) return false;
  if (dialect === 'cmd') return /^nul:?$/i.test(target.value);
  if (dialect === 'powershell') return false;
  return (
    HARMLESS_DEVICES.has(target.value) ||
    (target.value === '/dev/fd/63' && target.commands.length > 0)
  );
}

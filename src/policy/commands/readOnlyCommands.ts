import { isInside, resolvePath, secretFileRule } from '../paths';
import type { ShellDialect } from '../toolCall';
import type { CommandContext } from './commandVerdict';
import type { Word } from './words';

/** Kiro's nine read-only commands (seed documents), and those of its shells on Windows. */
const READ_ONLY: Readonly<Record<ShellDialect, ReadonlySet<string>>> = {
  bash: new Set(['ls', 'cat', 'echo', 'pwd', 'which', 'head', 'tail', 'find', 'grep']),
  powershell: new Set(['ls', 'dir', 'cat', 'echo', 'pwd', 'get-childitem', 'get-content']),
  cmd: new Set(['dir', 'type', 'echo', 'where']),
};

/** `find` primaries that run or write something, whole or as the start of a longer name. */
const FIND_ACTIONS = ['-exec', '-ok', '-delete', '-fprint', '-fls'];

/** Why a read-only command name does not make this line read-only; undefined when it does. */
export type ReadOnlyVerdict =
  { readonly readOnly: true } | { readonly readOnly: false; readonly because: string };

/** Judges a simple command by its name, its flags and the paths it names. */
export function judgeReadOnly(words: readonly Word[], context: CommandContext): ReadOnlyVerdict {
  const [name, ...args] = words;
  const key = context.dialect === 'bash' ? name?.value : name?.value.toLowerCase();
  if (key === undefined || name?.quoted || !READ_ONLY[context.dialect].has(key)) {
    return { readOnly: false, because: 'not one of the built-in read-only commands' };
  }
  if (key === 'find' && args.some(arg => FIND_ACTIONS.some(flag => arg.value.startsWith(flag)))) {
    return { readOnly: false, because: 'find is asked to run or delete something' };
  }
  // echo prints its arguments; whatever they look like, no file is read.
  if (key === 'echo') return { readOnly: true };
  const foreign = args.find(arg => readsForeign(arg.value, context));
  return foreign
    ? { readOnly: false, because: `${foreign.value} may be a secret or outside the workspace` }
    : { readOnly: true };
}

/** True when a word could name a secret or a file outside; a flag's value counts as a path too. */
function readsForeign(word: string, context: CommandContext): boolean {
  const flag = /^--?[A-Za-z-]+=?/.exec(word)?.[0] ?? '';
  const candidates = flag === '' ? [word] : [word.slice(flag.length), word.slice(2)];
  return candidates.some(candidate => {
    if (candidate === '') return false;
    const path = resolvePath(candidate, context.cwd);
    if (path === undefined) return candidate.includes(':') ? /[\\/]/.test(candidate) : true;
    return !isInside(path, context.roots) || secretFileRule(path) !== undefined;
  });
}

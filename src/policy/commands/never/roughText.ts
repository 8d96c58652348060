import type { CommandContext } from '../commandVerdict';
import { commandName, UNKNOWN } from '../script';
import { isShell } from '../wrappers';
import { destructionReason } from './destruction';
import { teardownReason } from './teardown';

/** Enough words to see what a command does; longer ones are cut so that the scan stays linear. */
const MAX_ARGS = 12;
/** The same word again and again is looked at no more often than this. */
const MAX_REPEATS = 40;

const DOWNLOAD =
  /\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring|downloadfile|urlopen)\b/i;
const FORK_BOMB = /:\s*\(\s*\)\s*\{/;

/**
 * Raises an alarm over a text that no reader understood: every word is tried as the start of a
 * command. Good enough to warn, never to allow.
 */
export function roughReason(text: string, context: CommandContext): string | undefined {
  if (/scriptblock\]?\s*::\s*create/i.test(text)) return 'it runs text that nobody has seen';
  if (FORK_BOMB.test(text)) return 'it seems to start itself without end';
  const plain = text.replace(context.dialect === 'bash' ? /["'`\\]/g : /["'`^]/g, '');
  const downloads = DOWNLOAD.test(plain);
  const seen = new Map<string, number>();
  for (const statement of plain.split(/[;&|\n\r]+/)) {
    const words = statement.split(/[\s(){}[\],<>]+/).filter(word => word !== '');
    for (const [index, word] of words.entries()) {
      const name = commandName(word.replace(/^[$@!.=]+/, ''), context.dialect).toLowerCase();
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      if (count > MAX_REPEATS) continue;
      const args = words.slice(index + 1, index + 1 + MAX_ARGS).map(asTarget);
      const suspect = { name, args, context, upstream: [] };
      const reason = destructionReason(suspect) ?? teardownReason(suspect);
      if (reason !== undefined) return reason;
      if (downloads && isShell(name)) return 'it seems to run what it downloads';
    }
  }
  return undefined;
}

/** A variable could hold anything; a call for the current folder is the current folder. */
function asTarget(word: string): string {
  if (/^(?:get-location|pwd|gl)$/i.test(word)) return '.';
  return /^\$(?!env:|HOME|null|true|false)/i.test(word) ? UNKNOWN : word;
}

import { parse } from 'unbash';
import type { Issue, ReadResult, SimpleCommand } from '../script';
import { BashWalker, type WalkResult } from './walkBash';

/**
 * Reads a line as bash, dash and zsh would. `unbash` parses it; the walk then brings the tree to
 * our shape and checks that the parser left nothing unread. What the three shells read differently
 * becomes an issue; what cannot be read at all is refused.
 */
export function readBash(line: string): ReadResult {
  const result: WalkResult = { commands: [], issues: [], unclear: undefined };
  try {
    new BashWalker(line, undefined, result).script(parse(line), 0);
  } catch (error) {
    // Recursion without end, in the parser or in the walk over what it found.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, reason: 'it nests too deeply', at: 0 };
  }
  if (result.unclear) return { ok: false, ...result.unclear };
  const commands: readonly SimpleCommand[] = result.commands;
  const issues: readonly Issue[] = result.issues;
  return { ok: true, script: { commands, issues } };
}

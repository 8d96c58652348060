import { parse, type ParsedScript } from 'unbash';
import type { Issue, ReadResult, SimpleCommand } from '../script';
import { BashWalker, type WalkResult } from './walkBash';

/**
 * Reads a line as bash, dash and zsh would. `unbash` parses it; the walk then brings the tree to
 * our shape and checks that the parser left nothing unread. What the three shells read differently
 * becomes an issue; what cannot be read at all is refused.
 */
export function readBash(line: string): ReadResult {
  let tree: ParsedScript;
  try {
    tree = parse(line);
  } catch {
    return { ok: false, reason: 'the parser gave up', at: 0 };
  }
  const result: WalkResult = { commands: [], issues: [], unclear: undefined };
  new BashWalker(line, undefined, result).script(tree, 0);
  if (result.unclear) return { ok: false, ...result.unclear };
  const commands: readonly SimpleCommand[] = result.commands;
  const issues: readonly Issue[] = result.issues;
  return { ok: true, script: { commands, issues } };
}

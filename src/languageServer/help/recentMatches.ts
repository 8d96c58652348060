import { findMatch, universalRule } from '../../policy/commands/patternMatch';
import { readLine } from '../../policy/commands/readLine';
import type { SimpleCommand } from '../../policy/commands/script';
import { DIALECT } from '../rules/ruleInput';

const MAX_RECENT = 200;
const read = new WeakMap<readonly string[], readonly (readonly SimpleCommand[])[]>();

/** How many of the last commands a pattern covers in part or as a whole, and of how many. */
export function recentMatches(
  pattern: string,
  recent: readonly string[],
): { readonly hits: number; readonly of: number } {
  const lines = linesOf(recent);
  const rules = [{ effect: 'allow' as const, pattern, source: { file: '' } }];
  const all = universalRule(rules, DIALECT) !== undefined;
  const hits = lines.filter(
    commands => all || commands.some(command => findMatch(command, rules) !== undefined),
  ).length;
  return { hits, of: lines.length };
}

/** Reading a line costs more than comparing it, and the same lines are asked about for each pattern. */
function linesOf(recent: readonly string[]): readonly (readonly SimpleCommand[])[] {
  const known = read.get(recent);
  if (known) return known;
  const lines = recent.slice(-MAX_RECENT).map(line => {
    const script = readLine(line.slice(0, 10_000), DIALECT);
    return script.ok ? script.script.commands : [];
  });
  read.set(recent, lines);
  return lines;
}

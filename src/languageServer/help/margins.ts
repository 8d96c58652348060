import type { OpenFile } from '../diagnose';
import { policyKeys } from '../rules/policyValues';
import { rangeOf, stringsIn, type SyntaxTree } from '../syntaxTree';
import { recentMatches } from './recentMatches';

/** A link above a line that runs a command of the editor. */
export interface Lens {
  readonly start: number;
  readonly title: string;
  readonly command: 'checkrein.tryCommand' | 'checkrein.showDecisions';
}

/** A remark behind an entry. */
export interface Inlay {
  readonly at: number;
  readonly label: string;
}

const COMMAND_KEYS = new Set(['trustedCommands', 'deniedCommands', 'neverList']);
const MAX_INLAYS = 500;

function commandLists({ file, document, facts }: OpenFile, { root }: SyntaxTree) {
  const input = { file, facts, root, text: document.getText(), yaml: false };
  return [...policyKeys(input)].filter(({ key }) => COMMAND_KEYS.has(key));
}

/** Links above the lists of commands. */
export function lenses(open: OpenFile, tree: SyntaxTree): readonly Lens[] {
  return commandLists(open, tree).flatMap(({ keyNode }): Lens[] => {
    const { start } = rangeOf(keyNode);
    return [
      { start, title: 'Try a command', command: 'checkrein.tryCommand' },
      { start, title: 'Why?', command: 'checkrein.showDecisions' },
    ];
  });
}

/** Behind each pattern, how many of the last commands it covers. */
export function inlays(open: OpenFile, tree: SyntaxTree): readonly Inlay[] {
  const { recentCommands } = open.facts;
  if (recentCommands.length === 0) return [];
  return commandLists(open, tree)
    .flatMap(({ node }) => stringsIn(node))
    .slice(0, MAX_INLAYS)
    .map(entry => {
      const { hits, of } = recentMatches(entry.value, recentCommands);
      return { at: rangeOf(entry).end, label: `matches ${hits} of your last ${of} commands` };
    });
}

import type { Policy } from '../../policy/policy';
import { parsePattern } from '../../policy/commands/patternMatch';
import type { PolicyPlace } from './compilePolicy';
import { type CompileNote, noteOn } from './permissionRule';
import { allowedCommands } from './shellRules';

/** The lists in the editor's settings that Kiro 0.x goes by. */
export interface TrustLists {
  readonly trustedCommands: readonly string[];
  readonly commandDenylist: readonly string[];
}

/** The lists to write, what of them is Checkrein's, and what they do not say. */
export interface TrustListsPlan {
  readonly after: TrustLists;
  /** To be kept, so that a later plan or undo knows them again. */
  readonly ours: TrustLists;
  readonly notes: readonly CompileNote[];
}

/** Beginnings of commands that always ask: Kiro 0.x looks for these texts anywhere in the line. */
const NEVER_TEXTS: readonly string[] = [
  ...['sudo ', 'doas ', 'pkexec ', 'rm -r', 'rm -f', 'rm -R', 'chmod 777', 'chmod -R', 'chown -R'],
  ...['mkfs', 'of=/dev/', '> /dev/sd', '| sh', '|sh', '| bash', '|bash', '| zsh', '|zsh', 'eval '],
  ...['$(', '`', '<(', 'push -f', 'push --force', 'push --mirror', 'reset --hard', 'clean -'],
  ...['filter-branch', 'reflog expire', 'stash clear', 'destroy', 'shutdown', 'reboot', ':(){'],
  ...[
    '-delete',
    '-exec',
    'xargs',
    'Remove-Item',
    'rd /s',
    'rmdir /s',
    'del /',
    'iex',
    'Invoke-Exp',
  ],
];

/**
 * What the policy becomes in the settings of Kiro 0.x. Its matcher compares whole lines, so exact
 * commands are safe there, and a prefix never is: `npm *` trusts `npm i && rm -rf ~`. An entry of
 * the deny list makes a line ask when it stands anywhere in it.
 *
 * @public the extension writes these through the editor
 */
export function planTrustLists(
  policy: Policy,
  place: PolicyPlace,
  current: TrustLists,
  formerlyOurs: TrustLists,
): TrustListsPlan {
  const open = policy.blockedBecause === undefined && policy.sandbox === undefined;
  const allowed = open ? allowedCommands(policy, place) : { commands: [], notes: [] };
  const notes: CompileNote[] = [...allowed.notes];
  const denied = [...(policy.commands.denied ?? []), ...(policy.commands.never ?? [])].flatMap(
    rule => {
      const text = denyText(rule.pattern);
      if (text === undefined) notes.push(noteOn(rule, 'Kiro 0.x cannot tell every command apart'));
      return text ?? [];
    },
  );
  const trusted = merge(current.trustedCommands, formerlyOurs.trustedCommands, allowed.commands);
  const denials = merge(current.commandDenylist, formerlyOurs.commandDenylist, [
    ...NEVER_TEXTS,
    ...denied,
  ]);
  return {
    after: { trustedCommands: trusted.after, commandDenylist: denials.after },
    ours: { trustedCommands: trusted.ours, commandDenylist: denials.ours },
    notes,
  };
}

/** The text that every line with the denied command holds; a lone name keeps the blank behind it. */
function denyText(pattern: string): string | undefined {
  const { universal, words, end } = parsePattern(pattern, 'bash');
  if (universal) return undefined;
  const head = words ?? [pattern.trim().replace(/\s*\*$/, '')];
  const text = head.join(' ').replace(/\s+/g, ' ');
  return head.length === 1 && end === 'arguments' && words ? `${text} ` : text || undefined;
}

interface Merged {
  readonly after: readonly string[];
  readonly ours: readonly string[];
}

/** The person's own entries in their order, then ours; an entry of both stays the person's. */
function merge(
  current: readonly string[],
  former: readonly string[],
  wanted: readonly string[],
): Merged {
  const own = current.filter(entry => !former.includes(entry));
  const ours = [...new Set(wanted)].filter(entry => !own.includes(entry));
  return { after: [...own, ...ours], ours };
}

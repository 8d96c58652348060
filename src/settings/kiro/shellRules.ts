import type { CommandContext } from '../../policy/commands/commandVerdict';
import { judgeCommand } from '../../policy/commands/judgeCommand';
import { parsePattern } from '../../policy/commands/patternMatch';
import { changesShell } from '../../policy/commands/shellState';
import { refusePattern } from '../../policy/commands/trustedPatterns';
import type { Rule } from '../../policy/decision';
import type { Policy } from '../../policy/policy';
import type { ShellDialect } from '../../policy/toolCall';
import { NEVER_GLOBS, PATH_ASK_GLOBS } from './neverGlobs';
import {
  type CompileNote,
  type Compiled,
  fits,
  noteOn,
  type PermissionRule,
  ruleOf,
} from './permissionRule';

/** Where the commands of an allow rule would run. */
export interface ShellPlace extends Omit<CommandContext, 'dialect' | 'rules'> {
  readonly platform: NodeJS.Platform;
}

/** The denied commands, the never list and the limits, as Kiro's rules about `shell`. */
export function compileShellLimits({ commands, sandbox }: Policy): Compiled {
  const denied = (commands.denied ?? []).map(rule => denyGlobs(rule));
  const never = (commands.never ?? []).map(rule => denyGlobs(rule));
  const limits = (commands.limits ?? []).map(compileLimit);
  const ask = [
    ...NEVER_GLOBS,
    ...PATH_ASK_GLOBS,
    ...denied.flatMap(globs => globs.ask),
    ...never.flatMap(globs => [...globs.deny, ...globs.ask]),
  ];
  const notes: CompileNote[] = [...denied, ...never, ...limits].flatMap(part => part.notes);
  if (sandbox) notes.push(noteOn(sandbox, 'no sandbox is enforced yet, so every command asks'));
  const everything: readonly PermissionRule[] = denied.some(globs => globs.everything)
    ? [{ capability: 'shell', effect: 'deny' }]
    : [];
  const allAsk = sandbox !== undefined || never.some(globs => globs.everything);
  return {
    rules: [
      ...everything,
      ...ruleOf(
        'shell',
        'deny',
        denied.flatMap(globs => globs.deny),
      ),
      ...limits.flatMap(({ rules }) => rules),
      ...(allAsk ? [{ capability: 'shell', effect: 'ask' } as const] : []),
      ...ruleOf('shell', 'ask', ask),
    ],
    notes,
  };
}

interface LimitingGlobs {
  readonly deny: readonly string[];
  /** What may be more than the pattern means; it asks. */
  readonly ask: readonly string[];
  readonly everything: boolean;
  readonly notes: readonly CompileNote[];
}

const NO_GLOBS: LimitingGlobs = { deny: [], ask: [], everything: false, notes: [] };

/**
 * A pattern that denies, as globs over the command's text. What text cannot say (other quotes, a
 * wrapper before it) is left to Kiro's question and to the hook.
 */
function denyGlobs(rule: Rule): LimitingGlobs {
  const { universal, words, end } = parsePattern(rule.pattern, 'bash');
  if (universal) return { ...NO_GLOBS, everything: true };
  if (!words || words.length === 0) return compoundGlobs(rule);
  const texts = [...new Set([globText(words), writtenText(rule.pattern)])];
  const deny = texts.flatMap(text => {
    if (end === 'prefix') return withPath(`${text}*`);
    return [...withPath(text), ...(end === 'arguments' ? withPath(`${text} *`) : [])];
  });
  // Redirections make other text of an exact command, and Kiro has no way to say "redirections".
  const ask = end === 'exact' ? texts.flatMap(text => withPath(`${text} *`)) : [];
  if ([...deny, ...ask].every(fits)) return { ...NO_GLOBS, deny, ask };
  const short = shortened(words);
  const why = `it is too long for one line of Kiro's file; what begins with ${JSON.stringify(short)} asks`;
  return { ...NO_GLOBS, ask: [`${short}*`, `*/${short}*`], notes: [noteOn(rule, why)] };
}

/** A program can be named by its path, too. */
function withPath(glob: string): readonly string[] {
  return /^[/*]/.test(glob) ? [glob] : [glob, `*/${glob}`];
}

/** The pattern without its star as it is written, quotes and all. */
function writtenText(pattern: string): string {
  const head = pattern.trim().replace(/\s*\*$/, '');
  return head.replace(/[\\*\p{C}]+/gu, '*').replace(/\s+/g, ' ');
}

/** Kiro splits a compound command and judges its parts, so no rule can name the whole of it. */
function compoundGlobs(rule: Rule): LimitingGlobs {
  const head = rule.pattern.split(/[;&|<>`()]/, 1)[0]?.trim() ?? '';
  const { words } = parsePattern(head, 'bash');
  const short = words && words.length > 0 ? shortened(words) : '';
  if (short === '') {
    return {
      ...NO_GLOBS,
      notes: [noteOn(rule, 'Kiro has no rule for it; only the hook knows it')],
    };
  }
  const why = `Kiro judges the parts of a line one by one, so what begins with ${JSON.stringify(short)} asks`;
  return { ...NO_GLOBS, ask: [`${short}*`], notes: [noteOn(rule, why)] };
}

/** Words as they may stand in a command's text; a star for what can be written in several ways. */
function globText(words: readonly string[]): string {
  return words.map(word => (/^[^\s"'\\*\p{C}]+$/u.test(word) ? word : widened(word))).join(' ');
}

function widened(word: string): string {
  return `*${word.replace(/[\s"'\\*\p{C}]+/gu, '*')}*`.replace(/\*+/g, '*');
}

function shortened(words: readonly string[]): string {
  return (/^.{0,40}/su.exec(globText(words))?.[0] ?? '').replace(/[\s*]+$/, '');
}

/** A limit denies every command that none of its patterns covers. */
function compileLimit(limit: readonly Rule[]): Compiled {
  const globs = limit.map(denyGlobs);
  if (globs.some(({ everything }) => everything)) return { rules: [], notes: [] };
  const exclude = [...new Set(globs.flatMap(({ deny }) => deny))].filter(
    glob => !glob.startsWith('*/'),
  );
  const rule: PermissionRule = {
    capability: 'shell',
    effect: 'deny',
    ...(exclude.length > 0 && { exclude }),
  };
  const notes = globs.flatMap(({ notes: lost }) =>
    lost.map(note => ({ ...note, why: LIMIT_LOST })),
  );
  return { rules: [rule], notes };
}

const LIMIT_LOST = 'it cannot be written as a rule of Kiro, so Kiro refuses it there';

/** Characters that mean the same in every shell and in every matcher. */
const PLAIN_WORD = /^[\w./:@%+=,-]+$/;
/** Programs that hand on, fetch, or run what they read: as parts of a line they are another thing. */
const NOT_ALONE =
  /^(?:xargs|parallel|curl|wget|fetch|aria2c|https?|httpie|iwr|irm|nc|ncat|socat|cd|chdir|pushd|popd)$/i;
/** Beyond this many, judging them together would take long. */
const MAX_ALLOWED = 100;

/** Commands that Checkrein allows as they are written, each proved by the judge itself. */
export interface AllowedCommands {
  readonly commands: readonly string[];
  readonly notes: readonly CompileNote[];
}

/**
 * The trusted commands that a text rule can hold without allowing more: those without a star, and
 * of the others the command without more arguments. A star of Kiro's is any text, so `npm test *`
 * would also cover `npm test $(…)`, `npm test > file` and every option that runs a program. Each
 * one must be allowed alone, after and before the others, and in a pipe with them.
 */
export function allowedCommands(policy: Policy, place: ShellPlace): AllowedCommands {
  const accepted: string[] = [];
  const notes: CompileNote[] = [];
  for (const rule of policy.commands.trusted) {
    const problem = allowProblem(rule, policy, place, accepted);
    const open = parsePattern(rule.pattern, 'bash').end !== 'exact';
    if (typeof problem === 'string') notes.push(noteOn(rule, problem));
    else {
      if (open)
        notes.push(
          noteOn(rule, `Kiro runs only ${JSON.stringify(problem.command)} unasked: ${STAR}`),
        );
      if (!accepted.includes(problem.command)) accepted.push(problem.command);
    }
  }
  return { commands: accepted, notes };
}

const STAR = 'its star is any text, also redirections, substitutions and dangerous options';

function allowProblem(
  rule: Rule,
  policy: Policy,
  place: ShellPlace,
  accepted: readonly string[],
): string | { readonly command: string } {
  const dialects = dialectsOf(place.platform);
  const { universal, words } = parsePattern(rule.pattern, 'bash');
  if (universal) return 'Kiro would run everything, the never list too';
  const refusal = dialects.map(dialect => refusePattern(rule.pattern, dialect)).find(Boolean);
  if (refusal) return refusal.reason;
  if (!words?.every(word => PLAIN_WORD.test(word))) {
    return "it has more than plain words, and Kiro's rules compare text";
  }
  const command = words.join(' ');
  const name = words[0] ?? '';
  if (NOT_ALONE.test(name) || dialects.some(dialect => changesShell(name, dialect))) {
    return 'as a part of a line it changes what the other parts do';
  }
  if (!fits(command)) return "it is too long for one line of Kiro's file";
  if (accepted.length >= MAX_ALLOWED) return `only ${MAX_ALLOWED} commands are handed to Kiro`;
  const why = dialects
    .map(dialect => objection(command, accepted, policy, { ...place, dialect }))
    .find(Boolean);
  return why ?? { command };
}

/** Which shell Kiro will use on Windows is not known, so there a command must pass in each. */
function dialectsOf(platform: NodeJS.Platform): readonly ShellDialect[] {
  return platform === 'win32' ? ['powershell', 'cmd', 'bash'] : ['bash'];
}

/** Why the judge would not let the command pass everywhere that Kiro would. */
function objection(
  command: string,
  accepted: readonly string[],
  { commands, paths }: Policy,
  context: CommandContext,
): string | undefined {
  const lines = [
    command,
    [...accepted, command, command].join('; '),
    [command, ...accepted].join('; '),
    ['echo x', ...accepted, command, command].join(' | '),
    [command, ...accepted].join(' | '),
  ];
  for (const line of context.dialect === 'cmd' ? [command] : lines) {
    const verdict = judgeCommand(line, commands, { ...context, rules: paths });
    if (verdict.effect !== 'allow') return `Checkrein itself would not allow it: ${verdict.reason}`;
    // In another folder a name is another file, and a rule of Kiro's knows no folder.
    if (line === command && verdict.paths.length > 0)
      return 'which files it means depends on the folder';
  }
  return undefined;
}

/** The allow rules about `shell`, in one rule. */
export function compileShellAllows(policy: Policy, place: ShellPlace): Compiled {
  const { commands, notes } = allowedCommands(policy, place);
  return { rules: ruleOf('shell', 'allow', commands), notes };
}

import type { Effect, ReasonCode, Rule, SourceRange } from '../decision';
import type { CommandContext, CommandPath, CommandRules, OptionalReading } from './commandVerdict';
import { isInterpreter, runsInput } from './never/remoteCode';
import { riskyArgument } from './gadgets/riskyArguments';
import { isHarmlessTarget, unclearArgument, withUnknown } from './judgeArguments';
import { namesProtected, namesSecret, type PathTrouble, pathsOf } from './namedPaths';
import { readTrouble, writeTrouble } from './namedPaths';
import { namedWrites } from './namedWrites';
import { findDenied, findMatch, type PatternMatch, universalRule } from './patternMatch';
import { judgeReadOnly } from './readOnlyCommands';
import { readLine } from './readLine';
import {
  type Inner,
  type Redirect,
  type Script,
  type SimpleCommand,
  spreadBraces,
  UNKNOWN,
  withWords,
  type Word,
} from './script';
import { changesShell } from './shellState';
import { innerCommands } from './wrappers';

/** What was decided about one part, before trust in the whole line is weighed. */
export interface JudgedPart extends SourceRange {
  readonly effect: Effect;
  readonly code: ReasonCode;
  readonly reason: string;
  readonly rule?: Rule | undefined;
  /** True when trust in the whole line does not help: protected paths, secrets, denied commands. */
  readonly hard: boolean;
}

interface Outcome {
  readonly effect: Effect;
  readonly code: ReasonCode;
  readonly reason: string;
  readonly rule?: Rule | undefined;
  readonly hard?: boolean;
}

/** Deny beats ask beats allow. */
export const WEIGHT: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

/** Said of a command that a list of what may run at all leaves out. */
export const LIMITED =
  'The settings limit which commands may run at all, and this is none of them.';

const MAX_DEPTH = 5;
const ALL_READING: OptionalReading = { suggestions: true, readingAws: true };

/** Commands after which a relative path means something else. */
const MOVES = new Set('cd chdir pushd popd set-location sl push-location pop-location'.split(' '));

/** False for a command that is none of the reading ones, or does more with this argument. */
function isReading(verdict: ReturnType<typeof judgeReadOnly>): boolean {
  return verdict.readOnly || !/^(?:untrustedCommand|riskyArgument)$/.test(verdict.code);
}

/** Judges the simple commands of a line, one by one, in the order they run. */
export class PartJudge {
  readonly paths: CommandPath[];
  readonly #depth: number;
  /** Folders a command may run in, once `cd` was seen; undefined when that cannot be told. */
  #cwds: readonly string[] | undefined;
  /** Where in the line a nested text stands: its own positions mean nothing there. */
  readonly #at: SourceRange | undefined;

  constructor(
    private readonly rules: CommandRules,
    private readonly context: CommandContext,
    /** The judge of the command that runs what this one judges, from the same folder. */
    outer?: PartJudge,
    at?: SourceRange,
    /** True when the whole line is trusted, so that only hard parts ask. */
    private readonly waived: boolean = outer?.waived ?? false,
  ) {
    this.paths = outer ? outer.paths : [];
    this.#depth = outer ? outer.#depth + 1 : 0;
    this.#cwds = outer ? outer.#cwds : [context.cwd];
    this.#at = (outer ? outer.#at : undefined) ?? at;
  }

  script({ commands, issues }: Script): readonly JudgedPart[] {
    const parts: JudgedPart[] = [];
    for (const issue of issues) {
      parts.push(partAt(issue, structure(`No list can vouch for this: ${issue.reason}.`)));
    }
    for (const command of commands) this.#judge(command, parts);
    return parts;
  }

  /** Braces are several words to bash and zsh, and one to dash: both readings must be allowed. */
  #judge(command: SimpleCommand, parts: JudgedPart[]): void {
    const from = parts.length;
    this.#judgeReading(command, parts);
    const spread = spreadBraces(command);
    if (!spread) return;
    const strictest = Math.max(0, ...parts.slice(from).map(({ effect }) => WEIGHT[effect]));
    const again: JudgedPart[] = [];
    this.#judgeReading(spread, again);
    parts.push(...again.filter(({ effect }) => WEIGHT[effect] > strictest));
  }

  #judgeReading(command: SimpleCommand, parts: JudgedPart[]): void {
    let spared = command.group;
    if (!command.group) {
      const settled = this.#denied(command) ?? this.#neverAdded(command);
      const outcome = settled ?? this.#command(command);
      parts.push(partAt(command, outcome));
      // What asks already need not be looked at further.
      spared = !this.waived && outcome.code !== 'trustedCommand';
      this.#follow(command);
    }
    for (const redirect of command.redirects) {
      const outcome = this.#redirect(redirect, command);
      if (outcome) parts.push(partAt(redirect, outcome));
    }
    const { files, mayLeave, unnamed, any } = namedWrites(command);
    for (const file of files) {
      this.#remember(file, 'write');
      if (isHarmlessTarget(file, command)) continue;
      const trouble = writeTrouble(file, this.context, this.#cwds);
      if (!trouble || (mayLeave && trouble.code === 'outsideWorkspace')) continue;
      parts.push(partAt(file, asked(trouble, true)));
    }
    if (unnamed !== undefined) {
      parts.push(partAt(command, asked({ code: 'unknownPath', reason: unnamed }, false)));
    }
    const named = any && !spared ? this.#namedProtected(command) : undefined;
    if (named) parts.push(named);
  }

  /** The first word that names a protected path, of a command that is not known to spare it. */
  #namedProtected(command: SimpleCommand): JudgedPart | undefined {
    const { name, words } = command;
    if (MOVES.has(name)) return undefined;
    for (const word of words.slice(1)) {
      const trouble = namesProtected(word, this.context, this.#cwds);
      if (!trouble) continue;
      // What a wrapper runs is judged for itself.
      if (name !== 'find' && innerCommands(command).length > 0) return undefined;
      const reading = judgeReadOnly(command, this.context, this.#cwds, ALL_READING);
      return isReading(reading) ? undefined : partAt(word, asked(trouble, true));
    }
    return undefined;
  }

  /** Denied commands are found by base name and through wrappers: `/bin/git push`, `env git push`. */
  #denied(command: SimpleCommand): Outcome | undefined {
    const { denied = [], limits = [] } = this.rules;
    if (denied.length === 0 && limits.length === 0) return undefined;
    const match = denied.length === 0 ? undefined : this.#deniedMatch(command, denied, 0);
    if (match) {
      const reason = `It is denied by ${JSON.stringify(match.rule.pattern)}.`;
      return { effect: 'deny', code: 'deniedCommand', reason, rule: match.rule, hard: true };
    }
    const limited = limits.some(
      list => !universalRule(list, command.dialect) && !findMatch(command, list),
    );
    if (!limited) return undefined;
    return { effect: 'deny', code: 'deniedCommand', reason: LIMITED, hard: true };
  }

  /** What a person added to the never list asks like the built-in part, whatever trusts it. */
  #neverAdded(command: SimpleCommand): Outcome | undefined {
    const { never = [] } = this.rules;
    const match = never.length === 0 ? undefined : this.#deniedMatch(command, never, 0);
    if (!match) return undefined;
    // Judged all the same, so that the files it names are known.
    this.#command(command);
    const reason = `${JSON.stringify(match.rule.pattern)} is on your never list, so it always asks.`;
    return { effect: 'ask', code: 'neverList', reason, rule: match.rule, hard: true };
  }

  #deniedMatch(
    command: SimpleCommand,
    denied: readonly Rule[],
    depth: number,
  ): PatternMatch | undefined {
    const direct = findDenied(command, denied);
    if (direct || depth >= MAX_DEPTH) return direct;
    for (const inner of innerCommands(command)) {
      if (inner.kind === 'words') {
        const found = this.#deniedMatch(withWords(command, inner.words), denied, depth + 1);
        if (found) return found;
      } else if (inner.kind === 'text') {
        const read = readLine(inner.word.value.replaceAll(UNKNOWN, '$UNKNOWN'), inner.dialect);
        for (const nested of read.ok ? read.script.commands : []) {
          const found = this.#deniedMatch(nested, denied, depth + 1);
          if (found) return found;
        }
      }
    }
    return undefined;
  }

  #command(command: SimpleCommand): Outcome {
    const [name] = command.words;
    if (!name) {
      return structure('A lone assignment or redirection changes the shell for what follows.');
    }
    const match = findMatch(command, this.rules.trusted);
    if (match) return this.#trusted(command, match);
    const inner = innerCommands(command);
    const within = this.#hardInside(command, inner);
    if (within) return within;
    const [assignment] = command.assignments;
    if (assignment) {
      return structure(`${assignment.name}=… can change what the command does.`);
    }
    if (inner.length > 0 && !/^find$/i.test(name.value)) {
      return {
        effect: 'ask',
        code: 'untrustedCommand',
        reason: `${name.value} runs another command, and no pattern spells out both.`,
      };
    }
    const verdict = judgeReadOnly(command, this.context, this.#cwds, this.rules);
    if (!verdict.readOnly) {
      const handed = this.waived && !isReading(verdict) && this.#secretHanded(command, 0);
      return handed ? asked(handed, true) : asked(verdict, verdict.code === 'secretFile');
    }
    for (const word of verdict.reads) this.#remember(word, 'read');
    return { effect: 'allow', code: 'readOnlyCommand', reason: 'A read-only command.' };
  }

  /** A pattern covers the words; what they do beyond the pattern's meaning is judged here. */
  #trusted(command: SimpleCommand, match: PatternMatch): Outcome {
    const { rule } = match;
    const reading = judgeReadOnly(command, this.context, this.#cwds, ALL_READING);
    // Trusting `cat *` does not mean trusting it with keys.
    if (!reading.readOnly && reading.code === 'secretFile') return asked(reading, true);
    for (const word of reading.readOnly ? reading.reads : []) this.#remember(word, 'read');
    if (match.open) {
      const [name] = command.words;
      if (name && changesShell(name.value, command.dialect)) {
        return structure(
          `${name.value} changes the shell for what follows; trust the exact line.`,
          rule,
        );
      }
      const risky = riskyArgument(command, match.fixed, this.context, this.#cwds);
      if (risky) return { effect: 'ask', code: 'riskyArgument', reason: `${risky.reason}.`, rule };
      const unclear = unclearArgument(command, match.fixed, this.context);
      if (unclear) {
        return structure('What its argument will be, only the shell will know.', rule);
      }
      const inner = this.#innerOutcome(command, match);
      if (inner) return inner;
      const handed = isReading(reading) ? undefined : this.#secretHanded(command, match.fixed);
      if (handed) return asked(handed, true);
    }
    const reason = `Trusted by ${JSON.stringify(rule.pattern)}.`;
    return { effect: 'allow', code: 'trustedCommand', reason, rule };
  }

  /** A secret file that the pattern does not spell out, handed to whatever program it trusts. */
  #secretHanded({ words, assignments }: SimpleCommand, fixed: number): PathTrouble | undefined {
    for (const word of words.slice(Math.max(1, fixed - assignments.length))) {
      const trouble = namesSecret(word, this.context, this.#cwds);
      if (trouble) return trouble;
    }
    return undefined;
  }

  /** What trust in the whole line does not cover is not covered behind a wrapper either. */
  #hardInside(command: SimpleCommand, inner: readonly Inner[]): Outcome | undefined {
    if (inner.length > 0 && this.#depth >= MAX_DEPTH) {
      return { ...structure('It nests too deeply to be judged.'), hard: true };
    }
    for (const one of inner) {
      const worst = this.#nested(command, one).find(({ hard }) => hard);
      if (worst) return { ...worst, reason: `What it runs: ${worst.reason}` };
    }
    return undefined;
  }

  /** Judges what a wrapper runs, as far as the line shows it. */
  #nested(command: SimpleCommand, inner: Inner): readonly JudgedPart[] {
    if (inner.kind === 'text') return this.#nestedText(inner.word, inner.dialect);
    if (inner.kind !== 'words') return [];
    const { words, more, elsewhere = false } = inner;
    return this.#nestedCommand(withUnknown(command, words, more), elsewhere);
  }

  /** What a trusted wrapper runs must be allowed itself, unless the pattern spells it out. */
  #innerOutcome(command: SimpleCommand, match: PatternMatch): Outcome | undefined {
    const { rule } = match;
    const spelled = match.fixed - command.assignments.length;
    for (const inner of innerCommands(command)) {
      if ('index' in inner && spelled > inner.index) continue;
      if (this.#depth >= MAX_DEPTH) return structure('It nests too deeply to be judged.', rule);
      if (inner.kind === 'hidden' || inner.kind === 'input') {
        const why = inner.kind === 'hidden' ? inner.reason : 'it runs what it reads';
        return structure(`Trusting a shell would trust everything: ${why}.`, rule);
      }
      const parts = this.#nested(command, inner);
      const worst =
        parts.find(part => part.effect === 'deny') ?? parts.find(part => part.effect !== 'allow');
      if (worst) {
        const { effect, code, reason, hard } = worst;
        return { effect, code, reason: `What it runs is not trusted: ${reason}`, hard, rule };
      }
    }
    const reads = isInterpreter(command.name) && runsInput(command);
    return reads ? structure(`${command.name} runs the program it reads.`, rule) : undefined;
  }

  #nestedCommand(command: SimpleCommand, elsewhere: boolean): readonly JudgedPart[] {
    const parts: JudgedPart[] = [];
    const judge = new PartJudge(this.rules, this.context, this);
    if (elsewhere) judge.#cwds = undefined;
    judge.#judge(command, parts);
    // `command cd ..` moves this shell.
    if (!elsewhere) this.#cwds = judge.#cwds;
    return parts;
  }

  #nestedText(word: Word, dialect: CommandContext['dialect']): readonly JudgedPart[] {
    const ask = (reason: string): readonly JudgedPart[] => [partAt(word, structure(reason))];
    if (word.dynamic !== 'no' || word.forms.length > 1) return ask('its text is not known');
    const read = readLine(word.value, dialect);
    if (!read.ok) return ask(`its text could not be read: ${read.reason}.`);
    return new PartJudge(this.rules, { ...this.context, dialect }, this, word).script(read.script);
  }

  #redirect(redirect: Redirect, command: SimpleCommand): Outcome | undefined {
    const { kind, target } = redirect;
    if (kind === 'duplicate' || !target) return undefined;
    if (kind === 'text') return this.#hereString(target);
    this.#remember(target, kind === 'read' ? 'read' : 'write');
    if (/^\/dev\/(?:tcp|udp)\//.test(target.value)) {
      return {
        effect: 'ask',
        code: 'outsideWorkspace',
        reason: 'It opens a network connection.',
        hard: true,
      };
    }
    if (isHarmlessTarget(target, command)) return undefined;
    if (kind === 'read') {
      const trouble = readTrouble(target, this.context, this.#cwds);
      return trouble && asked(trouble, trouble.code === 'secretFile');
    }
    const trouble = writeTrouble(target, this.context, this.#cwds);
    if (trouble) return asked(trouble, true);
    return {
      effect: 'ask',
      code: 'writesFile',
      reason: `It writes ${JSON.stringify(target.value)}.`,
    };
  }

  #hereString(target: Word): Outcome | undefined {
    // The shell prints a variable there; the commands in it are parts of their own.
    return target.dynamic === 'split'
      ? structure('What it reads, only the shell will know.')
      : undefined;
  }

  #remember(word: Word, access: CommandPath['access']): void {
    const { start, end } = this.#at ?? word;
    const paths = pathsOf(word, this.context, this.#cwds);
    if (paths) for (const path of paths) this.paths.push({ path, access, start, end });
  }

  /** Follows `cd` so that later paths mean what they will mean. */
  #follow(command: SimpleCommand): void {
    if (!MOVES.has(command.name)) return;
    const target = command.words[1];
    const moved =
      target && command.words.length === 2 && command.depth === 0
        ? pathsOf(target, this.context, this.#cwds)
        : undefined;
    if (!moved || target?.value.startsWith('-') || command.pipedFrom.length > 0) {
      this.#cwds = undefined;
      return;
    }
    // Without `&&` the move may have failed and later commands run where they were.
    const all = [...new Set([...(this.#cwds ?? []), ...moved])];
    this.#cwds = all.length > 4 ? undefined : all;
  }
}

function structure(reason: string, rule?: Rule): Outcome {
  return { effect: 'ask', code: 'shellStructure', reason, rule };
}

/** A question about what was found, as a sentence. */
function asked({ code, reason, rule }: PathTrouble, hard: boolean): Outcome {
  return { effect: 'ask', code, reason: `${reason}.`, rule, hard };
}

function partAt({ start, end }: SourceRange, outcome: Outcome): JudgedPart {
  const { effect, code, reason, rule, hard = false } = outcome;
  return { start, end, effect, code, reason, rule, hard };
}

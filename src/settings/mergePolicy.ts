import type { Effect, Rule } from '../policy/decision';
import type { ModeLimits } from '../policy/mode';
import { patternOfToolEntry } from '../policy/commands/trustedPatterns';
import type { Policy } from '../policy/policy';
import { checkEntries, type ListKey } from './checkEntries';
import { looseningOf, onlyTightening, type Loosening } from './loosening';
import { lineOf, type PolicyLayer, type PolicyProblem, type Scope } from './policyLayer';
import { POLICY_KEYS, type PolicyKey } from './policySchema';

/** Why a value counts or does not. */
type ValueStatus = 'inEffect' | 'needsConsent' | 'locked';

/** One value of the policy with the place it comes from. */
export interface EffectiveValue {
  readonly key: PolicyKey;
  /** The entry of a list, or the value as JSON. */
  readonly text: string;
  readonly scope: Scope;
  readonly file: string;
  readonly line?: number;
  readonly status: ValueStatus;
}

/** All places together: the policy, the mode it asks for, and where each value comes from. */
export interface EffectivePolicy {
  readonly policy: Policy;
  /** The mode new windows begin with, and who said so; undefined when nobody did. */
  readonly autonomy?: { readonly mode: 'autopilot' | 'supervised'; readonly scope: Scope };
  readonly limits: ModeLimits;
  readonly values: readonly EffectiveValue[];
  readonly problems: readonly PolicyProblem[];
  /** What repositories loosen and no person has approved. */
  readonly waiting: readonly Loosening[];
}

/** From weak to strong: for a key with one value, the strongest place that has it decides. */
const PRIORITY: readonly Scope[] = [
  'kiroUser',
  'user',
  'editorUser',
  'kiroWorkspace',
  'project',
  'editorWorkspace',
  'session',
  'managed',
];

type RuleKey = Exclude<ListKey, 'coreTools'>;

const EFFECT: Readonly<Record<ListKey, Effect>> = {
  trustedCommands: 'allow',
  trustedTools: 'allow',
  allowedPaths: 'allow',
  untrustedTools: 'ask',
  protectedPaths: 'ask',
  secretPaths: 'ask',
  neverList: 'ask',
  deniedCommands: 'deny',
  excludeTools: 'deny',
  coreTools: 'deny',
};

const RULE_KEYS = (Object.keys(EFFECT) as ListKey[]).filter(key => key !== 'coreTools');

interface MergeOptions {
  /** Hashes of the loosening contents that a person approved. */
  readonly consents: ReadonlySet<string>;
}

/**
 * Merges all places. Rules of every place count, and a decision takes deny before ask before allow;
 * what a repository loosens counts once a person approved exactly that, and what an organisation
 * locked is loosened by its own file alone.
 */
export function mergePolicy(
  layers: readonly PolicyLayer[],
  { consents }: MergeOptions,
): EffectivePolicy {
  // By place, not by the order given: the same files make the same policy.
  const sorted = [...layers].sort(
    (a, b) => PRIORITY.indexOf(a.scope) - PRIORITY.indexOf(b.scope) || compareTexts(a.file, b.file),
  );
  const locked = lockedKeys(sorted);
  const waiting: Loosening[] = [];
  const seen = sorted.map(layer => {
    const loosening = looseningOf(layer);
    const needsConsent = loosening !== undefined && !consents.has(loosening.hash);
    if (needsConsent) waiting.push(loosening);
    const agreed = needsConsent ? onlyTightening(layer) : layer;
    return { layer, agreed, counting: withoutLocked(agreed, locked) };
  });
  const builder = new PolicyBuilder();
  for (const { counting } of seen) builder.add(counting);
  return {
    ...builder.result(),
    values: seen.flatMap(({ layer, agreed, counting }) => valuesOf(layer, agreed, counting)),
    waiting,
  };
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function lockedKeys(layers: readonly PolicyLayer[]): ReadonlySet<PolicyKey> {
  const locked = new Set(layers.flatMap(({ lock }) => lock ?? []));
  // Trust in the shell tool, or in `shell(git)`, is trust in commands.
  if (locked.has('trustedCommands')) locked.add('trustedTools');
  return locked;
}

function withoutLocked(layer: PolicyLayer, locked: ReadonlySet<PolicyKey>): PolicyLayer {
  if (layer.scope === 'managed' || locked.size === 0) return layer;
  const rest = onlyTightening(layer).values;
  const kept = Object.entries(layer.values).filter(
    ([key]) => !locked.has(key as PolicyKey) || key in rest,
  );
  return { ...layer, values: Object.fromEntries(kept) };
}

function valuesOf(
  layer: PolicyLayer,
  agreed: PolicyLayer,
  counting: PolicyLayer,
): readonly EffectiveValue[] {
  const { scope, file } = layer;
  return POLICY_KEYS.flatMap(key => {
    const value: unknown = layer.values[key];
    if (value === undefined) return [];
    const status = !(key in agreed.values)
      ? 'needsConsent'
      : key in counting.values
        ? 'inEffect'
        : 'locked';
    const texts = Array.isArray(value) ? value.map(String) : [JSON.stringify(value)];
    return texts.map((text, index): EffectiveValue => {
      const line = lineOf(layer, key, index);
      // Thousands of them: a conditional spread takes several times as long.
      return line === undefined
        ? { key, text, scope, file, status }
        : { key, text, scope, file, line, status };
    });
  });
}

/** Collects the rules of one place after the other. */
class PolicyBuilder {
  readonly #rules = Object.fromEntries(RULE_KEYS.map(key => [key, []])) as unknown as Record<
    RuleKey,
    Rule[]
  >;
  readonly #toolLimits: Rule[][] = [];
  readonly #commandLimits: Rule[][] = [];
  readonly #problems: PolicyProblem[] = [];
  #autonomy: EffectivePolicy['autonomy'];
  #supervisedOnly = false;
  #noTrustAll: ModeLimits['noTrustAll'];
  #sandbox: Rule | undefined;
  readonly #autoAccept = new Set<boolean>();

  add(layer: PolicyLayer): void {
    for (const key of RULE_KEYS) this.#list(layer, key);
    this.#coreTools(layer);
    this.#single(layer);
  }

  #list(layer: PolicyLayer, key: RuleKey): void {
    for (const rule of this.#checked(layer, key)) {
      const pattern = key.endsWith('Tools') ? patternOfToolEntry(rule.pattern) : undefined;
      if (pattern === undefined) this.#rules[key].push(rule);
      else {
        const commands = key === 'trustedTools' ? 'trustedCommands' : 'deniedCommands';
        this.#rules[commands].push({ ...rule, pattern });
      }
    }
  }

  /** `run_shell_command(git)` in a limit lets the shell tool run, but only such commands. */
  #coreTools(layer: PolicyLayer): void {
    const entries = this.#checked(layer, 'coreTools');
    if (layer.values.coreTools === undefined) return;
    const commands: Rule[] = [];
    const tools: Rule[] = [];
    for (const rule of entries) {
      const pattern = patternOfToolEntry(rule.pattern);
      if (pattern === undefined) tools.push(rule);
      else commands.push({ ...rule, pattern });
    }
    const [first] = commands;
    const shell = tools.some(({ pattern }) => SHELL_NAMES.has(pattern.trim().toLowerCase()));
    this.#toolLimits.push(first && !shell ? [...tools, { ...first, pattern: 'shell' }] : tools);
    if (first && !shell) this.#commandLimits.push(commands);
  }

  #checked(layer: PolicyLayer, key: ListKey): readonly Rule[] {
    const { entries, problems } = checkEntries(layer, key);
    this.#problems.push(...problems);
    const { file } = layer;
    const effect = EFFECT[key];
    return entries.map(({ text, index }) => {
      const line = lineOf(layer, key, index);
      const source = line === undefined ? { file } : { file, line };
      return { effect, pattern: text, source };
    });
  }

  #single(layer: PolicyLayer): void {
    const { scope, file, values, trustAll } = layer;
    const { agentAutonomy, production, sandbox, autoAccept } = values;
    if (agentAutonomy) {
      const mode = agentAutonomy === 'Supervised' ? 'supervised' : 'autopilot';
      // Of several folders of a workspace, none is stronger: the strictest counts.
      const stricter = this.#autonomy?.scope === scope && this.#autonomy.mode === 'supervised';
      if (!stricter) this.#autonomy = { mode, scope };
      if (scope === 'managed' && mode === 'supervised') this.#supervisedOnly = true;
    }
    if (production === true) this.#noTrustAll ??= 'production';
    if (trustAll === false) this.#noTrustAll = 'managed';
    if (autoAccept !== undefined) this.#autoAccept.add(autoAccept);
    if (sandbox !== undefined && sandbox !== false) {
      const line = lineOf(layer, 'sandbox');
      const source = { file, ...(line !== undefined && { line }) };
      this.#sandbox ??= { effect: 'ask', pattern: JSON.stringify(sandbox), source };
    }
  }

  result(): Omit<EffectivePolicy, 'values' | 'waiting'> {
    const rules = this.#rules;
    const broken = this.#problems.find(({ severity }) => severity === 'error');
    const suggestions = this.#autoAccept.has(true) && !this.#autoAccept.has(false);
    const policy: Policy = {
      commands: {
        trusted: rules.trustedCommands,
        denied: rules.deniedCommands,
        never: rules.neverList,
        limits: this.#commandLimits,
        suggestions,
      },
      tools: {
        trusted: rules.trustedTools,
        untrusted: rules.untrustedTools,
        excluded: rules.excludeTools,
        limits: this.#toolLimits,
      },
      paths: {
        protected: rules.protectedPaths,
        secret: rules.secretPaths,
        allowed: rules.allowedPaths,
      },
      ...(this.#sandbox && { sandbox: this.#sandbox }),
      ...(broken && { blockedBecause: sayProblem(broken) }),
    };
    return {
      policy,
      ...(this.#autonomy && { autonomy: this.#autonomy }),
      limits: {
        supervisedOnly: this.#supervisedOnly,
        ...(this.#noTrustAll && { noTrustAll: this.#noTrustAll }),
      },
      problems: this.#problems,
    };
  }
}

const SHELL_NAMES = new Set([
  ...['shell', 'bash', 'run_shell_command', 'shelltool', 'execute_bash', 'execute_cmd'],
  ...['execute_pwsh', 'all', '*'],
]);

/** A problem as one sentence for a decision's reason. */
export function sayProblem({ file, line, column, message }: PolicyProblem): string {
  const place = [file, line, column].filter(part => part !== undefined).join(':');
  return `The policy in ${place} cannot be used, so every call asks: ${message}.`;
}

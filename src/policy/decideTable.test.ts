import { describe, expect, it } from 'vitest';
import type { Decision, Effect, Rule } from './decision';
import { decide } from './decide';
import type { Mode } from './mode';
import type { DecisionState, Policy } from './policy';
import type { Capability, ToolCall, TouchedPath } from './toolCall';

/*
 * Every mode, overlay, kind of call and kind of rule against each other. What is expected is worked
 * out a second time here, from the order that the product promises, with plain conditions instead
 * of the code under test: excluded, never list and denied, protected and secret and outside,
 * blocked, restricted, unknown field, untrusted, sandbox, reads, trust-all, Supervised, trusted.
 */

const ROOT = '/home/me/project';

type Place = 'inside' | 'outside' | 'allowed' | 'protected' | 'secret' | 'none' | 'unknown';
type Line = 'readOnly' | 'trusted' | 'untrusted' | 'denied' | 'never' | 'addedNever' | 'writesHook';

/** One kind of call, by what matters for a decision. */
interface Kind {
  readonly capability: Capability;
  readonly place?: Place;
  readonly line?: Line;
  readonly unknownField?: boolean;
}

const PATHS: Readonly<Record<Exclude<Place, 'none' | 'unknown'>, string>> = {
  inside: `${ROOT}/src/a.ts`,
  outside: '/srv/x',
  allowed: '/data/shared/x',
  protected: `${ROOT}/.kiro/hooks/x.json`,
  secret: `${ROOT}/.env`,
};

const LINES: Readonly<Record<Line, string>> = {
  readOnly: 'ls src',
  trusted: 'npm test',
  untrusted: 'make all',
  denied: 'git push origin x',
  never: 'sudo make all',
  addedNever: 'terraform apply',
  writesHook: 'npm test > .git/hooks/pre-commit',
};

const PLAIN_KINDS: readonly Kind[] = [
  ...(['read', 'write'] as const).flatMap(capability =>
    (Object.keys(PATHS) as Place[]).concat('none', 'unknown').map(place => ({ capability, place })),
  ),
  ...(Object.keys(LINES) as Line[]).map(line => ({ capability: 'shell' as const, line })),
  { capability: 'shell', line: 'readOnly', place: 'outside' },
  { capability: 'shell', line: 'trusted', place: 'outside' },
  { capability: 'shell' },
  ...(['web', 'mcp', 'subagent', 'other'] as const).map(capability => ({ capability })),
];
const KINDS = PLAIN_KINDS.flatMap((kind): Kind[] => [kind, { ...kind, unknownField: true }]);

function rule(pattern: string, effect: Effect): Rule {
  return { effect, pattern, source: { file: 'f' } };
}

function touched(path: string): TouchedPath {
  return { path, real: path };
}

function callOf({ capability, place, line, unknownField }: Kind): ToolCall {
  const cwd = touched(place === 'outside' ? '/srv' : ROOT);
  const files =
    place === undefined || place === 'unknown'
      ? undefined
      : place === 'none'
        ? []
        : [touched(PATHS.inside), touched(PATHS[place])];
  return {
    agent: 'a',
    sessionId: 's',
    tool: 'the_tool',
    capability,
    cwd: ROOT,
    input: {},
    ...(capability !== 'shell' && files && { paths: files }),
    ...(line && { command: { text: LINES[line], dialect: 'bash', cwd } }),
    ...(unknownField && { unknownField: 'new' }),
  };
}

const TOOL_RULES = ['none', 'trusted', 'untrusted', 'excluded', 'limitedOut', 'limitedIn'] as const;
type ToolRule = (typeof TOOL_RULES)[number] | 'trustedAndUntrusted' | 'trustedAndExcluded';

function policyOf(
  toolRule: ToolRule,
  { sandbox, blocked }: { readonly sandbox: boolean; readonly blocked: boolean },
): Policy {
  const has = (word: string): boolean => toolRule.toLowerCase().includes(word);
  return {
    commands: {
      trusted: [rule('npm test', 'allow')],
      denied: [rule('git push *', 'deny')],
      never: [rule('terraform *', 'ask')],
    },
    tools: {
      trusted: has('trusted') && toolRule !== 'untrusted' ? [rule('the_tool', 'allow')] : [],
      untrusted: has('untrusted') ? [rule('the_tool', 'ask')] : [],
      excluded: has('excluded') ? [rule('the_tool', 'deny')] : [],
      limits: has('limited')
        ? [[rule(toolRule === 'limitedIn' ? 'the_tool' : 'another', 'deny')]]
        : [],
    },
    paths: { protected: [], secret: [], allowed: [rule('/data/shared/**', 'allow')] },
    ...(sandbox && { sandbox: rule('true', 'ask') }),
    ...(blocked && { blockedBecause: 'The policy of the organisation cannot be read.' }),
  };
}

const MODES: readonly Mode[] = ['autopilot', 'supervised', 'interrupted'];
const OVERLAYS = ['none', 'restricted', 'trustAll'] as const;
type Overlay = (typeof OVERLAYS)[number];

function stateOf(mode: Mode, overlay: Overlay): DecisionState {
  const resumeTo = 'autopilot';
  return {
    mode: {
      mode,
      resumeTo,
      restricted: overlay === 'restricted',
      trustAll: overlay === 'trustAll',
    },
    paths: { roots: [ROOT], home: '/home/me', stateHome: '/home/me/.local/share/checkrein' },
  };
}

interface Row {
  readonly kind: Kind;
  readonly mode: Mode;
  readonly overlay: Overlay;
  readonly toolRule: ToolRule;
  readonly sandbox: boolean;
  readonly blocked: boolean;
}

const ALL_TOOL_RULES: readonly ToolRule[] = [
  ...TOOL_RULES,
  'trustedAndUntrusted',
  'trustedAndExcluded',
];

const ROWS: readonly Row[] = KINDS.flatMap(kind =>
  MODES.flatMap(mode =>
    OVERLAYS.flatMap(overlay =>
      ALL_TOOL_RULES.flatMap(toolRule =>
        [false, true].flatMap(sandbox =>
          [false, true].map(blocked => ({ kind, mode, overlay, toolRule, sandbox, blocked })),
        ),
      ),
    ),
  ),
);

/** The promised order, written down once more. A tool that MCP rules cannot be sure of is not trusted. */
function expected({ kind, mode, overlay, toolRule, sandbox, blocked }: Row): string {
  const { capability, place, line } = kind;
  const isMcp = capability === 'mcp';
  if (mode === 'interrupted') return 'deny interrupted';
  if (['excluded', 'trustedAndExcluded', 'limitedOut'].includes(toolRule)) {
    return 'deny excludedTool';
  }
  if (toolRule === 'limitedIn' && isMcp) return 'deny excludedTool';
  if (line === 'denied') return 'deny deniedCommand';
  if (line === 'never' || line === 'addedNever') return 'ask neverList';
  if (capability === 'read' || capability === 'write') {
    if (place === 'unknown' || (place === 'none' && capability === 'write')) {
      return 'ask unknownPath';
    }
    if (place === 'protected' && capability === 'write') return 'ask protectedPath';
    if (place === 'secret') return 'ask secretFile';
    if (place === 'outside') return 'ask outsideWorkspace';
  }
  if (blocked) return 'ask policyBroken';
  if (overlay === 'restricted') return 'ask restricted';
  if (kind.unknownField) return 'ask unknownField';
  if (toolRule === 'untrusted' || toolRule === 'trustedAndUntrusted') return 'ask untrustedTool';
  if (sandbox && (capability === 'shell' || capability === 'other')) return 'ask sandbox';
  if (capability === 'read') return 'allow readTool';
  const trusted = toolRule === 'trusted' && !isMcp;
  if (capability === 'shell') return shellExpected(kind, { mode, overlay, trusted });
  if (overlay === 'trustAll') return 'allow trustAll';
  if (mode === 'supervised') return 'ask supervised';
  if (capability === 'write') return 'allow insideWorkspace';
  return trusted ? 'allow trustedTool' : 'ask untrustedTool';
}

function shellExpected(
  { place, line }: Kind,
  { mode, overlay, trusted }: Pick<Row, 'mode' | 'overlay'> & { readonly trusted: boolean },
): string {
  if (mode === 'supervised' && overlay !== 'trustAll') return 'ask supervised';
  if (line === undefined) return 'ask untrustedCommand';
  if (place === 'outside') return 'ask outsideWorkspace';
  if (line === 'writesHook') return 'ask protectedPath';
  if (line === 'readOnly') return 'allow readOnlyCommand';
  if (line === 'trusted') return 'allow trustedCommand';
  return overlay === 'trustAll' || trusted ? 'allow trustedCommand' : 'ask untrustedCommand';
}

function decided(row: Row): Decision {
  return decide(callOf(row.kind), policyOf(row.toolRule, row), stateOf(row.mode, row.overlay));
}

const STRICTNESS: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

/** Rows whose check gives something, as text: one failure shows all of them. */
function failing(check: (row: Row) => string | undefined): readonly string[] {
  return ROWS.flatMap(row => {
    const found = check(row);
    return found === undefined ? [] : [`${JSON.stringify(row)}: ${found}`];
  });
}

describe('every mode, overlay, call and rule', () => {
  it('is a table of thousands of rows', () => {
    expect(ROWS.length).toBeGreaterThan(8000);
  });

  it('decides what the order promises', () => {
    const wrong = failing(row => {
      const { effect, code } = decided(row);
      const wanted = expected(row);
      return `${effect} ${code}` === wanted ? undefined : `${effect} ${code}, not ${wanted}`;
    });
    expect(wrong).toEqual([]);
  });

  it('always says why, and offers answers only where a person is asked', () => {
    const wrong = failing(row => {
      const { effect, reason, scopes } = decided(row);
      if (reason.trim() === '') return 'no reason';
      return (effect === 'ask') === scopes.includes('once') ? undefined : scopes.join();
    });
    expect(wrong).toEqual([]);
  });

  it('offers no lasting answer where one of the reasons to ask forbids it', () => {
    const wrong = failing(row => {
      const { scopes, code } = decided(row);
      const onceOnly =
        row.blocked ||
        row.overlay === 'restricted' ||
        row.kind.unknownField === true ||
        ['neverList', 'protectedPath', 'unknownPath', 'sandbox'].includes(code);
      const lasting = scopes.filter(scope => scope !== 'once');
      return onceOnly && lasting.length > 0 ? `${code} offers ${lasting.join()}` : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('gets no looser by any rule that asks or denies, nor by a stricter mode', () => {
    const stricter = (row: Row): readonly Row[] => [
      { ...row, sandbox: true },
      { ...row, blocked: true },
      { ...row, mode: 'interrupted' },
      ...(row.mode === 'autopilot' ? [{ ...row, mode: 'supervised' as const }] : []),
      ...(row.overlay === 'none' ? [{ ...row, overlay: 'restricted' as const }] : []),
      ...(row.overlay === 'trustAll' ? [{ ...row, overlay: 'none' as const }] : []),
      ...(row.toolRule === 'trusted'
        ? (['none', 'trustedAndUntrusted', 'trustedAndExcluded'] as const).map(toolRule => ({
            ...row,
            toolRule,
          }))
        : []),
      ...(row.toolRule === 'none'
        ? (['untrusted', 'excluded', 'limitedOut', 'limitedIn'] as const).map(toolRule => ({
            ...row,
            toolRule,
          }))
        : []),
    ];
    const wrong = failing(row => {
      const before = STRICTNESS[decided(row).effect];
      const looser = stricter(row).find(next => STRICTNESS[decided(next).effect] < before);
      return looser && JSON.stringify(looser);
    });
    expect(wrong).toEqual([]);
  });

  it('never lets trust-all cover what is above it', () => {
    const above = failing(row => {
      const { line, place, unknownField, capability } = row.kind;
      const isAbove =
        ['denied', 'never', 'addedNever', 'writesHook'].includes(line ?? '') ||
        place === 'secret' ||
        place === 'outside' ||
        (place === 'protected' && capability === 'write') ||
        unknownField === true ||
        row.blocked ||
        !['none', 'trusted', 'limitedIn'].includes(row.toolRule);
      return row.overlay === 'trustAll' && isAbove && decided(row).effect === 'allow'
        ? 'allowed'
        : undefined;
    });
    expect(above).toEqual([]);
  });

  it('denies everything while interrupted', () => {
    expect(
      failing(row =>
        row.mode === 'interrupted' && decided(row).code !== 'interrupted' ? 'passes' : undefined,
      ),
    ).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide } from '../src/policy/decide';
import type { DecisionState, Policy } from '../src/policy/policy';
import type { Capability, ToolCall } from '../src/policy/toolCall';
import { effectivePolicy } from '../src/settings/effectivePolicy';
import { looseningOf } from '../src/settings/loosening';
import { PolicyFiles } from '../src/settings/policyFiles';
import { policyPlaces, type PolicyPlace } from '../src/settings/policyPlaces';
import { machineShape, median, percentile } from './stats';

const FOLDERS = 50;
const LOADS = 21;
const CALLS = 1000;
const ROUNDS = 7;
const LOAD_GOAL_MS = 50;
const DECISION_GOAL_MS = 1;

/** Of each hundred rules of a file, how many of which kind, and what the one with this name is. */
const MIX: readonly (readonly [string, number, (name: string) => string])[] = [
  ['trustedCommands', 30, name => `${name} build *`],
  ['deniedCommands', 15, name => `${name} publish *`],
  ['neverList', 5, name => `${name} drop *`],
  ['trustedTools', 10, name => `server-${name}/list_*`],
  ['untrustedTools', 8, name => `server-${name}/write`],
  ['excludeTools', 7, name => `server-${name}/delete`],
  ['protectedPaths', 12, name => `deploy-${name}/**`],
  ['secretPaths', 8, name => `*.${name}.vault`],
  ['allowedPaths', 5, name => `/data/${name}/**`],
];

/** The settings of every folder: the kinds of rules mixed, as many in each. */
function fileTexts(rules: number): readonly string[] {
  const kinds = MIX.flatMap(([key, share, make]) =>
    Array.from({ length: share }, () => ({ key, make })),
  );
  return Array.from({ length: FOLDERS }, (_, folder) => {
    const values: Record<string, string[]> = {};
    for (let index = 0; index < rules / FOLDERS; index += 1) {
      const kind = kinds[((folder * rules) / FOLDERS + index * 37) % kinds.length];
      if (kind) (values[kind.key] ??= []).push(kind.make(`n${folder}-${index}`));
    }
    return `// Settings of one folder\n${JSON.stringify(values, undefined, 2)}`;
  });
}

/** A workspace of many folders, each with its own settings; removed by `dispose`. */
function workspace(rules: number) {
  const scratch = mkdtempSync(join(tmpdir(), 'checkrein-bench-'));
  const roots = Array.from({ length: FOLDERS }, (_, index) => join(scratch, `folder${index}`));
  const texts = fileTexts(rules);
  roots.forEach((root, index) => {
    mkdirSync(join(root, '.kiro'), { recursive: true });
    writeFileSync(join(root, '.kiro', 'settings.json'), texts[index] ?? '');
  });
  const home = join(scratch, 'home');
  const places = policyPlaces({ platform: 'linux', home, managedFolder: scratch, roots });
  return { roots, home, places, dispose: () => rmSync(scratch, { recursive: true, force: true }) };
}

function load(places: readonly PolicyPlace[], consents: ReadonlySet<string>) {
  return effectivePolicy({ files: new PolicyFiles().read(places), editor: [], consents });
}

/** Calls that the last rules of the policy are about: the worst place in a list. */
function callsFor(root: string, { commands, tools }: Policy): Readonly<Record<string, ToolCall>> {
  const command = commands.trusted.at(-1)?.pattern.replace('*', '--all src') ?? '';
  const mcp = tools.trusted.at(-1)?.pattern.replace('*', 'things') ?? '';
  const call = (tool: string, capability: Capability, more: Partial<ToolCall>): ToolCall => {
    return { agent: 'kiro', sessionId: 's', cwd: root, input: {}, tool, capability, ...more };
  };
  const at = (path: string) => ({ path, real: path });
  const paths = [at(join(root, 'src/deep/er/module.ts'))];
  const shell = (text: string): ToolCall =>
    call('execute_bash', 'shell', { command: { text, dialect: 'bash', cwd: at(root) } });
  return {
    'file write': call('fs_write', 'write', { paths }),
    read: call('read_file', 'read', { paths }),
    'trusted command': shell(command),
    'untrusted command': shell('unknown-tool --all src'),
    'MCP call': call(`@${mcp}`, 'mcp', {}),
  };
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

interface Row {
  readonly name: string;
  readonly first: number;
  /** The median of the rounds' medians and 99th percentiles: other processes share the machine. */
  readonly p50: number;
  readonly p99: number;
}

/** The first decision of each kind builds what the others use, so it is told apart. */
function measure(policy: Policy, state: DecisionState, root: string): readonly Row[] {
  return Object.entries(callsFor(root, policy)).map(([name, call]) => {
    const run = (): void => void decide(call, policy, state);
    const first = timed(run);
    for (let warm = 0; warm < 500; warm += 1) run();
    const rounds = Array.from({ length: ROUNDS }, () =>
      Array.from({ length: CALLS }, () => timed(run)),
    );
    const p50 = median(rounds.map(median));
    return { name, first, p50, p99: median(rounds.map(times => percentile(times, 0.99))) };
  });
}

function report(rules: number, loads: readonly number[], rows: readonly Row[]): void {
  const ms = (value: number): string => value.toFixed(3);
  const [middle, worst] = [median(loads).toFixed(1), Math.max(...loads).toFixed(1)];
  console.log(`\n${rules} rules: load and merge ${middle} ms (median), ${worst} ms (worst)\n`);
  console.log('| decision | median ms | p99 ms | first ms |\n| --- | --- | --- | --- |');
  for (const { name, first, p50, p99 } of rows) {
    console.log(`| ${name} | ${ms(p50)} | ${ms(p99)} | ${ms(first)} |`);
  }
}

describe('bench:policy', () => {
  it.each([100, 1000, 10_000])('%i rules over 50 files', rules => {
    console.log(machineShape());
    const { roots, home, places, dispose } = workspace(rules);
    try {
      const { layers, problems } = new PolicyFiles().read(places);
      expect(problems).toEqual([]);
      const consents = new Set(layers.flatMap(layer => looseningOf(layer)?.hash ?? []));
      const loads = Array.from({ length: LOADS }, () => timed(() => load(places, consents)));
      const { policy, values, waiting } = load(places, consents);
      expect([values.length, waiting.length, policy.blockedBecause]).toEqual([rules, 0, undefined]);
      const state: DecisionState = {
        mode: { mode: 'autopilot', resumeTo: 'autopilot', restricted: false, trustAll: false },
        paths: { roots, home, stateHome: join(home, 'state') },
      };
      const [root = ''] = roots.slice(-1);
      const effects = Object.values(callsFor(root, policy)).map(
        call => decide(call, policy, state).effect,
      );
      expect(effects).toEqual(['allow', 'allow', 'allow', 'ask', 'allow']);
      const rows = measure(load(places, consents).policy, state, root);
      report(rules, loads, rows);
      expect(median(loads)).toBeLessThan(LOAD_GOAL_MS);
      for (const { name, p99 } of rows) expect(p99, name).toBeLessThan(DECISION_GOAL_MS);
    } finally {
      dispose();
    }
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { looseningOf } from '../../src/settings/loosening';
import type { PolicyLayer } from '../../src/settings/policyLayer';
import { POLICY_KEYS, type PolicyKey } from '../../src/settings/policySchema';
import { COMMANDS } from '../../src/extension/commandIds';

const root = join(import.meta.dirname, '../..');
const readJson = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { command: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { scope: string }>>;
    };
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] };
  };
}

function loosens(key: PolicyKey, value: unknown): boolean {
  const layer: PolicyLayer = {
    scope: 'editorWorkspace',
    file: '/f',
    values: { [key]: value },
    lines: new Map(),
  };
  return looseningOf(layer) !== undefined;
}

const manifest = readJson('package.json') as Manifest;
const strings = readJson('package.nls.json') as Record<string, string>;

describe('package.json', () => {
  it('declares exactly the commands that the code registers', () => {
    const declared = manifest.contributes.commands.map(({ command }) => command).sort();
    expect(declared).toEqual(Object.values<string>(COMMANDS).sort());
  });

  it('uses every text of package.nls.json, and only those', () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    expect([...new Set(used)].sort()).toEqual(Object.keys(strings).sort());
  });

  it('offers every key of policy as a setting but the one that is not enforced', () => {
    const { properties } = manifest.contributes.configuration;
    const keys = POLICY_KEYS.filter(key => key !== 'sandbox').map(key => `checkrein.${key}`);
    expect(Object.keys(properties).sort()).toEqual([...keys].sort());
  });

  it('lets no workspace set what weakens the policy without consent', () => {
    const { properties } = manifest.contributes.configuration;
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    const weakening = POLICY_KEYS.filter(key =>
      [['x'], true, 'Autopilot'].some(value => loosens(key, value)),
    );
    expect(weakening.length).toBeGreaterThan(3);
    expect([...restrictedConfigurations].sort()).toEqual(
      weakening.map(key => `checkrein.${key}`).sort(),
    );
    // The mode may stand in a workspace, because it may ask for Supervised; Autopilot needs consent.
    for (const key of weakening.filter(name => name !== 'agentAutonomy')) {
      expect(properties[`checkrein.${key}`]?.scope, key).toBe('application');
    }
  });

  it('starts only what must be there before an agent: after the editor has started', () => {
    expect(manifest.activationEvents).toEqual(['onStartupFinished']);
  });

  it('names files that the build makes', () => {
    for (const file of [manifest.main, manifest.icon, ...Object.values(manifest.bin)]) {
      expect(existsSync(join(root, file)), file).toBe(true);
    }
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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

  it('lets no workspace set what weakens the policy', () => {
    const { properties } = manifest.contributes.configuration;
    expect(Object.keys(properties).length).toBeGreaterThan(0);
    for (const [key, { scope }] of Object.entries(properties)) {
      expect(['machine', 'application'], key).toContain(scope);
      expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(key);
    }
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
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

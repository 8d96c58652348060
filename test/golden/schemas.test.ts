import { Ajv2020 } from 'ajv/dist/2020';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { SnapshotSchema } from '../../src/broker/policySnapshot';
import { WindowEntrySchema } from '../../src/broker/windowRegistry';
import { ManagedFileSchema, POLICY_KEYS, SettingsFileSchema } from '../../src/settings/policySchema';

const window = {
  version: 1,
  id: '0123abcd',
  pid: 7,
  socket: '/s',
  token: 't',
  roots: ['/p'],
  mode: 'autopilot',
};
const rule = { effect: 'allow', pattern: 'npm *', source: { file: '/f', line: 3 } };
const mode = { mode: 'autopilot', resumeTo: 'supervised', restricted: false, trustAll: false };
const paths = { roots: ['/p'], home: '/h', stateHome: '/s' };
const policy = {
  commands: { trusted: [rule], denied: [rule], limits: [[rule]], never: [], suggestions: true },
  tools: { trusted: [], untrusted: [rule], excluded: [], limits: [[rule], []] },
  paths: { protected: [rule], secret: [], allowed: [] },
};
const snapshot = { version: 2, policy, state: { mode, paths } };

const LISTS = POLICY_KEYS.filter(
  key => !['agentAutonomy', 'autoAccept', 'production', 'sandbox'].includes(key),
);
const lists = Object.fromEntries(LISTS.map(key => [key, ['x', 'y *']]));
const everyKey = {
  $schema: './settings.schema.json',
  agentAutonomy: 'Supervised',
  ...lists,
  autoAccept: false,
  production: true,
  sandbox: 'docker',
};
const badPolicy: unknown[] = [
  [],
  null,
  'x',
  { more: 1 },
  { agentAutonomy: 'autopilot' },
  { agentAutonomy: null },
  { autoAccept: 'false' },
  { production: 1 },
  { sandbox: 1 },
  { sandbox: '' },
  { sandbox: [true] },
  { $schema: 1 },
  ...LISTS.flatMap(key => [
    { [key]: 'x' },
    { [key]: [''] },
    { [key]: [7] },
    { [key]: ['x'.repeat(1001)] },
    { [key]: null },
  ]),
];
const server = {
  command: 'npx',
  args: ['-y', 'server'],
  env: { GITHUB_TOKEN: '${GITHUB_TOKEN}' },
  disabled: false,
  autoApprove: ['read'],
  aFieldOfTomorrow: { deep: [1] },
};

/** Each schema with values it takes and values it must refuse. */
const SCHEMAS: readonly [string, z.ZodMiniType, unknown[], unknown[]][] = [
  [
    'windowEntry',
    WindowEntrySchema,
    [window, { ...window, roots: [] }],
    [{}, { ...window, version: 2 }, { ...window, id: '../x' }, { ...window, more: 1 }, []],
  ],
  [
    'settings',
    SettingsFileSchema,
    [
      {},
      everyKey,
      { sandbox: true },
      { sandbox: false },
      { sandbox: { kind: 'docker', any: [1] } },
      { telemetry: { enabled: false }, usageStatisticsEnabled: false },
      { telemetry: { more: 1 } },
      { mcpServers: { github: server, remote: { url: 'https://x', headers: { A: '${A}' } } } },
      { toolSearch: { enabled: true, minPct: 0, minTokens: 10, more: 1 } },
      { trustedCommands: ['x'.repeat(1000)] },
    ],
    [
      ...badPolicy,
      { lock: ['sandbox'] },
      { trustAll: false },
      { telemetry: false },
      { telemetry: { enabled: 'no' } },
      { usageStatisticsEnabled: 0 },
      { mcpServers: [server] },
      { mcpServers: { x: { ...server, env: { A: 1 } } } },
      { mcpServers: { x: { ...server, args: 'x' } } },
      { mcpServers: { x: { type: 'pigeon' } } },
      { toolSearch: { minPct: 101 } },
      { toolSearch: { minTokens: 0.5 } },
    ],
  ],
  [
    'managedPolicy',
    ManagedFileSchema,
    [{}, everyKey, { ...everyKey, lock: [...POLICY_KEYS], trustAll: false }, { trustAll: true }],
    [
      ...badPolicy,
      { lock: ['nothing'] },
      { lock: 'sandbox' },
      { trustAll: 'no' },
      { telemetry: {} },
      { mcpServers: {} },
    ],
  ],
  [
    'policySnapshot',
    SnapshotSchema,
    [snapshot, { ...snapshot, policy: { ...policy, sandbox: rule, blockedBecause: 'x' } }],
    [
      {},
      { ...snapshot, version: 0 },
      { ...snapshot, more: 1 },
      { ...snapshot, policy: { ...policy, more: 1 } },
      { ...snapshot, policy: { ...policy, commands: { trusted: [{ ...rule, effect: 'maybe' }] } } },
      { ...snapshot, state: { mode: { ...mode, trustAll: true }, paths } },
      { ...snapshot, state: { mode: { ...mode, mode: 'trust-all' }, paths } },
    ],
  ],
];

describe.each(SCHEMAS)('schemas/%s.schema.json', (name, schema, good, bad) => {
  const json = z.toJSONSchema(schema);

  it('is what the code says (run vitest with -u after a change)', async () => {
    const text = `${JSON.stringify(json, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../schemas/${name}.schema.json`);
  });

  it('judges good and bad values as the code does', () => {
    const validate = new Ajv2020({ strict: true }).compile(json);
    for (const value of good) {
      expect(validate(value), JSON.stringify(value)).toBe(true);
      expect(schema.safeParse(value).success).toBe(true);
    }
    for (const value of bad) {
      expect(validate(value), JSON.stringify(value)).toBe(false);
      expect(schema.safeParse(value).success).toBe(false);
    }
  });
});

import type { JSONSchema } from 'vscode-json-languageservice';
import * as z from 'zod/mini';
import { ManagedFileSchema, PolicyValuesSchema, SettingsFileSchema } from '../../settings/policySchema';
import type { FileKind } from '../fileKinds';
import {
  AGENT_SCHEMA,
  HOOK_SCHEMA,
  MANAGED_SETTINGS_SCHEMA,
  OLD_HOOK_SCHEMA,
  PERMISSIONS_SCHEMA,
} from './agentFiles';
import { KIRO_KEY_HELP, OTHER_KEY_HELP, POLICY_KEY_HELP, type KeyHelp } from './policyKeys';

/** The shape of a kind of file; undefined for files that are plain lines. */
export function schemaOf(kind: FileKind): JSONSchema | undefined {
  const known = made.get(kind);
  if (known) return known;
  const schema = make(kind);
  if (schema) made.set(kind, schema);
  return schema;
}

const made = new Map<FileKind, JSONSchema>();

function make(kind: FileKind): JSONSchema | undefined {
  switch (kind) {
    case 'settings':
      return described(fromZod(SettingsFileSchema));
    case 'managedPolicy':
      return described(fromZod(ManagedFileSchema));
    case 'managedSettings':
      return MANAGED_SETTINGS_SCHEMA;
    case 'permissions':
      return PERMISSIONS_SCHEMA;
    case 'hook':
      return HOOK_SCHEMA;
    case 'oldHook':
      return OLD_HOOK_SCHEMA;
    case 'agent':
      return withServers(AGENT_SCHEMA);
    case 'mcp':
      return {
        type: 'object',
        additionalProperties: false,
        properties: { $schema: { type: 'string' }, mcpServers: serversSchema(), powers: { type: 'object' } },
      };
    case 'editorSettings':
      return editorSchema();
    case 'steering':
    case 'ignore':
    case 'gitignore':
      return undefined;
  }
}

function fromZod(schema: z.ZodMiniType): JSONSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function serversSchema(): JSONSchema {
  const { properties } = fromZod(SettingsFileSchema);
  return { ...(properties?.['mcpServers'] as JSONSchema), ...words(OTHER_KEY_HELP['mcpServers']) };
}

function withServers(schema: JSONSchema): JSONSchema {
  return { ...schema, properties: { ...schema.properties, mcpServers: serversSchema() } };
}

function words(help: KeyHelp | undefined): JSONSchema {
  if (!help) return {};
  return { markdownDescription: `${help.meaning}\n\nDefault: ${help.default}.` };
}

function described(schema: JSONSchema): JSONSchema {
  const help: Readonly<Record<string, KeyHelp>> = { ...OTHER_KEY_HELP, ...POLICY_KEY_HELP };
  const properties = Object.entries(schema.properties ?? {}).map(([name, value]) => [
    name,
    typeof value === 'object' ? { ...value, ...words(help[name]) } : value,
  ]);
  return { ...schema, properties: Object.fromEntries(properties) as Record<string, JSONSchema> };
}

/** The policy's keys and Kiro's own, among all the settings of an editor. */
function editorSchema(): JSONSchema {
  const own = described(fromZod(PolicyValuesSchema)).properties ?? {};
  const kiro = Object.entries(KIRO_KEY_HELP).map(([name, help]) => [
    `kiroAgent.${name}`,
    { ...kiroType(name), ...words(help) },
  ]);
  const properties = {
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`checkrein.${name}`, value])),
    ...(Object.fromEntries(kiro) as Record<string, JSONSchema>),
  };
  const settings: JSONSchema = { type: 'object', properties };
  return { ...settings, properties: { ...properties, settings } };
}

function kiroType(name: string): JSONSchema {
  if (name === 'agentAutonomy') return { enum: ['Autopilot', 'Supervised'] };
  if (name === 'autoApproveAgentCommands') return { type: 'boolean' };
  return { type: 'array', items: { type: 'string' } };
}

/** The same shape without the refusal of unknown keys, which have findings of their own. */
export function openSchema(schema: JSONSchema): JSONSchema {
  const known = opened.get(schema);
  if (known) return known;
  const fresh = JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === 'additionalProperties' && value === false ? undefined : value,
    ),
  ) as JSONSchema;
  opened.set(schema, fresh);
  return fresh;
}

const opened = new WeakMap<JSONSchema, JSONSchema>();

import * as z from 'zod/mini';

const Text = z.string().check(z.minLength(1), z.maxLength(1_000));
const Texts = z.array(Text).check(z.maxLength(20_000));

/** The keys that decide what an agent may do. The same names in every place they may stand. */
const PolicyKeys = {
  agentAutonomy: z.optional(z.enum(['Autopilot', 'Supervised'])),
  trustedCommands: z.optional(Texts),
  deniedCommands: z.optional(Texts),
  trustedTools: z.optional(Texts),
  untrustedTools: z.optional(Texts),
  excludeTools: z.optional(Texts),
  coreTools: z.optional(Texts),
  protectedPaths: z.optional(Texts),
  secretPaths: z.optional(Texts),
  allowedPaths: z.optional(Texts),
  neverList: z.optional(Texts),
  autoAccept: z.optional(z.boolean()),
  production: z.optional(z.boolean()),
  sandbox: z.optional(z.union([z.boolean(), Text, z.record(z.string(), z.unknown())])),
};

/** The values of one place; absent keys say nothing. */
export const PolicyValuesSchema = z.strictObject(PolicyKeys);
export type PolicyValues = z.infer<typeof PolicyValuesSchema>;
export type PolicyKey = keyof PolicyValues;

const Texts256 = z.array(z.string()).check(z.maxLength(256));
const Variables = z.record(z.string(), z.string());

/**
 * An MCP server as Kiro and Gemini CLI take it; `${NAME}` in its values stands for a variable. Not
 * policy, so a field that is not known here does not void the file.
 */
const McpServer = z.looseObject({
  command: z.optional(z.string()),
  args: z.optional(Texts256),
  env: z.optional(Variables),
  cwd: z.optional(z.string()),
  url: z.optional(z.string()),
  httpUrl: z.optional(z.string()),
  type: z.optional(z.enum(['stdio', 'http', 'sse'])),
  headers: z.optional(Variables),
  timeout: z.optional(z.number()),
  disabled: z.optional(z.boolean()),
  trust: z.optional(z.boolean()),
  description: z.optional(z.string()),
  autoApprove: z.optional(Texts256),
  disabledTools: z.optional(Texts256),
  includeTools: z.optional(Texts256),
  excludeTools: z.optional(Texts256),
  oauth: z.optional(z.record(z.string(), z.unknown())),
});

/** `.kiro/settings.json` and `~/.kiro/settings.json`: the policy, and what the vendor documents. */
export const SettingsFileSchema = z.strictObject({
  $schema: z.optional(z.string()),
  ...PolicyKeys,
  telemetry: z.optional(z.looseObject({ enabled: z.optional(z.boolean()) })),
  usageStatisticsEnabled: z.optional(z.boolean()),
  mcpServers: z.optional(z.record(z.string(), McpServer)),
  toolSearch: z.optional(
    z.looseObject({
      enabled: z.optional(z.boolean()),
      minPct: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
      minTokens: z.optional(z.int().check(z.minimum(0))),
    }),
  ),
});

export const POLICY_KEYS = Object.keys(PolicyKeys) as readonly PolicyKey[];

/** An organisation's policy. `lock` names keys whose loosening values count from here alone. */
export const ManagedFileSchema = z.strictObject({
  $schema: z.optional(z.string()),
  ...PolicyKeys,
  lock: z.optional(z.array(z.enum(POLICY_KEYS as [PolicyKey, ...PolicyKey[]]))),
  /** False where nobody may switch trust-all on. */
  trustAll: z.optional(z.boolean()),
});

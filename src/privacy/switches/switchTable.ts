import { SOURCES, type FactSource } from '../source';

export const SWITCH_IDS = [
  'ide.telemetryLevel',
  'ide.contentCollection',
  'ide.usageAnalytics',
  'ide.promptLogging',
  'ide.codeReferences',
  'cli.telemetry',
  'cli.contentSharing',
  'settings.telemetry',
  'settings.usageStatistics',
  'autonomousAgent.content',
] as const;

export type SwitchId = (typeof SWITCH_IDS)[number];

/** A name under which a setting may stand in a file. */
export interface SettingName {
  /** JSON path of the value. */
  readonly path: readonly string[];
  /**
   * `current`: the name that is written. `overruling`: an older name whose "off" still counts.
   * `other`: an older or another spelling, of which it is not known who still reads it.
   */
  readonly kind: 'current' | 'overruling' | 'other';
  readonly values: SwitchValues;
}

/** The JSON values that mean on and off. */
interface SwitchValues {
  readonly on: boolean | string;
  readonly off: boolean | string;
  /** Further values that mean that something is sent. */
  readonly alsoOn?: readonly string[];
}

/** One thing that may leave the machine, and the switch for it. */
export interface SwitchRow {
  readonly id: SwitchId;
  readonly title: string;
  /** What is sent while it is on. */
  readonly sends: string;
  /** Region and endpoint it goes to. */
  readonly where: string;
  readonly seenBy: string;
  readonly stored: string;
  /** The kind of file that holds it; `web` where no file of this machine does. */
  readonly place: 'ideSettings' | 'cliSettings' | 'kiroSettings' | 'web';
  /** The current name first; empty for `web`. */
  readonly names: readonly SettingName[];
  /** What counts where no file says anything. */
  readonly whenAbsent: 'on' | 'off' | 'unknown';
  /** False for what sends nothing of its own: "Opt out of Everything" leaves it alone. */
  readonly shares: boolean;
  /** True where an enterprise plan decides, whatever the switch says. */
  readonly planDecides: boolean;
  /** What the person must know about the limits of this switch. */
  readonly note?: string;
  readonly sources: readonly FactSource[];
}

const BOOLEAN: SwitchValues = { on: true, off: false };

function named(kind: SettingName['kind'], ...path: string[]): SettingName {
  return { path, kind, values: BOOLEAN };
}

/** A setting of the editor: one dotted key, or the same as objects in each other. */
function editorNames(...dotted: readonly string[]): readonly SettingName[] {
  return dotted.flatMap((name, index): readonly SettingName[] => [
    named(index === 0 ? 'current' : 'other', name),
    named('other', ...name.split('.')),
  ]);
}

const GROUP = 'telemetry.dataSharingAndPromptLogging';
const OLDER_GROUP = 'telemetry.dataSharing';

const TELEMETRY_WHERE =
  'AWS, us-east-1: client-telemetry.us-east-1.amazonaws.com, prod.us-east-1.telemetry.desktop.kiro.dev, prod.us-east-1.telemetry.kiro.aws.dev';
const CONTENT_WHERE =
  'US East (N. Virginia), us-east-1, for free and individual plans; the region of the Kiro profile for enterprise plans';
const CONTENT =
  'Questions, other inputs, and the responses and code that Kiro generates, to be used for service improvement';
const AT_REST = 'Encrypted at rest with keys that AWS owns; how long is not stated';
const USAGE =
  'Kiro version, operating system, an anonymous machine ID, request counts, errors, latency';

const LEVELS: SwitchValues = { on: 'all', off: 'off', alsoOn: ['error', 'crash'] };

const IDE_ROWS: readonly SwitchRow[] = [
  {
    id: 'ide.telemetryLevel',
    title: 'Kiro IDE: telemetry of the editor',
    sends: 'Usage, errors and crash reports of the editor that Kiro is built on',
    where: TELEMETRY_WHERE,
    seenBy: 'AWS; extensions honour the same level for what they send to their makers',
    stored: AT_REST,
    place: 'ideSettings',
    names: [
      { path: ['telemetry.telemetryLevel'], kind: 'current', values: LEVELS },
      { path: ['telemetry', 'telemetryLevel'], kind: 'other', values: LEVELS },
      named('overruling', 'telemetry.enableTelemetry'),
    ],
    whenAbsent: 'on',
    shares: true,
    planDecides: false,
    note: 'A setting of VS Code; that Kiro sends nothing at "off" is not documented.',
    sources: [SOURCES.privacy, SOURCES.observed],
  },
  {
    id: 'ide.contentCollection',
    title: 'Kiro IDE: content for service improvement',
    sends: CONTENT,
    where: CONTENT_WHERE,
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'ideSettings',
    names: editorNames(
      `${GROUP}.contentCollectionForServiceImprovement`,
      `${OLDER_GROUP}.contentCollectionForServiceImprovement`,
    ),
    whenAbsent: 'on',
    shares: true,
    planDecides: true,
    sources: [SOURCES.privacy, SOURCES.observed],
  },
  {
    id: 'ide.usageAnalytics',
    title: 'Kiro IDE: usage analytics and performance metrics',
    sends: USAGE,
    where: TELEMETRY_WHERE,
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'ideSettings',
    names: editorNames(
      `${GROUP}.usageAnalyticsAndPerformanceMetrics`,
      `${OLDER_GROUP}.usageAnalyticsAndPerformanceMetrics`,
    ),
    whenAbsent: 'on',
    shares: true,
    planDecides: false,
    sources: [SOURCES.privacy, SOURCES.observed],
  },
  {
    id: 'ide.promptLogging',
    title: 'Kiro IDE: prompt logging',
    sends: 'The text of prompts',
    where: CONTENT_WHERE,
    seenBy: 'AWS; with an organisation’s prompt logging also its administrators',
    stored: AT_REST,
    place: 'ideSettings',
    names: editorNames(`${GROUP}.promptLogging`, `${OLDER_GROUP}.promptLogging`),
    whenAbsent: 'unknown',
    shares: true,
    planDecides: false,
    note: 'Whether it is on where nobody has set it is not documented.',
    sources: [SOURCES.workshop, SOURCES.observed],
  },
  {
    id: 'ide.codeReferences',
    title: 'Kiro IDE: code references',
    sends: 'Nothing of its own: shows the open-source code that a suggestion may come from',
    where: 'This machine: Output, "code-references"',
    seenBy: 'You',
    stored: 'In the output log of the window',
    place: 'ideSettings',
    names: editorNames('kiroAgent.codeReferences.referenceTracker'),
    whenAbsent: 'off',
    shares: false,
    planDecides: false,
    note: 'An administrator can opt out of suggestions with references for all users in the Kiro console.',
    sources: [SOURCES.privacy, SOURCES.observed],
  },
];

const OTHER_ROWS: readonly SwitchRow[] = [
  {
    id: 'cli.telemetry',
    title: 'Kiro CLI: telemetry',
    sends: USAGE,
    where: TELEMETRY_WHERE,
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'cliSettings',
    names: [named('current', 'telemetry.enabled'), named('other', 'telemetry', 'enabled')],
    whenAbsent: 'on',
    shares: true,
    planDecides: false,
    sources: [SOURCES.privacy],
  },
  {
    id: 'cli.contentSharing',
    title: 'Kiro CLI: share Kiro content with AWS',
    sends: CONTENT,
    where: CONTENT_WHERE,
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'cliSettings',
    names: [
      named('current', 'codeWhisperer.shareCodeWhispererContentWithAWS'),
      named('other', 'codeWhisperer', 'shareCodeWhispererContentWithAWS'),
    ],
    whenAbsent: 'on',
    shares: true,
    planDecides: true,
    sources: [SOURCES.privacy, SOURCES.observed],
  },
  {
    id: 'settings.telemetry',
    title: 'settings.json: telemetry',
    sends: 'Features used, error messages, performance metrics, operating system information',
    where: TELEMETRY_WHERE,
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'kiroSettings',
    names: [named('current', 'telemetry', 'enabled'), named('other', 'telemetry.enabled')],
    whenAbsent: 'on',
    shares: true,
    planDecides: false,
    note: 'Documented in a workshop; no other record shows that Kiro reads this file. Use the rows above too.',
    sources: [SOURCES.workshop],
  },
  {
    id: 'settings.usageStatistics',
    title: 'settings.json: usage statistics',
    sends: 'Features used, error messages, performance metrics, operating system information',
    where: TELEMETRY_WHERE,
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'kiroSettings',
    names: [named('current', 'usageStatisticsEnabled')],
    whenAbsent: 'on',
    shares: true,
    planDecides: false,
    note: 'Documented in a workshop; no other record shows that Kiro reads this file. Use the rows above too.',
    sources: [SOURCES.workshop],
  },
  {
    id: 'autonomousAgent.content',
    title: 'Kiro autonomous agent: content for service improvement',
    sends:
      'Task descriptions, chat messages, other inputs, and the responses and code that Kiro generates, for debugging, model training and other service improvement',
    where: 'US East (N. Virginia), us-east-1; processed in us-east-1, us-west-2 or us-east-2',
    seenBy: 'AWS',
    stored: AT_REST,
    place: 'web',
    names: [],
    whenAbsent: 'unknown',
    shares: true,
    planDecides: false,
    note: 'Can be switched only in the browser: app.kiro.dev/agent/settings, Data collection.',
    sources: [SOURCES.autonomousAgent],
  },
];

/** Every switch, in the order people see them. */
export const SWITCH_ROWS: readonly SwitchRow[] = [...IDE_ROWS, ...OTHER_ROWS];

/** The row with an id. */
export function switchRow(id: SwitchId): SwitchRow {
  const row = SWITCH_ROWS.find(candidate => candidate.id === id);
  if (!row) throw new Error(`no switch ${id}`);
  return row;
}

import { SOURCES, type FactSource } from './source';

/** The questions that the facts answer, in the order people see them. */
export const FACT_TOPICS = {
  storage: 'Where content is stored',
  crossRegion: 'Where content is processed (cross-region inference)',
  inTransit: 'Encryption in transit',
  atRest: 'Encryption at rest',
  collected: 'What is collected',
  notCollected: 'What is not collected',
  improvement: 'Use for service improvement',
  optOut: 'How to opt out',
  history: 'Where chats lie on your machine',
  audit: 'What an organisation can see',
} as const;

export type FactTopic = keyof typeof FACT_TOPICS;

/** One statement of the vendor about what becomes of data. */
export interface DataFact {
  readonly topic: FactTopic;
  /** The plan, product or geography it is about. */
  readonly about: string;
  readonly fact: string;
  readonly source: FactSource;
}

/** Where the vendor says how an organisation logs prompts, to audit them. */
export const PROMPT_LOGGING_PAGE =
  'https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/q-admin-prompt-logging.html';

const INDIVIDUAL = 'Free and individual plans';
const ENTERPRISE = 'Enterprise plans';
const AGENT = 'Autonomous agent (preview)';

function about(source: FactSource, ...facts: readonly (readonly [FactTopic, string, string])[]) {
  return facts.map(([topic, about, fact]): DataFact => ({ topic, about, fact, source }));
}

/** What the vendor says becomes of data. Each line rests on one document. */
export const DATA_FACTS: readonly DataFact[] = [
  ...about(
    SOURCES.privacy,
    ['storage', INDIVIDUAL, 'US East (N. Virginia)'],
    ['storage', ENTERPRISE, 'The AWS Region where the Kiro profile was created'],
    ['storage', 'All plans', 'Cross-region inference does not change where data is stored'],
    [
      'crossRegion',
      'United States',
      'us-east-1 (N. Virginia), us-west-2 (Oregon), us-east-2 (Ohio)',
    ],
    ['crossRegion', 'AWS GovCloud', 'AWS GovCloud (US-East), AWS GovCloud (US-West)'],
    [
      'crossRegion',
      'Europe',
      'eu-central-1 (Frankfurt), eu-west-1 (Ireland), eu-west-3 (Paris), eu-north-1 (Stockholm), eu-south-1 (Milan), eu-south-2 (Spain)',
    ],
    [
      'crossRegion',
      'Experimental models and capabilities',
      'Any supported commercial AWS Region worldwide (global cross-region inference)',
    ],
    ['inTransit', 'Kiro', 'TLS 1.2 or higher; TLS 1.3 is recommended; forward secrecy'],
    ['atRest', 'All plans', 'Encrypted with keys that AWS owns (AWS KMS)'],
    [
      'atRest',
      ENTERPRISE,
      'An administrator can use a customer managed key; only symmetric keys are supported',
    ],
    ['collected', 'Usage data', 'Kiro version, operating system, anonymous machine ID'],
    [
      'collected',
      'Performance metrics',
      'Request counts, errors and latency of features such as login, completion, code generation, tools and MCP',
    ],
    [
      'improvement',
      INDIVIDUAL,
      'Questions, other inputs, responses and generated code may be used, unless you opt out',
    ],
    ['improvement', ENTERPRISE, 'Content is not used'],
    [
      'optOut',
      'Kiro IDE',
      'Settings, User, Application, Telemetry and Content: uncheck telemetry and content collection',
    ],
    ['optOut', 'Kiro CLI', 'Preferences: switch off Telemetry and Share Kiro content with AWS'],
  ),
  ...about(
    SOURCES.autonomousAgent,
    ['storage', AGENT, 'US East (N. Virginia), whatever the plan'],
    ['crossRegion', AGENT, 'us-east-1 (N. Virginia), us-west-2 (Oregon), us-east-2 (Ohio)'],
    ['inTransit', AGENT, 'TLS 1.2 or higher'],
    ['atRest', AGENT, 'Encrypted with keys that AWS owns (AWS KMS)'],
    ['collected', AGENT, 'Task descriptions, chat messages, code changes and additional context'],
    [
      'improvement',
      AGENT,
      'By default content may be used to answer better, to fix and debug, and to train models',
    ],
    ['optOut', AGENT, 'app.kiro.dev/agent/settings, Data collection; in the browser only'],
  ),
  ...about(
    SOURCES.workshop,
    [
      'collected',
      'Telemetry',
      'Features used, error messages, performance metrics, operating system information',
    ],
    [
      'notCollected',
      'Telemetry',
      'Code, file paths, personal information; prompts, if that is switched off in the settings',
    ],
    [
      'optOut',
      'Settings files',
      '"telemetry": { "enabled": false } and "usageStatisticsEnabled": false in ~/.kiro/settings.json or .kiro/settings.json',
    ],
    [
      'history',
      'Kiro IDE 0.x',
      'Raw JSON in globalStorage/kiro.kiroagent of the editor, *.chat; Kiro has no export',
    ],
    [
      'audit',
      'Amazon Q Developer Pro accounts',
      `An administrator can log prompts: ${PROMPT_LOGGING_PAGE.replace('https://', '')}`,
    ],
  ),
  ...about(
    SOURCES.observed,
    ['history', 'Kiro IDE 1.x and Kiro CLI', '~/.kiro/sessions, one folder or file a session'],
    [
      'history',
      'Kiro CLI, legacy engine',
      'data.sqlite3 in ~/.local/share/kiro-cli or ~/Library/Application Support/kiro-cli, tables conversations_v2 and conversations; Checkrein reads it where its Node.js is 22.13 or later, and says so elsewhere',
    ],
  ),
];

import type { Rule } from '../policy/decision';
import type { PlacedValue } from '../protocol/languageProtocol';

/** An ignore file of git and its text, as far as there is one. */
export interface IgnoreFile {
  readonly file: string;
  readonly text: string;
}

/** An agent of Kiro CLI besides the one that is looked at; without lists where they are not known. */
export interface KnownAgent {
  readonly name: string;
  readonly tools?: readonly string[];
  /** Those that it uses unasked. */
  readonly allowedTools?: readonly string[];
}

/** What the language service has to be told: it looks at nothing itself. */
export interface WorkspaceFacts {
  /** Commands that the workspace offers: scripts of package.json, targets of Makefiles. */
  readonly commands: readonly string[];
  /** Names in `kiroAgent.mcpApprovedEnvVars`; undefined when that is not known. */
  readonly approvedVariables: readonly string[] | undefined;
  /** Names in `kiroAgent.agentIgnoreFiles`; undefined when that is not known. */
  readonly honouredIgnoreFiles: readonly string[] | undefined;
  /** `.gitignore` of the file's workspace; undefined outside a git repository. */
  readonly gitignore: IgnoreFile | undefined;
  /** True when the file is a symbolic link. */
  readonly isLink: boolean;
  /** Where Kiro keeps the permissions of the file's workspace. */
  readonly permissionsFile: string | undefined;
  /** Agents of the person and the workspace; undefined when they are not known. */
  readonly agents: readonly KnownAgent[] | undefined;
  /** Commands that other places of the policy deny. */
  readonly denied: readonly Rule[];
  /** What every place of the policy says for each key, and whether it counts. */
  readonly values: readonly PlacedValue[];
  /** Commands that agents ran lately, newest last. */
  readonly recentCommands: readonly string[];
  /** True once a person approved what this very file loosens. */
  readonly loosensWithConsent: boolean;
}

/** Nothing known: what the service says then holds everywhere. */
export const NO_FACTS: WorkspaceFacts = {
  commands: [],
  approvedVariables: undefined,
  honouredIgnoreFiles: undefined,
  gitignore: undefined,
  isLink: false,
  permissionsFile: undefined,
  agents: undefined,
  denied: [],
  values: [],
  recentCommands: [],
  loosensWithConsent: false,
};

/** One value of the policy that some place says, for people to read. */
export interface PlacedValue {
  readonly key: string;
  /** The entry of a list, or the value as JSON. */
  readonly text: string;
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly status: 'inEffect' | 'needsConsent' | 'locked';
}

/** What the extension tells the language server, because only the editor knows it. */
export interface LanguageFacts {
  /** False while the workspace is not trusted: then nothing that it says of itself counts. */
  readonly trusted: boolean;
  /** Commands that agents ran lately, newest last. */
  readonly recentCommands: readonly string[];
  /** Absolute paths of the files whose loosening content a person approved as it is now. */
  readonly approvedFiles: readonly string[];
  /** What all places say, the editor's settings and the session among them. */
  readonly values: readonly PlacedValue[];
  /** `kiroAgent.mcpApprovedEnvVars`; absent when it is not set. */
  readonly approvedVariables?: readonly string[];
  /** `kiroAgent.agentIgnoreFiles`; absent when it is not set. */
  readonly honouredIgnoreFiles?: readonly string[];
}

/** Notification from the client with new `LanguageFacts`. */
export const FACTS_NOTIFICATION = 'checkrein/facts';

/** What the extension sends with `initialize`; other editors send nothing. */
export interface LanguageOptions {
  /** True where the commands of the extension exist, so that links can run them. */
  readonly commands?: boolean;
  readonly facts?: LanguageFacts;
}

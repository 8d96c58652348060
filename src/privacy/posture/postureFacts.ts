import type { PrivacyPlaces } from '../privacyPlaces';

/** An installed extension of the editor. */
export interface InstalledExtension {
  /** `publisher.name`, lower case. */
  readonly id: string;
  readonly version: string;
}

/** How far an agent is held, as the part of the product says that holds it. */
export interface AgentProtection {
  readonly id: string;
  readonly name: string;
  readonly state: 'notInstalled' | 'partly' | 'needsNewChat' | 'verified' | 'broken';
  /** When, where or what is wrong. */
  readonly detail?: string;
}

/** Everything the checks look at. What is undefined could not be told. */
export interface PostureFacts {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Absolute workspace folders. */
  readonly roots: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly places: PrivacyPlaces;
  readonly agents: readonly AgentProtection[];
  readonly kiroIdeVersion?: string | undefined;
  readonly kiroCliVersion?: string | undefined;
  readonly extensions?: readonly InstalledExtension[] | undefined;
  /** Whether the editor takes the workspace for trusted; `trustOff` when it never asks. */
  readonly trust?: 'trusted' | 'restricted' | 'trustOff' | undefined;
  /** Workspace folders that the editor's settings mark as production. */
  readonly production?: readonly string[] | undefined;
  /** The editor's name of a remote connection; empty when there is none. */
  readonly remoteName?: string | undefined;
}

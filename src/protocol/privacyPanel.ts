/**
 * What the panel "Privacy" and the window say to each other. The panel is given texts to show, with
 * invisible characters written out, and ids to name rows by; it never names a file or a value.
 */

/**
 * `on`: what the row names is sent or done. `managed`: an administrator or a plan decides.
 * `unknown`: it cannot be told; never a polite word for "off".
 */
export type SwitchState = 'on' | 'off' | 'unknown' | 'managed';

/** What the panel asks the window to do. */
export type PrivacyRequest =
  /** The panel stands; nothing is posted to it before. */
  | { readonly type: 'ready' }
  | { readonly type: 'switch'; readonly row: string; readonly on: boolean }
  | { readonly type: 'optOut' }
  /** Takes the last change back that is still to be taken back. */
  | { readonly type: 'undo' }
  /** Opens the setting or the file that decides. */
  | { readonly type: 'open'; readonly row: string }
  /** Opens the page in the browser where the autonomous agent is switched. */
  | { readonly type: 'openAgentSettings' }
  /** The person says whether the autonomous agent was switched off. */
  | { readonly type: 'recordAgent'; readonly done: boolean }
  /** The person says whether an enterprise plan decides. */
  | { readonly type: 'recordPlan'; readonly enterprise: boolean };

/** What the window posts to the panel. */
export type PrivacyMessage =
  /** The answer to `ready`. */
  | { readonly type: 'start'; readonly strings: PrivacyStrings }
  /** Everything, at first and whenever it changed. */
  | { readonly type: 'view'; readonly view: PrivacyView }
  /** What came of a request. */
  | { readonly type: 'announce'; readonly text: string };

/** Everything the panel shows. */
export interface PrivacyView {
  readonly rows: readonly PrivacyRow[];
  readonly facts: readonly FactTable[];
  /** What the undo takes back; absent when there is nothing. */
  readonly undo?: string;
  /** False when everything that can be switched off here is off. */
  readonly canOptOut: boolean;
  /** What the person has said about the plan. */
  readonly enterprisePlan: boolean;
}

/** One thing that may leave the machine. */
export interface PrivacyRow {
  readonly id: string;
  readonly title: string;
  readonly state: SwitchState;
  /** File, line and value that decide, or why it cannot be told. */
  readonly source: string;
  readonly sends: string;
  readonly where: string;
  readonly seenBy: string;
  readonly stored: string;
  readonly note?: string;
  readonly documents: readonly FactDocument[];
  /**
   * `toggle`: one click changes it. `choose`: neither on nor off is known, so both are offered.
   * `browser`: only a page of the vendor's switches it. `none`: it cannot be changed here.
   */
  readonly control: 'toggle' | 'choose' | 'browser' | 'none';
  /** Whether there is a setting of this editor, a file, or nothing to open. */
  readonly opens: 'setting' | 'file' | 'nothing';
  /** For `browser`: that the person has said it was switched off. */
  readonly recorded: boolean;
}

/** The document of the vendor that something rests on. */
export interface FactDocument {
  /** Title, its own date or none, and when it was read. */
  readonly text: string;
  readonly url?: string;
}

/** What the vendor says to one question. */
export interface FactTable {
  readonly topic: string;
  readonly title: string;
  readonly rows: readonly {
    readonly about: string;
    readonly fact: string;
    readonly document: FactDocument;
  }[];
}

/** The texts of the panel in the person's language; `{0}` stands for a name. */
export interface PrivacyStrings {
  readonly title: string;
  readonly intro: string;
  readonly loading: string;
  readonly optOut: string;
  readonly nothingToUndo: string;
  readonly undo: string;
  readonly enterprisePlan: string;
  readonly switches: string;
  readonly states: Readonly<Record<SwitchState, string>>;
  readonly switchOn: string;
  readonly switchOff: string;
  readonly openSetting: string;
  readonly openFile: string;
  readonly openBrowser: string;
  readonly recordDone: string;
  readonly sends: string;
  readonly where: string;
  readonly seenBy: string;
  readonly stored: string;
  readonly readFrom: string;
  readonly note: string;
  readonly documents: string;
  readonly facts: string;
  readonly about: string;
  readonly fact: string;
  readonly document: string;
}

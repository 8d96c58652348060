import type { Decision } from '../policy/decision';
import type { ToolCall } from '../policy/toolCall';
import type { HookAnswer } from '../protocol/hookProtocol';

/** The agents a hook can be installed for; the id is the hook's first argument. */
export type AgentId = 'kiro' | 'kiro-cli' | 'gemini-cli';

/** A payload brought to a tool call, or the reason why it cannot be read: then it is denied. */
export type PayloadResult =
  { readonly ok: true; readonly call: ToolCall } | { readonly ok: false; readonly reason: string };

/**
 * What an agent reports besides the calls it wants decided, so that changes of files can be told
 * apart by prompt and by call.
 */
export interface AgentReport {
  readonly kind: 'promptStart' | 'toolEnd' | 'turnEnd';
  readonly sessionId: string;
  /** Absolute folder the agent works in. */
  readonly cwd: string;
  /** Of a `toolEnd`: the tool, where the agent says which. */
  readonly tool?: string;
  /** Of a `promptStart`: the beginning of what was asked, on one line. */
  readonly prompt?: string;
}

/** Places an agent's hook files are looked for. */
export interface HookPlaces {
  readonly home: string;
  /** Absolute workspace folders. */
  readonly roots: readonly string[];
}

/** One file that has to hold our hook entries for the agent to be held. */
export interface HookFile {
  readonly path: string;
  /** The workspace folder of a file in a repository, where no link is followed. */
  readonly workspace?: string;
  /** The arrays that entries are added to; the first holds the one that decides. */
  readonly lists: readonly HookList[];
  /** What the file must hold besides, when it is made new. */
  readonly skeleton: Readonly<Record<string, unknown>>;
  /** Top-level values without which the agent does not read the file. */
  readonly requires?: Readonly<Record<string, string>>;
}

/** The command lines of a hook: one decides a call, the other only reports and never blocks. */
export interface HookCommands {
  readonly decide: string;
  readonly report: string;
}

/** One array in a hook file, and our entries in it. */
export interface HookList {
  /** JSON path of the array. */
  readonly path: readonly string[];
  /** The field of an entry that lists hooks, where the agent groups several in one entry. */
  readonly group?: string;
  entries(commands: HookCommands): readonly unknown[];
}

/** Everything the product knows about one agent. */
export interface Agent {
  readonly id: AgentId;
  readonly displayName: string;
  /** Seconds the agent lets a hook run, as our entry in its hook file sets it. */
  readonly limitSeconds: number;
  /** False for an agent whose next call is what tells that the one before is done. */
  readonly reportsToolEnd: boolean;
  /** Reads what the agent wrote to the hook's stdin. Never throws. */
  readPayload(payload: unknown): PayloadResult;
  /** Reads a report; undefined for anything that wants a decision. Never throws. */
  readReport(payload: unknown): AgentReport | undefined;
  /** Says a final decision, allow or deny, in the agent's dialect. */
  answer(decision: Decision): HookAnswer;
  /** The files that hold the hook, in the order a person should see them. May read folders. */
  hookFiles(places: HookPlaces): readonly HookFile[];
  /** What keeps the agent from running a hook that is in place; undefined when nothing does. */
  hooksOffBecause?(places: HookPlaces): string | undefined;
}

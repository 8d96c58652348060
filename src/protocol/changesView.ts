/**
 * What the window tells its views about the changes of the agents, and how a view says which of them
 * it means. All of it is plain data that survives being posted to a webview. Titles, tools and paths
 * come from agents and repositories: show them as text, with invisible characters written out.
 */

/** Everything that can be seen and taken back. */
export interface ChangesView {
  /** Newest first; prompts that changed nothing are left out. */
  readonly prompts: readonly PromptView[];
  /** Changes outside of all prompts: the person's own, and what a command left running did late. */
  readonly others: readonly FileView[];
  /** What is not covered by undo, in words for people; empty when everything is. */
  readonly gaps: readonly string[];
  /** True when there is an undo that can be taken back. */
  readonly canRedo: boolean;
}

/** One prompt and what came of it. */
export interface PromptView {
  readonly id: string;
  /** The agent's name for people. */
  readonly agent: string;
  /** The beginning of what the person asked, when the agent told it. */
  readonly title?: string;
  /** Milliseconds since 1970; no end while the agent is at work. */
  readonly start: number;
  readonly end?: number;
  /** The changes of all calls together, each file once. */
  readonly files: readonly FileView[];
  /** In the order they began; calls that changed nothing are left out. */
  readonly calls: readonly CallView[];
}

/** One tool call and what came of it. */
export interface CallView {
  readonly id: string;
  readonly tool: string;
  readonly start: number;
  /** What let it through; absent when the journal does not say. */
  readonly allowed?: AllowedView;
  readonly files: readonly FileView[];
}

/** What let a tool call through. */
export interface AllowedView {
  /** A reason code of the policy, such as `trustedCommand` or `approvedOnce`. */
  readonly code: string;
  /** True when a person was asked. */
  readonly byPerson: boolean;
  /** The rule that decided, and the file it stands in. */
  readonly rule?: { readonly pattern: string; readonly file: string };
}

/** Who changed a file; `late` is a command that may have been left running. */
export type ChangeAuthor = 'agent' | 'shell' | 'mixed' | 'late' | 'yours';

/** A file in a workspace folder. */
export interface FileRef {
  /** The folder's real path. */
  readonly root: string;
  /** Below the folder, with `/` between its parts. */
  readonly path: string;
}

/** One file as a prompt or a call left it. */
export interface FileView extends FileRef {
  /** The folder's name, where the window has several. */
  readonly folder?: string;
  readonly author: ChangeAuthor;
  readonly status: 'added' | 'modified' | 'deleted' | 'moved';
  /** Where a moved file came from, as `path`. */
  readonly movedFrom?: string;
  /** `notKept`: it can be seen to have changed, but its bytes are not held. */
  readonly kind: 'text' | 'binary' | 'image' | 'link' | 'folder' | 'notKept';
  /** Absent for what has no lines, and while they are not counted yet. */
  readonly lines?: { readonly added: number; readonly removed: number };
  /** `kept`: the person said it may stay; it can be taken back all the same. */
  readonly state: 'standing' | 'kept' | 'undone';
  /** The sha256 of the bytes before and after; absent where there were none or they are not held. */
  readonly before?: string;
  readonly after?: string;
}

/**
 * Which changes are meant; what is left out means all. `hunks` are numbers of the one file named,
 * counted as `HunkView` does for the same prompt and call.
 */
export interface ChangeTarget {
  readonly prompt?: string;
  readonly call?: string;
  readonly file?: FileRef;
  readonly hunks?: readonly number[];
}

/** One place in a file where lines changed. */
export interface HunkView {
  readonly number: number;
  /**
   * How it stands in the file as it is now: as the agent left it, further up or down, mixed with later
   * changes (then it is kept when undone), or taken back already.
   */
  readonly standing: 'intact' | 'moved' | 'overlapped' | 'gone';
  /** First line before and after, counted from 1. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly HunkLine[];
  /** How many lines of a long hunk are left out of `lines`. */
  readonly hidden: number;
}

export interface HunkLine {
  readonly mark: ' ' | '+' | '-';
  readonly text: string;
}

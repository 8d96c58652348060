import type { ChangeAuthor, FileView, HunkLine, HunkView } from './changesView';

/**
 * What the panel "View All Changes" and the window say to each other. The panel is given texts to show,
 * with invisible characters written out, and ids to name things by; it never sees or sends a path, so
 * whatever runs in it can ask for nothing that was not shown.
 */

/** Names a prompt, a tool call or a file of a tree; the same after a reload. */
export type NodeId = string;

/** What the panel asks the window to do. */
export type PanelRequest =
  /** The panel stands; nothing is posted to it before. */
  | { readonly type: 'ready' }
  /** A file was unfolded: its hunks or its pictures are wanted. */
  | { readonly type: 'details'; readonly file: NodeId }
  | { readonly type: 'openDiff'; readonly node: NodeId }
  /** The window asks the person before it takes anything back. */
  | { readonly type: 'undo'; readonly node: NodeId }
  | { readonly type: 'undoHunk'; readonly file: NodeId; readonly hunk: number }
  | { readonly type: 'keep'; readonly node: NodeId; readonly keep: boolean }
  | { readonly type: 'undoAll' }
  | { readonly type: 'redo' }
  /** All changes in the editor's own view of many files. */
  | { readonly type: 'openAll' };

/** What the window posts to the panel. */
export type PanelMessage =
  /** The answer to `ready`. */
  | { readonly type: 'start'; readonly strings: PanelStrings }
  /** The whole tree, at first and whenever it changed. */
  | { readonly type: 'tree'; readonly tree: PanelTree }
  | { readonly type: 'details'; readonly file: NodeId; readonly details: FileDetails }
  /** For screen readers: what came of a request. */
  | { readonly type: 'announce'; readonly text: string };

/** Everything the panel shows, newest prompt first. */
export interface PanelTree {
  readonly prompts: readonly PanelPrompt[];
  /** What is not covered by undo, in words; empty when everything is. */
  readonly gaps: readonly string[];
  readonly canRedo: boolean;
}

export interface PanelPrompt {
  readonly id: NodeId;
  /** False for the changes that came of no prompt: no undo of the agent's changes is for them. */
  readonly undoable: boolean;
  readonly title: string;
  /** The agent and when, in the person's language. */
  readonly detail: string;
  readonly running: boolean;
  readonly calls: readonly PanelCall[];
  /** Files that no tool call of the prompt accounts for. */
  readonly files: readonly PanelFile[];
  /** Of all its files, each counted once with all that was done to it. */
  readonly fileCount: number;
  readonly lines: LineCounts;
}

export type LineCounts = NonNullable<FileView['lines']>;

export interface PanelCall {
  readonly id: NodeId;
  readonly tool: string;
  readonly time: string;
  /** What let it through, in short and in full; empty when that is not known. */
  readonly allowed: string;
  readonly allowedInFull: string;
  readonly byPerson: boolean;
  readonly files: readonly PanelFile[];
}

export interface PanelFile extends Pick<
  FileView,
  'author' | 'status' | 'kind' | 'state' | 'lines'
> {
  readonly id: NodeId;
  readonly name: string;
  /** The folder it lies in, with the workspace folder where there are several; may be empty. */
  readonly folder: string;
  readonly movedFrom?: string;
}

/** A hunk with the heading of a unified diff. */
export interface PanelHunk {
  readonly number: number;
  readonly standing: HunkView['standing'];
  readonly heading: string;
  readonly lines: readonly HunkLine[];
  /** How many of its lines are left out. */
  readonly hidden: number;
}

/** What an unfolded file shows. */
export type FileDetails =
  | {
      readonly type: 'hunks';
      readonly hunks: readonly PanelHunk[];
      /** How many hunks are left out. */
      readonly hidden: number;
    }
  | { readonly type: 'images'; readonly before: PanelImage; readonly after: PanelImage }
  /** Why there are no lines, or what the bytes were. */
  | { readonly type: 'note'; readonly text: string };

/** One side of a picture. */
export interface PanelImage {
  /** A `data:` address; absent where there is none, or it is too large. */
  readonly source?: string;
  /** Its size, or why it is not shown. */
  readonly caption: string;
}

/** The texts of the panel in the person's language; `{0}` stands for a number or a name. */
export interface PanelStrings {
  readonly title: string;
  readonly loading: string;
  readonly empty: string;
  readonly nothingFound: string;
  readonly filter: string;
  readonly whoChanged: string;
  readonly authors: Readonly<Record<ChangeAuthor, string>>;
  readonly authorHelp: Readonly<Record<ChangeAuthor, string>>;
  readonly status: Readonly<Record<FileView['status'], string>>;
  readonly states: Readonly<Record<FileView['state'], string>>;
  readonly standing: Readonly<Record<HunkView['standing'], string>>;
  readonly marks: Readonly<Record<HunkLine['mark'], string>>;
  readonly hideReviewed: string;
  readonly undo: string;
  readonly undoHunk: string;
  readonly keep: string;
  readonly keepNot: string;
  readonly openDiff: string;
  readonly undoAll: string;
  readonly redo: string;
  readonly openAll: string;
  readonly collapseAll: string;
  readonly expandAll: string;
  readonly running: string;
  readonly hiddenLines: string;
  readonly hiddenHunks: string;
  readonly movedFrom: string;
  readonly fileCount: string;
  readonly oneFile: string;
  readonly shown: string;
  readonly before: string;
  readonly after: string;
  readonly notCovered: string;
}

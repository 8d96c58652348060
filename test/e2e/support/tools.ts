import { toolPaths } from '../tools/install.mjs';

/** Paths of the programs that the end-to-end tests drive, all of them installed. */
export interface Tools {
  readonly ok: true;
  /** The Node.js 24 that runs the editor and the agent client. */
  readonly node24: string;
  readonly codeServerEntry: string;
  readonly geminiEntry: string;
  readonly chromium: string;
}

/** What is missing, and why, one line each: the text to show when a test is left out. */
export interface MissingTools {
  readonly ok: false;
  readonly missing: readonly string[];
}

/** Looks for the tools that `tools/install.mjs` installs; it installs nothing itself. */
export function findTools(): Tools | MissingTools {
  return toolPaths();
}

/**
 * What a tool call touches. Tools that nobody has classified count as `other`, which is treated as
 * strictly as `shell`.
 */
export type Capability = 'read' | 'write' | 'shell' | 'web' | 'mcp' | 'subagent' | 'other';

/** The shell that will run a command line; it decides which grammar the line is read with. */
export type ShellDialect = 'bash' | 'powershell' | 'cmd';

/** A command line an agent wants to run, exactly as the agent sent it. */
export interface ShellCommand {
  readonly text: string;
  readonly dialect: ShellDialect;
  /** The folder it would run in, which need not be the one the agent works in. */
  readonly cwd: TouchedPath;
  /** Files the line names that are links, once somebody has looked where they lead. */
  readonly links?: readonly LinkedFile[];
  /** Absolute paths the line would write or remove, as far as its arguments tell. */
  readonly writes?: readonly string[];
}

/** A file that a command line names and that is a link to another one. */
interface LinkedFile extends TouchedPath {
  readonly access: 'read' | 'write';
}

/** A file or folder that a tool call names. */
export interface TouchedPath {
  /** Absolute and normalised, but with symbolic links in it. */
  readonly path: string;
  /** Where it leads once links are followed; equal to `path` when nothing is a link. */
  readonly real: string;
  /**
   * The absolute path as the agent spelled it, when that has `..` in it: behind a link, `link/..` is
   * not where the text says.
   */
  readonly spelled?: string;
}

/**
 * One thing an agent wants to do, in the one shape that every agent's payload is brought to.
 * `paths` is undefined when the tool touches files but the payload does not say which.
 */
export interface ToolCall {
  readonly agent: string;
  readonly sessionId: string;
  readonly tool: string;
  readonly capability: Capability;
  /** Absolute folder the agent works in. */
  readonly cwd: string;
  readonly command?: ShellCommand;
  readonly paths?: readonly TouchedPath[];
  /** The MCP server and its tool, where the agent says both. */
  readonly mcp?: { readonly server: string; readonly tool: string };
  /** A field of the payload that this version does not know; its meaning could change the call. */
  readonly unknownField?: string;
  /** The payload's tool input, for display and for telling identical calls; never trusted. */
  readonly input: Readonly<Record<string, unknown>>;
}

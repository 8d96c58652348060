import { resolvePath } from '../policy/paths';
import type { Capability, ShellDialect, ToolCall, TouchedPath } from '../policy/toolCall';
import type { PayloadResult } from './agent';
import { patchPaths } from './patchPaths';

/** How one tool's input is read. */
export interface ToolSpec {
  readonly capability: Capability;
  /** Fields that name a file or folder, as a string or a list of strings. */
  readonly paths?: readonly string[];
  /** A field with a patch whose text names the files; see `patchPaths`. */
  readonly patch?: string;
  /** Fields that hold a glob: what it matches is not known beforehand. */
  readonly patterns?: readonly string[];
  /** True when leaving every path field out means the working folder. */
  readonly pathsOptional?: true;
  /** Field with the command line of a shell tool, and the folder field beside it. */
  readonly command?: string;
  readonly commandCwd?: string;
  readonly dialect?: ShellDialect;
  /** The other fields of the tool. A field in no list makes the call ask. */
  readonly fields?: readonly string[];
}

/** What is common to the payloads of agents that follow the Claude shape. */
export interface ToolPayload {
  readonly agent: string;
  readonly sessionId: string;
  readonly cwd: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** A field of the payload itself that is not known. */
  readonly unknownField: string | undefined;
}

/** Brings a payload to a tool call by the tool's row in its agent's table. */
export function toToolCall(payload: ToolPayload, spec: ToolSpec): PayloadResult {
  const { input, tool } = payload;
  const { capability } = spec;
  const changes = capability === 'write' || capability === 'shell';
  if (changes && Object.keys(input).length === 0) {
    return { ok: false, reason: `the ${tool} call came without its input` };
  }
  const command = readCommand(payload, spec);
  if (command === 'unreadable') {
    return { ok: false, reason: `the ${tool} call has no readable command line` };
  }
  const paths = readPaths(payload, spec);
  if (paths === 'unreadable') {
    return { ok: false, reason: `the ${tool} call has no readable path` };
  }
  const unknownField = payload.unknownField ?? findUnknownField(input, spec);
  const call: ToolCall = {
    agent: payload.agent,
    sessionId: payload.sessionId,
    tool,
    capability,
    cwd: payload.cwd,
    ...(command && { command }),
    ...(paths && { paths }),
    ...(unknownField !== undefined && { unknownField }),
    input,
  };
  return { ok: true, call };
}

function readCommand(
  { input, cwd }: ToolPayload,
  spec: ToolSpec,
): ToolCall['command'] | 'unreadable' {
  if (spec.command === undefined) return undefined;
  const text = input[spec.command];
  if (typeof text !== 'string' || text.trim() === '') return 'unreadable';
  const folder = spec.commandCwd === undefined ? undefined : input[spec.commandCwd];
  if (folder !== undefined && typeof folder !== 'string') return 'unreadable';
  const path = folder ? resolvePath(folder, cwd) : resolvePath('.', cwd);
  if (path === undefined) return 'unreadable';
  return { text, dialect: spec.dialect ?? 'bash', cwd: { path, real: path } };
}

/**
 * True for a glob that could match more than its plain reading says: alternatives and classes, and
 * stars in a name that smells of a secret (`.e*`, `*_key`).
 */
function isOpenPattern(pattern: string): boolean {
  if (/[{}()[\]!?@+|]/.test(pattern)) return true;
  const name = pattern.split(/[\\/]/).at(-1) ?? '';
  if (!name.includes('*')) return false;
  return name.startsWith('.') || SECRET_HINT.test(name.replaceAll('*', ''));
}

const SECRET_HINT = /env|pem|key|cred|secret|token|rsa|dsa|ssh|aws|rc$|p12|pfx|jks/i;

/** More paths than a person can read, or than can be looked at before the agent's time is over. */
const MAX_PATHS = 500;

function touch(spelling: string, path: string, cwd: string): TouchedPath {
  if (!spelling.split(/[\\/]/).includes('..')) return { path, real: path };
  const spelled = /^[\\/]|^[A-Za-z]:/.test(spelling) ? spelling : `${cwd}/${spelling}`;
  return { path, real: path, spelled };
}

/** The paths of a call; undefined where the tool touches files but does not say which. */
function readPaths(
  { input, cwd }: ToolPayload,
  spec: ToolSpec,
): readonly TouchedPath[] | undefined | 'unreadable' {
  if (spec.capability !== 'read' && spec.capability !== 'write') return undefined;
  if (spec.patch !== undefined) return readPatch(input[spec.patch], cwd);
  if (!spec.paths) return spec.capability === 'read' ? [] : undefined;
  const { paths: pathFields, patterns = [] } = spec;
  const named = [...pathFields, ...patterns].filter(field => input[field] !== undefined);
  if (named.length === 0 && !spec.pathsOptional) return 'unreadable';
  const paths: TouchedPath[] = [];
  for (const field of named) {
    const value = input[field];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (values.length === 0) return 'unreadable';
    for (const item of values) {
      if (typeof item !== 'string') return 'unreadable';
      const path = resolvePath(item === '' && spec.pathsOptional ? '.' : item, cwd);
      if (path === undefined || (patterns.includes(field) && isOpenPattern(item))) return undefined;
      paths.push(touch(item, path, cwd));
      if (paths.length > MAX_PATHS) return 'unreadable';
    }
  }
  return paths;
}

/** Every file of a patch; undefined when the patch does not say which for certain. */
function readPatch(patch: unknown, cwd: string): readonly TouchedPath[] | undefined | 'unreadable' {
  if (typeof patch !== 'string') return 'unreadable';
  const touched = patchPaths(patch)?.map(spelling => {
    const path = resolvePath(spelling, cwd);
    return path === undefined ? undefined : touch(spelling, path, cwd);
  });
  if (touched && touched.length > MAX_PATHS) return 'unreadable';
  return touched?.every(path => path !== undefined) ? touched : undefined;
}

function findUnknownField(
  input: Readonly<Record<string, unknown>>,
  { capability, paths = [], patterns = [], patch, command, commandCwd, fields = [] }: ToolSpec,
): string | undefined {
  // The other capabilities ask in any case; only these can pass on what their fields say.
  if (capability !== 'read' && capability !== 'write' && capability !== 'shell') return undefined;
  const known = new Set<string | undefined>([
    ...paths,
    ...patterns,
    ...fields,
    patch,
    command,
    commandCwd,
  ]);
  return Object.keys(input).find(field => !known.has(field));
}

/** A plain object, as JSON gives it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { realpath } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import type { ToolCall, TouchedPath } from '../policy/toolCall';

/** The same call with every path's `real` filled in from the disk as it is now. */
export async function followLinks(call: ToolCall): Promise<ToolCall> {
  return {
    ...call,
    ...(call.command && { command: { ...call.command, cwd: await follow(call.command.cwd) } }),
    ...(call.paths && { paths: await Promise.all(call.paths.map(follow)) }),
  };
}

async function follow({ path }: TouchedPath): Promise<TouchedPath> {
  return { path, real: await realPathOf(path) };
}

/**
 * Where a path leads: links followed as far as the path exists, the rest kept as it is. Errors
 * other than "does not exist" reject: the caller then blocks.
 */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || parent === path) throw error;
    return join(await realPathOf(parent), basename(path));
  }
}

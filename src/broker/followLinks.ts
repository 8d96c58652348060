import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { judgeCommand } from '../policy/commands/judgeCommand';
import type { PathContext } from '../policy/paths';
import type { ShellCommand, ToolCall, TouchedPath } from '../policy/toolCall';

/**
 * The same call with every path's `real` filled in from the disk as it is now: of file tools, of a
 * command's folder, and of the files that a command line names.
 */
export async function followLinks(call: ToolCall, context: PathContext): Promise<ToolCall> {
  const command = call.command && (await followCommand(call.command, context));
  return {
    ...call,
    ...(command && { command }),
    ...(call.paths && { paths: await Promise.all(call.paths.map(follow)) }),
  };
}

async function followCommand(command: ShellCommand, context: PathContext): Promise<ShellCommand> {
  const { text, dialect, cwd } = command;
  const { paths } = judgeCommand(text, { trusted: [] }, { ...context, dialect, cwd: cwd.path });
  const followed = await Promise.all(
    paths.map(async ({ path, access }) => ({ access, ...(await follow({ path, real: path })) })),
  );
  const links = followed.filter(({ path, real }) => path !== real);
  const writes = paths.filter(({ access }) => access === 'write').map(({ path }) => path);
  return { ...command, cwd: await follow(cwd), links, writes };
}

async function follow(touched: TouchedPath): Promise<TouchedPath> {
  return { ...touched, real: await realPathOf(touched.spelled ?? touched.path, MAX_LINKS) };
}

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;

/**
 * Where a path leads: links followed as far as the path exists, a link to nothing followed to where
 * it would make a file, the rest kept as it is. Errors other than "does not exist" reject: the
 * caller then blocks.
 */
async function realPathOf(path: string, linksLeft: number): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || parent === path) throw error;
    const target = await linkTarget(path);
    const folder = await realPathOf(parent, linksLeft);
    if (target === undefined) return join(folder, basename(path));
    if (linksLeft === 0) throw error;
    return realPathOf(resolve(folder, target), linksLeft - 1);
  }
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch {
    // Not there, or not a link.
    return undefined;
  }
}

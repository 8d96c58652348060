import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import type { StateFolders } from '../files/stateHome';

/** Bytes that fit into `sockaddr_un.sun_path` on every Unix (macOS: 104 with the final NUL). */
const MAX_SOCKET_PATH = 103;

/**
 * Where a window listens: a Unix socket in the state folder, or in an owner-only folder below the
 * temporary one when the state folder's path is too long for a socket; on Windows a named pipe
 * whose name cannot be guessed from outside.
 */
export function brokerSocket(
  folders: StateFolders,
  id: string,
  platform: NodeJS.Platform = process.platform,
  temporary: string = tmpdir(),
): string {
  if (platform === 'win32') return `\\\\.\\pipe\\checkrein-${id}-${pipeSuffix(folders.home, id)}`;
  const socket = join(folders.sockets, `${id}.sock`);
  if (Buffer.byteLength(socket) <= MAX_SOCKET_PATH) {
    ensureOwnerOnlyFolder(folders.sockets);
    return socket;
  }
  const name = createHash('sha256').update(folders.home).digest('hex').slice(0, 12);
  const folder = join(temporary, `checkrein-${name}`);
  ensureOwnerOnlyFolder(folder);
  return join(folder, `${id}.sock`);
}

function pipeSuffix(home: string, id: string): string {
  return createHash('sha256').update(`${home}\0${id}`).digest('hex').slice(0, 16);
}

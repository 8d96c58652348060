import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportChat, type ExportFormat } from './exportChat';
import type { ChatSession } from './chatSession';

/**
 * Writes a chat to a file that only its owner can read, piece by piece. What was there stays until
 * all is written; a fault or the signal leaves no part behind. Rejects with what was wrong.
 */
export async function writeExport(
  session: ChatSession,
  format: ExportFormat,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const target = createWriteStream(part, { flags: 'wx', mode: 0o600 });
    await pipeline(Readable.from(exportChat(session, format)), target, { signal });
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

import { maskSecrets } from '../secrets';
import { readMessage } from './chatMessage';
import type { ChatSession } from './chatSession';
import { sessionRecords } from './sessionRecords';

/** A place where a text was found. */
export interface ChatHit {
  readonly session: ChatSession;
  /** The record's number in the chat, 1-based. */
  readonly index: number;
  readonly role?: string;
  /** One line around the text, secrets hidden. */
  readonly excerpt: string;
}

/** A chat that could not be read to its end. */
export interface ChatFault {
  readonly session: ChatSession;
  readonly fault: string;
}

const AROUND = 60;

/**
 * Looks for a text, whatever its case, in what was said. Hidden secrets cannot be found. Records
 * that do not parse are searched as they stand. Ends when the signal fires.
 */
export async function* searchChats(
  sessions: readonly ChatSession[],
  text: string,
  signal?: AbortSignal,
): AsyncIterable<ChatHit | ChatFault> {
  const wanted = text.toLowerCase();
  for (const session of sessions) {
    try {
      for await (const record of sessionRecords(session)) {
        if (signal?.aborted === true) return;
        const message = readMessage(record);
        if (!message.text.toLowerCase().includes(wanted)) continue;
        const masked = maskSecrets(message.text);
        const at = masked.toLowerCase().indexOf(wanted);
        if (at === -1) continue;
        const { role } = message;
        const excerpt = masked.slice(Math.max(0, at - AROUND), at + text.length + AROUND);
        yield {
          session,
          index: record.index,
          ...(role !== undefined && { role }),
          excerpt: excerpt.replace(/\s+/g, ' ').trim(),
        };
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      yield { session, fault: `cannot be read (${code ?? message})` };
    }
  }
}

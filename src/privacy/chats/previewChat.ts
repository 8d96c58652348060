import { exportChat } from './exportChat';
import type { ChatSession } from './chatSession';

/** More than this an editor shows only with trouble. */
const MAX_LENGTH = 2 * 1024 * 1024;

/** A chat to be read in the editor. */
export interface ChatPreview {
  readonly text: string;
  /** True when there is more than was taken. */
  readonly cut: boolean;
}

/** The beginning of a chat as Markdown, secrets hidden; reads no further than it shows. */
export async function previewChat(
  session: ChatSession,
  maxLength = MAX_LENGTH,
): Promise<ChatPreview> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of exportChat(session, 'markdown')) {
    pieces.push(piece.slice(0, maxLength - length));
    length += piece.length;
    if (length > maxLength) return { text: pieces.join(''), cut: true };
  }
  return { text: pieces.join(''), cut: false };
}

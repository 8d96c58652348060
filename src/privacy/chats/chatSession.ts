/** A chat on this machine. */
export interface ChatSession {
  /** Stands for the chat; twelve hex digits. */
  readonly id: string;
  readonly product: 'Kiro IDE 0.x' | 'Kiro 1.x' | 'Kiro CLI 2' | 'Kiro CLI database';
  readonly file: string;
  /** Which row of the file, where that is a database. */
  readonly row?: number;
  readonly title?: string;
  /** When the file or the row was last written (ISO 8601). */
  readonly modified: string;
  readonly bytes: number;
}

/** The chats that were found, and what cannot be read here. */
export interface ChatList {
  /** The latest first. */
  readonly sessions: readonly ChatSession[];
  /** Places that hold chats which cannot be read, with the reason. */
  readonly unread: readonly string[];
}

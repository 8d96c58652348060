import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ChatList, ChatSession } from './chatSession';
import { JsonSplitter } from './jsonSplitter';
import { parsePiece, type ChatRecord } from './readRecords';

/** A prepared statement, as far as it is used here: rows come one by one. */
interface Statement {
  iterate(...values: readonly number[]): Iterable<unknown>;
}

/** A database of Node's built-in SQLite, as far as it is used here. */
export interface ChatDatabase {
  prepare(sql: string): Statement;
  close(): void;
}

/** Opens a database to be read only; throws with what is wrong. */
export type OpenDatabase = (file: string) => ChatDatabase;

/** Opens databases with Node's own SQLite; undefined where this Node has none. */
export function openDatabase(): OpenDatabase | undefined {
  // Node 20 knows the function in its later versions only.
  const host: { getBuiltinModule?: (id: string) => object | undefined } = process;
  const sqlite = host.getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync?: new (file: string, options: { readOnly: boolean }) => ChatDatabase }
    | undefined;
  const Database = sqlite?.DatabaseSync;
  // Without rows one by one, a large history would have to be held as a whole.
  const parts = process.versions.node.split('.').map(Number);
  const isNewEnough = (parts[0] ?? 0) > 22 || (parts[0] === 22 && (parts[1] ?? 0) >= 13);
  return Database && isNewEnough ? file => new Database(file, { readOnly: true }) : undefined;
}

/** The tables that versions of Kiro CLI keep chats in; the first one there holds what the others do. */
const TABLES = [
  ['conversations_v2', 'key, conversation_id AS id, updated_at AS updated'],
  ['conversations', 'key, NULL AS id, NULL AS updated'],
] as const;
/** What one chat may take in memory: the library gives a value as a whole. */
const MAX_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** The chats in a database of Kiro CLI, or why they cannot be read. Reads no chat itself. */
export function chatsInDatabase(file: string, open = openDatabase()): ChatList {
  const unread = (reason: string): ChatList => ({ sessions: [], unread: [`${file}: ${reason}`] });
  if (!open) {
    return unread(
      `a database of Kiro CLI; this program runs on Node.js ${process.versions.node}, and to read it takes 22.13 or later: run "checkrein chats list" with such a Node.js, or update the editor`,
    );
  }
  try {
    return withDatabase(open, file, database => {
      const table = tableOf(database);
      if (table === undefined) return unread('a database of Kiro CLI without a table of chats');
      const [name, columns] = table;
      const rows = database
        .prepare(
          `SELECT rowid AS row, ${columns}, length(CAST(value AS BLOB)) AS bytes FROM ${name}`,
        )
        .iterate();
      const written = statSync(file).mtime;
      return { sessions: [...rows].flatMap(row => sessionOf(file, row, written)), unread: [] };
    });
  } catch (error) {
    return unread(`a database of Kiro CLI that cannot be read (${messageOf(error)})`);
  }
}

function withDatabase<T>(open: OpenDatabase, file: string, read: (database: ChatDatabase) => T): T {
  const database = open(file);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

function tableOf(database: ChatDatabase): (typeof TABLES)[number] | undefined {
  const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").iterate();
  const names = new Set([...rows].map(row => fieldsOf(row)['name']));
  return TABLES.find(([name]) => names.has(name));
}

function sessionOf(file: string, source: unknown, written: Date): readonly ChatSession[] {
  const { row, key, id, updated, bytes } = fieldsOf(source);
  if (typeof row !== 'number') return [];
  const name = [file, key, id].map(String).join('\0');
  return [
    {
      id: createHash('sha256').update(name).digest('hex').slice(0, 12),
      product: 'Kiro CLI database',
      file,
      row,
      ...(typeof key === 'string' && { title: key.slice(0, 200) }),
      modified: timeOf(updated, written),
      bytes: typeof bytes === 'number' ? bytes : 0,
    },
  ];
}

function timeOf(milliseconds: unknown, otherwise: Date): string {
  const time = new Date(typeof milliseconds === 'number' ? milliseconds : NaN);
  return (Number.isNaN(time.getTime()) ? otherwise : time).toISOString();
}

/**
 * The records of one chat in a database: what was asked and what was answered each on its own, and
 * what else the chat holds as it stands. Throws when the database cannot be read any more.
 */
export function* readRow(file: string, row: number, open = openDatabase()): Iterable<ChatRecord> {
  if (!open) throw new Error('this Node.js has no SQLite');
  const value = withDatabase(open, file, database => valueIn(database, row));
  let index = 0;
  if (typeof value === 'string') {
    yield { index: 1, raw: '', fault: value };
    return;
  }
  const splitter = new JsonSplitter(MAX_BYTES);
  for (let at = 0; at < value.length; at += CHUNK_BYTES) {
    for (const piece of splitter.push(value.subarray(at, at + CHUNK_BYTES))) {
      for (const record of turnsOf(parsePiece(piece, 0))) yield { ...record, index: (index += 1) };
    }
  }
  for (const piece of splitter.end()) yield parsePiece(piece, (index += 1));
}

/** The bytes of a chat, or what is wrong with it. */
function valueIn(database: ChatDatabase, row: number): Buffer | string {
  const table = tableOf(database);
  if (table === undefined) return 'the table of chats is gone';
  const bytes = 'CAST(value AS BLOB)';
  const sql = `SELECT length(${bytes}) AS bytes, CASE WHEN length(${bytes}) <= ${MAX_BYTES} THEN ${bytes} END AS value FROM ${table[0]} WHERE rowid = ?`;
  for (const found of database.prepare(sql).iterate(row)) {
    const { value } = fieldsOf(found);
    if (value instanceof Uint8Array) {
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    return fieldsOf(found)['bytes'] === null
      ? 'the chat is empty'
      : 'the chat is larger than 32 MB, which is not read';
  }
  return 'the chat is gone';
}

/** A turn holds the words of both sides, as fields or, in old versions, as a pair. */
function turnsOf(record: ChatRecord): readonly ChatRecord[] {
  const { key, value } = record;
  if (key !== 'history' || typeof value !== 'object' || value === null) return [record];
  const pair =
    Array.isArray(value) && value.length === 2 ? (value as readonly unknown[]) : undefined;
  const { user, assistant, ...rest } = pair
    ? { user: pair[0], assistant: pair[1] }
    : (value as Readonly<Record<string, unknown>>);
  if (!isObject(user) || !isObject(assistant)) return [record];
  return [
    { ...record, value: { role: 'user', ...user } },
    { ...record, value: { role: 'assistant', ...assistant, ...rest } },
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(row: unknown): Readonly<Record<string, unknown>> {
  return isObject(row) ? row : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

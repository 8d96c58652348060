import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatsInDatabase, readRow, type ChatDatabase, type OpenDatabase } from './chatDatabase';
import { readMessage } from './chatMessage';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'checkrein-database-')), 'data.sqlite3');
  writeFileSync(file, '');
});
afterEach(() => rmSync(join(file, '..'), { recursive: true }));

interface Row {
  readonly key: unknown;
  readonly id: string | null;
  readonly updated: unknown;
  readonly value: Uint8Array | null;
}

/** Stands in for the database that Node 20 cannot open; answers the queries that are asked of it. */
class FakeDatabase implements ChatDatabase {
  closed = false;

  constructor(private readonly tables: Readonly<Record<string, readonly Row[]>>) {}

  prepare(sql: string): { iterate: (...values: readonly number[]) => Iterable<unknown> } {
    return { iterate: (...values) => this.#answer(sql, values) };
  }

  *#answer(sql: string, [wanted]: readonly number[]): Iterable<unknown> {
    if (sql.includes('sqlite_master')) {
      yield* Object.keys(this.tables).map(name => ({ name }));
      return;
    }
    const rows = this.tables[/FROM (\w+)/.exec(sql)?.[1] ?? ''] ?? [];
    for (const [index, { key, id, updated, value }] of rows.entries()) {
      if (wanted !== undefined && wanted !== index + 1) continue;
      const bytes = value?.length ?? null;
      const isRead = wanted !== undefined && value !== null && value.length <= 32 * 1024 * 1024;
      yield { row: index + 1, key, id, updated, bytes, value: isRead ? value : null };
    }
  }

  close(): void {
    this.closed = true;
  }
}

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const row = (
  value: unknown,
  key: unknown = '/work',
  updated: unknown = 1_700_000_000_000,
): Row => ({
  ...{ key, id: 'c-1', updated },
  value: value === null ? null : bytes(value),
});
const holding =
  (...rows: readonly Row[]): OpenDatabase =>
  () =>
    new FakeDatabase({ migrations: [], conversations_v2: rows });

const CHAT = {
  conversation_id: 'c-1',
  history: [
    {
      user: { content: { Prompt: { prompt: 'List them' } }, timestamp: '2026-01-02T03:04:05Z' },
      assistant: { ToolUse: { content: 'I look', tool_uses: [{ name: 'ls', args: {} }] } },
      request_metadata: { request_id: 'r' },
    },
    [
      { content: { ToolUseResults: { tool_use_results: [{ content: [{ Text: 'a.txt' }] }] } } },
      { Response: { content: 'One file' } },
    ],
    'odd',
  ],
  transcript: ['> List them'],
};

describe('the chats in a database of Kiro CLI', () => {
  it('are listed with folder, time and size', () => {
    const { sessions, unread } = chatsInDatabase(
      file,
      holding(row(CHAT), row(CHAT, null, 'soon'), row(CHAT, 'x'.repeat(500), 1e300)),
    );
    expect(unread).toEqual([]);
    expect(sessions).toHaveLength(3);
    expect(sessions[0]).toMatchObject({
      ...{ product: 'Kiro CLI database', file, row: 1, title: '/work' },
      ...{ modified: '2023-11-14T22:13:20.000Z', bytes: bytes(CHAT).length },
    });
    expect(sessions[1]).not.toHaveProperty('title');
    expect(sessions[2]?.title).toHaveLength(200);
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(3);
  });

  it('come from the older table where there is no newer one, and never from both', () => {
    const old = [{ ...row(CHAT), id: null, updated: null }];
    const open = (tables: Readonly<Record<string, readonly Row[]>>) => () =>
      new FakeDatabase(tables);
    expect(chatsInDatabase(file, open({ conversations: old })).sessions).toHaveLength(1);
    const both = { conversations: old, conversations_v2: [row(CHAT), row(CHAT, '/other')] };
    expect(chatsInDatabase(file, open(both)).sessions).toHaveLength(2);
  });

  it('are named with the reason where they cannot be read', () => {
    const broken = (): ChatDatabase => {
      throw new Error('file is not a database');
    };
    const reasons = [undefined, broken, () => new FakeDatabase({ history: [] })].map(open => {
      // On a Node.js that has SQLite, the default opens the empty file and finds no table.
      const { sessions, unread } = chatsInDatabase(file, open);
      expect(sessions).toEqual([]);
      return unread.join('');
    });
    expect(reasons[0]).toMatch(/takes 22\.13 or later: run "checkrein|without a table of chats/);
    expect(reasons[1]).toContain('file is not a database');
    expect(reasons[2]).toContain('without a table of chats');
    for (const reason of reasons) expect(reason.startsWith(`${file}: `)).toBe(true);
  });
});

describe('a chat in a database', () => {
  const read = (value: unknown) => [...readRow(file, 1, holding(row(value)))];

  it('is read turn by turn, and the rest as it stands', () => {
    const said = read(CHAT).map(record => {
      const { role, time, text } = readMessage(record);
      return [record.index, record.key, role, time, text];
    });
    expect(said).toEqual([
      [1, 'conversation_id', undefined, undefined, 'c-1'],
      [2, 'history', 'user', '2026-01-02T03:04:05Z', 'List them'],
      [3, 'history', 'assistant', undefined, 'I look'],
      [4, 'history', 'user', undefined, 'a.txt'],
      [5, 'history', 'assistant', undefined, 'One file'],
      [6, 'history', undefined, undefined, 'odd'],
      [7, 'transcript', undefined, undefined, '> List them'],
    ]);
  });

  it.each([
    ['no JSON', 'not JSON', ['not JSON']],
    ['an end too early', '{"history":["a",{"user":', ['{"user":']],
    ['a fault inside', '{"history":[{b},"c"]}', ['{b}']],
    ['nothing', null, ['']],
  ])('keeps what is malformed: %s', (_name, value, raw) => {
    const faults = read(value).filter(({ fault }) => fault !== undefined);
    expect(faults.map(record => record.raw)).toEqual(raw);
  });

  it('is not read where it would take too much memory', () => {
    const large = { ...row(null), value: new Uint8Array(33 * 1024 * 1024) };
    expect([...readRow(file, 1, holding(large))][0]?.fault).toContain('32 MB');
    expect([...readRow(file, 9, holding(large))][0]?.fault).toBe('the chat is gone');
  });

  it('leaves the database closed, also after a fault', () => {
    const opened: FakeDatabase[] = [];
    const open = (): ChatDatabase => {
      const database = new FakeDatabase({ conversations_v2: [row(CHAT)] });
      opened.push(database);
      return database;
    };
    chatsInDatabase(file, open);
    for (const record of readRow(file, 1, open)) if (record.index > 0) break;
    expect(opened.map(({ closed }) => closed)).toEqual([true, true]);
  });
});

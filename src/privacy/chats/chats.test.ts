import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privacyPlaces } from '../privacyPlaces';
import { exportChat, type ExportFormat } from './exportChat';
import type { ChatList, ChatSession } from './chatSession';
import { findChats } from './findChats';
import { JsonSplitter } from './jsonSplitter';
import { previewChat } from './previewChat';
import { readRecords, type ChatRecord } from './readRecords';
import { searchChats } from './searchChats';
import { writeExport } from './writeExport';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-chats-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const TOKEN = ['gh', 'p_', 'a1'.repeat(18)].join('');
const home = (): string => join(scratch, 'home');

function put(path: string, text: string): string {
  const file = join(home(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function find(platform: 'linux' | 'darwin' | 'win32' = 'linux'): ChatList {
  return findChats(privacyPlaces({ platform, home: home(), roots: [] }), home());
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const onlySession = (): ChatSession => {
  const [session] = find().sessions;
  if (!session) throw new Error('no chat was found');
  return session;
};
const exported = async (format: ExportFormat): Promise<string> =>
  (await collect(exportChat(onlySession(), format))).join('');

const IDE_USER = {
  linux: '.config/Kiro/User',
  darwin: 'Library/Application Support/Kiro/User',
  win32: 'AppData/Roaming/Kiro/User',
} as const;

describe('findChats', () => {
  it.each(['linux', 'darwin', 'win32'] as const)('finds every kind on %s', platform => {
    const storage = `${IDE_USER[platform]}/globalStorage/kiro.kiroagent`;
    put(`${storage}/user/a.chat`, '{}');
    put(`${storage}/user/config.json`, '{}');
    put(`${storage}/workspace-sessions/L2E=/s1.json`, '{}');
    put(`${storage}/workspace-sessions/L2E=/sessions.json`, '[]');
    put('.kiro/sessions/h/sess_1/messages.jsonl', '{}');
    put('.kiro/sessions/h/sess_1/session.json', '{"title": "Mend the tests"}');
    put('.kiro/sessions/cli/one.jsonl', '{}');
    put('.kiro/sessions/cli/one.json', '{"title": "In the terminal"}');
    put('.kiro/sessions/cli/two.json', '{"history": []}');
    const { sessions } = find(platform);
    const shown = sessions.map(({ product, file, title }) => {
      return [product, file.split(/[\\/]/).at(-1), title].filter(Boolean).join(' ');
    });
    expect(shown.sort()).toEqual([
      'Kiro 1.x messages.jsonl Mend the tests',
      'Kiro CLI 2 one.jsonl In the terminal',
      'Kiro CLI 2 two.json',
      'Kiro IDE 0.x a.chat',
      'Kiro IDE 0.x s1.json',
    ]);
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(5);
  });

  it('says what it cannot read, follows no links, and finds nothing in an empty home', () => {
    expect(find()).toEqual({ sessions: [], unread: [] });
    put('elsewhere.jsonl', '{}');
    mkdirSync(join(home(), '.kiro/sessions/cli'), { recursive: true });
    symlinkSync(join(home(), 'elsewhere.jsonl'), join(home(), '.kiro/sessions/cli/l.jsonl'));
    put('.local/share/kiro-cli/data.sqlite3', '');
    const { sessions, unread } = find();
    expect(sessions).toEqual([]);
    expect(unread).toHaveLength(1);
  });
});

describe('readRecords', () => {
  const read = (path: string, text: string, max?: number): Promise<ChatRecord[]> =>
    collect(readRecords(put(path, text), max));

  it('reads lines, and keeps those that are malformed', async () => {
    expect(await read('a.jsonl', '{"a":1}\n\n{"b":\r\n[2]\n{"c":')).toEqual([
      { index: 1, value: { a: 1 } },
      { index: 2, raw: '{"b":', fault: 'not valid JSON' },
      { index: 3, value: [2] },
      { index: 4, raw: '{"c":', fault: 'not valid JSON' },
    ]);
  });

  it('reads the lists of a document, and keeps what is malformed', async () => {
    const text = '{"id": "x", "chat": [{"a": "],"}, {b}, [1, {"c": 2}] ], "n": null, "z": [}';
    expect(await read('a.chat', text)).toEqual([
      { index: 1, key: 'id', value: 'x' },
      { index: 2, key: 'chat', value: { a: '],' } },
      { index: 3, key: 'chat', raw: '{b}', fault: 'not valid JSON' },
      { index: 4, key: 'chat', value: [1, { c: 2 }] },
      { index: 5, key: 'n', value: null },
    ]);
  });

  it('keeps the rest of a document that ends too early', async () => {
    expect(await read('a.chat', '{"chat":[{"a":1},{"b":"cut')).toEqual([
      { index: 1, key: 'chat', value: { a: 1 } },
      { index: 2, key: 'chat', raw: '{"b":"cut', fault: 'the file ends inside a record' },
    ]);
  });

  it.each(['a.jsonl', 'a.chat'])('loses nothing of a record that is too large: %s', async path => {
    const long = 'é'.repeat(400_000);
    const records = await read(path, `["${long}"]`, 100_000);
    expect(records.length).toBeGreaterThan(1);
    expect(records.every(({ fault }) => fault !== undefined)).toBe(true);
    const bytes = records.map(({ raw }) => raw ?? '').join('');
    expect(bytes.replaceAll(/[^é\uFFFD]/g, '').length).toBeGreaterThanOrEqual(400_000);
  });

  it('cuts any document into pieces that parse, wherever the chunks end', () => {
    const document = fc.oneof(
      fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()))),
      fc.array(fc.jsonValue()),
    );
    fc.assert(
      fc.property(
        document,
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (value, size, pretty) => {
          const bytes = Buffer.from(JSON.stringify(value, undefined, pretty ? 2 : undefined));
          const splitter = new JsonSplitter(1_000_000);
          const pieces = [];
          for (let at = 0; at < bytes.length; at += size) {
            pieces.push(...splitter.push(bytes.subarray(at, at + size)));
          }
          pieces.push(...splitter.end());
          const wanted = Array.isArray(value)
            ? value
            : Object.values(value).flatMap(entry => (Array.isArray(entry) ? entry : [entry]));
          expect(pieces.map(({ text }) => JSON.parse(text) as unknown)).toEqual(
            wanted.map(entry => JSON.parse(JSON.stringify(entry)) as unknown),
          );
          expect(pieces.every(({ fault }) => fault === undefined)).toBe(true);
        },
      ),
    );
  });
});

describe('export', () => {
  const CHAT = JSON.stringify({
    executionId: 'e-1',
    chat: [
      { role: 'human', content: `My token is ${TOKEN}.` },
      { role: 'bot', content: [{ type: 'text', text: 'Do not\n```\nshow it' }], timestamp: 5 },
      { odd: { password: 'hunter2hunter2' } },
    ],
  });
  const V2_LINES = [
    { version: 'v1', kind: 'Prompt', data: { content: [{ kind: 'text', data: 'Hello' }] } },
    { kind: 'AssistantMessage', data: { content: [{ kind: 'text', data: 'World' }] } },
  ];

  it('to Markdown, with secrets hidden', async () => {
    const file = put('.config/Kiro/User/globalStorage/kiro.kiroagent/u/a.chat', CHAT);
    const text = await exported('markdown');
    expect(text).toContain('## 2. user\n\nMy token is [hidden: GitHub token].\n');
    expect(text).toContain('## 3. assistant (5)\n\nDo not\n```\nshow it\n');
    expect(text).toContain('[hidden: value named like a secret]');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('as they stand: 0');
    expect(readFileSync(file, 'utf8')).toBe(CHAT);
  });

  it('to JSON that parses, with secrets hidden and malformed records kept', async () => {
    put('.kiro/sessions/cli/a.jsonl', `${CHAT}\n{"cut": "${TOKEN}\n{"__proto__":{"x":1}}\n`);
    const text = await exported('json');
    expect(text).not.toContain(TOKEN);
    const parsed = JSON.parse(text) as { records: unknown[]; malformed: number };
    expect(parsed.malformed).toBe(1);
    expect(parsed.records[1]).toEqual({
      ...{ index: 2, fault: 'not valid JSON', raw: '{"cut": "[hidden: GitHub token]' },
    });
    expect(JSON.stringify(parsed.records[2])).toContain('__proto__');
  });

  it('of the lines that Kiro CLI writes', async () => {
    put('.kiro/sessions/cli/a.jsonl', V2_LINES.map(line => JSON.stringify(line)).join('\n'));
    const text = await exported('markdown');
    expect(text).toContain('## 1. user\n\nHello\n');
    expect(text).toContain('## 2. assistant\n\nWorld\n');
  });
});

it('search finds a text in any case, with the place, and no secret', async () => {
  put('.kiro/sessions/cli/a.jsonl', `{"role":"user","content":"Delete THE branch ${TOKEN}"}\n{"x`);
  const { sessions } = find();
  const hits = await collect(searchChats(sessions, 'the BRANCH'));
  expect(hits).toMatchObject([
    { index: 1, role: 'user', excerpt: 'Delete THE branch [hidden: GitHub token]' },
  ]);
  expect(await collect(searchChats(sessions, TOKEN))).toEqual([]);
  const gone = sessions.map(session => ({ ...session, file: `${session.file}.gone` }));
  expect(await collect(searchChats(gone, 'x'))).toMatchObject([
    { fault: 'cannot be read (ENOENT)' },
  ]);
});

it('search ends when it is told to', async () => {
  put('.kiro/sessions/cli/a.jsonl', '{"text":"needle"}\n'.repeat(10));
  const ending = new AbortController();
  const found = [];
  for await (const hit of searchChats(find().sessions, 'needle', ending.signal)) {
    found.push(hit);
    if (found.length === 3) ending.abort();
  }
  expect(found).toHaveLength(3);
});

describe('a preview', () => {
  it('is the whole chat where it is short, and reads no further than it shows', async () => {
    put('.kiro/sessions/cli/a.jsonl', `{"kind":"Prompt","text":"${TOKEN} hello"}\n`.repeat(2_000));
    const whole = await previewChat(onlySession());
    expect(whole.cut).toBe(false);
    expect(whole.text).toBe(await exported('markdown'));
    expect(whole.text).not.toContain(TOKEN);
    const { text, cut } = await previewChat(onlySession(), 1_000);
    expect([text.length, cut]).toEqual([1_000, true]);
    expect(whole.text.startsWith(text)).toBe(true);
  });
});

describe('an export to a file', () => {
  const target = (): string => join(scratch, 'out.md');
  const never = new AbortController().signal;

  it('is only for its owner, and takes the place of a former one', async () => {
    put('.kiro/sessions/cli/a.jsonl', '{"kind":"Prompt","text":"hello"}\n');
    writeFileSync(target(), 'former');
    await writeExport(onlySession(), 'markdown', target(), never);
    expect(readFileSync(target(), 'utf8')).toBe(await exported('markdown'));
    expect(statSync(target()).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch).sort()).toEqual(['home', 'out.md']);
  });

  it.each(['is ended', 'fails'])('leaves the former one and no part where it %s', async how => {
    const file = put('.kiro/sessions/cli/a.jsonl', '{"kind":"Prompt","text":"hello"}\n');
    const session = onlySession();
    writeFileSync(target(), 'former');
    const ending = new AbortController();
    if (how === 'is ended') ending.abort();
    else rmSync(file);
    await expect(writeExport(session, 'json', target(), ending.signal)).rejects.toThrow();
    expect(readFileSync(target(), 'utf8')).toBe('former');
    expect(readdirSync(scratch).sort()).toEqual(['home', 'out.md']);
  });
});

describe('a history of 200 MB', () => {
  const SIZE = 200 * 1024 * 1024;
  const CLI = join(import.meta.dirname, '../../../dist/cli.js');

  /** Writes a chat of the size, piece by piece. */
  function putLarge(path: string, head: string, piece: (n: number) => string, tail: string): void {
    const descriptor = openSync(put(path, head), 'a');
    let batch = '';
    for (let written = 0, n = 0; written < SIZE; n += 1) {
      batch += piece(n);
      if (batch.length > 1_000_000) {
        written += writeSync(descriptor, batch);
        batch = '';
      }
    }
    writeSync(descriptor, batch + tail);
    closeSync(descriptor);
  }

  const TEXT = `Change src/app.ts so that it reads the file. ${'More of the same. '.repeat(100)}`;
  const say = (n: number): string =>
    JSON.stringify({
      role: n % 2 === 0 ? 'human' : 'bot',
      content: `${TEXT}${n} token=abcdefgh12`,
    });

  it.each([
    ['a document', 'a.chat', '{"chat":[', (n: number) => (n === 0 ? '' : ',') + say(n), ']}'],
    ['one endless record', 'a.chat', '{"chat":["', () => TEXT, ''],
  ])(
    'is exported and searched in less than 150 MB of memory: %s',
    (_, name, head, piece, tail) => {
      putLarge(`.config/Kiro/User/globalStorage/kiro.kiroagent/u/${name}`, head, piece, tail);
      const preload = join(scratch, 'memory.cjs');
      writeFileSync(
        preload,
        `process.on('exit', () => require('fs').writeSync(2, 'KB:' + process.resourceUsage().maxRSS));`,
      );
      const run = (...args: string[]) =>
        spawnSync(process.execPath, ['-r', preload, CLI, 'chats', ...args, '--home', home()], {
          encoding: 'utf8',
        });
      const id = run('list').stdout.split('\t')[0] ?? '';
      const output = join(scratch, 'export.md');
      const { status, stderr } = run('export', id, '--output', output);
      expect(status).toBe(0);
      expect(statSync(output).size).toBeGreaterThan(SIZE * 0.9);
      expect(Number(/KB:(\d+)/.exec(stderr)?.[1])).toBeLessThan(150 * 1024);
      expect(run('export', id, '--output', output).status).toBe(1);
      const search = run('search', 'what nobody has said');
      expect(search.status).toBe(1);
      expect(Number(/KB:(\d+)/.exec(search.stderr)?.[1])).toBeLessThan(150 * 1024);
    },
    120_000,
  );
});

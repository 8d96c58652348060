import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { makeVisible } from '../policy/visibleText';
import { exportChat, type ExportFormat } from '../privacy/chats/exportChat';
import type { ChatSession } from '../privacy/chats/chatSession';
import { findChats } from '../privacy/chats/findChats';
import { searchChats } from '../privacy/chats/searchChats';
import { placesIn, type PrivacyVerbParts } from './privacyVerb';
import { USAGE_EXIT } from './exitCodes';

/** What `chats` works with besides. */
export interface ChatsVerbParts extends PrivacyVerbParts {
  readonly stdout: Writable;
}

const USAGE = `Usage: checkrein chats list [--json] [--home DIR]
       checkrein chats search TEXT [--json] [--home DIR]
       checkrein chats export ID [--format markdown|json] [--output FILE] [--home DIR]
Reads the chats of Kiro IDE and Kiro CLI, and changes nothing. ID is from the list, or its beginning.
Secrets are hidden in what is found and exported. FILE must not exist.`;

/** `checkrein chats list|search|export`; the exit code: 1 when nothing was found or failed. */
export async function runChatsVerb(
  args: readonly string[],
  parts: ChatsVerbParts,
): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  const home = options.home === undefined ? parts.home : resolve(options.home);
  const { sessions, unread } = findChats(placesIn(options.home, [], parts), home);
  for (const place of unread) parts.printError(makeVisible(place, false));
  switch (options.action) {
    case 'list':
      return list(sessions, options, parts);
    case 'search':
      return search(sessions, options, parts);
    case 'export':
      return exportOne(sessions, options, parts);
  }
}

interface ChatsOptions {
  readonly action: 'list' | 'search' | 'export';
  /** The text or the id. */
  readonly argument: string;
  readonly json: boolean;
  readonly format: ExportFormat;
  readonly output?: string | undefined;
  readonly home?: string | undefined;
}

function readOptions(args: readonly string[]): ChatsOptions | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, format: text, output: text, home: text },
      allowPositionals: true,
      strict: true,
    });
    const [action, argument = '', ...more] = positionals;
    const { format = 'markdown', output, home } = values;
    if (action !== 'list' && action !== 'search' && action !== 'export') return undefined;
    if ((action === 'list') !== (argument === '') || more.length > 0) return undefined;
    if (format !== 'markdown' && format !== 'json') return undefined;
    return { action, argument, json: values.json === true, format, output, home };
  } catch {
    return undefined;
  }
}

function list(
  sessions: readonly ChatSession[],
  { json }: ChatsOptions,
  { print }: ChatsVerbParts,
): number {
  if (json) print(JSON.stringify({ sessions }, undefined, 2));
  for (const { id, product, modified, bytes, title, file } of json ? [] : sessions) {
    print([id, product, modified, `${bytes}`, sayPlain(title ?? file)].join('\t'));
  }
  return 0;
}

async function search(
  sessions: readonly ChatSession[],
  { argument, json }: ChatsOptions,
  { print, printError }: ChatsVerbParts,
): Promise<number> {
  let hits = 0;
  for await (const found of searchChats(sessions, argument)) {
    if ('fault' in found) {
      printError(`${sayPlain(found.session.file)}: ${found.fault}`);
      continue;
    }
    hits += 1;
    const { session, index, role, excerpt } = found;
    if (json) print(JSON.stringify({ id: session.id, index, role, excerpt }));
    else print([session.id, `${index}`, sayPlain(role ?? ''), sayPlain(excerpt)].join('\t'));
  }
  return hits > 0 ? 0 : 1;
}

async function exportOne(
  sessions: readonly ChatSession[],
  { argument, format, output }: ChatsOptions,
  { stdout, printError }: ChatsVerbParts,
): Promise<number> {
  const found = sessions.filter(({ id }) => id.startsWith(argument));
  const [session] = found;
  if (!session || found.length > 1) {
    printError(session ? `${found.length} chats begin with that ID.` : 'There is no such chat.');
    return 1;
  }
  try {
    const source = Readable.from(exportChat(session, format));
    if (output === undefined) await pipeline(source, stdout, { end: false });
    else await pipeline(source, createWriteStream(resolve(output), { flags: 'wx', mode: 0o600 }));
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    printError(`The chat was not exported whole: ${sayPlain(code ?? message)}`);
    return 1;
  }
}

function sayPlain(text: string): string {
  return makeVisible(text, false);
}

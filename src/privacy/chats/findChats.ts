import { createHash } from 'node:crypto';
import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { isThere, readSmallText } from '../posture/boundedFiles';
import type { PrivacyPlaces } from '../privacyPlaces';
import { chatsInDatabase, openDatabase } from './chatDatabase';
import type { ChatList, ChatSession } from './chatSession';

/** Finds every chat of Kiro IDE and Kiro CLI of a person. Reads folders and titles only. */
export function findChats(places: PrivacyPlaces, home: string, open = openDatabase()): ChatList {
  const { ideUser, kiroHome } = places;
  const storage = join(ideUser, 'globalStorage', 'kiro.kiroagent');
  const folders = readFolder(storage).folders;
  const sessions = [
    ...readFolder(storage).files.filter(isChat),
    ...folders.flatMap(folder => readFolder(folder).files.filter(isChat)),
    ...readFolder(join(storage, 'workspace-sessions')).folders.flatMap(folder =>
      readFolder(folder).files.filter(isWorkspaceSession),
    ),
  ].flatMap(file => sessionOf(file, 'Kiro IDE 0.x'));
  const later = readFolder(join(kiroHome, 'sessions')).folders.flatMap(folder =>
    readFolder(folder).folders.flatMap(session =>
      sessionOf(join(session, 'messages.jsonl'), 'Kiro 1.x', join(session, 'session.json')),
    ),
  );
  const stored = databases(home)
    .filter(isThere)
    .map(file => chatsInDatabase(file, open));
  const found = [
    ...sessions,
    ...later,
    ...cliSessions(join(kiroHome, 'sessions', 'cli')),
    ...stored.flatMap(list => list.sessions),
  ];
  return {
    sessions: found.sort((a, b) => (a.modified < b.modified ? 1 : -1)),
    unread: stored.flatMap(list => list.unread),
  };
}

function isChat(file: string): boolean {
  return file.endsWith('.chat');
}

function isWorkspaceSession(file: string): boolean {
  return file.endsWith('.json') && !/[\\/]sessions\.json$/.test(file);
}

/** The lines are the chat; a `.json` beside them describes it, alone it is the chat itself. */
function cliSessions(folder: string): readonly ChatSession[] {
  const { files } = readFolder(folder);
  return files
    .filter(file => file.endsWith('.jsonl') || file.endsWith('.json'))
    .filter(file => file.endsWith('.jsonl') || !files.includes(`${file}l`))
    .flatMap(file => sessionOf(file, 'Kiro CLI 2', file.replace(/\.jsonl$/, '.json')));
}

function databases(home: string): readonly string[] {
  return ['Library/Application Support', '.local/share'].map(folder =>
    join(home, folder, 'kiro-cli', 'data.sqlite3'),
  );
}

function sessionOf(
  file: string,
  product: ChatSession['product'],
  description?: string,
): readonly ChatSession[] {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return [];
  const title = description === undefined ? undefined : titleIn(description);
  return [
    {
      id: createHash('sha256').update(file).digest('hex').slice(0, 12),
      product,
      file,
      ...(title !== undefined && { title }),
      modified: stat.mtime.toISOString(),
      bytes: stat.size,
    },
  ];
}

function titleIn(file: string): string | undefined {
  try {
    const value: unknown = JSON.parse(readSmallText(file) ?? '');
    const isTitled = typeof value === 'object' && value !== null && 'title' in value;
    return isTitled && typeof value.title === 'string' ? value.title.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}

function readFolder(folder: string): {
  readonly files: readonly string[];
  readonly folders: readonly string[];
} {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    entries = [];
  }
  const paths = (wanted: (entry: Dirent) => boolean): string[] =>
    entries.filter(wanted).map(({ name }) => join(folder, name));
  return { files: paths(entry => entry.isFile()), folders: paths(entry => entry.isDirectory()) };
}

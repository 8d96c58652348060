import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';
import type { ExportFormat } from '../../privacy/chats/exportChat';
import type { ChatList, ChatSession } from '../../privacy/chats/chatSession';
import { findChats } from '../../privacy/chats/findChats';
import { previewChat } from '../../privacy/chats/previewChat';
import { searchChats, type ChatFault, type ChatHit } from '../../privacy/chats/searchChats';
import { writeExport } from '../../privacy/chats/writeExport';
import { maskSecrets } from '../../privacy/secrets';
import { quickText } from '../quickText';
import type { VirtualTexts } from '../virtualTexts';
import { windowPrivacyPlaces } from './windowPlaces';

/** More hits than a person looks through. */
const MAX_HITS = 500;

type Item = vscode.QuickPickItem & { readonly run?: () => Promise<void> };

/** "Browse Chat History...": the chats of Kiro on this machine, to be read, searched and exported. */
export async function browseChats(texts: VirtualTexts): Promise<void> {
  const list = findChats(windowPrivacyPlaces(), homedir());
  const search: Item = {
    label: `$(search) ${vscode.l10n.t('Search in All Chats…')}`,
    alwaysShow: true,
    run: () => searchIn(list, texts),
  };
  const items: Item[] = [
    ...(list.sessions.length > 0 ? [search] : []),
    ...list.sessions.map(session => ({
      ...describe(session),
      run: () => chooseAction(session, texts),
    })),
    ...list.unread.map(place => ({ label: `$(question) ${quickText(place)}` })),
  ];
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No chats of Kiro were found on this machine.'),
    );
    return;
  }
  await choose(items, vscode.l10n.t('Chat history ({0})', list.sessions.length));
}

async function choose(items: readonly Item[], title: string): Promise<void> {
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  const picked = await vscode.window.showQuickPick(items, options);
  await picked?.run?.();
}

function describe(session: ChatSession): vscode.QuickPickItem {
  const { product, modified, bytes, file } = session;
  const size = `${Math.ceil(bytes / 1024).toLocaleString(vscode.env.language)} KB`;
  const when = new Date(modified).toLocaleString(vscode.env.language);
  return {
    label: `$(comment-discussion) ${quickText(nameOf(session))}`,
    description: [product, when, size].join(' · '),
    detail: quickText(file),
  };
}

function nameOf({ title, id }: ChatSession): string {
  return maskSecrets(title ?? id);
}

async function chooseAction(session: ChatSession, texts: VirtualTexts): Promise<void> {
  await choose(
    [
      {
        label: `$(open-preview) ${vscode.l10n.t('Open')}`,
        run: () => openChat(session, texts),
      },
      {
        label: `$(markdown) ${vscode.l10n.t('Export to Markdown…')}`,
        run: () => exportTo(session, 'markdown'),
      },
      {
        label: `$(json) ${vscode.l10n.t('Export to JSON…')}`,
        run: () => exportTo(session, 'json'),
      },
    ],
    quickText(nameOf(session)),
  );
}

/** As text, never drawn: what an agent wrote could name pictures that the editor would fetch. */
async function openChat(session: ChatSession, texts: VirtualTexts, record?: number): Promise<void> {
  const { text, cut } = await previewChat(session);
  const uri = texts.add(`/Chat ${session.id}.md`, session.modified, text);
  const document = await vscode.workspace.openTextDocument(uri);
  const at = record === undefined ? -1 : text.indexOf(`\n## ${record}. `) + 1;
  const start = document.positionAt(Math.max(0, at));
  const selection = new vscode.Range(start, start);
  await vscode.window.showTextDocument(document, { preview: false, selection });
  if (cut) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This chat is too large to show all of it; export it to read the rest.'),
    );
  }
}

async function exportTo(session: ChatSession, format: ExportFormat): Promise<void> {
  const ending = format === 'json' ? 'json' : 'md';
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(homedir(), `chat-${session.id}.${ending}`)),
    filters: { [format === 'json' ? 'JSON' : 'Markdown']: [ending] },
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!target) return;
  const done = await withCancel(vscode.l10n.t('Exporting the chat'), async signal => {
    await writeExport(session, format, target.fsPath, signal);
    return true;
  });
  if (done !== true) return;
  void vscode.window.showInformationMessage(
    plainText(vscode.l10n.t('Exported, with secrets hidden: {0}', target.fsPath)),
  );
}

async function searchIn({ sessions }: ChatList, texts: VirtualTexts): Promise<void> {
  const wanted = await vscode.window.showInputBox({
    title: vscode.l10n.t('Search in All Chats…'),
    prompt: vscode.l10n.t('Secrets are hidden and cannot be searched for'),
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('Type a text') : undefined),
  });
  if (wanted === undefined || wanted.trim() === '') return;
  const found = await withCancel(vscode.l10n.t('Searching the chats'), signal =>
    collect(searchChats(sessions, wanted.trim(), signal)),
  );
  if (!found) return;
  const items: Item[] = found.map(hit =>
    'fault' in hit
      ? { label: `$(question) ${quickText(`${nameOf(hit.session)}: ${hit.fault}`)}` }
      : {
          label: quickText(hit.excerpt),
          description: quickText([hit.role ?? '', nameOf(hit.session)].join(' · ')),
          run: () => openChat(hit.session, texts, hit.index),
        },
  );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was found.'));
    return;
  }
  const title =
    found.length === MAX_HITS
      ? vscode.l10n.t('The first {0} places', MAX_HITS)
      : vscode.l10n.t('{0} places', found.length);
  await choose(items, title);
}

async function collect(
  hits: AsyncIterable<ChatHit | ChatFault>,
): Promise<readonly (ChatHit | ChatFault)[]> {
  const found: (ChatHit | ChatFault)[] = [];
  for await (const hit of hits) {
    found.push(hit);
    if (found.length === MAX_HITS) break;
  }
  return found;
}

/** Undefined when the person ended it, or when it failed, which is said. */
async function withCancel<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    const ending = new AbortController();
    token.onCancellationRequested(() => ending.abort());
    try {
      return await work(ending.signal);
    } catch (error) {
      if (ending.signal.aborted) return undefined;
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(plainText(`${title}: ${reason}`));
      return undefined;
    }
  });
}

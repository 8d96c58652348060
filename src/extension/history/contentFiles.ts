import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { FileRef } from '../../protocol/changesView';
import { fileUri, realFolders } from './filePlaces';
import type { WindowHistory } from './windowHistory';

const CONTENT_SCHEME = 'checkrein-history';
/** Stands in the place of a hash where there was no file. */
const NOTHING = 'nothing';
const HASH = /^[0-9a-f]{64}$/;

/**
 * Earlier contents of files as read-only files, bytes and all, so that the editor's own viewers and
 * diffs show texts and images alike. An address is the path of the file, for people and languages,
 * with the folder and the hash; never any content.
 */
export class ContentFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** Never fires: contents do not change. */
  readonly onDidChangeFile = this.#changed.event;

  constructor(private readonly window: WindowHistory) {
    this.#registration = vscode.workspace.registerFileSystemProvider(CONTENT_SCHEME, this, {
      isReadonly: true,
      isCaseSensitive: true,
    });
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const [key, hash = ''] = uri.query.split('.');
    if (hash === NOTHING) return new Uint8Array();
    const root = realFolders().find(folder => keyOf(folder.root) === key)?.root;
    if (root === undefined || !HASH.test(hash)) throw vscode.FileSystemError.FileNotFound(uri);
    try {
      const history = await this.window.history();
      if (history) return history.content(root, hash);
    } catch {
      // Said below in the way the editor understands.
    }
    throw vscode.FileSystemError.Unavailable(
      vscode.l10n.t('The history no longer has this content.'),
    );
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { length } = await this.readFile(uri);
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: length, permissions };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

/** The address of a content; without a hash that of an empty file. */
export function contentUri(file: FileRef, hash: string | undefined): vscode.Uri {
  const { path } = fileUri({ ...file, path: wellFormed(file.path) });
  const query = `${keyOf(file.root)}.${hash ?? NOTHING}`;
  return vscode.Uri.from({ scheme: CONTENT_SCHEME, path, query });
}

/** Addresses hold no stray bytes of names that are not UTF-8. */
function wellFormed(path: string): string {
  return path.replace(/\p{Surrogate}/gu, '\ufffd');
}

function keyOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 12);
}

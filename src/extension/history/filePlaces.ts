import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { realPlace } from '../../history/workspaceHistory';
import type { FileRef } from '../../protocol/changesView';

/** A workspace folder and its real path, by which the history knows it. */
interface RealFolder {
  readonly folder: vscode.WorkspaceFolder;
  readonly root: string;
}

/** The folders of this window that lie on disk. */
export function realFolders(): RealFolder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(folder => ({ folder, root: realPath(folder.uri.fsPath) }));
}

/** Where the editor shows a file, under the name the person opened its folder by. */
export function fileUri({ root, path }: FileRef): vscode.Uri {
  const found = realFolders().find(folder => folder.root === root);
  return vscode.Uri.joinPath(found?.folder.uri ?? vscode.Uri.file(root), path);
}

/** The file of this window's history that an address means. */
export function refOf(uri: vscode.Uri): FileRef | undefined {
  if (uri.scheme !== 'file') return undefined;
  const place = realPlace(uri.fsPath);
  const inFolder = realFolders()
    .filter(({ root }) => place.startsWith(root.endsWith(sep) ? root : root + sep))
    .sort((a, b) => b.root.length - a.root.length)[0];
  if (!inFolder) return undefined;
  return { root: inFolder.root, path: relative(inFolder.root, place).replaceAll(sep, '/') };
}

function realPath(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

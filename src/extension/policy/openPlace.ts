import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';

/** Where something of the policy was written: a file, or the name of a built-in list. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
}

/** Opens a policy file at a line; built-in lists have none, and false is returned. */
export async function openPlace({ file, line }: Place): Promise<boolean> {
  if (!isAbsolute(file)) return false;
  const position = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
    preview: true,
  });
  return true;
}

/** A place for people: `file:line`. */
export function sayPlace({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

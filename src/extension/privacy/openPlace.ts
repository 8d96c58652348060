import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';

/** Opens a file at a line (1-based), or says that there is none. */
export async function openPlace(path: string, line = 1): Promise<void> {
  if (!existsSync(path)) {
    void vscode.window.showInformationMessage(
      plainText(vscode.l10n.t('There is no such file yet: {0}', path)),
    );
    return;
  }
  const start = new vscode.Position(Math.max(0, line - 1), 0);
  const selection = new vscode.Range(start, start);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection, preview: true });
}

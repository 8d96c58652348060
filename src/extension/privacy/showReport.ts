import * as vscode from 'vscode';
import type { VirtualTexts } from '../virtualTexts';

/**
 * Shows a report in the editor's Markdown preview, or as text where there is none. Nothing foreign in
 * the text may be markup: a preview would fetch pictures.
 */
export async function showReport(texts: VirtualTexts, name: string, text: string): Promise<void> {
  const uri = texts.add(`/${name}.md`, new Date().toISOString(), text);
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(uri, { preview: false });
  }
}

import * as vscode from 'vscode';
import { diffLines, linesOf } from '../../history/revert/lines';
import { realPlace, type WorkspaceEditor } from '../../history/workspaceHistory';

interface Shown {
  readonly version: number;
  readonly bytes: Buffer;
}

interface FileBytes {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Unsaved editors, as undo sees them: their text counts as the present state, and it is changed as
 * one step that the person can take back in the editor; it is never saved for them.
 */
export class EditorTexts implements WorkspaceEditor {
  readonly #shown = new Map<string, Shown>();

  /** Encodes every unsaved text as it would be saved; call it right before a restore. */
  async prepare(): Promise<void> {
    this.#shown.clear();
    for (const document of unsavedDocuments()) {
      const { version, encoding } = document;
      const bytes = await vscode.workspace.encode(document.getText(), { encoding });
      this.#shown.set(realPlace(document.uri.fsPath), { version, bytes: Buffer.from(bytes) });
    }
  }

  unsaved(path: string): Buffer | undefined {
    const document = unsavedDocument(path);
    if (!document) return undefined;
    const shown = this.#shown.get(path);
    if (shown?.version === document.version) return shown.bytes;
    // Typed on since: only what can be encoded at once can still be taken into account.
    const bytes = Buffer.from(document.getText());
    this.#shown.set(path, { version: document.version, bytes });
    return bytes;
  }

  async change(files: readonly FileBytes[]): Promise<readonly string[]> {
    const texts = await Promise.all(files.map(textOf));
    // From here to the edit nobody can type.
    const changed = texts
      .flatMap(text => text ?? [])
      .filter(({ document, version }) => document.version === version);
    const edit = new vscode.WorkspaceEdit();
    for (const { document, text } of changed) {
      for (const { range, insert } of edits(document, text)) {
        edit.replace(document.uri, range, insert);
      }
    }
    if (changed.length === 0 || !(await vscode.workspace.applyEdit(edit))) return [];
    return changed
      .filter(({ document, text }) => plain(document.getText()) === plain(text))
      .map(({ path }) => path);
  }
}

interface EditorText {
  readonly path: string;
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly text: string;
}

/** What an unsaved editor is to show; `undefined` when none shows the file any more. */
async function textOf({ path, bytes }: FileBytes): Promise<EditorText | undefined> {
  const document = unsavedDocument(path);
  if (!document) return undefined;
  const { version, encoding } = document;
  return { path, document, version, text: await vscode.workspace.decode(bytes, { encoding }) };
}

interface TextChange {
  readonly range: vscode.Range;
  readonly insert: string;
}

/** The fewest whole lines, so that cursors and marks elsewhere stay where they are. */
function edits(document: vscode.TextDocument, text: string): TextChange[] {
  const [old, now] = [document.getText(), text].map(each => linesOf(Buffer.from(each)));
  if (!old || !now) {
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    return [{ range: document.validateRange(all), insert: text }];
  }
  return diffLines(old, now).map(({ from, fromEnd, to, toEnd }) => ({
    range: document.validateRange(new vscode.Range(from, 0, fromEnd, 0)),
    insert: Buffer.concat(now.slice(to, toEnd)).toString(),
  }));
}

function unsavedDocuments(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(
    ({ isDirty, uri, isClosed }) => isDirty && !isClosed && uri.scheme === 'file',
  );
}

function unsavedDocument(path: string): vscode.TextDocument | undefined {
  return unsavedDocuments().find(({ uri }) => realPlace(uri.fsPath) === path);
}

/** An editor has one kind of line end. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

import { expect, it, vi } from 'vitest';
import { EditorTexts } from './editorTexts';

interface Edit {
  readonly from: number;
  readonly end: number;
  readonly insert: string;
}

/** An unsaved editor in which the person types while texts are decoded. */
const editor = vi.hoisted(() => ({
  text: 'one\ntwo\n',
  version: 1,
  typing: '',
  type(text: string) {
    this.text += text;
    this.version += 1;
  },
}));

vi.mock('vscode', () => {
  class Range {
    readonly start: number;
    readonly end: number;
    constructor(from: number, _: number, end: number) {
      this.start = from;
      this.end = end;
    }
  }
  class WorkspaceEdit {
    readonly edits: Edit[] = [];
    replace(_: unknown, { start, end }: Range, insert: string): void {
      this.edits.push({ from: start, end, insert });
    }
  }
  const document = {
    ...{ uri: { scheme: 'file', fsPath: '/w/a.txt' }, encoding: 'utf8' },
    ...{ isDirty: true, isClosed: false },
    getText: () => editor.text,
    validateRange: (range: Range) => range,
    get version() {
      return editor.version;
    },
  };
  const workspace = {
    textDocuments: [document],
    encode: (text: string) => Promise.resolve(Buffer.from(text)),
    decode: async (bytes: Buffer) => {
      await Promise.resolve();
      if (editor.typing !== '') editor.type(editor.typing);
      return bytes.toString();
    },
    applyEdit: ({ edits }: WorkspaceEdit) => {
      const lines = editor.text.split(/(?<=\n)/);
      for (const { from, end, insert } of edits.toReversed()) {
        lines.splice(from, end - from, insert);
      }
      editor.text = lines.join('');
      return Promise.resolve(true);
    },
  };
  return { Range, WorkspaceEdit, workspace };
});

it('changes a text, and leaves it when the person types a moment before', async () => {
  const texts = new EditorTexts();
  await texts.prepare();
  const file = { path: '/w/a.txt', bytes: Buffer.from('ONE\ntwo\n') };
  expect(texts.unsaved(file.path)?.toString()).toBe('one\ntwo\n');
  editor.typing = 'typed\n';
  expect(await texts.change([file])).toEqual([]);
  expect(editor.text).toBe('one\ntwo\ntyped\n');

  editor.typing = '';
  await texts.prepare();
  const whole = { ...file, bytes: Buffer.from('ONE\ntwo\ntyped\n') };
  expect(await texts.change([whole])).toEqual([file.path]);
  expect(editor.text).toBe('ONE\ntwo\ntyped\n');
});

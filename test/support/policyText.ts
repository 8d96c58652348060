import { TextDocument } from 'vscode-languageserver-textdocument';
import { policyFileAt } from '../../src/languageServer/fileKinds';
import type { Finding } from '../../src/languageServer/finding';
import { createLanguageService } from '../../src/languageServer/languageService';
import type { OpenFile } from '../../src/languageServer/diagnose';
import { NO_FACTS, type WorkspaceFacts } from '../../src/languageServer/workspaceFacts';

/** Where the files of the tables lie. */
const FOLDERS = { home: '/home/me', roots: ['/work'] };

export const service = createLanguageService();

/** A file at a place, as an editor has it open. */
export function openText(
  path: string,
  text: string,
  facts: Partial<WorkspaceFacts> = {},
): OpenFile {
  const absolute = path.startsWith('~')
    ? FOLDERS.home + path.slice(1)
    : path.startsWith('/')
      ? path
      : `/work/${path}`;
  const file = policyFileAt(absolute, FOLDERS);
  if (!file) throw new Error(`${path} is no policy file`);
  const document = TextDocument.create(`file://${absolute}`, 'json', 1, text);
  return { file, document, facts: { ...NO_FACTS, ...facts } };
}

/** The findings of a text. */
export function lintText(
  path: string,
  text: string,
  facts?: Partial<WorkspaceFacts>,
): Promise<readonly Finding[]> {
  return service.diagnose(openText(path, text, facts));
}

/** A text with `‹` and `›` around what a finding must mark, without the marks. */
export function withMarks(marked: string): {
  readonly text: string;
  readonly start: number;
  readonly end: number;
} {
  const start = marked.indexOf('‹');
  const end = marked.indexOf('›') - 1;
  return { text: marked.replace('‹', '').replace('›', ''), start, end };
}

import type { Connection } from 'vscode-languageserver';
import type { OpenFile } from './diagnose';
import type { LanguageService } from './languageService';
import { toAction, toEdits, toRange, type OtherFile } from './toProtocol';

/** The files that questions are about. */
export interface QuestionFiles {
  /** An open policy file; undefined for every other document. */
  readonly open: (uri: string) => OpenFile | undefined;
  readonly otherFile: (path: string) => OtherFile;
}

/** Answers what an editor asks about an open file; other documents have no answers. */
export function answerQuestions(
  connection: Connection,
  service: LanguageService,
  files: QuestionFiles,
): void {
  const ask = async <T>(
    uri: string,
    none: T,
    answer: (open: OpenFile) => Promise<T>,
  ): Promise<T> => {
    const open = files.open(uri);
    return open ? answer(open) : none;
  };
  connection.onCompletion(({ textDocument: { uri }, position }) =>
    ask(uri, [], async open => [
      ...(await service.complete(open, open.document.offsetAt(position))),
    ]),
  );
  connection.onHover(({ textDocument: { uri }, position }) =>
    ask(uri, null, async open => {
      const found = await service.hover(open, open.document.offsetAt(position));
      if (!found) return null;
      const contents = { kind: 'markdown' as const, value: found.markdown };
      return { contents, range: toRange(open.document, found) };
    }),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }) =>
    ask(uri, [], async open => [...(await service.symbols(open))]),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }) =>
    ask(uri, [], async open => [...(await service.folding(open))]),
  );
  connection.onDocumentFormatting(({ textDocument: { uri }, options }) =>
    ask(uri, [], async open => toEdits(open.document, await service.format(open, options))),
  );
  connection.onCodeAction(({ textDocument: { uri }, range }) =>
    ask(uri, [], async open => {
      const { document } = open;
      const from = document.offsetAt(range.start);
      const to = document.offsetAt(range.end);
      const findings = await service.diagnose(open);
      return findings
        .filter(({ start, end }) => start <= to && from <= end)
        .flatMap(finding =>
          (finding.fixes?.() ?? []).map(fix => toAction(document, finding, fix, files.otherFile)),
        );
    }),
  );
  answerForMargins(connection, service, ask);
}

type Ask = <T>(uri: string, none: T, answer: (open: OpenFile) => Promise<T>) => Promise<T>;

function answerForMargins(connection: Connection, service: LanguageService, ask: Ask): void {
  connection.onCodeLens(({ textDocument: { uri } }) =>
    ask(uri, [], async open =>
      (await service.lenses(open)).map(({ start, title, command }) => ({
        range: toRange(open.document, { start, end: start }),
        command: { title, command },
      })),
    ),
  );
  connection.languages.inlayHint.on(({ textDocument: { uri } }) =>
    ask(uri, [], async open =>
      (await service.inlays(open)).map(({ at, label }) => ({
        position: open.document.positionAt(at),
        label,
        paddingLeft: true,
      })),
    ),
  );
}

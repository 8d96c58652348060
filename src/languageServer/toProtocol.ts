import {
  CodeActionKind,
  DiagnosticSeverity,
  type CodeAction,
  type Diagnostic,
  type Range,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver-types';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { makeVisible } from '../policy/visibleText';
import type { Finding, Fix, TextChange } from './finding';
import { documentationOf } from './rulePage';
import type { Severity } from './ruleInfo';
import { RULES } from './ruleTable';

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** A range of offsets as lines and characters. */
export function toRange(
  document: TextDocument,
  { start, end }: Pick<Finding, 'start' | 'end'>,
): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** A finding as the protocol has it. */
export function toDiagnostic(document: TextDocument, finding: Finding): Diagnostic {
  const { code, message } = finding;
  return {
    range: toRange(document, finding),
    severity: SEVERITY[RULES[code].severity],
    code,
    codeDescription: { href: documentationOf(code) },
    source: 'Checkrein',
    message: makeVisible(message),
  };
}

/** Changes of a document as the protocol has them. */
export function toEdits(document: TextDocument, changes: readonly TextChange[]): TextEdit[] {
  return changes.map(change => ({ range: toRange(document, change), newText: change.text }));
}

/** Another file that a fix adds lines to. */
export interface OtherFile {
  readonly uri: string;
  /** Undefined when it does not exist. */
  readonly text: string | undefined;
}

/** A fix as a quick fix for its finding. */
export function toAction(
  document: TextDocument,
  finding: Finding,
  fix: Fix,
  otherFile: (path: string) => OtherFile,
): CodeAction {
  const edit: WorkspaceEdit = fix.append
    ? { documentChanges: appending(otherFile(fix.append.file), fix.append.text) }
    : { changes: { [document.uri]: toEdits(document, fix.changes) } };
  return {
    title: makeVisible(fix.title, false),
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(document, finding)],
    edit,
  };
}

function appending(
  { uri, text }: OtherFile,
  newText: string,
): NonNullable<WorkspaceEdit['documentChanges']> {
  const lines = (text ?? '').split('\n');
  const end = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const textEdit = {
    textDocument: { uri, version: null },
    edits: [{ range: { start: end, end }, newText }],
  };
  return text === undefined
    ? [{ kind: 'create', uri, options: { ignoreIfExists: true } }, textEdit]
    : [textEdit];
}
